"""Exports: ask for a list as a file, approve another one's, fetch one's own once."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from services.portal import handlers, repository
from services.portal.api.doors import PortalDoor
from services.portal.api.views import ledger_of
from services.portal.handlers import EXPORT_NEEDS, ExportAsking
from services.portal.policy import MOST_CELL, cell_read
from services.portal.policy.exports import ExportState
from services.portal.policy.ledger import Asked
from services.portal.repository import OF_ONE_UNIT, Export, ListKind, ListScope
from shared.errors import Refused
from shared.http import ApiRoute, Code, Door, ShortText, Who
from shared.http.demands import demands
from shared.security.actor import Actor
from shared.security.caller import Caller
from shared.security.policy import Action, Resource, may

router = APIRouter(route_class=ApiRoute)

MOST_LISTED = 100
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


class ExportBody(BaseModel):
    """Which list of the desk, as what, and what for; narrowed as the list is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: ListKind
    format: Literal["xlsx", "csv"] = "xlsx"
    purpose: Annotated[ShortText, StringConstraints(min_length=4)]
    text: Annotated[str, StringConstraints(max_length=100, strip_whitespace=True)] = ""
    lamp: Literal["green", "yellow", "red"] | None = None
    holder: Code | None = None
    cell: Annotated[str, StringConstraints(max_length=MOST_CELL)] = Field(
        "", description="The number of the board that the list stands behind, by its code."
    )

    ledger: Annotated[str, StringConstraints(max_length=4_000)] | None = Field(
        default=None,
        description="Filters, order and columns as an address of the ledger has them; of `all`.",
    )

    @field_validator("cell")
    @classmethod
    def _is_a_cell(cls, code: str) -> str:
        cell_read(code)
        return code

    def asking(self, actor: Actor, node: str) -> ExportAsking:
        """Return it as the handlers take it: as the desk shows the list to this actor."""
        scope = ListScope(
            kind=self.kind,
            sight=handlers.sight_of(actor, node),
            unit=(actor.unit or "") if self.kind in OF_ONE_UNIT else None,
            lamp=self.lamp,
            holder=self.holder,
            text=self.text.replace("\0", ""),
            cell=cell_read(self.cell),
            reader=actor,
            ledger=None if self.ledger is None else self._ledger(),
        )
        return ExportAsking(scope, self.format, self.purpose)

    def _ledger(self) -> Asked:
        if self.kind is not ListKind.ALL:
            raise Refused("bad_ledger", field="kind")
        return ledger_of(self.ledger or "")


class RefusalBody(BaseModel):
    """Why an export is not approved."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: ShortText


class ExportView(BaseModel):
    """An export, and how far it has come."""

    export_id: UUID
    state: ExportState
    format: str
    purpose: str
    kind: ListKind
    text: str
    lamp: str | None
    holder: str | None
    cell: str = ""
    ledger: str | None = Field(description="As it was asked for; null of a list of the desk.")
    rows: int
    done: int
    asked_by: str
    asked_name: str
    unit: str | None
    asked_at: datetime
    decided_name: str | None
    decided_at: datetime | None
    refusal: str | None
    ready_at: datetime | None
    is_own: bool = Field(description="Asked for by who reads this.")

    @classmethod
    def of(cls, export: Export, actor: Actor) -> Self:
        """Return an export as one person is answered."""
        own = {name for name in cls.model_fields if hasattr(export, name)}
        told = {name: getattr(export, name) for name in own}
        told |= {name: export.scope[name] for name in ("kind", "text", "lamp", "holder")}
        told |= {"ledger": export.scope.get("ledger"), "cell": export.scope.get("cell", "")}
        return cls(**told, is_own=export.asked_by == actor.id)


@router.get("/exports")
@demands(Action.EXPORT_ASK)
def exports(door: PortalDoor, actor: Who) -> list[ExportView]:
    """List one's own exports, and those that wait for somebody else's approval."""
    here = Resource(node=door.node.code)
    door.demand(actor, Action.EXPORT_ASK, here)
    decides = may(actor, Action.EXPORT_APPROVE, here).allowed
    with door.unit.transaction() as db:
        handlers.tidy_exports(db, door.settings.export_rules, door.now())
        found = repository.exports_for(db, actor.id, decides=decides, limit=MOST_LISTED)
    return [ExportView.of(each, actor) for each in found]


@router.post("/exports", status_code=202)
@demands(Action.EXPORT_ASK)
def ask_export(
    body: ExportBody, door: PortalDoor, actor: Who, after: BackgroundTasks
) -> ExportView:
    """Ask for a list as a file; above the limit another person approves before it is made."""
    here = Resource(node=door.node.code)
    door.demand(actor, Action.EXPORT_ASK, here)
    door.demand(actor, EXPORT_NEEDS[body.kind], Resource(node=door.node.code, unit=actor.unit))
    asking, caller = body.asking(actor, door.node.code), Caller(actor, door.now())
    with door.unit.transaction() as db:
        export = handlers.ask_export(db, asking, door.settings.export_rules, caller)
    _make(door, export, after)
    return ExportView.of(export, actor)


@router.post("/exports/{export_id}/approve")
@demands(Action.EXPORT_APPROVE)
def approve_export(
    export_id: UUID, door: PortalDoor, actor: Who, after: BackgroundTasks
) -> ExportView:
    """Approve an export that somebody else asked for."""
    door.demand(actor, Action.EXPORT_APPROVE, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        export = handlers.decide_export(db, export_id, None, Caller(actor, door.now()))
    _make(door, export, after)
    return ExportView.of(export, actor)


@router.post("/exports/{export_id}/refuse")
@demands(Action.EXPORT_APPROVE)
def refuse_export(export_id: UUID, body: RefusalBody, door: PortalDoor, actor: Who) -> ExportView:
    """Refuse an export that somebody else asked for."""
    door.demand(actor, Action.EXPORT_APPROVE, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        export = handlers.decide_export(db, export_id, body.reason, Caller(actor, door.now()))
    return ExportView.of(export, actor)


@router.post("/exports/{export_id}/file", response_class=Response)
@demands(Action.EXPORT_ASK)
def fetch_export(export_id: UUID, door: PortalDoor, actor: Who) -> Response:
    """Return the file of one's own export; it can be fetched once."""
    door.demand(actor, Action.EXPORT_ASK, Resource(node=door.node.code))
    return handed_out(door, actor, export_id)


def handed_out(door: Door, actor: Actor, export_id: UUID) -> Response:
    """Return the file of one's own export piece by piece, as it is read."""
    rules, caller = door.settings.export_rules, Caller(actor, door.now())
    with door.unit.transaction() as db:
        is_ended = handlers.end_without_rights(db, export_id, caller)
    if is_ended:  # outside of the transaction, so that it stays ended
        raise Refused("export_rights_gone")
    found = handlers.fetch_export(door.unit.transaction, door.keys, export_id, rules, caller)
    export = found.export
    name = f"ledger-{export.asked_at:%Y%m%d}-{export.export_id}.{export.format}"
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "content-length": str(found.size),
        "cache-control": "no-store",
    }
    return StreamingResponse(found.pieces, media_type=TYPES[export.format], headers=headers)


def _make(door: Door, export: Export, after: BackgroundTasks) -> None:
    if export.state == ExportState.MAKING:
        opening, at = door.unit.transaction, door.now
        after.add_task(handlers.make_export, opening, door.keys, export.export_id, at)
