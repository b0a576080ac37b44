"""Cards tell the truth: what each service hears and says, and that every event finds a hearer."""

from importlib import import_module

import pytest

from backstop.contracts import (
    cues_of,
    events_said_by,
    every_event_by_name,
    hearers_of,
    speaker_of,
)
from backstop.suite import MEMBERS
from shared.bus.topology import HEARS_FROM
from tests.contract.tree import SERVICES

HEADINGS = ("Hears   ", "Says    ", "Owns    ", "Decides ")
NOBODY = "nothing"


def card(service: str) -> dict[str, str]:
    """Return the lines of a service's card by their heading."""
    lines = (import_module(f"services.{service}").__doc__ or "").splitlines()
    return {
        heading.strip(): line.removeprefix(heading)
        for heading in HEADINGS
        for line in lines
        if line.startswith(heading)
    }


def names_on(line: str) -> list[str]:
    """Return the event names of a line of a card."""
    return [] if line == NOBODY else line.split(", ")


def test_every_service_is_known_to_the_guards() -> None:
    assert set(MEMBERS) == set(SERVICES)


@pytest.mark.parametrize("service", SERVICES)
def test_a_card_has_its_four_lines_and_begins_with_its_name(service: str) -> None:
    docstring = import_module(f"services.{service}").__doc__ or ""

    assert docstring.startswith(f"{service} ")
    assert list(card(service)) == [heading.strip() for heading in HEADINGS]
    assert f"the PostgreSQL schema `{service}`" in card(service)["Owns"]


@pytest.mark.parametrize("service", SERVICES)
def test_hears_are_the_declared_cues_in_alphabetical_order(service: str) -> None:
    assert names_on(card(service)["Hears"]) == sorted(kind.name for kind in cues_of(service))


@pytest.mark.parametrize("service", SERVICES)
def test_says_are_the_published_events_in_alphabetical_order(service: str) -> None:
    assert names_on(card(service)["Says"]) == sorted(kind.name for kind in events_said_by(service))


def test_every_event_is_named_after_the_service_that_says_it() -> None:
    strangers = [
        kind.name
        for kind in every_event_by_name()
        if kind.__module__.split(".")[:3] != ["shared", "events", speaker_of(kind)]
    ]

    assert strangers == []


def test_every_event_has_a_hearer_besides_the_portal_that_hears_all() -> None:
    alone = {kind.name for kind in every_event_by_name() if set(hearers_of(kind)) <= {"portal"}}

    assert alone == ONLY_SHOWN


ONLY_SHOWN = {
    "dispatch.duty_changed.v1",
    "dispatch.duty_gap_ended.v1",
    "dispatch.duty_gap_found.v1",
    "dispatch.search_taken.v1",
    "intake.case_held.v1",
    "intake.hold_released.v1",
    "intake.part_taken_back.v1",
    "link.anchor_contradicted.v1",
    "link.disclosure_set.v1",
    "notify.duty_phone_listed.v1",
    "notify.message_failed.v1",
    "review.report_avoided.v1",
}
"""Facts that are only shown: who is on duty is for people to settle, on an anchor that contradicts
people act, on a message that failed the callback tasks will. A legal hold binds intake itself,
which alone erases. What a node lets others see, those hear as `link.node_fact_relayed`. A report
that nobody made is only counted. Who looks for a unit is who is shown so. A part that is taken
back is grouped, which others hear. Who is on duty and which unit has a telephone the portal needs
to tell staff of facts."""


@pytest.mark.parametrize("service", SERVICES)
def test_a_queue_receives_exactly_the_speakers_its_service_hears(service: str) -> None:
    # What neighbours write comes by a way of its own, not on the exchange of events.
    needed = {speaker_of(kind) for kind in cues_of(service) if not kind.between_nodes}

    assert set(HEARS_FROM[service]) == needed


def test_the_portal_hears_every_event_that_is_said_within_the_node_for_people_to_read() -> None:
    within = {kind for kind in every_event_by_name() if not kind.between_nodes and kind.in_journal}

    assert set(cues_of("portal")) == within
