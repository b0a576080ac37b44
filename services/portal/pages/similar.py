"""What others had solved already: shown as a report is typed, and at the last look at it.

Without scripts the last look shows it; with them the question is asked as it is typed.
"""

from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict

from services.portal.pages.calling import Ask, call
from services.portal.pages.forms import Form, read_form
from services.portal.pages.rendering import page
from shared.errors import Refused
from shared.http.demands import Audience, open_to

router = APIRouter()

MOST_SHOWN = 3
MOST_TYPED = 2_000
"""Signs that are looked for: what stands behind tells no more."""
LEAST_TYPED = 4


class Similar(BaseModel):
    """A precedent as the library offers it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    precedent_id: UUID
    node: str
    title: str
    question: str
    answer: str
    item_name: str | None = None
    policy: str | None = None
    outcome: str | None = None
    because: tuple[str, ...] = ()


@router.post("/report/similar")
@open_to(Audience.EVERYBODY, "anybody may report, and read what others had solved")
async def similar(request: Request) -> Response:
    """Show what fits what is typed so far; nothing of it is kept."""
    form = await read_form(request)
    shown = {"similar": await similar_to(request, form.get("text"), form.optional("item"))}
    return page(request, "parts/similar.html", shown)


@router.post("/report/solved")
@open_to(Audience.EVERYBODY, "to say that nothing has to be reported any more")
async def solved(request: Request) -> Response:
    """Close a report that nobody needs any more; nothing of it was kept anywhere."""
    form = await read_form(request)
    if not await say_solved(request, form, form.get("precedent")):
        raise Refused("unknown_precedent")
    return RedirectResponse("/report/solved", 303)


@router.get("/report/solved")
@open_to(Audience.EVERYBODY, "says only that it is good")
def thanks(request: Request) -> Response:
    """Say that nothing was sent, and how to report all the same."""
    return page(request, "citizen/report_solved.html", {})


async def similar_to(
    request: Request, text: str, item: str | None = None, region: str | None = None
) -> list[Similar]:
    """Return what the library offers for a text; nothing where it does not answer."""
    typed = text.strip()[:MOST_TYPED]
    if len(typed) < LEAST_TYPED:
        return []
    asked: dict[str, Any] = {"text": typed}
    asked |= {name: told for name, told in (("item", item), ("region", region)) if told}
    answer = await call(request, "POST", "/api/v1/precedents/similar", Ask(asked))
    if not answer.ok:
        return []  # a report must never wait for what is only meant to spare it
    return [Similar.model_validate(each) for each in answer.body[:MOST_SHOWN]]


async def say_solved(request: Request, form: Form, precedent: str) -> bool:
    """Count that a precedent made the report of a form unnecessary; tell whether it could."""
    try:
        path = f"/api/v1/precedents/{UUID(precedent)}/solved"
    except ValueError:
        return False
    answer = await call(request, "POST", path, Ask({"key": str(_key(form.get("key")))}))
    return answer.ok


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()
