"""Keep what is said and heard of a case, so that its person can be told where it stands."""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import Connection

from services.intake.policy.progress import Fact, FactKind
from services.intake.repository.cases import lock_case
from services.intake.repository.timeline import add_fact
from shared.errors import NotYet
from shared.events.base import CaseEvent
from shared.events.dispatch import (
    CaseFinished,
    CasePooled,
    ContactLogged,
    OrderDispatched,
    OrderFinished,
    OrderReturned,
    OrderSigned,
)
from shared.events.intake import CaseAccepted, CaseDeclined, CaseRegistered
from shared.events.review import CaseClosed, CaseReopened, EvaluationInvited, EvaluationReceived
from shared.events.sla import ClockEvent, ClockResumed, ClockStarted, ClockStopped, LampChanged
from shared.events.words import ClockKind
from shared.outbox import say

ORDER = frozenset({"order_id", "unit_code", "unit_name"})
CLOCK = frozenset({"clock_id", "due_at", "lamp"})

KEPT: Mapping[type[CaseEvent], frozenset[str]] = MappingProxyType(
    {
        CaseRegistered: frozenset({"number"}),
        CaseAccepted: frozenset(),
        CaseDeclined: frozenset({"reason", "legal_basis", "explanation", "guide_to"}),
        CasePooled: frozenset(),
        OrderDispatched: ORDER,
        OrderSigned: ORDER,
        ContactLogged: ORDER | {"way", "reached"},
        OrderReturned: ORDER,
        OrderFinished: ORDER,
        CaseFinished: frozenset({"unit_code", "unit_name", "outcome", "answer_masked"}),
        ClockStarted: CLOCK | {"provisional"},
        ClockResumed: CLOCK,
        LampChanged: CLOCK,
        ClockStopped: CLOCK | {"on_time"},
        EvaluationInvited: frozenset({"answer_by"}),
        EvaluationReceived: frozenset({"evaluation_id", "level", "solved"}),
        CaseReopened: frozenset(),
        CaseClosed: frozenset({"how"}),
    }
)
"""Which fields of each event are kept for its person; nothing else of it is."""

FOLLOWED = tuple(kind for kind in KEPT if not kind.name.startswith("intake."))
"""The facts of other services that intake follows."""


def follow(db: Connection, event: CaseEvent) -> None:
    """Keep a fact that another service said; of the clocks only the citizen's is followed."""
    if isinstance(event, ClockEvent) and event.kind is not ClockKind.CITIZEN:
        return
    if not lock_case(db, event.case_id):
        raise NotYet
    add_fact(db, event.case_id, fact_of(event))


def tell(db: Connection, event: CaseEvent) -> None:
    """Say a fact of intake's own and keep it like those that are heard."""
    say(db, event)
    add_fact(db, event.case_id, fact_of(event))


def fact_of(event: CaseEvent) -> Fact:
    """Return what is kept of an event."""
    return Fact(
        kind=FactKind(event.name),
        at=event.occurred_at,
        round=getattr(event, "round", None),
        params=event.model_dump(mode="json", include=set(KEPT[type(event)])),
    )
