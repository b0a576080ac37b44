"""The ledgers of custody over HTTP: when they were compared, and what differs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from services.dispatch.api.orders import DispatchDoor
from services.dispatch.handlers import CustodyState, House, custody_states
from services.dispatch.repository.ledger import Difference
from shared.http import ApiRoute, Who
from shared.http.demands import demands
from shared.security.policy import Action, Resource

router = APIRouter(route_class=ApiRoute)


class DifferenceView(BaseModel):
    """A case whose custody the neighbour's ledger tells otherwise."""

    case_id: UUID
    number: str
    differs: Sequence[str]
    """Of number, epoch, holder, since, offered, steps; or missing_here, missing_there."""
    epoch_here: int | None
    epoch_there: int | None
    holder_here: str | None
    holder_there: str | None
    found_at: datetime

    @classmethod
    def of(cls, one: Difference) -> Self:
        """Return an entry as it is answered."""
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class CustodyView(BaseModel):
    """How the ledger of custody shared with one neighbour does."""

    peer: str
    asked_at: datetime | None
    compared_at: datetime | None
    count: int
    """How many entries differ."""
    differences: list[DifferenceView]
    """The oldest of them, without those of cases that complain of the reader."""

    @classmethod
    def of(cls, state: CustodyState) -> Self:
        """Return a ledger as it is answered."""
        return cls(
            peer=state.peer,
            asked_at=state.asked_at,
            compared_at=state.compared_at,
            count=state.count,
            differences=[DifferenceView.of(one) for one in state.differences],
        )


@router.get("/custody")
@demands(Action.LINK_READ)
def custody(door: DispatchDoor, actor: Who) -> list[CustodyView]:
    """Show for each neighbour when the ledgers of custody were compared, and what differs."""
    door.demand(actor, Action.LINK_READ, Resource(node=door.node.code))
    house = House(door.node.code, door.node.neighbours)
    with door.unit.transaction() as db:
        states = custody_states(db, house, actor)
    return [CustodyView.of(state) for state in states]
