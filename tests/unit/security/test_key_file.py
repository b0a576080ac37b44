"""The key file while the node runs: noticed when it changes, changed as a whole, kept private."""

import errno
import json
import stat
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from shared.errors import Refused
from shared.security.key_file import CARD, INDEX, KeyFile, LiveKeys
from shared.security.letters import Card, is_signed_by, sign
from shared.security.sealing import NodeKeys, VaultUnavailable

NODE = ("341500", "六安市政务服务中心", "city")
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
CASE = uuid4()
DATA_KEY = b"k" * 16


@pytest.fixture
def path(tmp_path: Path) -> Path:
    NodeKeys.create(tmp_path / "node.json")
    return tmp_path / "node.json"


def test_a_running_process_notices_a_new_key_and_opens_what_the_old_one_sealed(path: Path) -> None:
    keys = LiveKeys(path)
    before = keys.wrap(CASE, DATA_KEY)

    KeyFile(path).rotate(NINE)

    assert keys.wrap(CASE, DATA_KEY).startswith(b"2:")
    assert keys.unwrap(CASE, before) == DATA_KEY
    assert (keys.earlier, keys.made) == (("1",), {"2": NINE})


def test_a_new_file_is_private_and_a_copy_of_the_old_one_is_kept(path: Path) -> None:
    before = path.read_text()

    renewed = KeyFile(path).rotate(NINE)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(renewed.copy.stat().st_mode) == 0o600
    assert renewed.copy.read_text() == before
    assert sorted(file.name for file in path.parent.iterdir()) == [
        "node.json",
        "node.json.before-2",
    ]
    assert KeyFile(path).copies() == [renewed.copy]


def test_a_retired_key_is_gone_and_the_current_one_stays(path: Path) -> None:
    keys, file = LiveKeys(path), KeyFile(path)
    before = keys.wrap(CASE, DATA_KEY)
    file.rotate(NINE)

    file.retire("1")

    with pytest.raises(VaultUnavailable):
        keys.unwrap(CASE, before)
    for name, code in (("2", "key_in_use"), ("1", "unknown_key"), (INDEX, "unknown_key")):
        with pytest.raises(Refused) as refused:
            file.retire(name)
        assert refused.value.code == code


def test_persons_are_found_by_both_keys_until_the_old_one_is_retired(path: Path) -> None:
    keys, file = LiveKeys(path), KeyFile(path)
    before, code = keys.keyed_hash("phone", "+8613800006160"), keys.code_hash("BCS-1", "K7MQ")

    file.rotate_index(NINE)

    after = keys.keyed_hash("phone", "+8613800006160")
    assert after != before
    assert keys.keyed_hashes("phone", "+8613800006160") == (after, before)
    with pytest.raises(Refused):
        file.rotate_index(NINE)
    file.retire(INDEX)
    assert keys.keyed_hashes("phone", "+8613800006160") == (after,)
    assert keys.code_hash("BCS-1", "K7MQ") == code  # on receipts, and nowhere kept


def test_a_new_signing_secret_signs_nothing_before_the_end_and_keeps_what_is_kept_nowhere(
    path: Path,
) -> None:
    keys, file = LiveKeys(path), KeyFile(path)
    old, token, mine = keys.signing, keys.lasting_subkey("system-token"), Card.of(keys, *NODE)

    renewed = file.rotate_card(NINE)

    assert [keys.signing, old] == list(keys.secrets)
    assert keys.made == {CARD: NINE}
    assert renewed.copy.name == "node.json.before-card-20260302090000"
    assert Card.of(keys, *NODE) == mine
    assert is_signed_by(mine, b"x", sign(keys, b"x"))
    with pytest.raises(Refused, match="card_renewing"):
        file.rotate_card(NINE)

    file.finish_card(NINE)

    assert list(keys.secrets) == [keys.signing]
    assert Card.of(keys, *NODE).before == (replace(mine.newest, until=NINE),)
    assert NodeKeys.load(path).formers == keys.formers
    assert keys.lasting_subkey("system-token") == token
    assert b64encode(old).decode() not in json.dumps(
        {name: told for name, told in json.loads(path.read_text()).items() if name != "lasting"}
    )
    with pytest.raises(Refused, match="card_not_renewing"):
        file.finish_card(NINE)


def test_what_is_kept_nowhere_stays_under_the_first_secret_of_many(path: Path) -> None:
    keys, file = LiveKeys(path), KeyFile(path)
    token = keys.lasting_subkey("system-token")

    for _ in range(3):
        file.rotate_card(NINE)
        file.finish_card(NINE)

    assert keys.lasting_subkey("system-token") == token
    assert len({each.signing for each in Card.of(keys, *NODE).before}) == 3


def test_a_file_that_is_taken_away_stops_everything_until_it_is_back(path: Path) -> None:
    keys, aside = LiveKeys(path), path.with_name("aside")
    path.rename(aside)

    with pytest.raises(VaultUnavailable):
        keys.wrap(CASE, DATA_KEY)
    with pytest.raises(VaultUnavailable):
        keys.keyed_hash("phone", "+8613800006160")

    assert keys.subkey("actor-token") == NodeKeys.load(aside).subkey("actor-token")
    aside.rename(path)
    assert keys.unwrap(CASE, keys.wrap(CASE, DATA_KEY)) == DATA_KEY


@pytest.mark.parametrize("spoilt", ["", "{", "{}", "[1]"])
def test_a_file_that_is_spoilt_under_a_running_process_is_refused(path: Path, spoilt: str) -> None:
    keys, good = LiveKeys(path), path.read_text()
    path.write_text(spoilt)

    with pytest.raises(VaultUnavailable):
        keys.wrap(CASE, DATA_KEY)
    path.write_text(good)
    assert keys.wrap(CASE, DATA_KEY)


def test_a_file_that_others_may_read_is_refused_also_later(path: Path) -> None:
    keys = LiveKeys(path)
    path.chmod(0o640)

    with pytest.raises(VaultUnavailable, match="chmod 600"):
        keys.wrap(CASE, DATA_KEY)


def test_nothing_of_the_keys_is_shown(path: Path) -> None:
    told = json.loads(path.read_text())

    shown = repr(LiveKeys(path)) + repr(NodeKeys.load(path))

    assert all(secret not in shown for secret in (told["index"], told["wrapping"]["1"]))


def test_a_file_that_cannot_be_replaced_is_left_as_it_is(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_text()

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("shared.security.sealing.os.fsync", full)
    with pytest.raises(Refused) as refused:
        KeyFile(path).rotate(NINE)

    assert refused.value.code == "key_file_fixed"
    assert [file.name for file in path.parent.iterdir()] == ["node.json"]
    assert path.read_text() == before


def test_a_renewal_that_broke_off_before_the_new_file_stops_no_later_one(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """The process ended here."""

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(Killed):
            KeyFile(path).rotate(NINE)
    assert len(list(path.parent.iterdir())) == 3

    renewed = KeyFile(path).rotate(NINE)

    assert NodeKeys.load(path).current == "2"
    names = sorted(file.name for file in path.parent.iterdir())
    assert names == ["node.json", "node.json.before-2"]
    assert renewed.copy.name == "node.json.before-2"


def test_a_copy_of_another_file_stays_and_the_new_one_gets_its_own_name(path: Path) -> None:
    other = path.with_name("node.json.before-2")
    other.write_text("of another time")
    before = path.read_text()

    renewed = KeyFile(path).rotate(NINE)

    assert other.read_text() == "of another time"
    assert renewed.copy.read_text() == before
    assert set(KeyFile(path).copies()) == {other, renewed.copy}


def test_on_a_volume_where_nothing_can_be_written_it_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(NodeKeys, "write", read_only)
    monkeypatch.setattr(Path, "unlink", read_only)
    with pytest.raises(Refused) as refused:
        KeyFile(path).rotate(NINE)

    assert refused.value.code == "key_file_fixed"
