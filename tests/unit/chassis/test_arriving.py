"""What neighbours send: it is marked with how it came, and may say nothing but what they may."""

import json
from typing import Any
from uuid import uuid4

import pytest

from services.link.handlers import NOTED
from shared.chassis.arriving import marked
from shared.chassis.reading import Broken, Heard, Reader
from shared.events.base import Event
from shared.events.link import ParcelArrived
from shared.neighbours import Entry

ENTRY = Entry("in.341523", "node-341523")


def sent(name: str = ParcelArrived.name, **more: Any) -> bytes:
    now, parcel = "2030-01-02T01:00:00Z", str(uuid4())
    data = {"occurred_at": now, "parcel_id": parcel, "body": "{}", "signature": ""}
    about = {"id": str(uuid4()), "source": "/nodes/341523/link", "subject": parcel, "version": 1}
    return json.dumps([{**about, "type": name, "time": now, "data": data, **more}]).encode()


def read(body: bytes) -> Heard | Broken:
    kinds: tuple[type[Event], ...] = (*NOTED.values(), ParcelArrived)
    [found] = Reader({kind.name: kind for kind in kinds}).read(body)
    return found


def test_a_parcel_carries_where_it_came_in() -> None:
    heard = read(marked(sent(), ENTRY))

    assert isinstance(heard, Heard)
    assert heard.envelope.entry == ENTRY
    assert read(heard.raw) == heard  # also after it was kept or parked


def test_what_a_neighbour_says_of_its_entry_is_replaced() -> None:
    lie = sent(inexchange="from.parent", inaccount="shovel")

    heard = read(marked(lie, Entry("in.341523", None)))

    assert isinstance(heard, Heard)
    assert heard.envelope.entry == Entry("in.341523", None)


def test_what_was_said_here_has_no_entry() -> None:
    heard = read(sent())

    assert isinstance(heard, Heard)
    assert heard.envelope.entry is None


@pytest.mark.parametrize("name", ["dispatch.case_finished.v1", "intake.case_erased.v1"])
def test_a_neighbour_cannot_speak_as_a_service_of_this_node(name: str) -> None:
    forged = read(marked(sent(name, source="/nodes/341500/dispatch"), ENTRY))

    assert isinstance(forged, Broken)
    assert forged.reason == f"no neighbour may say {name}"
    assert read(forged.raw) == forged  # nor when somebody replays it


@pytest.mark.parametrize("name", ["link.parcel_arrived.v2", "notify.message_delivered.v1"])
def test_what_nobody_here_hears_is_parked_and_not_dropped(name: str) -> None:
    unknown = read(marked(sent(name), ENTRY))

    assert isinstance(unknown, Broken)
    assert unknown.reason == f"unknown event {name}"


@pytest.mark.parametrize("body", [b"{not json", b"[" * 5000, b'"text"', b"[17]", b"\xff\xfe"])
def test_bytes_that_are_no_envelope_are_parked(body: bytes) -> None:
    assert isinstance(read(marked(body, ENTRY)), Broken)


@pytest.mark.parametrize(
    ("account", "is_let_in"),
    [
        ("node-341523", True),
        ("node-341523-2", True),  # after it was taken away once
        ("node-341524", False),
        ("node-3415230", False),
        (None, False),
    ],
)
def test_an_entry_lets_its_own_account_in_alone(account: str | None, is_let_in: bool) -> None:
    assert ENTRY.lets_in(account) is is_let_in
