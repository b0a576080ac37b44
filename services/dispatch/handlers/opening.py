"""A part of an order begins, or is taken back: the row, and what is said of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from services.dispatch.handlers.conflict import barred_from
from services.dispatch.handlers.trace import THE_RULES
from services.dispatch.policy import Ruled, UnitRule
from services.dispatch.policy.parts import UNSETTLED, PartState
from services.dispatch.repository.catalogue import in_their_place, units_of
from services.dispatch.repository.orders import Order
from services.dispatch.repository.parts import Part, add_parts, change_part, parts_of
from shared.clock import new_id
from shared.events.dispatch import PartEnd, PartKind, PartOpened, PartWithdrawn
from shared.events.words import By
from shared.outbox import say

BY_RULE = "按派单规则“{}”协助主办单位办理"
RULES = "rules"
"""Who opened a part that a rule of the catalogue names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a unit is to do, masked, and until when, in one of the two ways or by the limits."""

    kind: PartKind
    words_masked: str
    days: int | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Opener:
    """Who opens a part, when."""

    account: str
    by: By
    at: datetime


def begin_part(db: Connection, order: Order, unit: UnitRule, task: Task, opener: Opener) -> Part:
    """Give a unit its part and say so; what stands against it was asked before."""
    part = Part(
        part_id=new_id(),
        case_id=order.case_id,
        order_id=order.order_id,
        round=order.round,
        kind=task.kind,
        unit_code=unit.code,
        unit_name=unit.title,
        task_masked=task.words_masked,
        opened_at=opener.at,
        opened_by=opener.account,
        by_lead=opener.by.unit == order.unit_code,
    )
    add_parts(db, [part])
    say(
        db,
        PartOpened(
            **part_facts(part, opener.by, opener.at),
            round=part.round,
            lead_code=order.unit_code,
            lead_name=order.unit_name,
            task_masked=part.task_masked,
            days=task.days,
            due_at=task.due_at,
        ),
    )
    return part


def begin_by_rule(db: Connection, order: Order, ruled: Ruled, codes: Sequence[str]) -> None:
    """Give their parts to the units that a rule of the catalogue names beside the lead.

    A unit out of use without one that took over is left out, and so is whom the case complains of.
    """
    meant = in_their_place(db, units_of(db, codes))
    against = barred_from(db, order.case_id)
    helping = {unit.code: unit for code in codes if (unit := meant.get(code)) and unit.active}
    task = Task(kind=PartKind.CO_HANDLING, words_masked=BY_RULE.format(ruled.hit.rule.title))
    for unit in helping.values():
        if unit.code != order.unit_code and not against.has(unit.code):
            opener = Opener(RULES, THE_RULES, order.dispatched_at)
            begin_part(db, order, unit, task, opener)


def end_parts(db: Connection, order: Order, at: datetime, why: PartEnd) -> list[Part]:
    """Take back what is not settled of an order that ends at this moment, say and return it."""
    open_ones = [part for part in parts_of(db, order.order_id) if part.state in UNSETTLED]
    for part in open_ones:
        end_part(db, part, why, Opener(RULES, THE_RULES, at))
    return open_ones


def end_part(db: Connection, part: Part, why: PartEnd, ender: Opener) -> None:
    """Take a part back because of what happened, and say so."""
    change_part(db, part, state=PartState.WITHDRAWN, **ended(why, ender))
    say_taken_back(db, part, why, ender)


def ended(why: PartEnd, ender: Opener, note: str = "") -> dict[str, Any]:
    """Return what a part that is taken back keeps of it; `note` is masked."""
    return {"ended_at": ender.at, "end_why": why, "end_note_masked": note}


def say_taken_back(
    db: Connection, part: Part, why: PartEnd, ender: Opener, note: str = ""
) -> None:
    """Say that a part was taken back: its unit is charged no more."""
    say(db, PartWithdrawn(**part_facts(part, ender.by, ender.at), why=why, note_masked=note))


def part_facts(part: Part, by: By, at: datetime) -> dict[str, Any]:
    """Return what every fact about a part tells."""
    return {
        "case_id": part.case_id,
        "occurred_at": at,
        "order_id": part.order_id,
        "part_id": part.part_id,
        "kind": part.kind,
        "unit_code": part.unit_code,
        "unit_name": part.unit_name,
        "by": by,
    }
