"""The authority table over HTTP: read it, import it from a sheet, ask it about a case."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from services.dispatch.api.orders import DispatchDoor
from services.dispatch.handlers import Caller
from services.dispatch.handlers.authority import (
    Preview,
    import_authority,
    standing_here,
    told,
)
from services.dispatch.handlers.conflict import complaint_free_of
from services.dispatch.handlers.reference import share_items
from services.dispatch.policy.authority import Grant
from services.dispatch.repository.authority import Key, grants_after
from services.dispatch.repository.cases import cases_by_id
from shared.errors import Refused
from shared.http import ApiRoute, Cursor, Door, Page, Who, cursor_after
from shared.http.demands import demands
from shared.http.files import UPLOAD_BODY, read_upload
from shared.http.paging import MOST_PER_PAGE, cursor_for
from shared.neighbours import below
from shared.security.actor import Actor
from shared.security.policy import Action, Resource

router = APIRouter(prefix="/authority", route_class=ApiRoute)

MOST_SHOWN = 500
"""So many rows of each kind a preview shows; it counts all."""


class GrantView(BaseModel):
    """A row of the authority table."""

    item_code: str
    tier: str
    region: str
    valid_from: date
    valid_until: date | None
    legal_basis: str

    @classmethod
    def all_of(cls, grants: Sequence[Grant]) -> list[Self]:
        """Return rows as they are shown."""
        return [cls.model_validate(grant, from_attributes=True) for grant in grants]


class LineErrorView(BaseModel):
    """What is wrong in a line of a sheet; 1 is the heading."""

    line: int
    column: str
    code: str
    other: int | None


class PreviewView(BaseModel):
    """What a sheet changes, or would; with errors nothing."""

    applied: bool
    errors: list[LineErrorView]
    added: list[GrantView]
    removed: list[GrantView]
    changed: list[GrantView]
    counts: dict[str, int]

    @classmethod
    def of(cls, preview: Preview) -> Self:
        """Return a preview; of each kind the first rows."""
        kinds = {name: getattr(preview, name) for name in ("added", "removed", "changed")}
        return cls(
            applied=preview.applied,
            errors=[
                LineErrorView.model_validate(one, from_attributes=True) for one in preview.errors
            ],
            **{name: GrantView.all_of(rows[:MOST_SHOWN]) for name, rows in kinds.items()},
            counts={name: len(rows) for name, rows in kinds.items()} | {"same": preview.same},
        )


class AdviceView(BaseModel):
    """What the table says of a case here, and who has its item otherwise."""

    allowed: bool
    holders: list[GrantView]
    because: str
    to_node: str | None
    """The neighbour to hand it to."""


@router.get("")
@demands(Action.CATALOGUE_READ)
def list_grants(door: DispatchDoor, actor: Who, cursor: Cursor = None) -> Page[GrantView]:
    """List the authority table: which tier may handle which item, where, when, by what."""
    door.demand(actor, Action.CATALOGUE_READ, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        found = grants_after(db, _after(cursor), MOST_PER_PAGE + 1)
    shown = found[:MOST_PER_PAGE]
    more = len(found) > MOST_PER_PAGE
    return Page(items=GrantView.all_of(shown), next=_cursor(shown[-1]) if more else None)


@router.post("/imports", openapi_extra=UPLOAD_BODY)
@demands(Action.ITEM_WRITE)
async def import_sheet(request: Request, door: DispatchDoor, actor: Who) -> PreviewView:
    """Read a sheet (xlsx, csv) as the whole table; with the field `apply` = `yes` it becomes it.

    Without it nothing is changed: the answer says what would be, or each line that is wrong.
    """
    door.demand(actor, Action.ITEM_WRITE, Resource(node=door.node.code))
    sent = await read_upload(request)
    apply = sent.fields.get("apply") == "yes"
    preview = await run_in_threadpool(_imported, door, actor, sent.data, apply)
    if apply and preview.errors:
        raise Refused("sheet_not_clean", field="file")
    return PreviewView.of(preview)


@router.get("/advice")
@demands(Action.HAND_OVER_READ)
def advice(case_id: Annotated[UUID, Query()], door: DispatchDoor, actor: Who) -> AdviceView:
    """Say whether the item of a case is this tier's, and to whom it should go otherwise."""
    door.demand(actor, Action.HAND_OVER_READ, Resource(node=door.node.code, case_id=case_id))
    now = door.now()
    with door.unit.transaction() as db:
        complaint_free_of(db, case_id, Caller(actor, now))
        case = cases_by_id(db, [case_id]).get(case_id)
        if case is None:
            raise Refused("unknown_case", field="case_id")
        here = standing_here(db, case, door.node.code, now)
        fitting = [
            each.code
            for each in door.node.neighbours.values()
            if not here.allowed and standing_here(db, case, each.code, now).allowed
        ]
    return AdviceView(
        allowed=here.allowed,
        holders=GrantView.all_of(here.holders),
        because=told(here.holders),
        to_node=min(fitting, default=None),
    )


def _imported(door: Door, actor: Actor, data: bytes, apply: bool) -> Preview:
    caller = Caller(actor, door.now())
    with door.unit.begin() as work:
        preview = import_authority(work.db, data, caller, apply=apply)
        moved = (*preview.added, *preview.removed, *preview.changed)
        if apply and moved and below(door.node.neighbours):
            share_items(work.db, caller, {grant.item_code for grant in moved})
        return preview


def _cursor(grant: Grant) -> str:
    return cursor_for(grant.item_code, grant.tier, grant.region, grant.valid_from)


def _after(cursor: str | None) -> Key | None:
    key = cursor_after(cursor, 4)
    if key is None:
        return None
    try:
        day = date.fromisoformat(key[3])
    except ValueError as error:
        raise Refused("bad_cursor", field="cursor") from error
    if not all(part.isprintable() for part in key):
        raise Refused("bad_cursor", field="cursor")
    return key[0], key[1], key[2], day
