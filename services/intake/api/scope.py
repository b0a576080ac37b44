"""Ask beforehand: would a report about this item be accepted on submit?"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from services.intake.policy.grounds import GROUNDS, SITUATIONS, Situation
from services.intake.policy.scope import normal_title
from services.intake.repository.catalogue import find_item
from shared.events.intake import DeclineReason
from shared.http import ApiRoute, Door, ShortText, door_of
from shared.http.demands import Audience, open_to

router = APIRouter(route_class=ApiRoute)

IntakeDoor = Annotated[Door, Depends(door_of("intake"))]
AskedItem = Annotated[ShortText, Query(description="name or code of a service item")]


class SituationAnswer(BaseModel):
    """One way in which something could not be done that is in scope."""

    situation: Situation
    zh: str
    en: str


class GroundAnswer(BaseModel):
    """A ground on which a report is out of scope, and where its person is led."""

    reason: DeclineReason
    route: str | None
    is_government: bool


class RulesAnswer(BaseModel):
    """The scope of the window as it is written down."""

    situations: list[SituationAnswer]
    grounds: list[GroundAnswer]
    appeal_within_days: int
    appeal_decided_days: int


class ScopeAnswer(BaseModel):
    """Whether the item is in the catalogue, and under which code and title."""

    in_catalogue: bool
    item_code: str | None = None
    item_title: str | None = None


@router.get("/scope")
@open_to(Audience.EVERYBODY, "says nothing of a case")
def ask_item(item: AskedItem, door: IntakeDoor) -> ScopeAnswer:
    """Tell whether an item is listed; everybody may ask, for it says nothing of a case."""
    with door.unit.transaction() as db:
        found = find_item(db, item, normal_title(item))
    if found is None:
        return ScopeAnswer(in_catalogue=False)
    return ScopeAnswer(in_catalogue=True, item_code=found.code, item_title=found.title)


@router.get("/scope/rules")
@open_to(Audience.EVERYBODY, "says nothing of a case")
def read_rules(door: IntakeDoor) -> RulesAnswer:
    """Tell what is in scope, what is not and where to go with it, and how to appeal."""
    return RulesAnswer(
        situations=[
            SituationAnswer(situation=each, zh=zh, en=en) for each, (zh, en) in SITUATIONS.items()
        ],
        grounds=[
            GroundAnswer(reason=reason, route=row.route, is_government=row.is_government)
            for reason, row in ((each, GROUNDS[each]) for each in DeclineReason)
        ],
        appeal_within_days=door.settings.appeal_within_days,
        appeal_decided_days=door.settings.appeal_decided_days,
    )
