"""Files of messages: sealed for one node, signed by another, and looked through before read."""

import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.security.bundles import (
    BadBundle,
    Ends,
    Fault,
    examine,
    read_bundle,
    reading,
    write_bundle,
    writing,
)
from shared.security.letters import Card
from shared.security.sealing import NodeKeys

COUNTY, CITY = "341523", "341500"
AT = datetime(2030, 1, 2, tzinfo=UTC)
MOST = 100_000_000
MESSAGES = [{"body": f"第 {n} 件\u2028一行", "signature": "x"} for n in range(3)]


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, NodeKeys]:
    return {code: NodeKeys.create(tmp_path / f"{code}.json") for code in (COUNTY, CITY)}


@pytest.fixture
def cards(keys: dict[str, NodeKeys]) -> dict[str, Card]:
    return {code: Card.of(own, code, "某地", "city") for code, own in keys.items()}


def written(
    file: Path, keys: dict[str, NodeKeys], card: Card, messages: Sequence[dict[str, str]]
) -> Path:
    ends = Ends(COUNTY, keys[COUNTY], card, AT)
    [part] = write_bundle(file, ends, messages, MOST)
    return part.file


def test_messages_come_out_as_they_went_in(
    tmp_path: Path, keys: dict[str, NodeKeys], cards: dict[str, Card]
) -> None:
    file = written(tmp_path / "b", keys, cards[CITY], MESSAGES)

    examined = examine(file, CITY, cards, MOST)

    assert [one for block in read_bundle(examined, keys[CITY]) for one in block] == MESSAGES
    assert (examined.foot.messages, examined.head.made_at) == (3, AT)
    assert examined.size == file.stat().st_size


def test_what_was_sealed_for_an_older_key_does_not_open(
    tmp_path: Path, keys: dict[str, NodeKeys], cards: dict[str, Card]
) -> None:
    file = written(tmp_path / "b", keys, cards[CITY], MESSAGES)
    examined = examine(file, CITY, cards, MOST)

    with pytest.raises(BadBundle) as refused:
        list(read_bundle(examined, NodeKeys.create(tmp_path / "new.json")))

    assert refused.value.fault is Fault.SEALED


def test_a_block_that_would_unpack_without_end_is_refused(
    tmp_path: Path,
    keys: dict[str, NodeKeys],
    cards: dict[str, Card],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "MOST_BLOCK_BYTES", 10_000)
    file = written(tmp_path / "b", keys, cards[CITY], [{"body": "0" * 1_000_000}])

    with pytest.raises(BadBundle) as refused:
        list(read_bundle(examine(file, CITY, cards, MOST), keys[CITY]))

    assert refused.value.fault is Fault.DAMAGED
    assert len(zlib.compress(b"0" * 1_000_000)) < 10_000


@pytest.mark.parametrize("message", ['["no object"]', '{"body": 5}', "no json"])
def test_what_is_no_message_is_refused(
    tmp_path: Path,
    keys: dict[str, NodeKeys],
    cards: dict[str, Card],
    monkeypatch: pytest.MonkeyPatch,
    message: str,
) -> None:
    monkeypatch.setattr("shared.security.bundles.writing.json.dumps", lambda *_, **__: message)
    file = written(tmp_path / "b", keys, cards[CITY], MESSAGES)
    monkeypatch.undo()

    with pytest.raises(BadBundle) as refused:
        list(read_bundle(examine(file, CITY, cards, MOST), keys[CITY]))

    assert refused.value.fault is Fault.DAMAGED


def test_blocks_do_not_change_places(
    tmp_path: Path,
    keys: dict[str, NodeKeys],
    cards: dict[str, Card],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writing, "BLOCK_BYTES", 1)
    file = written(tmp_path / "b", keys, cards[CITY], MESSAGES)
    examined = examine(file, CITY, cards, MOST)
    monkeypatch.setattr(
        reading, "binding_of", lambda head, place: f"{head.label} {place + 1}".encode()
    )

    with pytest.raises(BadBundle):
        list(read_bundle(examined, keys[CITY]))


def test_what_breaks_off_leaves_no_file(
    tmp_path: Path, keys: dict[str, NodeKeys], cards: dict[str, Card]
) -> None:
    def messages() -> "Sequence[dict[str, str]]":
        raise ConnectionError("the database is away")

    folder = tmp_path / "stick"
    folder.mkdir()

    with pytest.raises(ConnectionError):
        written(folder / "b", keys, cards[CITY], (each for _ in (1,) for each in messages()))  # type: ignore[arg-type]

    assert list(folder.iterdir()) == []
