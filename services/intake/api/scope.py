"""Ask beforehand: would a report about this item be accepted on submit?"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from services.intake.policy.scope import normal_title
from services.intake.repository.catalogue import find_item
from shared.http import ApiRoute, Door, ShortText, door_of
from shared.http.demands import Audience, open_to

router = APIRouter(route_class=ApiRoute)

IntakeDoor = Annotated[Door, Depends(door_of("intake"))]
AskedItem = Annotated[ShortText, Query(description="name or code of a service item")]


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
