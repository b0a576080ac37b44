"""How facts that wait together are packed into messages."""

import json
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from shared.bus.messages import MOST_BYTES, packed, rows_of


@dataclass(frozen=True)
class Fact:
    id: str
    name: str = "sla.clock_started.v1"
    shard: int = 0
    body: str = "{}"


def test_nothing_packs_into_nothing() -> None:
    assert packed([], "sla") == []


def test_one_row_is_a_batch_as_well() -> None:
    (parcel,) = packed([Fact("a", body='{"x":"办"}')], "sla")

    assert json.loads(parcel.message.body) == [{"x": "办"}]
    assert parcel.message.content_type == "application/cloudevents-batch+json"


def test_a_message_is_named_by_its_first_row_and_addressed_by_speaker_and_shard() -> None:
    (parcel,) = packed([Fact("a", shard=3), Fact("b", shard=3)], "sla")

    assert parcel.message.id == "a"
    assert parcel.message.routing_key == "sla.3"
    assert parcel.rows == range(2)


def test_the_names_are_sorted_and_said_once() -> None:
    rows = [Fact("a", name="sla.z.v1"), Fact("b", name="sla.a.v1"), Fact("c", name="sla.z.v1")]

    (parcel,) = packed(rows, "sla")

    assert parcel.message.headers == {"names": "sla.a.v1,sla.z.v1"}


def test_fifty_rows_are_one_message_and_the_next_row_starts_another() -> None:
    parcels = packed([Fact(str(number)) for number in range(51)], "sla")

    assert [parcel.rows for parcel in parcels] == [range(50), range(50, 51)]


def test_another_shard_starts_another_message_so_that_the_order_holds() -> None:
    rows = [Fact("a"), Fact("b", shard=1), Fact("c")]

    parcels = packed(rows, "sla")

    assert [parcel.message.routing_key for parcel in parcels] == ["sla.0", "sla.1", "sla.0"]


def test_a_body_of_exactly_the_limit_is_still_one_message() -> None:
    half = "1" * ((MOST_BYTES - 3) // 2)
    rest = "2" * (MOST_BYTES - 3 - len(half))

    (parcel,) = packed([Fact("a", body=half), Fact("b", body=rest)], "sla")
    assert len(parcel.message.body) == MOST_BYTES

    assert len(packed([Fact("a", body=half), Fact("b", body=rest + "2")], "sla")) == 2


def test_the_limit_counts_bytes_not_characters() -> None:
    rows = [Fact("a", body='"办"'), Fact("b", body='"办"')]

    assert len(packed(rows, "sla", most_bytes=13)) == 1
    assert len(packed(rows, "sla", most_bytes=12)) == 2


def test_a_row_larger_than_the_limit_goes_alone() -> None:
    rows = [Fact("a"), Fact("b", body='"' + "x" * MOST_BYTES + '"'), Fact("c")]

    parcels = packed(rows, "sla")

    assert [parcel.rows for parcel in parcels] == [range(1), range(1, 2), range(2, 3)]


def test_an_outcome_leads_back_to_the_rows() -> None:
    parcels = packed([Fact("a"), Fact("b"), Fact("c", shard=1), Fact("d")], "sla")

    assert rows_of(parcels, frozenset({"a", "d"})) == [0, 1, 3]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 40)), max_size=60))
def test_packing_keeps_every_row_in_its_order(shape: list[tuple[int, int]]) -> None:
    rows = [
        Fact(str(number), shard=shard, body=json.dumps("x" * size))
        for number, (shard, size) in enumerate(shape)
    ]

    parcels = packed(rows, "sla", most=5, most_bytes=100)

    assert [position for parcel in parcels for position in parcel.rows] == list(range(len(rows)))
    assert [text for parcel in parcels for text in json.loads(parcel.message.body)] == [
        json.loads(row.body) for row in rows
    ]
    assert all(len(parcel.rows) <= 5 and len(parcel.message.body) <= 100 for parcel in parcels)
