"""The published schemas and the page of events are what the code says now.

A difference is a change of a promise between services. Fields may be added with a default; a new
required field, a removed one or a narrower type is a new event (`.v2`) beside the old one. Look at
the difference as such, then write it with `./dev events` and commit it.
"""

import json
from typing import Any

import pytest

from backstop import contracts
from shared.events.base import Event, every_event

AGAIN = "run `./dev events`, read the difference as a change of contract, and commit it"
EVENTS = sorted(every_event(), key=lambda kind: kind.name)


def test_there_is_one_schema_per_event_and_no_other() -> None:
    committed = {path.name for path in contracts.SCHEMAS.glob("*")}

    assert committed == {f"{kind.name}.json" for kind in EVENTS}, AGAIN


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.name)
def test_the_published_schema_is_that_of_the_class(kind: type[Event]) -> None:
    committed = (contracts.SCHEMAS / f"{kind.name}.json").read_text()

    assert committed == contracts.schema_of(kind), AGAIN


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.name)
def test_an_event_says_in_one_sentence_what_happened(kind: type[Event]) -> None:
    sentence = contracts.sentence_of(kind)

    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_the_page_of_events_is_that_of_the_classes() -> None:
    assert contracts.EVENTS_PAGE.read_text() == contracts.events_page(), AGAIN


def test_a_change_of_a_class_changes_its_schema() -> None:
    class Registered(Event):
        """Something was registered."""

        number: str

    class RegisteredOtherwise(Registered):
        """Something was registered."""

        place: str

    before, after = (json.loads(contracts.schema_of(k)) for k in (Registered, RegisteredOtherwise))

    assert newly_required(before, after) == {"place"}


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.name)
def test_no_field_is_required_that_the_published_schema_does_not_require(
    kind: type[Event],
) -> None:
    published = json.loads((contracts.SCHEMAS / f"{kind.name}.json").read_text())

    assert newly_required(published, json.loads(contracts.schema_of(kind))) == set(), (
        "an old speaker does not send it: give it a default, or speak a `.v2` beside the old event"
    )


def newly_required(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """Return the fields that an old message need not have and a new hearer would ask for."""
    return set(after.get("required", ())) - set(before.get("required", ()))
