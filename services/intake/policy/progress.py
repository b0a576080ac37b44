"""Where a case stands, told from the facts about it in whatever order they were heard.

Between speakers nothing orders the facts, and a fact may be heard late or twice. So nothing is
kept but the facts; the state is a fold over them by round, time and rank, and the same set of
facts always tells the same story.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Any


@unique
class FactKind(StrEnum):
    """The facts that make up a case's story; the values are event names.

    Among facts of one instant and round, the later member is the later fact.
    """

    REGISTERED = "intake.case_registered.v1"
    REOPENED = "review.case_reopened.v1"
    ACCEPTED = "intake.case_accepted.v1"
    DECLINED = "intake.case_declined.v1"
    CLOCK_STARTED = "sla.clock_started.v1"
    CLOCK_RESUMED = "sla.clock_resumed.v1"
    DISPATCHED = "dispatch.order_dispatched.v1"
    SIGNED = "dispatch.order_signed.v1"
    CONTACTED = "dispatch.contact_logged.v1"
    RETURNED = "dispatch.order_returned.v1"
    POOLED = "dispatch.case_pooled.v1"
    LAMP_CHANGED = "sla.lamp_changed.v1"
    ORDER_FINISHED = "dispatch.order_finished.v1"
    CASE_FINISHED = "dispatch.case_finished.v1"
    CLOCK_STOPPED = "sla.clock_stopped.v1"
    INVITED = "review.evaluation_invited.v1"
    RATED = "review.evaluation_received.v1"
    CLOSED = "review.case_closed.v1"


RANK: Mapping[FactKind, int] = MappingProxyType({kind: n for n, kind in enumerate(FactKind)})


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened to a case; `params` are the event's fields that people are told."""

    kind: FactKind
    at: datetime
    round: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


@unique
class Status(StrEnum):
    """The word everybody is shown."""

    REGISTERED = "registered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    POOLED = "pooled"
    DISPATCHED = "dispatched"
    SIGNED = "signed"
    CONTACTED = "contacted"
    RETURNED = "returned"
    FINISHED = "finished"
    CLOSED = "closed"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Holder:
    """The unit that has the case now."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Progress:
    """A case as its facts tell it; `lamp` and `promise` are those of the citizen clock."""

    status: Status = Status.REGISTERED
    round: int = 1
    orders: Mapping[str, Holder] = field(default_factory=dict)
    """Who has an order of this case in this round; an order given back is no longer there."""
    lamp: str | None = None
    due_at: str | None = None
    provisional: bool = False
    result: Fact | None = None
    decline: Fact | None = None
    invited: bool = False
    rated: int | None = None

    @property
    def holder(self) -> Holder | None:
        """The unit that was given the case last and still has it."""
        return next(reversed(list(self.orders.values())), None)

    @property
    def can_rate(self) -> bool:
        """Tell whether the person may rate: once a round, when invited, until it is closed."""
        return self.status is Status.FINISHED and self.invited and self.rated is None


def progress_of(facts: Iterable[Fact]) -> Progress:
    """Tell where a case stands."""
    progress = Progress()
    for fact in in_order(facts):
        progress = STEPS[fact.kind](progress, fact)
    return progress


def in_order(facts: Iterable[Fact]) -> Sequence[Fact]:
    """Put facts in the order in which they count: by round, then time, then rank.

    An order's facts belong to the round of its dispatch; what names no round, to that of its time.
    """
    by_time = sorted(facts, key=lambda fact: (fact.at, RANK[fact.kind]))
    rounds = {
        fact.params["order_id"]: fact.round
        for fact in by_time
        if fact.kind is FactKind.DISPATCHED and fact.round is not None
    }
    placed: list[tuple[int, Fact]] = []
    running = 1
    for fact in by_time:
        told = fact.round or rounds.get(fact.params.get("order_id")) or running
        running = max(running, told)
        placed.append((told, fact))
    return [fact for _, fact in sorted(placed, key=lambda one: one[0])]


def _to(status: Status) -> Callable[[Progress, Fact], Progress]:
    return lambda progress, _fact: replace(progress, status=status)


def _declined(progress: Progress, fact: Fact) -> Progress:
    return replace(progress, status=Status.DECLINED, decline=fact)


def _reopened(progress: Progress, fact: Fact) -> Progress:
    begun = fact.round or progress.round + 1
    fresh = Progress(status=Status.REOPENED, round=begun, lamp=progress.lamp)
    return replace(fresh, due_at=progress.due_at, provisional=progress.provisional)


def _dispatched(progress: Progress, fact: Fact) -> Progress:
    given = Holder(fact.params["unit_code"], fact.params["unit_name"])
    orders = {**progress.orders, fact.params["order_id"]: given}
    return replace(progress, status=Status.DISPATCHED, orders=orders)


def _contacted(progress: Progress, fact: Fact) -> Progress:
    return replace(progress, status=Status.CONTACTED) if fact.params["reached"] else progress


def _returned(progress: Progress, fact: Fact) -> Progress:
    left = {order: unit for order, unit in progress.orders.items() if order != _order_of(fact)}
    return replace(progress, status=Status.RETURNED, orders=left)


def _order_of(fact: Fact) -> str:
    return str(fact.params["order_id"])


def _case_finished(progress: Progress, fact: Fact) -> Progress:
    return replace(progress, status=Status.FINISHED, result=fact)


def _invited(progress: Progress, _fact: Fact) -> Progress:
    return replace(progress, invited=True)


def _rated(progress: Progress, fact: Fact) -> Progress:
    return replace(progress, rated=fact.params["level"])


def _clock(progress: Progress, fact: Fact) -> Progress:
    lamp, due_at = fact.params["lamp"], fact.params["due_at"]
    provisional = fact.params.get("provisional", progress.provisional)
    return replace(progress, lamp=lamp, due_at=due_at, provisional=provisional)


def _same(progress: Progress, _fact: Fact) -> Progress:
    return progress


STEPS: Mapping[FactKind, Callable[[Progress, Fact], Progress]] = MappingProxyType(
    {
        FactKind.REGISTERED: _same,
        FactKind.REOPENED: _reopened,
        FactKind.ACCEPTED: _to(Status.ACCEPTED),
        FactKind.DECLINED: _declined,
        FactKind.CLOCK_STARTED: _clock,
        FactKind.CLOCK_RESUMED: _clock,
        FactKind.DISPATCHED: _dispatched,
        FactKind.SIGNED: _to(Status.SIGNED),
        FactKind.CONTACTED: _contacted,
        FactKind.RETURNED: _returned,
        FactKind.POOLED: _to(Status.POOLED),
        FactKind.LAMP_CHANGED: _clock,
        FactKind.ORDER_FINISHED: _to(Status.FINISHED),
        FactKind.CASE_FINISHED: _case_finished,
        FactKind.CLOCK_STOPPED: _clock,
        FactKind.INVITED: _invited,
        FactKind.RATED: _rated,
        FactKind.CLOSED: _to(Status.CLOSED),
    }
)
