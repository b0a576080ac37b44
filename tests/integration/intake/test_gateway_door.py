"""Kannel's door as its smsbox knocks: one case for one id, and an answer that nobody is sent."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response
from prometheus_client import REGISTRY
from sqlalchemy import select

from services.intake.tables import cases
from shared.events.words import Channel
from shared.http import Door
from shared.security.actor import Actor, ActorKind, Role
from tests.integration.intake.stories import NINE, NODE
from tests.integration.intake.test_api import ANYBODY, Call, call, door, staff

__all__ = ["call", "door"]

pytestmark = pytest.mark.integration

GATEWAY = Actor(
    kind=ActorKind.SYSTEM,
    node=NODE,
    id="kannel",
    scopes=frozenset({"case.register", "channel:sms"}),
)
HEADERS = {
    "content-type": 'text/plain; charset="UTF-8"',
    "x-kannel-from": "+8613800006160",
    "x-kannel-time": "2030-01-02 00:58:00",
}
TEXT = "证办不下来。急\x1b\r\n"
Came = Callable[[], list[Any]]


@pytest.fixture
def came(door: Door) -> Came:
    """Return the cases that messages have made since."""

    def listed() -> list[Any]:
        wanted = select(cases).where(cases.c.channel == Channel.SMS).order_by(cases.c.case_id)
        with door.unit.transaction() as db:
            return list(db.execute(wanted))

    known = {each.case_id for each in listed()}
    return lambda: [each for each in listed() if each.case_id not in known]


def handed(
    call: Call, content: bytes = TEXT.encode(), *, by: Actor = GATEWAY, **changed: Any
) -> Response:
    """Post a message; header fields by their names, None to leave one out."""
    params = {"id": changed.pop("id", str(uuid4()))}
    named = {name.replace("_", "-"): value for name, value in changed.items()}
    told = {name: value for name, value in {**HEADERS, **named}.items() if value is not None}
    return call(by, "POST", "/sms/kannel", params=params, headers=told, content=content)


def counted(outcome: str) -> float:
    told = {"node": NODE, "outcome": outcome}
    return REGISTRY.get_sample_value("backstop_sms_handed_total", told) or 0


def test_a_message_becomes_a_case_once_and_nothing_is_said_back(call: Call, came: Came) -> None:
    message, before = str(uuid4()), (counted("taken"), counted("known"))

    answers = [
        handed(call, id=message),
        handed(call, id=message),
        handed(call, b"in other words", id=message),
    ]

    assert {(each.status_code, each.content) for each in answers} == {(200, b"")}
    assert {each.headers["content-type"] for each in answers} == {"text/plain; charset=utf-8"}
    [case] = came()
    assert (case.title_masked, case.text_masked) == ("证办不下来", "证办不下来。急")
    assert (counted("taken"), counted("known")) == (before[0] + 1, before[1] + 2)
    same = {"message_id": message, "sender": "13800006160", "text": "x"}
    assert call(GATEWAY, "POST", "/sms", json=same).json()["number"] == case.number


def test_networks_write_texts_senders_and_moments_in_several_ways(call: Call, came: Came) -> None:
    trusted = replace(GATEWAY, scopes=GATEWAY.scopes | {"import"})
    ucs_2: dict[str, Any] = {
        "content_type": 'text/plain; charset="UTF-16BE"',
        "x_kannel_from": "+13800006160",
    }

    answers = [
        handed(call, by=trusted),
        handed(call, by=trusted, x_kannel_time="2030-01-02 23:00:00"),
        handed(call, content_type="text/plain", x_kannel_time=None),
        handed(call, TEXT.encode("utf-16-be"), **ucs_2),
    ]

    assert [each.status_code for each in answers] == [200] * 4
    assert {each.title_masked for each in came()} == {"证办不下来"}
    early = NINE - timedelta(minutes=2)
    assert [each.registered_at for each in came()] == [early, NINE, NINE, NINE]
    assert len({each.complainant["phone_hash"] for each in came()}) == 1


@pytest.mark.parametrize(
    ("content", "changed", "became"),
    [
        (b"\0\1\xff", {"content_type": "application/octet-stream"}, "binary"),
        (b" \0\n", {}, "empty"),
        (b"x", {"x_kannel_from": "10086"}, "sender"),
        (b"x", {"x_kannel_from": "INFO"}, "sender"),
    ],
    ids=["octets", "nothing", "a service", "a word"],
)
def test_what_can_never_be_a_case_is_at_its_end_and_counted(
    call: Call, came: Came, content: bytes, changed: dict[str, Any], became: str
) -> None:
    before = counted(became)

    answer = handed(call, content, **changed)

    assert (answer.status_code, answer.content) == (200, b"")
    assert (counted(became) - before, came()) == (1, [])


@pytest.mark.parametrize(
    ("changed", "status", "field"),
    [
        ({"id": ""}, 422, "id"),
        ({"id": "a b"}, 422, "id"),
        ({"x_kannel_from": None}, 422, "x-kannel-from"),
        ({"content_type": "text/xml"}, 415, "body"),
        ({"content_type": 'text/plain; charset="gb18030"'}, 415, "body"),
        ({"content_type": None}, 415, "body"),
    ],
    ids=["no id", "no such id", "no sender", "XML", "GB 18030", "no kind"],
)
def test_a_gateway_that_is_set_up_wrongly_is_told_so_and_keeps_the_message(
    call: Call, came: Came, changed: dict[str, Any], status: int, field: str
) -> None:
    answer = handed(call, **changed)

    assert answer.status_code == status
    assert [each["field"] for each in answer.json()["errors"]] == [field]
    assert came() == []


def test_nobody_hands_messages_on_without_a_token_for_them(call: Call, came: Came) -> None:
    other = replace(GATEWAY, scopes=frozenset({"case.register", "channel:hotline"}))
    askers = (ANYBODY, other, staff(Role.WINDOW_OFFICER), staff(Role.AUDIT_ADMINISTRATOR))

    answers = [handed(call, by=asker, id="a b") for asker in askers]

    assert [each.status_code for each in answers] == [401, 403, 403, 403]
    assert came() == []
