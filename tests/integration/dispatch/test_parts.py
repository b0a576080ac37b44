"""Parts of an order: co-handling from its opening to the answer, and how an order ends with them."""

from dataclasses import replace
from datetime import timedelta
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
from services.dispatch.tables import orders as order_rows
from services.dispatch.tables import parts as part_rows
from shared.events.dispatch import (
    DissentReason,
    OrderFinished,
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
