"""The page of the audit with sample data."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from services.portal.pages.audit import Anchored, Chain, Row, Shown, Sought, audit_values
from services.portal.pages.audit_words import AUDIT_SERVICES
from shared.security.actor import Role
from tests.browser.facts import NOW, TOOLS, officer
from tests.browser.sample import Sample

AUDITOR = officer(Role.AUDIT_ADMINISTRATOR)
OFFICE = dict.fromkeys(TOOLS, False) | {"admin": True, "roles": "审计管理员"}
DIGEST = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
ROWS: tuple[dict[str, Any], ...] = (
    {"actor_id": "li.ming", "actor_name": "李明", "action": "person.reveal"}
    | {"object_kind": "case", "object_id": "BCS-341500-20260302-00017-4", "purpose": "回电核实"},
    {"actor_id": "hotline", "actor_name": "王芳", "action": "account.read", "outcome": "denied"}
    | {"object_kind": "node", "object_id": "341500", "reason": "role", "repeats": 8},
    {"actor_id": "admin", "actor_name": "赵强", "action": "account.write", "before": DIGEST}
    | {"object_kind": "account", "object_id": "li.ming", "after": DIGEST[::-1]},
    {"actor_kind": "anonymous", "action": "session.begin", "outcome": "denied"}
    | {"object_kind": "account", "object_id": "li.ming"},
    {"actor_id": "3f1c", "actor_kind": "system", "actor_name": "呼叫中心", "seq": None}
    | {"action": "case.register", "object_id": "BCS-341500-20260302-00018-1"},
)
BLANK: dict[str, Any] = {
    "service": "intake",
    "actor_kind": "staff",
    "actor_id": "",
    "actor_name": "",
}
BLANK |= {"object_kind": "case", "object_id": "", "outcome": "done"}


def _rows() -> list[Row]:
    told = [
        {**BLANK, "id": 90 - place, "at": NOW - timedelta(minutes=place), "seq": 90 - place, **row}
        for place, row in enumerate(ROWS)
    ]
    return [Row.model_validate(each) for each in told]


def _chains(*, broken: str | None = None) -> list[Chain]:
    return [
        Chain(
            service=service,
            seq=1_204,
            sealed_at=NOW,
            verified_at=NOW - timedelta(hours=7),
            is_whole=service != broken,
            finding="removed seal 88 row 91" if service == broken else None,
        )
        for service in AUDIT_SERVICES
    ]


def _anchors(*, wrong: str | None = None) -> list[Anchored]:
    day, kept_at = NOW.date(), NOW - timedelta(hours=9)
    own = Anchored(node="341500", number=212, day=day, kept_at=kept_at, answered=True)
    below = Anchored(node="341523", number=209, day=day, kept_at=kept_at - timedelta(days=3))
    told = {"contradicts": wrong, "contradictions": int(wrong is not None)}
    return [own, below.model_copy(update=told)]


def _page(sought: Sought, shown: Shown) -> Sample:
    values = {"tools": OFFICE, "takes_out": True, **audit_values(sought, shown, NOW)}
    return Sample("admin/audit.html", values, AUDITOR, "/admin/audit")


NARROWED = Sought(since="2026-03-01", actor="li.ming", outcome="denied")
AUDIT_SAMPLES: Mapping[str, Sample] = {
    "audit": _page(Sought(), Shown(_chains(), _anchors(), _rows(), more="W10")),
    "audit_broken": _page(
        Sought(), Shown(_chains(broken="intake"), _anchors(wrong="intake 88"), _rows())
    ),
    "audit_nothing": _page(NARROWED, Shown(_chains(), _anchors(), [])),
}
