"""The audit: who looked at, changed or was refused what, and whether anybody has been at it."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict

from services.portal.pages.audit_words import (
    AUDIT_ACTIONS,
    AUDIT_KINDS,
    AUDIT_OBJECTS,
    AUDIT_OUTCOMES,
    AUDIT_REASONS,
    AUDIT_SERVICES,
)
from services.portal.pages.calling import call
from services.portal.pages.dates import CHINA
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.rendering import door_here, page
from shared.errors import Refused
from shared.http.demands import Audience, demands
from shared.security.policy import Action, Resource, may

router = APIRouter()

REFUSALS = {401: "not_signed_in", 403: "not_allowed"}
INVALID = frozenset({400, 422})
MOST_TYPED = 200
MOST_WAITING_SECONDS = 60
OVERDUE = timedelta(days=2)
"""An anchor is due each day; a day may be lost on the way."""


class Row(BaseModel):
    """One row as the API tells it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    service: str
    id: int
    at: datetime
    actor_kind: str
    actor_id: str
    actor_name: str
    action: str
    object_kind: str
    object_id: str
    outcome: str
    purpose: str | None = None
    reason: str | None = None
    repeats: int | None = None
    before: str | None = None
    after: str | None = None
    seq: int | None = None


class Chain(BaseModel):
    """How the chain of one service does."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    service: str
    seq: int
    sealed_at: datetime | None = None
    waiting: int = 0
    oldest_seconds: float = 0
    verified_at: datetime | None = None
    is_whole: bool | None = None
    finding: str | None = None


class Anchored(BaseModel):
    """How the anchors of one node do."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    node: str
    number: int | None = None
    day: date | None = None
    kept_at: datetime | None = None
    contradicts: str | None = None
    contradictions: int = 0
    answered: bool | None = None


@dataclass(frozen=True, slots=True)
class Sought:
    """What of the audit an address names; days are days in China."""

    since: str = ""
    until: str = ""
    service: str = ""
    actor: str = ""
    action: str = ""
    object: str = ""
    outcome: str = ""
    cursor: str = ""

    def asked(self) -> dict[str, str]:
        """Return it as the API is asked: only what is given, days as instants."""
        told = {name: str(value).strip()[:MOST_TYPED] for name, value in asdict(self).items()}
        told["since"] = _start_of(told["since"], 0)
        told["until"] = _start_of(told["until"], 1)
        return {name: value for name, value in told.items() if value}


@router.get("/admin/audit")
@demands(Action.AUDIT_READ, audience=Audience.STAFF)
async def audit(request: Request, sought: Annotated[Sought, Depends()]) -> Response:
    """Show the state of the chains, and the rows that are looked for."""
    actor, door = staff_of(request), door_here(request)
    chains = await _told(request, "/api/v1/audit/chains")
    anchors = await _told(request, "/api/v1/anchors")
    found = await call(request, "GET", f"/api/v1/audit?{urlencode(sought.asked())}")
    if not found.ok and found.status not in INVALID:
        raise Refused(REFUSALS.get(found.status, "unavailable"))
    shown = Shown(
        [Chain.model_validate(each) for each in chains],
        [Anchored.model_validate(each) for each in anchors],
        [Row.model_validate(each) for each in found.body.get("items", ())],
        found.body.get("next"),
        "" if found.ok else found.says("zh"),
    )
    takes_out = may(actor, Action.AUDIT_EXPORT, Resource(node=door.node.code)).allowed
    values = {"tools": tools_of(actor, door), "takes_out": takes_out}
    return page(request, "admin/audit.html", values | audit_values(sought, shown, door.now()))


@dataclass(frozen=True, slots=True)
class Shown:
    """What the API told for the page."""

    chains: list[Chain]
    anchors: list[Anchored]
    rows: list[Row]
    more: str | None = None
    told: str = ""
    """What is wrong with what was looked for."""


def audit_values(sought: Sought, shown: Shown, now: datetime) -> dict[str, Any]:
    """Return what the page shows."""
    asked = sought.asked()
    part = {name: value for name, value in asked.items() if name in ("since", "until")}
    kept = {name: value for name, value in asdict(sought).items() if value and name != "cursor"}
    following = urlencode({**kept, "cursor": shown.more}) if shown.more else None
    own, *below = shown.anchors or [Anchored(node="")]
    return {
        "sought": sought,
        "chains": shown.chains,
        "chain_words": _state_of_chains(shown.chains),
        "own": own,
        "below": below,
        "overdue": [each.node for each in shown.anchors if _is_overdue(each, now)],
        "rows": shown.rows,
        "following": following,
        "told": shown.told,
        "actions": AUDIT_ACTIONS,
        "outcomes": AUDIT_OUTCOMES,
        "services": AUDIT_SERVICES,
        "kinds": AUDIT_KINDS,
        "objects": AUDIT_OBJECTS,
        "reasons_why": AUDIT_REASONS,
        "take_out": f"/api/v1/audit/export?{urlencode(part)}",
    }


async def _told(request: Request, path: str) -> list[dict[str, Any]]:
    answer = await call(request, "GET", path)
    if not answer.ok:
        raise Refused(REFUSALS.get(answer.status, "unavailable"))
    return list(answer.body)


def _state_of_chains(chains: list[Chain]) -> str:
    if any(chain.is_whole is False for chain in chains):
        return "broken"
    if any(chain.oldest_seconds > MOST_WAITING_SECONDS for chain in chains):
        return "late"
    return "unknown" if any(chain.is_whole is None for chain in chains) else "whole"


def _is_overdue(anchored: Anchored, now: datetime) -> bool:
    return anchored.kept_at is None or now - anchored.kept_at > OVERDUE


def _start_of(day: str, later: int) -> str:
    try:
        found = date.fromisoformat(day) + timedelta(days=later)
    except (ValueError, OverflowError):
        return ""
    return datetime.combine(found, time(), CHINA).isoformat()
