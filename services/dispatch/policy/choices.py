"""Whether dispatchers take what is suggested to them, and how sure the suggestions were."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, unique

AMONG = 3
"""So many suggestions are looked at together."""


@unique
class Taken(StrEnum):
    """What of the suggestions for a case became of it."""

    FIRST = "first"
    AMONG_THREE = "among_three"
    """The second or the third."""
    OTHER = "other"
    NONE = "none"
    """Nothing was suggested."""


@unique
class Band(StrEnum):
    """How sure the first suggestion was."""

    UNKNOWN = "unknown"
    BELOW_HALF = "below_50"
    HALF = "50_to_80"
    LIKELY = "80_to_90"
    SURE = "from_90"


FROM = ((0.9, Band.SURE), (0.8, Band.LIKELY), (0.5, Band.HALF))
"""From which confidence on a band reaches, the surest first."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a dispatcher did with the suggestions for a case."""

    taken: Taken
    band: Band


def choice_of(unit: str, suggested: Sequence[tuple[str, float]]) -> Choice:
    """Return what giving a case to a unit made of the suggestions: units with confidences."""
    if not suggested:
        return Choice(Taken.NONE, Band.UNKNOWN)
    codes = [code for code, _confidence in suggested]
    return Choice(_taken(unit, codes), band_of(suggested[0][1]))


def band_of(confidence: float) -> Band:
    """Return the band of a confidence; 0 is what nobody knows yet."""
    if confidence <= 0:
        return Band.UNKNOWN
    return next((band for least, band in FROM if confidence >= least), Band.BELOW_HALF)


def _taken(unit: str, codes: Sequence[str]) -> Taken:
    if unit == codes[0]:
        return Taken.FIRST
    return Taken.AMONG_THREE if unit in codes[:AMONG] else Taken.OTHER
