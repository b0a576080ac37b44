"""The public numbers of the wall board."""

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from services.portal import repository
from services.portal.api.doors import PortalDoor
from shared.http import ApiRoute
from shared.http.demands import Audience, open_to

router = APIRouter(route_class=ApiRoute)


class UnitNumbersView(BaseModel):
    """What one unit holds now."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    title: str
    open: int
    yellow: int
    red: int


class DayNumbersView(BaseModel):
    """One day in China; `on_time` of `finished` kept the promise; `withdrawn` are apart."""

    model_config = ConfigDict(from_attributes=True)

    day: date
    registered: int
    finished: int
    on_time: int
    withdrawn: int


class BoardView(BaseModel):
    """The numbers of the wall board; nothing about any single case."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    open: int
    by_status: dict[str, int]
    by_lamp: dict[str, int]
    by_channel: dict[str, int]
    by_level: dict[int, int]
    units: list[UnitNumbersView]
    days: list[DayNumbersView]


@router.get("/board")
@open_to(Audience.EVERYBODY, "numbers, and nothing about any single case")
def board(door: PortalDoor) -> BoardView:
    """Return the numbers of the board; they are public, so nobody is asked who they are."""
    with door.unit.transaction() as db:
        return BoardView.model_validate(repository.board(db, door.now()))
