"""Keep what is said and heard of a case, so that its person can be told where it stands.

Other nodes say of it what they do while they have it. Promise, result, rating and end are the
business of the node that registered it: from any other one such a fact counts for nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from services.intake.policy.facts import OF_WORK, Fact, FactKind
from services.intake.repository.cases import lock_cases, lock_origins
from services.intake.repository.timeline import add_facts
from shared.errors import NotYet
from shared.events.base import CaseEvent
from shared.events.dispatch import (
    CaseFinished,
    CaseHandedOver,
    CasePooled,
    CaseTracked,
    ContactLogged,
    MaterialsAsked,
    MaterialsReceived,
    MeetingCalled,
    MeetingCancelled,
    MeetingHeld,
    MinutesConfirmed,
    OrderDispatched,
    OrderFinished,
    OrderReturned,
    OrderSigned,
    OutsideAsked,
    OutsideEnded,
    PartAnswered,
    PartOpened,
    PartWithdrawn,
)
from shared.events.intake import (
    AppealDecided,
    CaseAccepted,
    CaseAmended,
    CaseAnswered,
    CaseDeclined,
    CaseErased,
    CaseGrouped,
    CaseRegistered,
    CaseSplit,
    CaseUngrouped,
    CaseUrged,
    CaseWithdrawn,
    ContactChanged,
    DeclineAppealed,
    HelperAssigned,
    InformationAdded,
    MaterialsAnswered,
    PartTakenBack,
    WithdrawalTakenBack,
)
from shared.events.link import FactRelayed
from shared.events.review import CaseClosed, CaseReopened, EvaluationInvited, EvaluationReceived
from shared.events.sla import (
    ClockEvent,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    DueDateMoved,
    LampChanged,
)
from shared.events.words import ClockKind
from shared.outbox import say

ORDER = frozenset({"order_id", "unit_code", "unit_name"})
MEETING = frozenset({"meeting_id", "serial"})
PART = ORDER | {"part_id"}
CLOCK = frozenset({"clock_id", "due_at", "lamp"})

KEPT: Mapping[type[CaseEvent], frozenset[str]] = MappingProxyType(
    {
        CaseRegistered: frozenset({"number", "split_from"}),
        CaseAccepted: frozenset(),
        CaseAnswered: frozenset({"unit_code", "outcome", "answer_masked"}),
        CaseDeclined: frozenset(
            {"reason", "legal_basis", "explanation", "guide_to", "appeal_by"},
        ),
        DeclineAppealed: frozenset({"appeal_id", "because_masked", "decide_by"}),
        AppealDecided: frozenset({"appeal_id", "upheld", "words_masked"}),
        CasePooled: frozenset({"epoch"}),
        CaseHandedOver: frozenset({"hand_over_id", "epoch", "kind", "to_node", "to_name"}),
        OrderDispatched: ORDER | {"epoch", "unit_phone"},
        OrderSigned: ORDER,
        ContactLogged: ORDER | {"way", "reached"},
        PartOpened: PART | {"lead_name"},
        PartAnswered: PART,
        PartWithdrawn: PART,
        MaterialsAsked: ORDER | {"request_id", "materials_masked", "answer_by"},
        MaterialsReceived: ORDER | {"request_id", "how"},
        MeetingCalled: MEETING | {"starts_at", "place_masked", "bring_masked", "with_person"},
        MeetingHeld: MEETING | {"result"},
        MinutesConfirmed: MEETING | {"duties"},
        MeetingCancelled: frozenset({"meeting_id", "because"}),
        OutsideAsked: ORDER | {"question_id", "party_name"},
        OutsideEnded: ORDER | {"question_id", "party_name", "how"},
        CaseTracked: frozenset(
            {"report_id", "unit_name", "explanation_masked", "ground_masked", "next_on"}
        ),
        OrderReturned: ORDER,
        OrderFinished: ORDER | {"withdrawn"},
        CaseFinished: frozenset(
            {"unit_code", "unit_name", "outcome", "answer_masked", "withdrawn"}
        ),
        ClockStarted: CLOCK | {"provisional"},
        ClockResumed: CLOCK | {"reason_detail"},
        DueDateMoved: CLOCK
        | {"provisional", "due_before", "promise_due_at", "because", "reason", "complexity"}
        | {"local"},
        LampChanged: CLOCK,
        ClockStopped: CLOCK | {"on_time", "explained", "reason_detail"},
        EvaluationInvited: frozenset({"answer_by"}),
        EvaluationReceived: frozenset({"evaluation_id", "level", "solved"}),
        CaseReopened: frozenset({"taken_back"}),
        CaseClosed: frozenset({"how"}),
        CaseAmended: frozenset({"fields"}),
        CaseErased: frozenset({"ground"}),
        MaterialsAnswered: frozenset({"request_id", "text", "text_masked"}),
        CaseUrged: frozenset({"urge_id", "urges", "channel", "text", "text_masked"}),
        InformationAdded: frozenset(
            {"addition_id", "channel", "text", "text_masked", "complainant"}
        ),
        ContactChanged: frozenset({"change_id", "masked_phone", "complainant"}),
        HelperAssigned: frozenset({"assignment_id", "login", "helper", "phone"}),
        CaseGrouped: frozenset({"lead_number"}),
        CaseUngrouped: frozenset({"lead_number"}),
        CaseSplit: frozenset({"split_id", "numbers", "matters"}),
        PartTakenBack: frozenset({"part_id", "part_number"}),
        CaseWithdrawn: frozenset(
            {"withdrawal_id", "accepted", "take_back_by", "reason", "channel"}
            | {"text", "text_masked"}
        ),
        WithdrawalTakenBack: frozenset({"withdrawal_id", "accepted", "channel"}),
    }
)
"""Which fields of each event are kept for its person; nothing else of it is."""
SELDOM = frozenset(
    {
        "split_from",
        "complexity",
        "local",
        "withdrawn",
        "taken_back",
        "reason_detail",
        "complainant",
    }
)
"""Of these, fields that are kept only where they say something."""

FOLLOWED = tuple(kind for kind in KEPT if not kind.name.startswith("intake."))
"""The facts of other services that intake follows."""

RELAYED: Mapping[str, type[CaseEvent]] = MappingProxyType({kind.name: kind for kind in FOLLOWED})
"""What of another node's facts is followed, by name; not its registrations."""


def follow(db: Connection, events: Sequence[CaseEvent]) -> None:
    """Keep facts that other services said; of the clocks only the citizen's is followed.

    Of a unit's clock the person is told that it was given more time than they were promised.
    """
    told = [event for event in events if _is_told(event)]
    if not told:
        return
    known = {event.case_id for event in told}
    if lock_cases(db, known) != known:
        raise NotYet
    add_facts(db, [(event.case_id, fact_of(event)) for event in told])


def follow_relayed(db: Connection, events: Sequence[FactRelayed], node: str) -> None:
    """Keep what other nodes said of cases that are here; what is only seen below is not."""
    heard = [event for event in events if event.fact.type in RELAYED]
    origins = lock_origins(db, {event.case_id for event in heard}) if heard else {}
    ours = [event for event in heard if event.case_id in origins]
    told = [(event, event.fact.open(RELAYED[event.fact.type])) for event in ours]
    kept = [
        (event.case_id, _said_by(event.fact.node, fact_of(fact), node))
        for event, fact in told
        if _is_told(fact) and _may_say(event.fact.node, fact, origins[event.case_id])
    ]
    if kept:
        add_facts(db, kept)


def tell(db: Connection, *events: CaseEvent) -> None:
    """Say facts of intake's own and keep them like those that are heard."""
    for event in events:
        say(db, event)
    add_facts(db, [(event.case_id, fact_of(event)) for event in events])


def fact_of(event: CaseEvent) -> Fact:
    """Return what is kept of an event."""
    return Fact(
        kind=FactKind(event.name),
        at=event.occurred_at,
        round=getattr(event, "round", None),
        params=_params(event),
    )


def _params(event: CaseEvent) -> dict[str, Any]:
    told = event.model_dump(mode="json", include=set(KEPT[type(event)]))
    params = {name: value for name, value in told.items() if value or name not in SELDOM}
    # Where a field keeps to words that every release reads, its newest word stands beside it.
    return {name: getattr(event, f"{name}_told", value) for name, value in params.items()}


def _may_say(by: str, fact: CaseEvent, origin: str | None) -> bool:
    return FactKind(fact.name) in OF_WORK or by == origin


def _is_told(event: CaseEvent) -> bool:
    if isinstance(event, DueDateMoved) and event.would_be_at is not None:
        return False  # nothing has moved
    if isinstance(event, DueDateMoved) and event.promise_due_at is not None:
        return True
    return not isinstance(event, ClockEvent) or event.kind is ClockKind.CITIZEN


def _said_by(other: str, fact: Fact, node: str) -> Fact:
    params = {**fact.params, "node": other}
    if params.get("to_node") == node:
        del params["to_node"]  # it comes back here: no other node holds it then
    return replace(fact, params=params)
