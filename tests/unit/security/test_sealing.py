import json
import stat
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Permanent, Unavailable
from shared.events.sealed import Sealed
from shared.security.sealing import (
    KeyDestroyed,
    NodeKeys,
    SealBroken,
    Sealer,
    VaultUnavailable,
    new_data_key,
    sm3,
)

CASE = UUID("0190a000-0000-7000-8000-000000000001")


def keys() -> NodeKeys:
    return NodeKeys(current="1", wrapping={"1": b"w" * 16}, index=b"i" * 32, signing=b"s" * 32)


def sealer(case_id: UUID = CASE) -> Sealer:
    return Sealer(case_id=case_id, key_id=uuid4(), key=new_data_key())


def flipped(sealed: Sealed) -> Sealed:
    last = "A" if sealed.data[5] != "A" else "B"
    return sealed.model_copy(update={"data": sealed.data[:5] + last + sealed.data[6:]})


def test_sm3_gives_the_vector_of_the_standard() -> None:
    assert sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@given(text=st.text())
def test_what_is_sealed_opens_again(text: str) -> None:
    mine = sealer()

    sealed = Sealed.model_validate_json(mine.seal("name", text).model_dump_json())

    assert mine.open(sealed) == text


def test_the_same_text_is_sealed_differently_each_time() -> None:
    mine = sealer()

    assert mine.seal("phone", "13800006160").data != mine.seal("phone", "13800006160").data


def test_sealed_text_shows_nothing_of_the_plain_one() -> None:
    assert "张三丰" not in sealer().seal("name", "张三丰").model_dump_json()


def test_a_changed_text_is_refused() -> None:
    mine = sealer()

    with pytest.raises(SealBroken):
        mine.open(flipped(mine.seal("name", "张三丰")))


def test_a_name_cannot_be_shown_as_a_phone() -> None:
    mine = sealer()
    moved = mine.seal("name", "张三丰").model_copy(update={"field": "phone"})

    with pytest.raises(SealBroken):
        mine.open(moved)


def test_a_text_cannot_be_moved_to_another_case() -> None:
    mine = sealer()
    other = Sealer(case_id=uuid4(), key_id=mine.key_id, key=mine.key)

    with pytest.raises(SealBroken):
        other.open(mine.seal("name", "张三丰"))


@pytest.mark.parametrize("data", ["", "AAAA", "not base64!", "é" * 40, "A" * 41])
def test_what_is_no_seal_is_refused(data: str) -> None:
    mine = sealer()

    with pytest.raises(SealBroken):
        mine.open(Sealed(key_id=mine.key_id, field="name", data=data))


def test_an_unknown_algorithm_is_refused() -> None:
    mine = sealer()
    later = mine.seal("name", "张三丰").model_copy(update={"algorithm": "SM9"})

    with pytest.raises(SealBroken):
        mine.open(later)


def test_nothing_told_stays_nothing() -> None:
    assert sealer().seal_if("phone", None) is None


def test_a_wrapped_key_opens_for_its_case_only() -> None:
    wrapped = keys().wrap(CASE, b"k" * 16)

    assert keys().unwrap(CASE, wrapped) == b"k" * 16
    with pytest.raises(SealBroken):
        keys().unwrap(uuid4(), wrapped)


def test_after_rotation_old_keys_still_open_and_new_ones_seal() -> None:
    old = keys().wrap(CASE, b"k" * 16)
    both = {"1": b"w" * 16, "2": b"x" * 16}
    rotated = NodeKeys(current="2", wrapping=both, index=b"", signing=b"")

    assert rotated.unwrap(CASE, old) == b"k" * 16
    assert rotated.wrap(CASE, b"k" * 16).startswith(b"2:")


def test_a_retired_key_makes_the_vault_unavailable() -> None:
    other = NodeKeys(current="2", wrapping={"2": b"x" * 16}, index=b"", signing=b"")

    with pytest.raises(VaultUnavailable):
        other.unwrap(CASE, keys().wrap(CASE, b"k" * 16))


def test_the_blind_index_separates_kinds_and_nodes() -> None:
    other = NodeKeys(current="1", wrapping={"1": b"w" * 16}, index=b"j" * 32, signing=b"")
    phone = keys().keyed_hash("phone", "+8613800006160")

    assert phone == keys().keyed_hash("phone", "+8613800006160")
    assert phone != keys().keyed_hash("name", "+8613800006160")
    assert phone != other.keyed_hash("phone", "+8613800006160")


def test_keys_show_nothing_when_printed() -> None:
    shown = repr(keys()) + repr(sealer())

    assert "wwww" not in shown
    assert "key=b" not in shown


def test_a_new_key_file_is_for_its_owner_alone_and_loads(tmp_path: Path) -> None:
    made = NodeKeys.create(tmp_path / "node.keys")

    assert stat.S_IMODE((tmp_path / "node.keys").stat().st_mode) == 0o600
    assert NodeKeys.load(tmp_path / "node.keys") == made


def test_a_key_file_is_never_replaced(tmp_path: Path) -> None:
    NodeKeys.create(tmp_path / "node.keys")

    with pytest.raises(FileExistsError):
        NodeKeys.create(tmp_path / "node.keys")


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    NodeKeys.create(tmp_path / "node.keys")
    (tmp_path / "node.keys").chmod(0o640)

    with pytest.raises(VaultUnavailable, match="chmod 600"):
        NodeKeys.load(tmp_path / "node.keys")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '"x"',
        json.dumps({"current": "2", "wrapping": {}, "index": "", "signing": ""}),
    ],
)
def test_a_broken_key_file_makes_the_vault_unavailable(tmp_path: Path, content: str) -> None:
    path = tmp_path / "node.keys"
    path.write_text(content)
    path.chmod(0o600)

    with pytest.raises(VaultUnavailable):
        NodeKeys.load(path)


def test_a_missing_key_file_makes_the_vault_unavailable(tmp_path: Path) -> None:
    with pytest.raises(VaultUnavailable):
        NodeKeys.load(tmp_path / "none")


def test_erased_and_broken_are_final_and_a_lost_vault_is_not() -> None:
    assert issubclass(KeyDestroyed, Permanent)
    assert issubclass(SealBroken, Permanent)
    assert issubclass(VaultUnavailable, Unavailable)
