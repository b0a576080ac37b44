"""The demonstration's files agree with each other and with what the API takes."""

from typing import Any
from uuid import uuid4

import pytest
from pydantic import BaseModel

from backstop.demo.catalogue import FOLDER, accounts_of, founders_of, puts_of, roles_of
from backstop.demo.joint_steps import (
    AnswerPart,
    AskOutside,
    CoHandle,
    ConfirmMinutes,
    Convene,
    DissentPart,
    HoldRound,
    ListParty,
)
from backstop.demo.staff_steps import StaffStep
from backstop.demo.steps import (
    Accept,
    Answer,
    ApproveErasure,
    AskErasure,
    CallOff,
    CentreCallback,
    Contact,
    Decline,
    Dispatch,
    Finish,
    GiveBack,
    HandOver,
    Hold,
    OpeningStep,
    Rate,
    Refuse,
    ReportUp,
    Sign,
    Step,
    Supervise,
    TakeOver,
    UnitCallback,
    Withdraw,
)
from backstop.feed import lines
from services.dispatch.api import hand_over_bodies as hand_overs
from services.dispatch.api import meeting_bodies, outside_bodies, part_bodies
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
from services.intake.api import record_bodies, withdrawals
from services.intake.api.bodies import AcceptBody, DeclineBody, ReportBody
from services.portal.api.accounts import AccountBody, FounderBody, RolesBody
from services.review.api import callbacks, supervisions
from services.review.api.evaluations import EvaluationBody
from services.review.policy import Level, Standing, standing_of
from shared.events.words import Channel
from shared.security.actor import Role
from shared.security.channels import CHANNELS, PUBLIC_CHANNELS
from shared.security.masking import mask_text
from shared.security.policy import Action, Resource, may
from tests.unit.backstop.told import CATALOGUES, NODES, REPORTS, STORIES, TOLD, Told, placed

COUNTY = NODES[0]

PUT_BODIES: dict[str, type[BaseModel]] = {
    "units": UnitBody,
    "items": ItemBody,
    "places": PlaceBody,
    "accounts": AccountBody,
    "founders": FounderBody,
    "roles": RolesBody,
}


class Nothing(BaseModel):
    """An approval takes no body."""


BODIES: dict[type[Any], type[BaseModel]] = {
    Accept: AcceptBody,
    Decline: DeclineBody,
    Dispatch: PlacementBody,
    Sign: SignBody,
    Contact: ContactBody,
    GiveBack: ReturnBody,
    Finish: FinishBody,
    HandOver: hand_overs.OfferBody,
    TakeOver: hand_overs.AcceptBody,
    Refuse: hand_overs.RefuseBody,
    Withdraw: hand_overs.WithdrawBody,
    ReportUp: hand_overs.ReportBody,
    Supervise: supervisions.OrderBody,
    Answer: supervisions.AnswerBody,
    Rate: EvaluationBody,
    CallOff: withdrawals.WithdrawBody,
    UnitCallback: callbacks.CallbackBody,
    CentreCallback: callbacks.CallbackBody,
    Hold: record_bodies.HoldBody,
    AskErasure: record_bodies.ErasureBody,
    ApproveErasure: Nothing,
    CoHandle: part_bodies.PartBody,
    AnswerPart: part_bodies.PartAnswerBody,
    DissentPart: part_bodies.DissentBody,
    ListParty: outside_bodies.PartyBody,
    AskOutside: outside_bodies.QuestionBody,
    Convene: meeting_bodies.MeetingBody,
    HoldRound: meeting_bodies.RoundBody,
    ConfirmMinutes: meeting_bodies.MinutesBody,
}
LOOKED_UP: dict[type[Any], dict[str, Any]] = {
    AskOutside: {"party_id": str(uuid4()), "party": None},
    Convene: {"case_id": str(uuid4()), "starts_at": "2030-01-04T09:00+08:00"},
    HoldRound: {"seen": [], "result": "agreed"},
}
"""What is added when a step is played, and in place of what."""
ACTIONS: dict[type[Any], Action] = {
    Accept: Action.CASE_ACCEPT,
    Decline: Action.CASE_DECLINE,
    Dispatch: Action.ORDER_DISPATCH,
    Sign: Action.ORDER_SIGN,
    Contact: Action.ORDER_CONTACT,
    GiveBack: Action.ORDER_RETURN,
    Finish: Action.ORDER_FINISH,
    HandOver: Action.HAND_OVER_OFFER,
    TakeOver: Action.HAND_OVER_ANSWER,
    Refuse: Action.HAND_OVER_ANSWER,
    Withdraw: Action.HAND_OVER_OFFER,
    ReportUp: Action.CASE_REPORT_UP,
    Supervise: Action.SUPERVISION_ORDER,
    Answer: Action.SUPERVISION_ANSWER,
    UnitCallback: Action.CALLBACK_UNIT,
    CentreCallback: Action.CALLBACK_CENTRE,
    Hold: Action.HOLD_WRITE,
    AskErasure: Action.ERASURE_ASK,
    ApproveErasure: Action.ERASURE_APPROVE,
    CoHandle: Action.PART_OPEN,
    AnswerPart: Action.PART_ANSWER,
    DissentPart: Action.PART_ANSWER,
    ListParty: Action.OUTSIDE_WRITE,
    AskOutside: Action.OUTSIDE_ASK,
    Convene: Action.MEETING_HOLD,
    HoldRound: Action.MEETING_HOLD,
    ConfirmMinutes: Action.MEETING_HOLD,
}
OF_A_PART = (AnswerPart, DissentPart)
"""Whose the part is, not whose the order."""

STEPS = [
    pytest.param(line, step, id=f"{line} {place} {step.do}")
    for line, story in TOLD.items()
    for place, step in enumerate(story.steps, start=1)
]


def test_every_line_of_the_cases_is_assigned() -> None:
    assert STORIES.lines.keys() == REPORTS.keys()
    assert set(STORIES.try_first.values()) <= TOLD.keys()


@pytest.mark.parametrize("line", STORIES.lines)
def test_a_line_goes_to_the_node_of_its_region_or_says_why_not(line: str) -> None:
    story, region = STORIES.lines[line], REPORTS[line]["region"]
    expected = region if region in NODES else "340000" if region.startswith("34") else "none"

    assert story.node == expected
    assert story.because or region == COUNTY
    assert (story.received is None) == (story.ends is None) == (story.node == "none")


def test_every_item_that_people_of_the_county_name_is_in_its_catalogue() -> None:
    named = {REPORTS[line]["item"] for line in STORIES.of_node(COUNTY)} - {None}

    assert named <= {item.title for item in CATALOGUES[COUNTY].items}


@pytest.mark.parametrize("node", NODES)
def test_codes_and_titles_occur_once(node: str) -> None:
    catalogue = CATALOGUES[node]
    for told in (
        [unit.code for unit in catalogue.units],
        [unit.title for unit in catalogue.units],
        [item.code for item in catalogue.items],
        [item.title for item in catalogue.items],
    ):
        assert len(told) == len(set(told))


def test_a_login_and_a_name_are_of_one_person_at_one_node() -> None:
    accounts = [account for node in NODES for account in CATALOGUES[node].accounts]

    assert len({account.login for account in accounts}) == len(accounts)
    assert len({account.name for account in accounts}) == len(accounts)
    assert len({CATALOGUES[node].password for node in NODES}) == 1


@pytest.mark.parametrize("node", NODES)
def test_items_places_and_accounts_name_units_that_exist(node: str) -> None:
    catalogue = CATALOGUES[node]
    owners = {item.unit_code for item in catalogue.items}
    homes = {account.unit for account in catalogue.accounts} - {None}

    units = {unit.code for unit in catalogue.units}
    assert owners | homes | set(catalogue.places.values()) <= units


@pytest.mark.parametrize("node", NODES)
def test_a_unit_stands_after_the_one_above_it(node: str) -> None:
    seen: set[str | None] = {None}
    for unit in CATALOGUES[node].units:
        assert unit.parent in seen, unit.code
        seen.add(unit.code)


@pytest.mark.parametrize("node", NODES)
def test_what_happens_in_the_region_of_a_node_meets_no_place_rule(node: str) -> None:
    assert all(placed(node, None, region) is None for region in NODES)


def test_place_rules_lead_to_every_township_and_city_without_a_node() -> None:
    county, city, province = (CATALOGUES[node].places for node in NODES)

    assert all(len(place) == 9 and place.startswith(COUNTY) for place in county)
    assert all(place[:4] == "3415" and place[4:] != "00" for place in city)
    assert all(place[:2] == "34" and place[4:] == "00" for place in province)
    assert len(province) == 15


@pytest.mark.parametrize("node", NODES)
def test_every_role_has_an_account(node: str) -> None:
    accounts = CATALOGUES[node].accounts

    assert {role for account in accounts for role in account.roles} == set(Role)


@pytest.mark.parametrize("node", NODES)
def test_every_put_is_what_its_endpoint_takes(node: str) -> None:
    catalogue = CATALOGUES[node]
    people = [*founders_of(catalogue), *accounts_of(catalogue), *roles_of(catalogue)]
    for path, body in [*puts_of(catalogue, node), *people]:
        kind = path.split("/")[3] if not path.endswith("/roles") else "roles"
        PUT_BODIES[kind].model_validate(body)
    assert len(people) == 2 * len(catalogue.accounts) - len(founders_of(catalogue))


@pytest.mark.parametrize("line", TOLD)
def test_a_report_is_what_intake_takes_from_the_one_who_brings_it(line: str) -> None:
    story = TOLD[line]
    report = {name: told for name, told in REPORTS[line].items() if name != "received_at"}
    report |= {"answered_now": story.answered.model_dump()} if story.answered else {}
    channel = ReportBody.model_validate(report).channel

    if story.by is None:
        assert channel in PUBLIC_CHANNELS
    else:
        role = CATALOGUES[story.node].by_login[story.by].roles[0]
        assert Channel(channel) in CHANNELS[role]


@pytest.mark.parametrize(("line", "step"), STEPS)
def test_a_step_is_what_its_endpoint_takes(line: str, step: Step) -> None:
    sent = step.about(str(uuid4())) if isinstance(step, OpeningStep) else step.body

    added = LOOKED_UP.get(type(step), {})
    whole = {name: told for name, told in {**sent, **added}.items() if told is not None}
    BODIES[type(step)].model_validate(whole)


@pytest.mark.parametrize("line", TOLD)
def test_a_step_is_done_by_one_who_may_where_it_is_done(line: str) -> None:
    story, case = TOLD[line], Told(line)
    for step in story.steps:
        if isinstance(step, StaffStep):
            node = story.at(step)
            actor = CATALOGUES[node].by_login[step.by].actor(node)
            unit = actor.unit if isinstance(step, OF_A_PART) else case.unit
            resource = Resource(node=node, unit=unit)
            assert may(actor, ACTIONS[type(step)], resource).allowed, step
        case.take(step)


@pytest.mark.parametrize(("line", "step"), STEPS)
def test_reasons_of_a_rating_fit_its_level(line: str, step: Step) -> None:
    if isinstance(step, Rate):
        level = Level(step.level)
        assert {standing_of(code, level) for code in step.reasons} <= {Standing.FITS}


@pytest.mark.parametrize(("line", "step"), STEPS)
def test_nothing_that_an_officer_writes_is_masked(line: str, step: Step) -> None:
    for name, told in step.model_dump(mode="json").items():
        if isinstance(told, str) and name != "phone":  # of a company in the register
            assert mask_text(told) == told


def test_the_demonstration_shows_every_kind_of_step_and_both_ends_of_a_try() -> None:
    steps = [step for story in TOLD.values() for step in story.steps]

    assert {type(step) for step in steps} == {*ACTIONS, Rate, CallOff} == set(BODIES)
    for kind in (Contact, UnitCallback, CentreCallback):
        assert {step.reached for step in steps if isinstance(step, kind)} == {True, False}
    assert any(REPORTS[line].get("others") for line in TOLD)
    assert any(REPORTS[line].get("name_withheld") for line in TOLD)


def test_the_sample_cases_are_read_whole_and_in_order() -> None:
    read = list(lines(FOLDER / "cases.jsonl"))

    assert [line.place for line in read] == list(range(1, len(REPORTS) + 1))
    assert all(line.fault is None for line in read)
