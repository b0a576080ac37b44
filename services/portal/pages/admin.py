"""The administration's first page: the rooms that are open to the one who is signed in."""

from fastapi import APIRouter, Request, Response

from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.rendering import door_here, page
from services.portal.pages.rooms import ROOMS, rooms_of
from shared.errors import Refused
from shared.http.demands import Audience, demands

router = APIRouter()


@router.get("/admin")
@demands(*(room.needs for room in ROOMS), audience=Audience.STAFF)
def home(request: Request) -> Response:
    """Show the rooms that are open to the one who is signed in."""
    actor, door = staff_of(request), door_here(request)
    rooms = rooms_of(actor)
    if not rooms:
        raise Refused("not_allowed")
    return page(request, "admin/home.html", {"tools": tools_of(actor, door), "rooms": rooms})
