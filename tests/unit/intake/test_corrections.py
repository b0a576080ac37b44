"""What may be corrected, and which correction stands."""

import pytest

from services.intake.policy.corrections import (
    PartyField,
    differing,
    field_of,
    stands,
    touches,
    touches_words,
)


def test_only_what_differs_is_corrected() -> None:
    old = {"title": "旧", "complainant.phone": "1", "complainant.address": None}

    assert differing({"title": "旧", "complainant.phone": "2"}, old) == {"complainant.phone": "2"}
    assert differing({"complainant.address": "村"}, old) == {"complainant.address": "村"}
    assert differing({}, old) == {}


def test_a_field_says_whose_it_is() -> None:
    assert field_of("agent", PartyField.PHONE) == "agent.phone"


@pytest.mark.parametrize(
    ("fields", "words", "phone"),
    [
        (["title"], True, False),
        (["complainant.phone", "text"], True, True),
        (["agent.phone"], False, True),
        (["complainant.name", "agent.address"], False, False),
        ([], False, False),
    ],
)
def test_what_a_correction_touches(fields: list[str], *, words: bool, phone: bool) -> None:
    assert touches_words(fields) is words
    assert touches(fields, PartyField.PHONE) is phone


@pytest.mark.parametrize(
    ("heard", "known", "counts"), [(1, 0, True), (1, 1, False), (1, 2, False)]
)
def test_the_highest_count_stands(heard: int, known: int, *, counts: bool) -> None:
    assert stands(heard, known) is counts
