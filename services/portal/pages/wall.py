"""The board on a wall: panels that take turns, large, and not one case or person on them."""

from fastapi import APIRouter, Request, Response

from services.portal.pages.desk import staff_of
from services.portal.pages.outlook import AT as DESK
from services.portal.pages.outlook import counted, watch_of, watch_of_house
from services.portal.pages.rendering import door_here, page
from services.portal.pages.streams import stream_to
from shared.http.demands import Audience, demands
from shared.security.policy import Action, Resource

router = APIRouter()

AT = "/board/wall"
LOOKS = ("light", "dark")
SECONDS = 12
"""How long a panel stands."""


@router.get(AT)
@demands(Action.WALL_READ, audience=Audience.STAFF)
async def wall(request: Request, look: str = "") -> Response:
    """Show the numbers of the whole node, for people who stand five metres away."""
    actor, door = staff_of(request), door_here(request)
    door.demand(actor, Action.WALL_READ, Resource(node=door.node.code))
    values = await counted(request, watch_of_house(door))
    chosen = look if look in LOOKS else LOOKS[0]
    other = LOOKS[1 - LOOKS.index(chosen)]
    told = {"look": chosen, "other": other, "here": AT, "seconds": SECONDS}
    return page(request, "wall.html", {**told, **values})


@router.get(f"{AT}/stream")
@demands(Action.WALL_READ, audience=Audience.STAFF)
async def wall_stream(request: Request, last: str = "") -> Response:
    """Send what changes on the wall; to watch it keeps the session to its absolute limit."""
    actor, door = staff_of(request), door_here(request)
    door.demand(actor, Action.WALL_READ, Resource(node=door.node.code))
    return stream_to(request, watch_of_house(door), last, touches=True)


@router.get(f"{DESK}/stream")
@demands(Action.REPORT_READ, audience=Audience.STAFF)
async def desk_stream(request: Request, last: str = "") -> Response:
    """Send what changes on the board of the desk; to watch it is no use of a session."""
    actor, door = staff_of(request), door_here(request)
    return stream_to(request, watch_of(actor, door), last)
