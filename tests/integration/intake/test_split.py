"""A report that tells of several matters: each is a case of its own, and the person stays one."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection

from services.intake import api, handlers
from services.intake.handlers import (
    Caller,
    Holding,
    Knock,
    Named,
    Registered,
    claim_case,
    hold_case,
)
from services.intake.handlers.look import Look, look_up
from services.intake.policy.guesses import GuessLimits
from services.intake.policy.progress import Status
from services.intake.repository.orders import open_hold, orders_of
from services.intake.settings import Settings
from shared.errors import Refused
from shared.events.base import CaseEvent, Event
from shared.events.dispatch import OrderSigned
from shared.events.intake import (
    CaseAccepted,
    CaseGrouped,
    CaseHeld,
    CaseRegistered,
    CaseSplit,
    ComplaintMarked,
    PartTakenBack,
)
from shared.outbox import said
from shared.security.actor import Role, anonymous, citizen
from shared.security.sealing import NodeKeys
from shared.security.vault import sealer_of_case
from shared.unit import Unit
from tests.integration.doorway import Call, calling, door_to, staff
from tests.integration.intake.stories import (
    BY,
    NINE,
    NODE,
    dispatched,
    handed_over,
    list_item,
    list_unit,
    register,
)
from tests.integration.intake.test_erasure import ASKING, HEAD, KEEPING, close

pytestmark = pytest.mark.integration

DISPATCHER = staff(Role.DISPATCHER, unit="zwfw")
OFFICER = staff(Role.WINDOW_OFFICER, unit="zwfw")
WORKER = staff(Role.DISPOSAL_OFFICER, unit="RSJ")
LATER = NINE + timedelta(days=3)
POOL = {"title": "医保断缴", "text": "张晓明说电话13800006160的医保断了两个月。"}
ROAD = {"title": "门口的路没人修", "text": "村口的路坏了三个月。", "region": "341500"}
MANY = 1_000
COURT = {"title": "欠薪", "text": "已经起诉，等判决。"}
WHY = "?purpose=核实情况"
Said = TypeVar("Said", bound=CaseEvent)
GUESSES = GuessLimits(per_number=5, per_address=20, window=timedelta(minutes=15))


@pytest.fixture
def call(unit: Unit, keys: NodeKeys) -> Call:
    return calling(api.router, door_to(unit, keys, Settings(), lambda: LATER))


@pytest.fixture
def told(unit: Unit, keys: NodeKeys) -> Registered:
    """An accepted report that complains of a unit and of a person."""
    with unit.begin() as work:
        list_unit(work.db, "YBJ", "0564-1")
        item = list_item(work.db, "养老保险转移").code
        against = Named(units=("YBJ",), persons=("王大力",))
        registered = register(work.db, keys, item=item, complained_of=against)
        work.speak()
    return registered


def split(call: Call, case: Registered, *matters: Any, **more: Any) -> Any:
    actor = more.pop("actor", DISPATCHER)
    body = {"matters": list(matters)}
    return call(actor, "POST", f"/cases/{case.number}/split", json=body, **more)


def seen(db: Connection, number: str) -> Look:
    look = look_up(db, number)
    assert look is not None
    return look


def test_each_matter_is_a_case_of_the_same_person(
    call: Call, told: Registered, unit: Unit, keys: NodeKeys
) -> None:
    with unit.transaction() as db:
        item = list_item(db, "医保参保").code
    once = {"headers": {"Idempotency-Key": "split-of-a-report-1"}}
    preview = call(
        OFFICER, "POST", f"/cases/{told.number}/split/preview", json={"matters": [POOL, COURT]}
    ).json()["matters"]
    assert [(each["accepted"], each["hint"]) for each in preview] == [
        (True, None),
        (False, "litigation"),
    ]
    assert "13800006160" not in preview[0]["text_masked"]
    assert "张晓明" not in preview[0]["text_masked"]

    made = split(call, told, {**POOL, "item": item}, ROAD, COURT, **once)
    again = split(call, told, {**POOL, "item": item}, ROAD, COURT, **once)

    assert made.status_code == 200, made.text
    assert again.json() == made.json()
    numbers = made.json()["numbers"]
    with unit.transaction() as db:
        first, *parts = [seen(db, number) for number in (told.number, *numbers)]
        for part in parts:
            same_person(db, keys, first, part)
    assert [part.case.region for part in parts] == [NODE, "341500", NODE]
    assert [part.progress.status for part in parts] == [
        Status.ACCEPTED,
        Status.ACCEPTED,
        Status.REGISTERED,
    ]
    assert parts[0].case.item_code == item
    assert "13800006160" not in parts[0].case.text_masked


def same_person(db: Connection, keys: NodeKeys, first: Look, part: Look) -> None:
    """Party, marks and promise are those of the report; key, number and code are its own."""
    mine, theirs = first.case, part.case
    assert theirs.person_hashes == mine.person_hashes
    assert theirs.promised_from == mine.registered_at
    assert theirs.registered_at == LATER
    assert theirs.attempts == 0
    assert theirs.complainant.name.key_id != mine.complainant.name.key_id
    sealer = sealer_of_case(db, keys, theirs.case_id)
    assert sealer.open(theirs.complainant.name) == "张晓明"
    assert mine.complained_of is not None
    assert theirs.complained_of is not None
    assert theirs.complained_of.units == mine.complained_of.units
    assert theirs.complained_of.hashes == mine.complained_of.hashes
    assert sealer.open(theirs.complained_of.persons[0].name) == "王大力"


def test_what_is_said_of_a_split(db: Connection, keys: NodeKeys) -> None:
    list_unit(db, "YBJ", "0564-1")
    item = list_item(db, "养老保险转移").code
    told = register(db, keys, item=item, complained_of=Named(units=("YBJ",)))
    hold_case(db, told.number, Holding("诉讼"), HEAD)
    before = len(said(db))

    [part] = handlers.split_case(
        db, keys, seen(db, told.number), [matter(POOL)], Caller(DISPATCHER, LATER)
    )

    events = said(db)[before:]
    assert [type(event) for event in events] == [
        *(ComplaintMarked, CaseRegistered, CaseAccepted, CaseHeld, CaseSplit),
    ]
    registered, accepted, apart = (
        one(events, CaseRegistered),
        one(events, CaseAccepted),
        events[-1],
    )
    assert registered.split_from == told.number
    assert (accepted.occurred_at, accepted.promised_from) == (LATER, NINE)
    assert isinstance(apart, CaseSplit)
    assert (apart.case_id, apart.numbers, apart.matters) == (told.case_id, (part.number,), 2)
    assert open_hold(db, part.case_id) is not None


def matter(told: dict[str, str]) -> handlers.Matter:
    return handlers.Matter(**told)


def one(events: Sequence[Event], kind: type[Said]) -> Said:
    [found] = [event for event in events if isinstance(event, kind)]
    return found


def test_the_person_follows_all_with_any_of_the_codes(
    call: Call, told: Registered, unit: Unit, keys: NodeKeys
) -> None:
    [number] = split(call, told, POOL).json()["numbers"]
    with unit.transaction() as db:
        part = seen(db, number).case
        knock = Knock(number, told.query_code, "host", LATER)
        assert claim_case(db, keys, knock, GUESSES).case_id == part.case_id
        wrong = Knock(number, "3333333333", "host", LATER)
        assert claim_case(db, keys, wrong, GUESSES).case_id is None
        other = register(db, keys)
        alien = Knock(other.number, told.query_code, "host", LATER)
        assert claim_case(db, keys, alien, GUESSES).case_id is None

    mine = call(citizen(NODE, told.case_id, told.number), "GET", f"/cases/{told.number}").json()
    theirs = call(citizen(NODE, part.case_id, number), "GET", f"/cases/{number}").json()
    assert [(one["number"], one["is_report"]) for one in mine["siblings"]] == [(number, False)]
    assert [(one["number"], one["is_report"]) for one in theirs["siblings"]] == [
        (told.number, True)
    ]
    assert "分成 2 件" in mine["timeline"][-1]["text"]
    assert told.number in theirs["timeline"][0]["text"]
    with unit.transaction() as db:
        handlers.follow(db, [dispatched(told.case_id, "RSJ")])
    unrelated = call(WORKER, "GET", f"/cases/{told.number}")
    assert unrelated.json()["siblings"] == []
    shown = call(WORKER, "GET", f"/cases/{told.number}/split").json()
    assert [part["title_masked"] for part in shown["parts"]] == [None]


def test_why_a_report_is_not_taken_apart(
    call: Call, told: Registered, unit: Unit, keys: NodeKeys
) -> None:
    [number] = split(call, told, POOL, actor=OFFICER).json()["numbers"]
    with unit.transaction() as db:
        part = seen(db, number).case
        handlers.follow(db, [dispatched(told.case_id, "RSJ")])
        closed, away = register(db, keys), register(db, keys)
        close(db, closed)
        handlers.follow(db, [handed_over(away.case_id)])
    of_part = Registered(part.case_id, number, "", Status.ACCEPTED)

    for case, actor, code in (
        (of_part, DISPATCHER, "split_is_part"),
        (closed, DISPATCHER, "split_at_rest"),
        (away, DISPATCHER, "split_elsewhere"),
        (told, OFFICER, "split_by_dispatcher"),
    ):
        refused = split(call, case, POOL, actor=actor)
        assert (refused.status_code, refused.json()["code"]) == (409, code)
        assert refused.json()["detail_en"]
    assert split(call, told, *([POOL] * 8)).json()["code"] == "split_too_many"
    assert split(call, told, *([POOL] * 9)).status_code == 422
    assert split(call, told, {**POOL, "text": ""}).status_code == 422
    assert split(call, told).status_code == 422
    assert split(call, told, POOL, actor=WORKER).status_code == 403
    assert split(call, told, POOL, actor=anonymous(NODE)).status_code == 401
    meant = staff(Role.DISPATCHER, unit="YBJ")
    assert split(call, told, POOL, actor=meant).status_code == 404
    assert split(call, told, POOL).status_code == 200


def test_a_part_is_taken_back_until_a_unit_begins(
    call: Call, told: Registered, unit: Unit
) -> None:
    back, begun = split(call, told, POOL, ROAD).json()["numbers"]
    because = {"because": "同一件事，电话13912345678核实过"}
    with unit.transaction() as db:
        handlers.follow(db, [dispatched(seen(db, back).case.case_id)])
        order = dispatched(seen(db, begun).case.case_id)
        told_of = order.model_dump(include={"case_id", "order_id", "unit_code", "unit_name"})
        signed = OrderSigned(**told_of, occurred_at=LATER, by=BY)
        handlers.follow(db, [order, signed])

    assert call(DISPATCHER, "POST", f"/cases/{back}/take-back", json=because).status_code == 200

    for number, code in ((begun, "split_in_hand"), (told.number, "split_is_no_part")):
        refused = call(DISPATCHER, "POST", f"/cases/{number}/take-back", json=because)
        assert (refused.status_code, refused.json()["code"]) == (409, code)
    again = call(DISPATCHER, "POST", f"/cases/{back}/take-back", json=because)
    assert again.json()["code"] == "group_led_already"
    with unit.transaction() as db:
        look, first = seen(db, back), seen(db, told.number)
    assert look.progress.joined_to == told.number
    assert PartTakenBack.name in [fact.kind.value for fact in first.facts]
    shown = call(DISPATCHER, "GET", f"/cases/{told.number}/split").json()
    assert [part["joined"] for part in shown["parts"]] == [True, False]


def test_taking_back_is_said_of_both(db: Connection, keys: NodeKeys) -> None:
    told = register(db, keys, item=list_item(db, "养老保险转移").code)
    caller = Caller(DISPATCHER, LATER)
    [part] = handlers.split_case(db, keys, seen(db, told.number), [matter(POOL)], caller)

    looks = seen(db, part.number), seen(db, told.number)
    handlers.take_back(db, *looks, "找过13912345678", caller)

    grouped, back = said(db)[-2:]
    assert isinstance(grouped, CaseGrouped)
    assert isinstance(back, PartTakenBack)
    assert (grouped.lead_number, back.part_number) == (told.number, part.number)
    assert "13912345678" not in back.because_masked


def test_what_came_of_one_report_is_erased_together(db: Connection, keys: NodeKeys) -> None:
    told = register(db, keys, item=list_item(db, "养老保险转移").code)
    caller = Caller(DISPATCHER, LATER)
    [part] = handlers.split_case(db, keys, seen(db, told.number), [matter(POOL)], caller)
    close(db, told)
    now = NINE + timedelta(days=200)

    with pytest.raises(Refused, match="split_open"):
        handlers.ask_erasure(db, told.number, ASKING, HEAD)
    handlers.ask_for_due(db, KEEPING, NODE, now, MANY)
    assert [orders_of(db, each.case_id) for each in (told, part)] == [[], []]
    close(db, part)
    handlers.ask_for_due(db, KEEPING, NODE, now, MANY)

    asked = [orders_of(db, each.case_id) for each in (told, part)]
    assert [order.state for [order] in asked] == ["asked", "asked"]
