"""A node's leg of a case: who gave it, what is offered, who is charged which time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.portal.pages.nodes import node_name
from services.portal.policy import Custody, HandOver, HandOverState, custody
from services.portal.repository import CaseCard, ClockCard, HandOverCard
from shared.http import NodeFacts

CITIZEN = "citizen"
TRACKING = "tracking"


def leg_of(case: CaseCard, node: str) -> Custody:
    """Return how custody of a case looks from a node."""
    known = [
        HandOver(
            epoch=each.epoch,
            kind=each.kind or "",
            from_node=each.from_node,
            to_node=each.to_node,
            state=HandOverState(each.state),
        )
        for each in case.hand_overs
    ]
    return custody(case.origin, node, known)


def offer_of(case: CaseCard) -> HandOverCard | None:
    """Return the open offer that this node made, if any."""
    return next((each for each in case.hand_overs if each.hand_over_id == case.offered_id), None)


@dataclass(frozen=True, slots=True)
class Charge:
    """The time that one unit or node had for its part; `kept` is None while it runs."""

    who: str
    kind: str
    since: datetime | None
    until: datetime | None
    due_at: datetime
    lamp: str
    kept: bool | None


def charges(case: CaseCard, node: NodeFacts) -> Sequence[Charge]:
    """Return what each unit and node is charged, in the order in which it began."""
    return [
        Charge(
            who=_who(case, clock, node),
            kind=clock.kind,
            since=clock.started_at,
            until=clock.stopped_at,
            due_at=clock.due_at,
            lamp=clock.lamp,
            kept=clock.on_time,
        )
        for clock in case.clocks
        if clock.kind != CITIZEN
    ]


def _who(case: CaseCard, clock: ClockCard, node: NodeFacts) -> str:
    held = [(order.order_id, order.unit_name) for order in case.orders]
    held += [(part.part_id, part.unit_name) for part in case.parts]
    unit = next((name for key, name in held if key == clock.order_id), None)
    if clock.kind == TRACKING:  # it stands for a report, not for an order
        of_unit = (
            o for o in case.orders if (o.node, o.unit_code) == (clock.node, clock.unit_code)
        )
        unit = next((order.unit_name for order in of_unit), None)
    if unit is None:
        return node_name(node, clock.node)
    return unit if clock.node == node.code else f"{node_name(node, clock.node)} · {unit}"
