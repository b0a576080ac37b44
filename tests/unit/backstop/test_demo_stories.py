"""Each story of the demonstration may happen as it is told, and shows the lamp it plans."""

from collections import Counter
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from pydantic import ValidationError

from backstop.demo.catalogue import FOLDER
from backstop.demo.reporting import open_offer
from backstop.demo.steps import Contact, HandOver, Rate
from backstop.demo.story import Assigned, Received
from backstop.nodes import node_file
from backstop.settings import NodeSettings
from services.sla.policy import ZONE, ClockKind, Complexity, Lamp, due_at, lamp_at
from services.sla.settings import Settings as SlaSettings
from shared.events.words import Complexity as SaidComplexity
from tests.unit.backstop.told import NODES, STORIES, TOLD, Told

COUNTY, CITY, PROVINCE = NODES
NEW_YEAR = datetime(2026, 1, 1, 0, 30, tzinfo=ZONE)
MOMENTS = [NEW_YEAR + timedelta(hours=hours) for hours in range(0, 365 * 24, 7)]
"""Every hour of the day on every day of the week, through all the holidays of a year."""


@cache
def promise_of(node: str) -> SlaSettings:
    given = {"BACKSTOP_DATABASE_URL": "x", "BACKSTOP_BUS_URL": "x", "BACKSTOP_KEY_FILE": "x"}
    return NodeSettings.load(node_file(node), given).sla


@cache
def told(line: str, *running: str) -> Told:
    """A line at the end of its story, as far as these nodes tell it."""
    case = Told(line)
    for step in TOLD[line].within(running).steps:
        case.take(step)
    return case


def ended(line: str) -> Told:
    return told(line, *NODES)


def test_a_time_by_working_days_never_falls_on_a_day_off() -> None:
    received = Received(working_days_ago=1, at="09:05")
    monday = datetime(2026, 3, 2, 8, tzinfo=ZONE)
    calendar = promise_of(COUNTY).promise.calendar

    assert received.before(monday, calendar) == datetime(2026, 2, 28, 9, 5, tzinfo=ZONE)


@pytest.mark.parametrize(
    "given",
    [{}, {"hours_ago": 2, "at": "09:00"}, {"working_days_ago": 2}, {"working_days_ago": 0}],
    ids=["nothing", "both", "without a time of day", "today"],
)
def test_a_time_is_told_in_one_way(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Received.model_validate(given)


@pytest.mark.parametrize("line", TOLD)
def test_the_rules_let_a_story_happen_and_lead_to_its_end(line: str) -> None:
    assert ended(line).status == TOLD[line].ends


@pytest.mark.parametrize("line", [line for line, story in TOLD.items() if story.stops])
def test_a_story_without_its_other_nodes_stops_where_it_says(line: str) -> None:
    alone = TOLD[line].within([TOLD[line].node])

    assert told(line).status == TOLD[line].stops == alone.ends
    assert alone.needs == {TOLD[line].node}
    assert alone.lamp is None


def test_a_story_is_whole_where_all_its_nodes_run_and_not_with_some_of_them() -> None:
    story = TOLD["g-05"]

    assert story.needs == set(NODES)
    assert story.within(NODES) is story
    assert story.within([COUNTY, CITY]) == story.within([COUNTY])


@pytest.mark.parametrize("stops", [None, "signed"], ids=["travels", "stays"])
def test_a_story_says_where_it_stops_if_and_only_if_it_travels(stops: str | None) -> None:
    handed = {"do": "hand_over", "by": "xumin", "to": CITY, "because": "县里没有这个权限"}
    steps = [handed] if stops is None else []

    with pytest.raises(ValidationError):
        Assigned.model_validate({"node": COUNTY, "steps": steps, "stops": stops})


def test_a_story_hands_a_case_to_each_node_once_so_that_a_run_cut_short_finds_its_offer() -> None:
    for line, story in TOLD.items():
        handed = [step.to for step in story.steps if isinstance(step, HandOver)]
        assert max(Counter(handed).values(), default=1) == 1, line


def test_all_that_must_be_left_at_the_start_is_left() -> None:
    left = {line: ended(line) for line in TOLD}
    ends = {case.status for case in left.values()}
    kinds = [step.do for story in TOLD.values() for step in story.steps]

    assert ends >= {"registered", "pooled", "dispatched", "signed", "finished", "declined"}
    assert {"return", "refuse", "withdraw", "report_up"} <= set(kinds)
    assert {open_offer(story) for story in TOLD.values()} == {None, CITY, PROVINCE}
    assert {line for line, case in left.items() if case.supervised_by} == {"g-12"}
    assert {line for line, case in left.items() if case.is_held} == {"g-13"}
    assert {line for line, case in left.items() if case.is_erased} == {"g-17"}
    assert kinds.count("supervise") == kinds.count("answer") + 1


def test_one_case_goes_up_two_tiers_and_its_answer_comes_back() -> None:
    story = TOLD["g-05"]
    worked = [story.at(step) for step in story.steps if step.do == "sign"]

    assert worked == [COUNTY, CITY, PROVINCE]
    assert (story.node, story.steps[-2].do, story.steps[-1].do) == (COUNTY, "finish", "rate")


def test_one_case_comes_down_two_tiers_and_is_worked_on_there() -> None:
    case = ended("g-09")

    assert case.came_from == {CITY: PROVINCE, COUNTY: CITY}
    assert (case.holder, case.status) == (COUNTY, "contacted")


def test_a_bad_rating_is_followed_by_another_round() -> None:
    rated = [step for story in TOLD.values() for step in story.steps if isinstance(step, Rate)]

    assert {step.solved for step in rated} == {True, False}


@pytest.mark.parametrize("line", [line for line, story in TOLD.items() if story.lamp])
def test_a_planned_lamp_shows_at_any_moment_of_the_year(line: str) -> None:
    story = TOLD[line]

    assert {at_home(line, now).value for now in MOMENTS} == {str(story.lamp)}


@pytest.mark.parametrize("node", NODES)
def test_every_desk_shows_every_lamp_at_any_moment_of_the_year(node: str) -> None:
    mine = [line for line, story in TOLD.items() if story.node == node and story.lamp]
    legs = [line for line in TOLD if node in ended(line).came_from]

    for now in MOMENTS:
        lamps = {at_home(line, now) for line in mine} | {on_a_leg(line, now) for line in legs}
        assert lamps == set(Lamp), now


def at_home(line: str, now: datetime) -> Lamp:
    """The worst lamp of the clocks that run: to the person, and of the unit until it called."""
    story, case = TOLD[line], ended(line)
    assert story.received is not None
    assert case.complexity is not None
    calendar = promise_of(story.node).promise.calendar
    came = story.received.before(now, calendar) if case.accepted_on_submit else now
    called = any(isinstance(step, Contact) and step.reached for step in story.steps)
    kinds = [ClockKind.CITIZEN] if called else [ClockKind.CITIZEN, ClockKind.CONTACT]
    lamps = [lamp_of(story.node, kind, case.complexity, (came, now)) for kind in kinds]
    return max(lamps, key=list(Lamp).index)


def on_a_leg(line: str, now: datetime) -> Lamp:
    """The lamp of what a node owes for a case that it has just taken over."""
    case = ended(line)
    assert case.complexity is not None
    assert case.status == "contacted"
    return lamp_of(case.holder, ClockKind.RESOLVE, case.complexity, (now, now))


def lamp_of(
    node: str, kind: ClockKind, complexity: SaidComplexity, span: tuple[datetime, datetime]
) -> Lamp:
    start, now = span
    promise = promise_of(node).promise
    limit = promise.limits.limit_for(kind, Complexity(complexity))
    return lamp_at(due_at(start, limit, promise.calendar).at, now)


def test_every_time_lies_before_the_start() -> None:
    for story in TOLD.values():
        assert story.received is not None
        calendar = promise_of(story.node).promise.calendar
        assert all(story.received.before(now, calendar) < now for now in MOMENTS)


@pytest.mark.parametrize("node", NODES)
def test_what_to_try_first_waits_for_its_rating(node: str) -> None:
    line = STORIES.try_first.get(node)

    assert line is None or TOLD[line].ends == "finished"
    assert node == CITY or line is not None


@pytest.mark.parametrize("node", NODES)
def test_the_node_file_is_where_the_demo_is(node: str) -> None:
    assert (Path(node_file(node)).stem, (FOLDER / node).is_dir()) == (node, True)
