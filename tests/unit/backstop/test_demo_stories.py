"""Each story of the demonstration may happen as it is told, and shows the lamp it plans."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from backstop.demo.catalogue import FOLDER, read_catalogue
from backstop.demo.story import (
    Accept,
    Assigned,
    Contact,
    Decline,
    Dispatch,
    Finish,
    GiveBack,
    Rate,
    Received,
    Sign,
    Step,
    read_stories,
)
from backstop.feed import lines
from backstop.nodes import node_file
from backstop.settings import NodeSettings
from services.dispatch.policy import OrderState, objection_to, state_after
from services.dispatch.policy import Step as OrderPolicyStep
from services.intake.policy.scope import Verdict, scope_of
from services.sla.policy import ZONE, ClockKind, Complexity, Lamp, due_at, lamp_at

NODE = "341523"
REPORTS = {line.name: line.report for line in lines(FOLDER / "cases.jsonl")}
MINE = read_stories().of_node(NODE)
ITEMS = {item.title: item for item in read_catalogue(NODE).items}
SETTINGS = NodeSettings.load(
    node_file(NODE),
    {"BACKSTOP_DATABASE_URL": "x", "BACKSTOP_BUS_URL": "x", "BACKSTOP_KEY_FILE": "x"},
)
PROMISE = SETTINGS.sla.promise
NEW_YEAR = datetime(2026, 1, 1, 0, 30, tzinfo=ZONE)
MOMENTS = [NEW_YEAR + timedelta(hours=hours) for hours in range(0, 365 * 24, 7)]
"""Every hour of the day on every day of the week, through all the holidays of a year."""


class Told:
    """A case as the rules of the services let it go on; any step out of order fails."""

    def __init__(self, line: str) -> None:
        report = REPORTS[line]
        listed = report["item"] in ITEMS
        scope = scope_of(report["title"], report["text"], in_catalogue=listed)
        self.has_item = listed
        self.attempted = False
        self.status = "registered"
        self.order: OrderState | None = None
        if scope.verdict is Verdict.ACCEPT:
            self.accept()

    def accept(self) -> None:
        self.status = "accepted"
        self.send() if self.has_item else self.pool()

    def send(self) -> None:
        self.order, self.status, self.attempted = OrderState.DISPATCHED, "dispatched", False

    def pool(self) -> None:
        self.order, self.status = None, "pooled"

    def take(self, step: Step) -> None:
        match step:
            case Accept() | Decline():
                assert self.status == "registered"
                self.accept() if isinstance(step, Accept) else self.decline()
            case Dispatch():
                assert self.status == "pooled"
                self.send()
            case Rate():
                assert self.status == "finished"
                self.close() if step.solved else self.send()
            case Sign() | Contact() | GiveBack() | Finish():
                self.work(step)

    def decline(self) -> None:
        self.status = "declined"

    def close(self) -> None:
        self.status = "closed"

    def work(self, step: Sign | Contact | GiveBack | Finish) -> None:
        assert self.order is not None
        named = OrderPolicyStep(step.do)
        assert objection_to(named, self.order, lacks_attempt=not self.attempted) is None
        reached = isinstance(step, Contact) and step.reached
        self.attempted = self.attempted or isinstance(step, Contact)
        self.order = state_after(named, self.order, reached=reached)
        self.status = self.order.value
        if isinstance(step, GiveBack):
            self.pool()


def test_a_time_by_working_days_never_falls_on_a_day_off() -> None:
    received = Received(working_days_ago=1, at="09:05")
    monday = datetime(2026, 3, 2, 8, tzinfo=ZONE)

    assert received.before(monday, PROMISE.calendar) == datetime(2026, 2, 28, 9, 5, tzinfo=ZONE)


@pytest.mark.parametrize(
    "told",
    [{}, {"hours_ago": 2, "at": "09:00"}, {"working_days_ago": 2}, {"working_days_ago": 0}],
    ids=["nothing", "both", "without a time of day", "today"],
)
def test_a_time_is_told_in_one_way(told: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Received.model_validate(told)


@pytest.mark.parametrize("line", MINE)
def test_the_rules_let_a_story_happen_and_lead_to_its_end(line: str) -> None:
    case = Told(line)
    for step in MINE[line].steps:
        case.take(step)

    assert case.status == MINE[line].ends


def test_every_lamp_is_planned_and_all_that_must_be_left_is_left() -> None:
    lamps = {str(story.lamp) for story in MINE.values()}
    ends = {story.ends for story in MINE.values()}

    assert lamps >= {"green", "yellow", "red"}
    assert ends >= {"registered", "pooled", "dispatched", "signed", "finished", "declined"}


@pytest.mark.parametrize("line", [line for line, story in MINE.items() if story.lamp])
def test_a_planned_lamp_shows_at_any_moment_of_the_year(line: str) -> None:
    story = MINE[line]
    complexity = Complexity(ITEMS[REPORTS[line]["item"]].complexity)

    assert {shown(story, complexity, now).value for now in MOMENTS} == {str(story.lamp)}


def shown(story: Assigned, complexity: Complexity, now: datetime) -> Lamp:
    """The worst lamp of the clocks that run: to the person, and of the unit until it called."""
    assert story.received is not None
    came = story.received.before(now, PROMISE.calendar)
    called = any(isinstance(step, Contact) and step.reached for step in story.steps)
    kinds = [ClockKind.CITIZEN] if called else [ClockKind.CITIZEN, ClockKind.CONTACT]
    limits = [PROMISE.limits.limit_for(kind, complexity) for kind in kinds]
    lamps = [lamp_at(due_at(came, limit, PROMISE.calendar).at, now) for limit in limits]
    return max(lamps, key=list(Lamp).index)


def test_every_time_lies_before_the_start() -> None:
    for story in MINE.values():
        assert story.received is not None
        assert all(story.received.before(now, PROMISE.calendar) < now for now in MOMENTS)


def test_the_node_file_is_where_the_demo_is() -> None:
    assert (Path(node_file(NODE)).stem, FOLDER.name) == (NODE, "demo")
