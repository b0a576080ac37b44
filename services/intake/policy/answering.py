"""May who takes a report down answer it at once (S0-26, S3-21), and how may it end so?

A no has a way of its own, with its route and its appeal; what goes on needs a unit that holds it.
"""

from dataclasses import dataclass
from enum import StrEnum, unique

from services.intake.policy.scope import Hint


@unique
class Ending(StrEnum):
    """How a case may end while its person waits."""

    DONE = "done"
    DONE_OTHERWISE = "done_otherwise"
    EXPLAINED_LAW = "explained_law"
    EXPLAINED_MISTAKE = "explained_mistake"
    REFERRED = "referred"


@unique
class AnswerRefusal(StrEnum):
    """Why it cannot be answered at once; the words are codes of the HTTP door."""

    NO_UNIT = "answer_needs_unit"
    ABSENT = "answer_absent"
    OF_OWN = "answer_of_own"
    OUT_OF_SCOPE = "answer_out_of_scope"
    LEGAL_BASIS = "legal_basis_needed"


NEEDS_BASIS = frozenset({Ending.EXPLAINED_LAW, Ending.REFERRED})
"""A test holds them against what dispatch wants beside an answer."""
PRESENT = frozenset({"window", "hotline", "video", "grid", "outbound_call", "third_party"})
"""Channels by which the person hears the answer while they are there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtHand:
    """What is known of a report and of who would answer it."""

    channel: str
    unit: str | None
    is_about_own: bool
    """It complains of who answers, of their unit, or of one above it."""
    hint: Hint | None
    ending: Ending
    legal_basis: str = ""


def objection_to_answer(at_hand: AtHand) -> AnswerRefusal | None:
    """Return why it cannot be answered at once, or None."""
    if at_hand.unit is None:
        return AnswerRefusal.NO_UNIT
    if at_hand.is_about_own:
        return AnswerRefusal.OF_OWN
    if at_hand.channel not in PRESENT:
        return AnswerRefusal.ABSENT
    if at_hand.hint is not None:
        return AnswerRefusal.OUT_OF_SCOPE
    lacks_basis = at_hand.ending in NEEDS_BASIS and not at_hand.legal_basis.strip()
    return AnswerRefusal.LEGAL_BASIS if lacks_basis else None
