"""What stands together with a case, and the forms by which a dispatcher groups and parts cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from services.portal.pages.alike import like_case
from services.portal.pages.calling import Ask, call
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import Form, read_staff_form
from services.portal.pages.rendering import door_here, page
from services.portal.pages.words import GROUP_KINDS
from services.portal.repository import ListedCase
from shared.errors import Refused
from shared.http.demands import Audience, demands, demands_by
from shared.security.policy import Action, Resource, may

router = APIRouter()

HERE, API = "/desk/group", "/api/v1/cases"
ACTS: Mapping[str, Action] = MappingProxyType(
    {"group": Action.CASE_GROUP, "ungroup": Action.CASE_GROUP}
)
LONGEST_NUMBER = 60
FIELDS = ("lead", "kind", "because")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, and what is wrong with it."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    status: int = 200


@router.get(HERE)
@demands(Action.ORDER_READ, audience=Audience.STAFF)
async def group(
    request: Request, case: Annotated[str, Query()] = "", lead: Annotated[str, Query()] = ""
) -> Response:
    """Show what stands together with a case, and to a dispatcher how to change it."""
    staff_of(request)
    return await _shown(request, case[:LONGEST_NUMBER], Typed({"lead": lead[:LONGEST_NUMBER]}))


@router.post(f"{HERE}/{{act}}")
@demands_by("act", ACTS)
async def do(request: Request, act: str) -> Response:
    """Put a case under a lead, or take one out."""
    staff_of(request)
    if act not in ACTS:
        raise Refused("not_found")
    form = await read_staff_form(request)
    number = form.get("case")
    body = _body(act, form)
    answer = await call(request, "POST", f"{_api(number)}/{act}", Ask(body))
    if not answer.ok:
        values = {name: form.get(name) for name in FIELDS}
        errors = answer.errors()
        told = "" if errors else answer.says()
        return await _shown(
            request, form.get("shown") or number, Typed(values, errors, told, answer.status)
        )
    at = urlencode({"case": form.get("shown") or number})
    return RedirectResponse(f"{HERE}?{at}", 303)


def _body(act: str, form: Form) -> dict[str, Any]:
    because = {"because": form.get("because")}
    if act == "ungroup":
        return because
    return {"lead": form.get("lead"), "kind": form.get("kind") or None, **because}


async def _shown(request: Request, number: str, typed: Typed) -> Response:
    actor, door = staff_of(request), door_here(request)
    answer = await call(request, "GET", f"{_api(number)}/group")
    if not answer.ok:
        raise Refused("not_allowed" if answer.status == 403 else "unknown_case")
    can_group = may(actor, Action.CASE_GROUP, Resource(node=door.node.code)).allowed
    is_alone = not answer.body["under"] and not answer.body["cases"]
    wanted = can_group and is_alone
    alike = await run_in_threadpool(like_case, request, actor, number) if wanted else []
    values = {
        "tools": tools_of(actor, door),
        "can_group": can_group,
        **group_values(answer.body, alike),
        "values": typed.values,
        "errors": typed.errors,
        "told": typed.told,
    }
    return page(request, "desk/group.html", values, typed.status)


def group_values(found: Mapping[str, Any], alike: Sequence[ListedCase] = ()) -> dict[str, Any]:
    """Return what the page shows of a group, and which cases it may be put under."""
    return {"group": found, "kinds": GROUP_KINDS, "alike": alike, "leads": True}


def _api(number: str) -> str:
    return f"{API}/{quote(number or '-', safe='')}"
