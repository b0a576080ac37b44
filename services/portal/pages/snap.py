"""Report by a photograph (S1-26): the picture first, then where it was, then a few words.

The case is made before the photograph is added, so that one that is refused loses nothing: the
person reads why, keeps number and query code, and adds another one.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from services.portal.pages.calling import Answer, Ask, Holder, Sent, call
from services.portal.pages.keepsake import remember
from services.portal.pages.language import later as _
from services.portal.pages.language import translations
from services.portal.pages.rendering import (
    UNFINISHED,
    door_here,
    environment,
    going_back,
    language_of,
    page,
)
from services.portal.pages.snap_draft import SENT_AS, Snap
from services.portal.policy.plans import Plan, plan_around, plan_of
from shared.errors import Refused
from shared.http.demands import Audience, open_to
from shared.http.files import read_upload
from shared.http.problems import problem_of
from shared.regions import name_of
from shared.regions.seats import Point, seat_of, seats_below, seats_near

router = APIRouter()

POSITION_ONLY = "camera=(), microphone=(), geolocation=(self), payment=(), usb=(), serial=()"
"""This page alone may ask where the telephone is; the camera opens outside of it."""
REACH_KM: Mapping[str, int] = {"county": 45, "city": 110, "province": 320}
NAMED = 14
"""So many seats are named on a plan; more would lie on each other."""
NO_PHOTO = _("请先拍一张照片，或者选一张。")
PICTURES = "image/jpeg,image/png,image/webp,image/heic,.heic"


@router.get("/snap")
@open_to(Audience.EVERYBODY, "anybody may report")
def begin(request: Request) -> Response:
    """Ask for a photograph, the place and a few words."""
    return _form(request, Snap.of({}, door_here(request).node.code))


@router.post("/snap")
@open_to(Audience.EVERYBODY, "anybody may report")
async def send(request: Request) -> Response:
    """Make a case of what was told, add the photograph, show number and query code."""
    home = door_here(request).node.code
    try:
        upload = await read_upload(request)
    except Refused as refused:
        problem = problem_of(refused)
        answer = Answer(problem.status, problem.model_dump())
        told = answer.errors(language_of(request)).get("file") or answer.says(language_of(request))
        photo = NO_PHOTO if refused.code == "file_missing" else told
        return await run_in_threadpool(_form, request, Snap.of({}, home), {"file": photo})
    snap = Snap.of(upload.fields, home)
    if wrong := snap.lacks():
        return await run_in_threadpool(_form, request, snap, wrong)
    return await _report(request, snap, Sent(upload.name, upload.data, {"keep_place": "no"}))


@router.get("/snap/map")
@open_to(Audience.EVERYBODY, "shows the land around, and nothing of a case")
def plan_picture(request: Request) -> Response:
    """Return the operator's map, or a plan of the seats around."""
    door = door_here(request)
    if door.settings.snap_map_file is not None:
        return FileResponse(door.settings.snap_map_file)
    plan = _plan(request)
    if plan is None:
        raise Refused("not_found")
    drawn = environment(language_of(request)).get_template("citizen/snap_plan.svg")
    svg = drawn.render(plan=plan, seats=_seats_on(plan, door.node.code))
    return Response(svg, media_type="image/svg+xml")


async def _report(request: Request, snap: Snap, photo: Sent) -> Response:
    ask = Ask(snap.body(language_of(request)), once=snap.values["key"])
    made = await call(request, "POST", "/api/v1/cases", ask)
    if not made.ok:
        return await run_in_threadpool(_refused, request, snap, made)
    holder = Holder(made.body["number"], made.body["query_code"])
    path = f"/api/v1/cases/{holder.number}/attachments"
    added = await call(request, "POST", path, Ask(holder=holder, file=photo))
    answer: Response = RedirectResponse("/report/done", 303)
    if not added.ok:
        told = added.errors(language_of(request)).get("file") or added.says(language_of(request))
        answer = page(request, "citizen/snap_photo.html", {"told": told, "holder": holder})
    remember(request, answer, holder)
    return answer


def _refused(request: Request, snap: Snap, answer: Answer) -> Response:
    language = language_of(request)
    told = {SENT_AS.get(name, name): text for name, text in answer.errors(language).items()}
    shown = {name: text for name, text in told.items() if name in (*snap.values, "position")}
    return _form(request, snap, shown, "" if shown else answer.says(language))


def _form(
    request: Request, snap: Snap, errors: Mapping[str, str] | None = None, told: str = ""
) -> Response:
    say = translations(language_of(request)).gettext
    wrong = {name: say(text) for name, text in (errors or {}).items()}
    values = {"values": snap.values, "errors": wrong, "told": told, **_offered(request, snap)}
    status = UNFINISHED if wrong or told else 200
    shown = page(request, "citizen/snap.html", values, status)
    shown.headers["Cache-Control"] = going_back(request)
    shown.headers["Permissions-Policy"] = POSITION_ONLY
    return shown


def _offered(request: Request, snap: Snap) -> dict[str, Any]:
    home = door_here(request).node.code
    near = [(code, name_of(code) or code) for code in seats_below(home)]
    plan, place = _plan(request), snap.place
    shown = place if plan and place and plan.shows(*place) else None
    return {
        "plan": plan,
        "pictures": PICTURES,
        "near": [("", near)],
        "at": plan.pixel(*shown) if plan and shown else None,
    }


def _plan(request: Request) -> Plan | None:
    door = door_here(request)
    if door.settings.snap_map_file is not None:
        return plan_of(door.settings.snap_map_bounds)
    centre = seat_of(door.node.code)
    return plan_around(*centre, REACH_KM[door.node.tier]) if centre else None


def _seats_on(plan: Plan, home: str) -> list[dict[str, Any]]:
    middle = Point((plan.south + plan.north) / 2, (plan.west + plan.east) / 2)
    around = [code for _, code in seats_near(middle, plan.km_across) if not code.endswith("00")]
    points = [(code, seat_of(code) or middle) for code in around]
    on_it = [(code, point) for code, point in points if plan.shows(*point)][:NAMED]
    return [
        {"name": name_of(code), "at": plan.pixel(*point), "home": code == home}
        for code, point in on_it
    ]
