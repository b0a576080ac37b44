"""What is offered to whom beside a case that moves between tiers, and why something is not."""

from dataclasses import replace

import pytest

from services.portal.pages.leg import charges
from services.portal.pages.next_steps import may_see, next_steps
from services.portal.repository import CaseCard
from shared.http import NodeFacts
from shared.security.actor import Actor, Role
from tests.browser.facts import BUREAU, NODE, NOW, UNIT, case, officer
from tests.browser.tier_samples import (
    AWAY,
    CITY,
    COUNTY,
    FUND,
    INCOMING,
    LEG,
    POOLED,
    SEEN,
    SUPERVISED,
    WAITING,
    at,
)

DISPATCHER, SUPERVISOR, INSPECTOR = Role.DISPATCHER, Role.SUPERVISOR, Role.INSPECTOR
FRONT = Role.WINDOW_OFFICER


def offered(actor: Actor, chosen: CaseCard, node: NodeFacts) -> tuple[str | None, list[str]]:
    steps = next_steps(actor, chosen, node)
    return steps.next, list(steps.others)


FRONT_ACTS = [
    *("mark", "correction", "add", "urge", "withdraw_case", "tell_pressure"),
    *("care", "helper", "withhold"),
]


@pytest.mark.parametrize(
    ("role", "chosen", "node", "next_step", "others"),
    [
        (DISPATCHER, POOLED, NODE, "dispatch", ["take_search", "reclassify", "mark", "helper"]),
        (
            DISPATCHER,
            POOLED,
            COUNTY,
            "dispatch",
            ["take_search", "hand_over", "reclassify", "report_up", "mark", "helper"],
        ),
        (
            DISPATCHER,
            case(),
            COUNTY,
            None,
            ["open_part", "hand_over", "reclassify", "report_up", "mark", "helper"],
        ),
        (
            SUPERVISOR,
            case(),
            COUNTY,
            None,
            ["reclassify", "report_up", "mark", "urge", "helper", "hold"],
        ),
        (
            FRONT,
            case(),
            COUNTY,
            None,
            FRONT_ACTS,
        ),
        (
            FRONT,
            AWAY,
            COUNTY,
            None,
            FRONT_ACTS,
        ),
        (FRONT, case(erased_at=NOW), COUNTY, None, []),
        (FRONT, LEG, CITY, None, ["mark"]),
        (DISPATCHER, INCOMING, CITY, "take_over", ["refuse"]),
        (INSPECTOR, INCOMING, CITY, None, []),
        (
            DISPATCHER,
            LEG,
            CITY,
            None,
            ["open_part", "hand_over", "give_back", "reclassify", "report_up", "mark"],
        ),
        (DISPATCHER, WAITING, COUNTY, None, ["withdraw", "report_up", "mark", "helper"]),
        (DISPATCHER, AWAY, COUNTY, None, ["mark", "helper"]),
        (SUPERVISOR, SEEN, CITY, None, ["supervise", "hold"]),
        (DISPATCHER, SEEN, CITY, None, []),
        (
            SUPERVISOR,
            SUPERVISED,
            COUNTY,
            "answer_supervision",
            ["read_supervision", "reclassify", "report_up", "mark", "urge", "helper", "hold"],
        ),
        (INSPECTOR, SUPERVISED, COUNTY, None, []),
    ],
)
def test_what_is_offered_follows_from_who_holds_the_case_and_who_asks(
    role: Role, chosen: CaseCard, node: NodeFacts, next_step: str | None, others: list[str]
) -> None:
    assert offered(at(node, role), chosen, node) == (next_step, others)


AT_REST = case(status="closed", is_open=False)
HELD = case(status="closed", is_open=False, held_at=NOW, held_by="window_head")
ERASED_CASE = case(status="closed", is_open=False, erased_at=NOW)
HEAD = officer(Role.WINDOW_HEAD)


@pytest.mark.parametrize(
    ("actor", "chosen", "keeping"),
    [
        (HEAD, case(), ["hold"]),
        (HEAD, AT_REST, ["hold", "erase"]),
        (HEAD, replace(AT_REST, origin="341502"), ["hold"]),
        (HEAD, HELD, ["release", "erase"]),
        (HEAD, ERASED_CASE, []),
        (officer(Role.WINDOW_OFFICER), AT_REST, []),
        (officer(Role.INSPECTOR), HELD, []),
    ],
    ids=["open", "at rest", "of another node", "held", "erased", "officer", "inspector"],
)
def test_who_answers_for_the_ledger_holds_releases_and_asks_to_erase(
    actor: Actor, chosen: CaseCard, keeping: list[str]
) -> None:
    _next, others = offered(actor, chosen, NODE)

    assert [act for act in others if act in ("hold", "release", "erase")] == keeping


def test_of_an_erased_case_there_is_nobody_left_to_look_at_or_to_name() -> None:
    steps = next_steps(HEAD, ERASED_CASE, NODE)

    assert (steps.others, steps.may_reveal, steps.may_open_files) == ((), False, False)
    assert next_steps(HEAD, AT_REST, NODE).may_reveal


@pytest.mark.parametrize("role", [Role.WINDOW_HEAD, Role.INSPECTOR])
def test_why_a_case_is_held_is_told_to_who_reads_the_records_only(role: Role) -> None:
    assert next_steps(officer(role), HELD, NODE).may_read_records
    assert not next_steps(officer(Role.WINDOW_OFFICER), HELD, NODE).may_read_records


def test_while_another_node_may_have_taken_it_nothing_ends_the_case_here() -> None:
    steps = next_steps(UNIT, WAITING, COUNTY)

    assert (steps.next, list(steps.others)) == ("contact", ["work", "ask_materials", "extend"])
    assert steps.notice == (
        "正在等六安市政务服务中心接收。接收以前仍由本级负责；要办结、退回或改派，请先撤回转办。"
    )


def test_an_offer_is_asked_back_once() -> None:
    (offer,) = WAITING.hand_overs
    asked = replace(offer, withdrawn_at=offer.offered_at)
    waiting = replace(WAITING, hand_overs=(asked,))

    assert offered(at(COUNTY, DISPATCHER), waiting, COUNTY) == (
        None,
        ["report_up", "mark", "helper"],
    )
    assert "等对方确认" in next_steps(UNIT, waiting, COUNTY).notice


def test_it_says_who_has_a_case_that_is_not_worked_on_here() -> None:
    away = next_steps(at(COUNTY, DISPATCHER), AWAY, COUNTY).why
    below = next_steps(at(CITY, DISPATCHER), SEEN, CITY).why
    asked = next_steps(at(CITY, SUPERVISOR), INCOMING, CITY).why

    assert away.startswith("这件现在由六安市政务服务中心办理。")
    assert below.startswith("这件由舒城县政务服务中心办理")
    assert asked == "舒城县政务服务中心请本级接收这件，等派单员答复。"


@pytest.mark.parametrize(
    ("role", "chosen", "node", "sees", "reveals"),
    [
        (FRONT, AWAY, COUNTY, True, True),
        (DISPATCHER, LEG, CITY, True, True),
        (DISPATCHER, INCOMING, CITY, True, False),
        (FRONT, INCOMING, CITY, False, False),
        (FRONT, SEEN, CITY, False, False),
        (SUPERVISOR, SEEN, CITY, True, False),
        (FRONT, LEG, CITY, True, True),
    ],
)
def test_a_case_that_is_only_seen_takes_a_grant_and_shows_nobodys_person(
    role: Role, chosen: CaseCard, node: NodeFacts, *, sees: bool, reveals: bool
) -> None:
    actor = at(node, role)

    assert may_see(actor, chosen, node.code) is sees
    if sees:
        assert next_steps(actor, chosen, node).may_reveal is reveals


def test_a_unit_of_another_node_opens_no_case_to_a_unit_with_the_same_code() -> None:
    theirs = next(order for order in LEG.orders if order.node == NODE.code)
    officer = replace(UNIT, node=CITY.code, unit="rsj")
    chosen = replace(LEG, unit_code=None, orders=(theirs,))

    assert theirs.unit_code == officer.unit
    assert not may_see(officer, chosen, CITY.code)


def test_each_unit_and_node_is_charged_its_own_time() -> None:
    told = [(charge.who, charge.kind, charge.kept) for charge in charges(AWAY, COUNTY)]

    assert told == [
        (BUREAU, "contact", True),
        (BUREAU, "resolve", True),
        (CITY.name, "leg", None),
        (f"{CITY.name} · {FUND}", "contact", None),
    ]


def test_whom_a_case_complains_of_sees_nothing_of_it_at_any_desk() -> None:
    against = case(complained_units=["rsj"], complained_persons=["hash-of-wang"])
    wang = replace(at(COUNTY, INSPECTOR), unit=None, known_as=frozenset({"hash-of-wang"}))

    assert not may_see(UNIT, against, COUNTY.code)
    assert not may_see(replace(UNIT, unit="window-3", above=frozenset({"rsj"})), against, "341523")
    assert not may_see(wang, against, COUNTY.code)
    assert may_see(at(COUNTY, DISPATCHER), against, COUNTY.code)
