"""Parts of an order: co-handling from its opening to the answer; how an order ends with them."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, select

from services.dispatch import handlers
from services.dispatch.handlers import (
    Declining,
    Dissent,
    Doing,
    Opening,
    PartAnswer,
    Placement,
    TakingBack,
)
from services.dispatch.policy.parts import PartState
from services.dispatch.repository.life import work_of
from services.dispatch.repository.orders import Order, find_order
from services.dispatch.repository.parts import Part, find_part, parts_of
from services.dispatch.tables import parts as part_rows
from shared.events.dispatch import (
    DissentReason,
    OrderFinished,
    OrderReturned,
    OverrideReason,
    PartAnswered,
    PartDeclined,
    PartDissented,
    PartEnd,
    PartKind,
    PartOpened,
    PartUrged,
    PartWithdrawn,
    ReturnGround,
    WorkKind,
    WorkLogged,
)
from shared.events.intake import CaseErased, ComplaintMarked, ErasureGround
from shared.events.sla import ClockStarted
from shared.events.words import By, ClockKind, Lamp
from shared.security.erasing import ERASED
from shared.security.sealing import NodeKeys
from tests.integration.dispatch.stories import (
    DISPATCHER,
    HOUSE,
    MARKET_OFFICER,
    NODE,
    TEN,
    TOWN_OFFICER,
    at_ten,
    fill_catalogue,
    finishing,
    give_key,
    giving_back,
    held_case,
    last,
    names,
    order_of,
    retire_unit,
    try_to_reach,
)
from tests.integration.dispatch.test_steps import refusal_of

pytestmark = pytest.mark.integration

LEAD, TOWN = at_ten(MARKET_OFFICER), at_ten(TOWN_OFFICER)
LATER = TEN + timedelta(hours=5)


def signed(db: Connection) -> Order:
    fill_catalogue(db)
    return handlers.sign(db, held_case(db).order_id, LEAD)


def helping(unit: str = "cgz", **told: Any) -> Opening:
    told = {"kind": PartKind.CO_HANDLING, "task": "核实门面，电话 13800006160", **told}
    return Opening(unit_code=unit, **told)


def with_part(db: Connection) -> Part:
    return handlers.open_part(db, signed(db).order_id, helping(), LEAD)


def refused(act: Any) -> str:
    return str(refusal_of(act))


def test_a_lead_asks_another_unit_which_then_answers(db: Connection) -> None:
    part = with_part(db)
    told = last(db, PartOpened)

    assert (told.unit_code, told.lead_code, told.days) == ("cgz", "scjgj", None)
    assert told.task_masked == part.task_masked == "核实门面，电话 138****6160"
    doing = Doing(order_id=part.order_id, kind=WorkKind.NOTE, note="去看了，见 13800006160")
    handlers.log_part_work(db, part.part_id, doing, TOWN)
    (work,) = work_of(db, part.order_id)
    assert (work.part_id, work.note_masked) == (part.part_id, "去看了，见 138****6160")
    assert (last(db, WorkLogged).unit_code, last(db, WorkLogged).part_id) == ("cgz", part.part_id)

    answer = PartAnswer(
        part_id=part.part_id, answer="门面属实，找 13800006160", legal_basis="条例"
    )
    handlers.answer_part(db, answer, TOWN)

    kept = find_part(db, part.part_id)
    assert kept is not None
    assert (kept.state, kept.answer_masked) == (PartState.ANSWERED, "门面属实，找 138****6160")
    assert last(db, PartAnswered).answer_masked == kept.answer_masked
    assert refused(lambda: handlers.answer_part(db, answer, TOWN)) == "already_done"
    late = replace(doing, note="又去")
    assert refused(lambda: handlers.log_part_work(db, part.part_id, late, TOWN)) == "wrong_state"


def test_a_part_goes_to_one_other_unit_that_may_have_the_case(db: Connection) -> None:
    order = signed(db)

    def opening(unit: str = "cgz", caller: Any = LEAD, **told: Any) -> str:
        ask = helping(unit, **told)
        return refused(lambda: handlers.open_part(db, order.order_id, ask, caller))

    assert opening("scjgj") == "part_of_the_lead"
    assert opening("nowhere") == "unknown_unit"
    assert opening(due_at=TEN) == "bad_due_at"
    part = handlers.open_part(db, order.order_id, helping(days=1), LEAD)
    assert last(db, PartOpened).days == 1
    assert opening() == "part_open_already"
    duty = handlers.open_part(
        db, order.order_id, helping(kind=PartKind.DUTY, due_at=LATER), at_ten(DISPATCHER)
    )
    assert (duty.kind, last(db, PartOpened).due_at) == (PartKind.DUTY, LATER)
    handlers.withdraw_part(db, TakingBack(part_id=part.part_id, because="不用了"), LEAD)
    assert handlers.open_part(db, order.order_id, helping(), LEAD).unit_code == "cgz"
    assert refused(lambda: handlers.open_part(db, uuid4(), helping(), LEAD)) == "unknown_order"
    retire_unit(db, "zwfw")
    assert opening("zwfw") == "unit_inactive"


def test_a_lead_signs_before_it_asks_others_and_a_dispatcher_need_not(db: Connection) -> None:
    fill_catalogue(db)
    order = held_case(db)

    assert (
        refused(lambda: handlers.open_part(db, order.order_id, helping(), LEAD)) == "wrong_state"
    )
    handlers.open_part(db, order.order_id, helping(), at_ten(DISPATCHER))
    handlers.return_order(db, giving_back(order.order_id), LEAD)
    again = refused(lambda: handlers.open_part(db, order.order_id, helping(), LEAD))
    assert again == "wrong_state"


def test_not_ours_is_said_in_time_and_somebody_else_gets_it(db: Connection) -> None:
    part = with_part(db)
    told = ClockStarted(
        case_id=part.case_id,
        occurred_at=TEN,
        clock_id=uuid4(),
        kind=ClockKind.RESOLVE,
        kind_detail="co_handle",
        order_id=part.part_id,
        unit_code="cgz",
        due_at=LATER,
        lamp=Lamp.GREEN,
        started_at=TEN,
        sign_by=TEN,
    )
    handlers.note_sign_limits(db, [told])
    known = find_part(db, part.part_id)
    assert known is not None
    assert (known.due_at, known.sign_by) == (LATER, TEN)
    declining = Declining(
        part_id=part.part_id, ground=ReturnGround.NOT_OUR_AREA, legal_basis="《三定》第二条"
    )
    late = replace(TOWN, now=LATER)
    assert refused(lambda: handlers.decline_part(db, declining, late)) == "sign_limit_over"

    handlers.decline_part(db, declining, TOWN)

    kept = find_part(db, part.part_id)
    assert kept is not None
    assert (kept.state, kept.decline_ground) == (PartState.OPEN, ReturnGround.NOT_OUR_AREA)
    assert last(db, PartDeclined).legal_basis == "《三定》第二条"
    assert refused(lambda: handlers.decline_part(db, declining, TOWN)) == "declined_once"
    taking = TakingBack(part_id=part.part_id, because="改派", to_unit="zwfw")
    given = handlers.withdraw_part(db, taking, at_ten(DISPATCHER))
    assert (given.unit_code, given.task_masked) == ("zwfw", part.task_masked)
    assert last(db, PartWithdrawn).why is PartEnd.REASSIGNED
    back = TakingBack(part_id=given.part_id, because="还是贵单位", to_unit="cgz")
    insisted = handlers.withdraw_part(db, back, at_ten(DISPATCHER))
    again = replace(declining, part_id=insisted.part_id)
    assert refused(lambda: handlers.decline_part(db, again, TOWN)) == "declined_once"
    nowhere = replace(back, part_id=insisted.part_id, to_unit="scjgj")
    assert refused(lambda: handlers.withdraw_part(db, nowhere, LEAD)) == "part_of_the_lead"


def test_a_part_is_urged_and_not_again_at_once(db: Connection) -> None:
    part = with_part(db)
    handlers.urge_part(db, part.part_id, "急，13800006160", LEAD)

    assert (last(db, PartUrged).urges, last(db, PartUrged).note_masked) == (1, "急，138****6160")
    assert refused(lambda: handlers.urge_part(db, part.part_id, "", LEAD)) == "urged_lately"
    assert handlers.urge_part(db, part.part_id, "", replace(LEAD, now=LATER)).urges == 2


def test_nobody_finishes_over_an_open_or_dissenting_part_without_a_reason(
    engine: Engine, db: Connection, keys: NodeKeys
) -> None:
    part = with_part(db)
    give_key(engine, keys, part.case_id)
    handlers.log_contact(db, try_to_reach(part.order_id), LEAD)
    done = finishing(part.order_id)

    def ending(**told: Any) -> str:
        said = replace(done, **told)
        return refused(lambda: handlers.finish_order(db, keys, said, LEAD, HOUSE))

    assert ending() == "parts_unsettled"
    dissent = Dissent(part_id=part.part_id, reason=DissentReason.LAW, note="不能办")
    handlers.dissent_from_part(db, dissent, TOWN)
    assert last(db, PartDissented).reason is DissentReason.LAW
    assert ending() == "parts_unsettled"
    assert ending(override=OverrideReason.WEIGHED) == "override_words_needed"
    words: Any = {"override": OverrideReason.WEIGHED, "override_words": "问过 13800006160，不采纳"}

    handlers.finish_order(db, keys, replace(done, **words), LEAD, HOUSE)

    told, order = last(db, OrderFinished), find_order(db, part.order_id)
    assert order is not None
    assert order.override_reason == told.override_reason == OverrideReason.WEIGHED
    assert order.override_masked == told.override_masked == "问过 138****6160，不采纳"
    ended = find_part(db, part.part_id)
    assert ended is not None
    assert (ended.state, ended.end_why) == (PartState.WITHDRAWN, PartEnd.FINISHED)
    late = PartAnswer(part_id=part.part_id, answer="晚了")
    assert refused(lambda: handlers.answer_part(db, late, TOWN)) == "wrong_state"


def test_a_dissent_that_is_given_up_lets_the_order_end_and_needs_no_override(
    engine: Engine, db: Connection, keys: NodeKeys
) -> None:
    part = with_part(db)
    give_key(engine, keys, part.case_id)
    handlers.log_contact(db, try_to_reach(part.order_id), LEAD)
    dissent = Dissent(part_id=part.part_id, reason=DissentReason.FACTS, note="不是这样")
    handlers.dissent_from_part(db, dissent, TOWN)
    handlers.answer_part(db, PartAnswer(part_id=part.part_id, answer="同意"), TOWN)

    words: Any = {"override": OverrideReason.WEIGHED, "override_words": "多写的"}
    finished = handlers.finish_order(
        db, keys, replace(finishing(part.order_id), **words), LEAD, HOUSE
    )

    assert (finished.override_reason, last(db, OrderFinished).override_reason) == (None, None)
    kept = find_part(db, part.part_id)
    assert kept is not None
    assert (kept.state, kept.dissent_reason) == (PartState.ANSWERED, None)


def test_who_asked_others_to_help_stays_responsible(db: Connection) -> None:
    part = with_part(db)

    def give_back() -> Any:
        return handlers.return_order(db, giving_back(part.order_id), LEAD)

    assert refused(give_back) == "first_receiver"
    handlers.withdraw_part(db, TakingBack(part_id=part.part_id, because="不用了"), LEAD)
    give_back()
    assert last(db, OrderReturned).order_id == part.order_id


def test_what_is_open_is_taken_back_with_the_order(db: Connection) -> None:
    order = signed(db)
    part = handlers.open_part(db, order.order_id, helping(), at_ten(DISPATCHER))
    handlers.return_order(db, giving_back(part.order_id), LEAD)

    assert last(db, PartWithdrawn).why is PartEnd.RETURNED
    again = handlers.dispatch_with(
        db, Placement(part.case_id, "cgz", "属地"), [helping("scjgj")], at_ten(DISPATCHER)
    )
    (fresh,) = parts_of(db, again.order_id)
    assert (fresh.unit_code, fresh.state) == ("scjgj", PartState.OPEN)
    assert names(db).index("order_returned") > names(db).index("part_withdrawn")


def test_whom_a_case_complains_of_loses_its_part_and_gets_none(db: Connection) -> None:
    part = with_part(db)
    complaint = {"units": [{"node": NODE, "code": "cgz", "title": "城关镇"}]}
    marked = ComplaintMarked(
        case_id=part.case_id, occurred_at=TEN, complained_of=complaint, by=By(kind="staff")
    )

    handlers.hear_complaint(db, marked, NODE)

    assert last(db, PartWithdrawn).why is PartEnd.CONFLICT_OF_INTEREST
    again = refused(lambda: handlers.open_part(db, part.order_id, helping(), LEAD))
    assert again == "unit_complained_of"


def ended(db: Connection, code: str, *heirs: str) -> None:
    listing = handlers.UnitListing(
        code=code,
        title=code,
        region=NODE,
        parent=None if code == "zwfw" else "zwfw",
        valid_until=date(2001, 12, 31),
        successors=heirs,
    )
    handlers.list_unit(db, listing, LEAD)


def test_who_was_to_help_an_ended_lead_helps_its_heir(db: Connection) -> None:
    part = with_part(db)
    ended(db, "scjgj", "zwfw")

    handlers.move_orders(db, "scjgj", "机构改革", at_ten(DISPATCHER))

    order = order_of(db, part.case_id)
    (carried,) = parts_of(db, order.order_id)
    assert (order.unit_code, carried.unit_code) == ("zwfw", "cgz")
    assert carried.task_masked == part.task_masked
    assert last(db, PartWithdrawn).why is PartEnd.UNIT_ENDED


@pytest.mark.parametrize(("heir", "open_at"), [("zwfw", ["zwfw"]), ("scjgj", [])])
def test_the_parts_of_an_ended_helper_go_to_its_heir_unless_that_leads(
    db: Connection, heir: str, open_at: list[str]
) -> None:
    part = with_part(db)
    ended(db, "cgz", heir)

    handlers.move_orders(db, "cgz", "机构改革", at_ten(DISPATCHER))

    found = parts_of(db, part.order_id)
    assert found[0].state is PartState.WITHDRAWN
    assert [one.unit_code for one in found if one.state is PartState.OPEN] == open_at


def test_an_erasure_empties_what_was_written_for_parts(db: Connection) -> None:
    part = with_part(db)
    handlers.answer_part(
        db, PartAnswer(part_id=part.part_id, answer="见过本人", legal_basis="条例"), TOWN
    )

    erased = CaseErased(
        case_id=part.case_id,
        occurred_at=TEN,
        number="BCS-341523-20300102-00001-X",
        ground=ErasureGround.REQUEST,
        digest="",
        order_id=uuid4(),
        ordered_by=NODE,
    )
    handlers.erase_case(db, erased)

    p = part_rows.c
    row = db.execute(select(p.task_masked, p.answer_masked, p.legal_basis)).one()
    assert tuple(row) == (ERASED, ERASED, ERASED)
