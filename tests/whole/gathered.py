"""What hangs on the case of the walk: a question outside, a part of its order, a meeting."""

from datetime import date, timedelta
from uuid import UUID

from services.dispatch.handlers import (
    Convening,
    Opening,
    OutsideAsking,
    PartyAsked,
    PartyListing,
    Sitting,
    ask_outside,
    convene,
    list_party,
    open_part,
)
from services.dispatch.policy.meetings import PartyKind as Seat
from services.dispatch.policy.outside import PartyKind
from shared.clock import utcnow
from shared.events.dispatch import PartKind
from shared.security.actor import Actor, ActorKind, Role
from shared.security.caller import Caller
from tests.whole.node import WholeNode
from tests.whole.stories import UNIT, Told

HELPER = "U002"
"""A unit that has a part of the order, and sits at the meeting."""
UUID_OF_NOTHING = UUID(int=7)


def member(node: str, role: Role, unit: str) -> Actor:
    """Return a member of staff as a token names them."""
    roles = frozenset({role})
    return Actor(kind=ActorKind.STAFF, node=node, id=f"{role}.walks", unit=unit, roles=roles)


def ask_party(whole: WholeNode, order: str) -> str:
    """Ask a party outside about an order; return the question."""
    keys, caller = (
        whole.node.keys,
        Caller(member(whole.node.code, Role.DISPATCHER, UNIT), utcnow()),
    )
    listing = PartyListing(
        name="供水公司",
        kind=PartyKind.COMPANY,
        valid_from=date(2020, 1, 1),
        contact="赵经理人",
        phone="+8613905641234",
    )
    with whole.units["dispatch"].transaction() as db:
        party = list_party(db, keys, listing, None, caller)
        about = {"order_id": UUID(order), "party_id": party.party_id, "files": (UUID_OF_NOTHING,)}
        asking = OutsideAsking(**about, text="水表是谁装的？", days=14)  # type: ignore[arg-type]
        return str(ask_outside(db, keys, asking, caller).question.question_id)


def gather(whole: WholeNode, case: Told, order: str) -> tuple[str, str]:
    """Let a unit help with an order, and both meet; return the part and the meeting."""
    caller = Caller(member(whole.node.code, Role.DISPATCHER, UNIT), utcnow())
    sitting = Sitting(starts_at=caller.now + timedelta(days=9), place="301", agenda="谁来修")
    units = tuple(PartyAsked(kind=Seat.UNIT, unit_code=unit) for unit in (UNIT, HELPER))
    convening = Convening(
        case_id=UUID(case.case_id),
        topic="路灯谁修",
        sitting=sitting,
        parties=(*units, PartyAsked(kind=Seat.COMPLAINANT)),
        convenor_unit=UNIT,
    )
    with whole.units["dispatch"].begin() as work:
        opening = Opening(kind=PartKind.CO_HANDLING, unit_code=HELPER, task="核实门面")
        part = open_part(work.db, UUID(order), opening, caller)
        meeting = convene(work.db, convening, caller)
    whole.settle()
    return str(part.part_id), str(meeting.meeting_id)
