"""A node of this release and one of the release before understand each other, both ways."""

from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator
from pydantic import BaseModel, ValidationError

from shared.events.dispatch import CaseFinished, HandOverOffered, OrderFinished
from shared.events.words import OutcomeDetail
from tests.contract.previous import frozen, models, narrowed, sample

FROZEN = frozen()
NOW = models()
BOTH = sorted(set(FROZEN) & set(NOW))


def wrong_for_the_earlier(schema: dict[str, Any], told: object) -> list[str]:
    """What a reader of a frozen schema finds wrong."""
    reader = Draft202012Validator(schema, validate_formats=True)
    return [error.message for error in reader.iter_errors(told)]


def as_said(kind: type[BaseModel], told: object) -> object:
    """What this release makes of something that fits its schema, as it goes over the wire."""
    return kind.model_validate(told).model_dump(mode="json")


def test_all_that_the_release_before_says_is_still_understood() -> None:
    assert set(FROZEN) <= set(NOW)


@pytest.mark.parametrize("name", BOTH)
def test_what_this_release_says_is_read_by_the_one_before(name: str) -> None:
    kind = NOW[name]
    schema = kind.model_json_schema()
    for whole in (True, False):
        said = as_said(kind, sample(schema, whole=whole))

        assert wrong_for_the_earlier(FROZEN[name], said) == []


@pytest.mark.parametrize("name", BOTH)
def test_what_the_release_before_says_is_read_by_this_one(name: str) -> None:
    for whole in (True, False):
        said = sample(FROZEN[name], whole=whole)

        assert wrong_for_the_earlier(FROZEN[name], said) == []
        NOW[name].model_validate(said)


@pytest.mark.parametrize("name", BOTH)
def test_what_a_later_release_adds_is_passed_over(name: str) -> None:
    schema = NOW[name].model_json_schema()

    plain = sample(schema, whole=True)
    more = sample(schema, whole=True, extra=True)

    assert more != plain
    NOW[name].model_validate(more)


@pytest.mark.parametrize("name", BOTH)
def test_nothing_may_be_said_that_the_release_before_does_not_take(name: str) -> None:
    assert narrowed(FROZEN[name], NOW[name].model_json_schema()) == [], (
        "a node of the release before would park it: give the field a default, keep the words,"
        " or speak a `.v2` beside the old event"
    )


@pytest.mark.parametrize("word", OutcomeDetail)
@pytest.mark.parametrize("kind", [OrderFinished, CaseFinished, HandOverOffered])
def test_a_later_outcome_is_said_beside_the_nearest_old_one(
    kind: type[OrderFinished | CaseFinished | HandOverOffered], word: OutcomeDetail
) -> None:
    told = sample(kind.model_json_schema(), whole=True)
    said = as_said(kind, told | {"outcome": word.nearest, "outcome_detail": word})

    assert wrong_for_the_earlier(FROZEN[kind.name], said) == []
    assert kind.model_validate(said).outcome_told == word


class Before(BaseModel):
    name: str
    lamp: str = "green"


class NeedsMore(Before):
    place: str


class SaysNumbers(BaseModel):
    name: int


def test_a_field_that_the_release_before_does_not_send_is_found() -> None:
    before, after = Before.model_json_schema(), NeedsMore.model_json_schema()

    assert narrowed(before, after) == ["it needs place"]
    with pytest.raises(ValidationError):
        NeedsMore.model_validate(sample(before, whole=True))


def test_a_field_of_another_kind_is_found() -> None:
    said = as_said(SaysNumbers, sample(SaysNumbers.model_json_schema(), whole=True))

    assert wrong_for_the_earlier(Before.model_json_schema(), said)


def test_a_word_that_the_release_before_does_not_know_is_found() -> None:
    before = {"$defs": {"Lamp": {"enum": ["green"]}}}
    after = {"$defs": {"Lamp": {"enum": ["green", "blue"]}}}

    assert narrowed(before, after) == ["Lamp may be blue"]
