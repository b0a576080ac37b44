"""The audits of all services: search them, see how their chains do, take them out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.portal import handlers
from services.portal.api.doors import PortalDoor
from shared.audit import AuditOutcome
from shared.audit.export import Span, json_lines, syslog_lines
from shared.audit.searching import ChainState, Found, Place, Wanted, chain_states, search
from shared.errors import Refused
from shared.http import ApiRoute, Books, Cursor, Page, Who, cursor_after
from shared.http.demands import demands
from shared.http.paging import MOST_PER_PAGE, cursor_for
from shared.security.policy import Action, Resource

router = APIRouter(route_class=ApiRoute)

Short = Annotated[str | None, Query(max_length=200)]
Moment = Annotated[AwareDatetime | None, Query()]


class Form(StrEnum):
    """How an export is written."""

    JSONL = "jsonl"
    SYSLOG = "syslog"


ENDINGS: Mapping[Form, str] = {Form.JSONL: "jsonl", Form.SYSLOG: "log"}


class AuditRowView(BaseModel):
    """One row of an audit; `seq` is the number of its seal, null for the second that it waits."""

    model_config = ConfigDict(extra="ignore")

    service: str
    id: int
    at: datetime
    actor_kind: str
    actor_id: str
    actor_name: str
    action: str
    object_kind: str
    object_id: str
    outcome: AuditOutcome
    purpose: str | None
    reason: str | None
    repeats: int | None
    before: str | None
    after: str | None
    trace_id: str | None
    seq: int | None

    @classmethod
    def of(cls, row: Found) -> Self:
        """Return a row as it is answered."""
        return cls(**{**row, "service": row["schema"]})


class ChainView(BaseModel):
    """How the chain of one service does; `seq` is its last seal."""

    model_config = ConfigDict(extra="ignore")

    service: str
    seq: int
    sealed_at: datetime | None
    waiting: int
    oldest_seconds: float
    verified_at: datetime | None
    is_whole: bool | None
    """What the last verification found; null if there was none."""
    finding: str | None

    @classmethod
    def of(cls, state: ChainState) -> Self:
        """Return the state of a chain as it is answered."""
        return cls(**asdict(state), service=state.schema)


@dataclass(frozen=True)
class Asked:
    """What is looked for."""

    since: Moment = None
    until: Moment = None
    service: Short = None
    actor: Short = None
    action: Short = None
    object: Short = None
    outcome: AuditOutcome | None = None

    @property
    def wanted(self) -> Wanted:
        """The same as the search takes it."""
        told = {name: value for name, value in asdict(self).items() if value not in ("", None)}
        renamed = {"service": "schema", "object": "object_id"}
        return Wanted(**{renamed.get(name, name): value for name, value in told.items()})


@dataclass(frozen=True)
class Stretch:
    """What is taken out, and how it is written."""

    since: Moment = None
    until: Moment = None
    form: Form = Form.JSONL


@router.get("/audit")
@demands(Action.AUDIT_READ)
def audit_rows(
    asked: Annotated[Asked, Depends()],
    door: PortalDoor,
    books: Books,
    actor: Who,
    cursor: Cursor = None,
) -> Page[AuditRowView]:
    """Search the audits of all services, the newest row first."""
    door.demand(actor, Action.AUDIT_READ, Resource(node=door.node.code))
    rows, more = search(books, asked.wanted, _place(cursor), MOST_PER_PAGE // 2)
    following = cursor_for(more.at.isoformat(), more.schema, more.id) if more else None
    return Page(items=[AuditRowView.of(row) for row in rows], next=following)


@router.get("/audit/chains")
@demands(Action.AUDIT_READ)
def chains(door: PortalDoor, books: Books, actor: Who) -> list[ChainView]:
    """Tell how far each chain is sealed, and what was found when it was last gone through."""
    door.demand(actor, Action.AUDIT_READ, Resource(node=door.node.code))
    return [ChainView.of(state) for state in chain_states(books)]


@router.get("/audit/export", response_class=StreamingResponse)
@demands(Action.AUDIT_EXPORT)
def export(
    asked: Annotated[Stretch, Depends()], door: PortalDoor, books: Books, actor: Who
) -> StreamingResponse:
    """Take the audits out as a file; before it leaves, that stands in the audit."""
    door.demand(actor, Action.AUDIT_EXPORT, Resource(node=door.node.code))
    now, span = door.now(), Span(asked.since, asked.until)
    with door.unit.transaction() as db:
        handlers.note_export(db, actor, span, asked.form, now)
    lines = (
        syslog_lines(books, span) if asked.form is Form.SYSLOG else json_lines(books, span, now)
    )
    kind = "text/plain" if asked.form is Form.SYSLOG else "application/jsonl"
    name = f"audit-{books.node}-{now:%Y%m%d-%H%M%S}.{ENDINGS[asked.form]}"
    told = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse((f"{line}\n" for line in lines), media_type=kind, headers=told)


def _place(cursor: str | None) -> Place | None:
    key = cursor_after(cursor, 3)
    if key is None:
        return None
    at, schema, number = key
    try:
        moment = datetime.fromisoformat(at)
        place = Place(moment, schema, int(number))
    except ValueError as error:
        raise Refused("bad_cursor", field="cursor") from error
    if moment.tzinfo is None or not 0 <= place.id < 2**63:
        raise Refused("bad_cursor", field="cursor")
    return place
