"""What dispatch's door takes and answers about suggestions, and about several cases at once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from services.dispatch.api.bodies import Body, Written
from services.dispatch.handlers import Suggestion
from services.dispatch.policy.choices import Band, Choice, Taken
from services.dispatch.repository.alike import Alike, OrderSuggestion
from shared.http import Code, ShortText
from shared.http.problems import Problem

MOST_AT_ONCE = 50


def _once(case_ids: tuple[UUID, ...]) -> tuple[UUID, ...]:
    if len(set(case_ids)) < len(case_ids):
        raise PydanticCustomError("named_twice", "a case is named twice")
    return case_ids


class BulkBody(Body):
    """Several pooled cases for one unit."""

    case_ids: Annotated[
        tuple[UUID, ...], Field(min_length=1, max_length=MOST_AT_ONCE), AfterValidator(_once)
    ]
    unit_code: Code
    because: ShortText


class BulkLine(BaseModel):
    """What became of one case: given, or refused and why."""

    case_id: UUID
    given: Written | None = None
    refused: Problem | None = None


class BulkView(BaseModel):
    """What became of each case, in the order in which they were named."""

    lines: list[BulkLine]


class LearnBody(Body):
    """To learn anew needs no more than who asks for it."""


class Due(BaseModel):
    """How many cases are to be learned."""

    cases: int


class CountedView(BaseModel):
    """Something of a case that speaks for a unit: a word, the item, its kind, a region."""

    kind: str
    value: str

    @classmethod
    def of(cls, feature: str) -> Self:
        """Return a feature as it is answered."""
        kind, _colon, value = feature.partition(":")
        return cls(kind=kind, value=value)


class AlikeView(BaseModel):
    """A past case like the one in question, masked, and what its unit did."""

    number: str
    title_masked: str
    unit_code: str
    finished: bool
    ended_at: datetime

    @classmethod
    def of(cls, alike: Alike) -> Self:
        """Return a case as it is answered."""
        return cls.model_validate(alike, from_attributes=True)


class SuggestionView(BaseModel):
    """A unit and why; `confidence` is the share of such suggestions that is right at least."""

    unit_code: str
    unit_name: str
    confidence: float
    right: int
    asked: int
    counted: list[CountedView]
    alike: list[AlikeView]

    @classmethod
    def of(cls, made: Suggestion) -> Self:
        """Return a suggestion as it is answered."""
        return cls(
            unit_code=made.unit.code,
            unit_name=made.unit.title,
            confidence=made.confidence,
            right=made.right,
            asked=made.asked,
            counted=[CountedView.of(each) for each in made.counted],
            alike=[AlikeView.of(each) for each in made.alike],
        )


class CaseNamed(BaseModel):
    """A case that one may see, masked."""

    number: str
    title_masked: str


class OrderSuggestionView(BaseModel):
    """Why the system gave an order by itself."""

    confidence: float
    right: int
    asked: int
    counted: list[CountedView]
    alike: list[CaseNamed]

    @classmethod
    def of(cls, made: OrderSuggestion, alike: list[CaseNamed]) -> Self:
        """Return a suggestion that was acted upon as it is answered."""
        counted = [CountedView.of(each) for each in made.counted]
        told = {"confidence": made.confidence, "right": made.right, "asked": made.asked}
        return cls(**told, counted=counted, alike=alike)


class BandView(BaseModel):
    """Of cases whose first suggestion was so sure: how many, and what was taken.

    `among_three` is the second or third, `other` a unit that was not among these.
    """

    confidence: Band
    given: int
    first: int
    among_three: int
    other: int

    @classmethod
    def of(cls, band: Band, counts: Mapping[Choice, int]) -> Self:
        """Return a band as it is answered."""
        taken = {each: counts.get(Choice(each, band), 0) for each in Taken}
        return cls(
            confidence=band,
            given=sum(taken.values()) - taken[Taken.NONE],
            first=taken[Taken.FIRST],
            among_three=taken[Taken.AMONG_THREE],
            other=taken[Taken.OTHER],
        )


class TakenView(BaseModel):
    """What dispatchers made of suggestions within some days, by how sure these were.

    `without` counts the cases given by hand for which nothing was suggested.
    """

    days: int
    without: int
    bands: list[BandView]

    @classmethod
    def of(cls, days: int, counts: Mapping[Choice, int]) -> Self:
        """Return counts as they are answered."""
        without = sum(number for choice, number in counts.items() if choice.taken is Taken.NONE)
        return cls(days=days, without=without, bands=[BandView.of(band, counts) for band in Band])
