"""The demonstration's files agree with each other and with what the API takes."""

from typing import Any
from uuid import uuid4

import pytest
from pydantic import BaseModel

from backstop.demo.catalogue import FOLDER, puts_of, read_catalogue
from backstop.demo.story import (
    Accept,
    Assigned,
    Contact,
    Decline,
    Dispatch,
    Finish,
    GiveBack,
    Rate,
    Sign,
    StaffStep,
    Step,
    read_stories,
)
from backstop.feed import lines
from services.dispatch.api.bodies import (
    ContactBody,
    FinishBody,
    ItemBody,
    PlaceBody,
    PlacementBody,
    ReturnBody,
    SignBody,
    UnitBody,
)
from services.intake.api.bodies import AcceptBody, DeclineBody, ReportBody
from services.portal.api import AccountBody
from services.review.api import EvaluationBody
from services.review.policy import Level, Standing, standing_of
from shared.events.words import Channel
from shared.security.actor import Role
from shared.security.masking import mask_text
from shared.security.policy import CHANNELS, PUBLIC_CHANNELS, Action, Resource, may

NODE = "341523"
CATALOGUE = read_catalogue(NODE)
STORIES = read_stories()
REPORTS = {line.name: line.report for line in lines(FOLDER / "cases.jsonl")}
MINE = STORIES.of_node(NODE)
UNITS = {unit.code for unit in CATALOGUE.units}

PUT_BODIES: dict[str, type[BaseModel]] = {
    "units": UnitBody,
    "items": ItemBody,
    "places": PlaceBody,
    "accounts": AccountBody,
}
BODIES: dict[type[Any], type[BaseModel]] = {
    Accept: AcceptBody,
    Decline: DeclineBody,
    Sign: SignBody,
    Contact: ContactBody,
    GiveBack: ReturnBody,
    Finish: FinishBody,
    Rate: EvaluationBody,
}
ACTIONS: dict[type[Any], Action] = {
    Accept: Action.CASE_ACCEPT,
    Decline: Action.CASE_DECLINE,
    Dispatch: Action.ORDER_DISPATCH,
    Sign: Action.ORDER_SIGN,
    Contact: Action.ORDER_CONTACT,
    GiveBack: Action.ORDER_RETURN,
    Finish: Action.ORDER_FINISH,
}


STEPS = [
    pytest.param(line, step, id=f"{line} {place} {step.do}")
    for line, story in MINE.items()
    for place, step in enumerate(story.steps, start=1)
]


def unit_of(line: str, story: Assigned) -> str | None:
    """The unit that has the order: the dispatcher's choice, else the owner of the item."""
    for step in story.steps:
        if isinstance(step, Dispatch):
            return step.unit
    named = REPORTS[line]["item"]
    return next((item.unit_code for item in CATALOGUE.items if item.title == named), None)


def test_every_line_of_the_cases_is_assigned() -> None:
    assert STORIES.lines.keys() == REPORTS.keys()
    assert STORIES.try_first in MINE


@pytest.mark.parametrize("line", STORIES.lines)
def test_a_line_goes_to_the_node_of_its_region_or_says_why_not(line: str) -> None:
    story, region = STORIES.lines[line], REPORTS[line]["region"]

    if region == NODE:
        assert story.node == NODE
        assert story.received is not None
        assert story.ends is not None
    else:
        assert story.node == (region if region in ("341500", "340000") else story.node)
        assert (story.node == "none") == (not region.startswith("34"))
        assert story.because


def test_every_item_that_people_name_is_in_the_catalogue() -> None:
    named = {REPORTS[line]["item"] for line in MINE} - {None}

    assert named <= {item.title for item in CATALOGUE.items}


def test_codes_and_titles_occur_once() -> None:
    for told in (
        [unit.code for unit in CATALOGUE.units],
        [item.code for item in CATALOGUE.items],
        [item.title for item in CATALOGUE.items],
        [account.login for account in CATALOGUE.accounts],
    ):
        assert len(told) == len(set(told))


def test_items_places_and_accounts_name_units_that_exist() -> None:
    owners = {item.unit_code for item in CATALOGUE.items}
    homes = {account.unit for account in CATALOGUE.accounts} - {None}

    assert owners | homes | set(CATALOGUE.places.values()) <= UNITS


def test_a_unit_stands_after_the_one_above_it() -> None:
    seen: set[str | None] = {None}
    for unit in CATALOGUE.units:
        assert unit.parent in seen, unit.code
        seen.add(unit.code)


def test_place_rules_cover_townships_only_so_that_the_pool_is_seen() -> None:
    assert all(len(place) == 9 and place.startswith(NODE) for place in CATALOGUE.places)


def test_every_role_has_an_account() -> None:
    assert {role for account in CATALOGUE.accounts for role in account.roles} == set(Role)


def test_every_put_is_what_its_endpoint_takes() -> None:
    for path, body in puts_of(CATALOGUE, NODE):
        PUT_BODIES[path.split("/")[3]].model_validate(body)


@pytest.mark.parametrize("line", MINE)
def test_a_report_is_what_intake_takes_from_the_one_who_brings_it(line: str) -> None:
    report = {name: told for name, told in REPORTS[line].items() if name != "received_at"}
    channel, login = ReportBody.model_validate(report).channel, MINE[line].by

    if login is None:
        assert channel in PUBLIC_CHANNELS
    else:
        role = CATALOGUE.by_login[login].roles[0]
        assert Channel(channel) in CHANNELS[role]


@pytest.mark.parametrize(("line", "step"), STEPS)
def test_a_step_is_what_its_endpoint_takes(line: str, step: Step) -> None:
    if isinstance(step, Dispatch):
        PlacementBody.model_validate(step.placement(str(uuid4())))
        assert step.unit in UNITS
    else:
        BODIES[type(step)].model_validate(step.body)


@pytest.mark.parametrize(("line", "step"), STEPS)
def test_a_step_is_done_by_one_who_may(line: str, step: Step) -> None:
    if not isinstance(step, StaffStep):
        return
    actor = CATALOGUE.by_login[step.by].actor(NODE)
    resource = Resource(node=NODE, unit=unit_of(line, MINE[line]))

    assert may(actor, ACTIONS[type(step)], resource).allowed


@pytest.mark.parametrize(("line", "step"), STEPS)
def test_reasons_of_a_rating_fit_its_level(line: str, step: Step) -> None:
    if isinstance(step, Rate):
        level = Level(step.level)
        assert {standing_of(code, level) for code in step.reasons} <= {Standing.FITS}


@pytest.mark.parametrize(("line", "step"), STEPS)
def test_nothing_that_an_officer_writes_is_masked(line: str, step: Step) -> None:
    for told in step.model_dump(mode="json").values():
        if isinstance(told, str):
            assert mask_text(told) == told


def test_the_demonstration_shows_every_kind_of_step_and_both_ends_of_a_rating() -> None:
    steps = [step for story in MINE.values() for step in story.steps]

    assert {type(step) for step in steps} == {*BODIES, Dispatch}
    assert {step.solved for step in steps if isinstance(step, Rate)} == {True, False}
    assert {step.reached for step in steps if isinstance(step, Contact)} == {True, False}


def test_the_sample_cases_are_read_whole_and_in_order() -> None:
    places = [line.place for line in lines(FOLDER / "cases.jsonl")]

    assert places == list(range(1, len(REPORTS) + 1))
    assert all(line.fault is None for line in lines(FOLDER / "cases.jsonl"))
