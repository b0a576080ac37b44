"""Where a case stands, told from the facts about it in whatever order they were heard.

Between speakers nothing orders the facts, and a fact may be heard late or twice. So nothing is
kept but the facts; the state is a fold over them in the order in which they count (`order`), and
the same set of facts always tells the same story.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum, unique
from functools import reduce
from itertools import accumulate, islice
from types import MappingProxyType

from services.intake.policy.facts import Fact, FactKind, HandOverKind
from services.intake.policy.order import in_order

WITHDRAWN = "withdrawn"
"""How a case is closed whose person has withdrawn it."""


@unique
class Status(StrEnum):
    """The word everybody is shown."""

    REGISTERED = "registered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    HANDED_OVER = "handed_over"
    POOLED = "pooled"
    DISPATCHED = "dispatched"
    SIGNED = "signed"
    CONTACTED = "contacted"
    TRACKING = "tracking"
    RETURNED = "returned"
    FINISHED = "finished"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Holder:
    """The unit that has the case now; of another node the node itself until a unit has it."""

    code: str
    name: str
    node: str | None = None
    """The other node; None for a unit of this one. Codes of units are a node's own."""
    phone: str | None = None
    """As it was told with the order."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A case as its facts tell it; `lamp` and `promise` are those of the citizen clock."""

    status: Status = Status.REGISTERED
    round: int = 1
    orders: Mapping[str, Holder] = field(default_factory=dict)
    """Who has an order of this case in this round; an order given back is no longer there."""
    helpers: Mapping[str, Holder] = field(default_factory=dict)
    """Who has a part of this round's order, by its id; one taken back is no longer there."""
    epoch: int = 0
    node: Holder | None = None
    """The other node that has custody."""
    lamp: str | None = None
    due_at: str | None = None
    provisional: bool = False
    result: Fact | None = None
    answered: Fact | None = None
    """What the person was told at once, by who took the report down."""
    decline: Fact | None = None
    explained: Fact | None = None
    """The last explanation of who goes on with it without a result."""
    appeal: Fact | None = None
    """The person's appeal against it."""
    appeal_decided: Fact | None = None
    wanted: Mapping[str, Fact] = field(default_factory=dict)
    """What units wait for from the person, by the id of the request."""
    had: frozenset[str] = frozenset()
    """Requests that have ended; the clock of who asked may be ahead of the one that heard it."""
    meetings: Mapping[str, Fact] = field(default_factory=dict)
    """To which round of each meeting the person is asked, while it lies ahead."""
    joined_to: str | None = None
    """The number of the case whose answer will be that of this one."""
    helper: Fact | None = None
    """Who was last named to go through it with the person, or that nobody does any more."""
    urges: int = 0
    """How often its person has urged it in this round."""
    urged_at: datetime | None = None
    invited: bool = False
    rated: int | None = None
    withdrawn: Fact | None = None
    """That its person has withdrawn it in this round: what others say of it later is history."""
    taken_back: int = 0
    """How often they took that back, in all rounds."""
    coming_back: bool = False
    """They did so, and its new round has not begun yet."""
    closed: bool = False

    @property
    def holder(self) -> Holder | None:
        """The unit that was given the case last and still has it, else the node it went to."""
        return next(reversed(list(self.orders.values())), self.node)

    @property
    def tracked(self) -> Fact | None:
        """Why there is no result yet, and when there is more; None where nobody tracks it now."""
        return self.explained if self.status is Status.TRACKING else None

    @property
    def settled(self) -> Status:
        """The status; of a withdrawn case, too, that it is closed."""
        return Status.CLOSED if self.closed else self.status

    @property
    def can_rate(self) -> bool:
        """Tell whether the person may rate: once a round, when invited, until it is closed."""
        return self.status is Status.FINISHED and self.invited and self.rated is None


def progress_of(facts: Iterable[Fact]) -> Progress:
    """Tell where a case stands."""
    return reduce(_after, in_order(facts), Progress())


def way_of(facts: Iterable[Fact]) -> Iterator[tuple[Fact, Progress]]:
    """Yield each fact in the order in which they count, with where the case stood after it."""
    told = in_order(facts)
    stood = accumulate(told, _after, initial=Progress())
    yield from zip(told, islice(stood, 1, None), strict=True)


def _after(progress: Progress, fact: Fact) -> Progress:
    after = STEPS[fact.kind](progress, fact)
    return after if after.withdrawn is None else replace(after, status=Status.WITHDRAWN)


def _to(status: Status) -> Callable[[Progress, Fact], Progress]:
    return lambda progress, _fact: replace(progress, status=status)


def _declined(progress: Progress, fact: Fact) -> Progress:
    return replace(progress, status=Status.DECLINED, decline=fact)


def _answered(progress: Progress, fact: Fact) -> Progress:
    return replace(progress, answered=fact)


def _appealed(progress: Progress, fact: Fact) -> Progress:
    return replace(progress, appeal=fact)


def _appeal_decided(progress: Progress, fact: Fact) -> Progress:
    return replace(progress, appeal_decided=fact)


def _reopened(progress: Progress, fact: Fact) -> Progress:
    begun = fact.round or progress.round + 1
    fresh = Progress(status=Status.REOPENED, round=begun, epoch=progress.epoch)
    fresh = replace(fresh, taken_back=progress.taken_back)
    lamp, due_at = progress.lamp, progress.due_at
    return replace(fresh, lamp=lamp, due_at=due_at, provisional=progress.provisional)


def _handed_over(progress: Progress, fact: Fact) -> Progress:
    if fact.params["kind"] == HandOverKind.RESULT:
        return progress  # the work is done, and whoever did it still answers for it
    gone = _under(progress, fact)
    to = fact.params.get("to_node")
    node = None if to is None else Holder(to, fact.params["to_name"], to)
    return replace(gone, status=Status.HANDED_OVER, orders={}, helpers={}, node=node)


def _under(progress: Progress, fact: Fact) -> Progress:
    # An order of a later epoch may be heard before the hand-over that led to it.
    epoch, other = fact.epoch or 0, fact.node
    if epoch <= progress.epoch:
        return progress
    node = None if other is None else Holder(other, other, other)
    return replace(progress, epoch=epoch, orders={}, helpers={}, node=node)


def _dispatched(progress: Progress, fact: Fact) -> Progress:
    held = _under(progress, fact)
    told = fact.params
    given = Holder(told["unit_code"], told["unit_name"], fact.node, told.get("unit_phone"))
    orders = {**held.orders, told["order_id"]: given}
    return replace(held, status=Status.DISPATCHED, orders=orders)


def _helped(progress: Progress, fact: Fact) -> Progress:
    told = fact.params
    helper = Holder(told["unit_code"], told["unit_name"], fact.node)
    return replace(progress, helpers={**progress.helpers, told["part_id"]: helper})


def _helped_no_more(progress: Progress, fact: Fact) -> Progress:
    left = {p: unit for p, unit in progress.helpers.items() if p != fact.params["part_id"]}
    return replace(progress, helpers=left)


def _pooled(progress: Progress, fact: Fact) -> Progress:
    return replace(_under(progress, fact), status=Status.POOLED)


def _contacted(progress: Progress, fact: Fact) -> Progress:
    is_news = fact.params["reached"] and progress.status is not Status.TRACKING
    return replace(progress, status=Status.CONTACTED) if is_news else progress


def _tracked(progress: Progress, fact: Fact) -> Progress:
    return replace(progress, status=Status.TRACKING, explained=fact)


def _wanted(progress: Progress, fact: Fact) -> Progress:
    asked = str(fact.params["request_id"])
    wanted = {} if asked in progress.had else {asked: fact}
    return replace(progress, wanted={**progress.wanted, **wanted})


def _had(progress: Progress, fact: Fact) -> Progress:
    had = str(fact.params["request_id"])
    still = {asked: fact for asked, fact in progress.wanted.items() if asked != had}
    return replace(progress, wanted=still, had=progress.had | {had})


def _called(progress: Progress, fact: Fact) -> Progress:
    if not fact.params["with_person"]:
        return progress
    return replace(progress, meetings={**progress.meetings, _meeting_of(fact): fact})


def _held(progress: Progress, fact: Fact) -> Progress:
    asked = progress.meetings.get(_meeting_of(fact))
    if asked is None or asked.params["serial"] > fact.params.get("serial", asked.params["serial"]):
        return progress
    still = {key: one for key, one in progress.meetings.items() if one is not asked}
    return replace(progress, meetings=still)


def _meeting_of(fact: Fact) -> str:
    return str(fact.params["meeting_id"])


def _returned(progress: Progress, fact: Fact) -> Progress:
    left = {order: unit for order, unit in progress.orders.items() if order != _order_of(fact)}
    return replace(progress, status=Status.RETURNED, orders=left)


def _order_of(fact: Fact) -> str:
    return str(fact.params["order_id"])


def _case_finished(progress: Progress, fact: Fact) -> Progress:
    if fact.params.get("withdrawn"):
        return progress  # nobody has a result to tell
    return replace(progress, status=Status.FINISHED, result=fact)


def _invited(progress: Progress, _fact: Fact) -> Progress:
    return replace(progress, invited=True)


def _rated(progress: Progress, fact: Fact) -> Progress:
    return replace(progress, rated=fact.params["level"])


def _clock(progress: Progress, fact: Fact) -> Progress:
    lamp, due_at = fact.params["lamp"], fact.params["due_at"]
    provisional = fact.params.get("provisional", progress.provisional)
    return replace(progress, lamp=lamp, due_at=due_at, provisional=provisional)


def _due_moved(progress: Progress, fact: Fact) -> Progress:
    if fact.params.get("promise_due_at") is not None:
        return progress  # a unit has more time; what was promised to the person stays promised
    return _clock(progress, fact)


def _urged(progress: Progress, fact: Fact) -> Progress:
    return replace(progress, urges=progress.urges + 1, urged_at=fact.at)


def _withdrawn(progress: Progress, fact: Fact) -> Progress:
    return replace(progress, withdrawn=fact, wanted={}, meetings={}, coming_back=False)


def _back(progress: Progress, fact: Fact) -> Progress:
    back = replace(progress, taken_back=progress.taken_back + 1)
    if fact.params["accepted"]:
        return replace(back, coming_back=True)
    return replace(back, withdrawn=None, status=Status.REGISTERED)


def _closed(progress: Progress, fact: Fact) -> Progress:
    if fact.params.get("how") == WITHDRAWN and progress.withdrawn is None:
        return progress  # taken back while that was on its way
    return replace(progress, status=Status.CLOSED, closed=True)


def _joined(progress: Progress, fact: Fact) -> Progress:
    return replace(progress, joined_to=fact.params["lead_number"])


def _apart(progress: Progress, _fact: Fact) -> Progress:
    return replace(progress, joined_to=None)


def _accompanied(progress: Progress, fact: Fact) -> Progress:
    return replace(progress, helper=fact)


def _same(progress: Progress, _fact: Fact) -> Progress:
    return progress


STEPS: Mapping[FactKind, Callable[[Progress, Fact], Progress]] = MappingProxyType(
    {
        FactKind.REGISTERED: _same,
        FactKind.REOPENED: _reopened,
        FactKind.ACCEPTED: _to(Status.ACCEPTED),
        FactKind.DECLINED: _declined,
        FactKind.APPEALED: _appealed,
        FactKind.APPEAL_DECIDED: _appeal_decided,
        FactKind.CLOCK_STARTED: _clock,
        FactKind.CLOCK_RESUMED: _clock,
        FactKind.DUE_MOVED: _due_moved,
        FactKind.HANDED_OVER: _handed_over,
        FactKind.DISPATCHED: _dispatched,
        FactKind.SIGNED: _to(Status.SIGNED),
        FactKind.CONTACTED: _contacted,
        FactKind.ANSWERED: _answered,
        FactKind.PART_OPENED: _helped,
        FactKind.PART_ANSWERED: _same,
        FactKind.PART_WITHDRAWN: _helped_no_more,
        FactKind.MATERIALS_ASKED: _wanted,
        FactKind.MATERIALS_ANSWERED: _had,
        FactKind.MATERIALS_RECEIVED: _had,
        FactKind.MEETING_HELD: _held,
        FactKind.MEETING_CALLED: _called,
        FactKind.MINUTES_CONFIRMED: _same,
        FactKind.MEETING_CANCELLED: _held,
        FactKind.OUTSIDE_ASKED: _same,
        FactKind.OUTSIDE_ENDED: _same,
        FactKind.TRACKED: _tracked,
        FactKind.RETURNED: _returned,
        FactKind.URGED: _urged,
        FactKind.INFORMATION_ADDED: _same,
        FactKind.POOLED: _pooled,
        FactKind.LAMP_CHANGED: _clock,
        FactKind.ORDER_FINISHED: _to(Status.FINISHED),
        FactKind.CASE_FINISHED: _case_finished,
        FactKind.CLOCK_STOPPED: _clock,
        FactKind.INVITED: _invited,
        FactKind.RATED: _rated,
        FactKind.CLOSED: _closed,
        FactKind.WITHDRAWN: _withdrawn,
        FactKind.WITHDRAWAL_TAKEN_BACK: _back,
        FactKind.AMENDED: _same,
        FactKind.CONTACT_CHANGED: _same,
        FactKind.HELPER: _accompanied,
        FactKind.ERASED: _same,
        FactKind.GROUPED: _joined,
        FactKind.UNGROUPED: _apart,
        FactKind.SPLIT: _same,
        FactKind.TAKEN_BACK: _same,
    }
)
