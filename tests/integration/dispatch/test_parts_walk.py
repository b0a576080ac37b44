"""A case with parts goes on at random: whatever is tried, what must hold of it holds."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, select

from services.dispatch import handlers
from services.dispatch.handlers import (
    Caller,
    Declining,
    Dissent,
    Opening,
    PartAnswer,
    Placement,
    TakingBack,
)
from services.dispatch.handlers.conflict import barred_from
from services.dispatch.policy import OPEN_STATES, CaseState, OrderState
from services.dispatch.policy.parts import UNSETTLED
from services.dispatch.repository.cases import cases_by_id
from services.dispatch.repository.orders import Order, read_orders
from services.dispatch.repository.parts import Part, parts_of
from services.dispatch.tables import orders as order_rows
from shared.errors import Refused
from shared.events.dispatch import DissentReason, OverrideReason, PartEnd, PartKind, ReturnGround
from shared.events.intake import ComplaintMarked
from shared.events.words import By
from shared.security.sealing import NodeKeys
from tests.integration.dispatch.stories import (
    DISPATCHER,
    HOUSE,
    NODE,
    TEN,
    at_ten,
    fill_catalogue,
    finishing,
    give_key,
    giving_back,
    held_case,
    reopened,
    try_to_reach,
)

pytestmark = pytest.mark.integration

UNITS = ("zwfw", "scjgj", "cgz")
SEEDS = range(5)
STEPS = 120
RARELY = 0.8


class Walk:
    """One case on which somebody tries whatever comes to mind."""

    def __init__(self, db: Connection, keys: NodeKeys, case_id: UUID, random: Random) -> None:
        self.db, self.keys, self.case_id, self.random = db, keys, case_id, random
        self.now = TEN
        self.done: set[str] = set()

    @property
    def orders(self) -> Sequence[Order]:
        mine = order_rows.c.case_id == self.case_id
        return read_orders(self.db, select(order_rows).where(mine).order_by(order_rows.c.order_id))

    @property
    def parts(self) -> list[Part]:
        return [part for order in self.orders for part in parts_of(self.db, order.order_id)]

    def step(self) -> None:
        """Try one thing; what is refused changes nothing."""
        self.now += timedelta(hours=1)
        act = self.random.choice(ACTS)
        try:
            with self.db.begin_nested():
                act(self)
            self.done.add(act.__name__)
        except Refused:
            pass

    def caller(self) -> Caller:
        return replace(at_ten(DISPATCHER), now=self.now)

    def order(self) -> UUID:
        return self.orders[-1].order_id

    def part(self) -> UUID:
        found = self.parts
        live = [part for part in found if part.state in UNSETTLED]
        if not found:
            raise Refused("nothing_there")
        return self.random.choice(
            live if live and self.random.random() < RARELY else found
        ).part_id

    def place(self) -> None:
        unit = self.random.choice(UNITS)
        helping = self.random.choice([[], [self.asked()]])
        placement = Placement(self.case_id, unit, "属地")
        handlers.dispatch_with(self.db, placement, helping, self.caller())

    def asked(self) -> Opening:
        unit, kind = self.random.choice(UNITS), self.random.choice([*PartKind])
        return Opening(kind=kind, unit_code=unit, task="核实")

    def sign(self) -> None:
        handlers.sign(self.db, self.order(), self.caller())

    def contact(self) -> None:
        handlers.log_contact(self.db, try_to_reach(self.order()), self.caller())

    def open(self) -> None:
        handlers.open_part(self.db, self.order(), self.asked(), self.caller())

    def answer(self) -> None:
        handlers.answer_part(self.db, PartAnswer(part_id=self.part(), answer="好"), self.caller())

    def dissent(self) -> None:
        said = Dissent(part_id=self.part(), reason=DissentReason.LAW, note="不")
        handlers.dissent_from_part(self.db, said, self.caller())

    def decline(self) -> None:
        ground = ReturnGround.NOT_OUR_DUTY
        said = Declining(part_id=self.part(), ground=ground, legal_basis="三定")
        handlers.decline_part(self.db, said, self.caller())

    def withdraw(self) -> None:
        to = self.random.choice([None, *UNITS])
        taking = TakingBack(part_id=self.part(), because="不用了", to_unit=to)
        handlers.withdraw_part(self.db, taking, self.caller())

    def seldom(self) -> None:
        if self.random.random() < RARELY:
            raise Refused("seldom")

    def give_back(self) -> None:
        self.seldom()
        giving = replace(giving_back(self.order()), quota=STEPS)
        handlers.return_order(self.db, giving, self.caller())

    def finish(self) -> None:
        override = self.random.choice([None, OverrideReason.WEIGHED])
        done = replace(finishing(self.order()), override=override, override_words="因为")
        handlers.finish_order(self.db, self.keys, done, self.caller(), HOUSE)

    def reopen(self) -> None:
        case = cases_by_id(self.db, [self.case_id])[self.case_id]
        if case.state is not CaseState.FINISHED:
            raise Refused("not_finished")
        handlers.reopen_case(self.db, reopened(self.case_id, case.round + 1), HOUSE)

    def complain(self) -> None:
        self.seldom()
        self.seldom()
        unit = {"node": NODE, "code": "cgz", "title": "城关镇"}
        told = {"complained_of": {"units": [unit]}, "by": By(kind="staff")}
        event = ComplaintMarked(case_id=self.case_id, occurred_at=self.now, **told)
        handlers.hear_complaint(self.db, event, NODE)


ACTS: tuple[Callable[[Walk], None], ...] = (
    *(Walk.place, Walk.sign, Walk.contact, Walk.open, Walk.open, Walk.answer, Walk.dissent),
    *(Walk.decline, Walk.withdraw, Walk.give_back, Walk.finish, Walk.reopen, Walk.complain),
)


def broken(walk: Walk) -> list[str]:
    """Return which promises about cases with parts do not hold."""
    case = cases_by_id(walk.db, [walk.case_id])[walk.case_id]
    at_work = [order for order in walk.orders if order.state in OPEN_STATES]
    unsettled = [part for part in walk.parts if part.state in UNSETTLED]
    against = barred_from(walk.db, walk.case_id)
    over = {part.order_id for part in walk.parts if part.end_why == PartEnd.FINISHED}
    finished = [order for order in walk.orders if order.state is OrderState.FINISHED]
    held = {
        "one unit answers for it, or it is searched": len(at_work)
        == (1 if case.state is CaseState.HELD else 0),
        "its unit is that of its order": all(o.unit_code == case.unit_code for o in at_work),
        "what is not in work has no open part": {part.order_id for part in unsettled}
        <= {order.order_id for order in at_work},
        "no part of the lead": all(
            part.unit_code != order.unit_code for part in unsettled for order in at_work
        ),
        "one open part of a kind a unit": len(unsettled)
        == len({(part.unit_code, part.kind) for part in unsettled}),
        "nothing for whom it complains of": not any(
            against.has(unit)
            for unit in [o.unit_code for o in at_work] + [p.unit_code for p in unsettled]
        ),
        "finished over a part with a reason": {
            order.order_id for order in finished if order.override_reason
        }
        == over,
    }
    return [promise for promise, holds in held.items() if not holds]


def test_whatever_is_tried_with_a_case_its_promises_hold(
    engine: Engine, db: Connection, keys: NodeKeys
) -> None:
    fill_catalogue(db)
    found, done = list[str](), set[str]()

    for seed in SEEDS:
        order = held_case(db)
        give_key(engine, keys, order.case_id)
        walk = Walk(db, keys, order.case_id, Random(seed))  # noqa: S311  # repeatable
        for _ in range(STEPS):
            walk.step()
            found += broken(walk)
        done |= walk.done

    assert found == []
    assert done == {act.__name__ for act in ACTS}
