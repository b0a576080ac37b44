"""What somebody may do for another person of a case, by the authority that they showed.

Without any they may what they always might: a report for a neighbour needs no paper. With one it
counts for what it names, up to and with its last day. To follow and to add it needs none.
"""

from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum, unique


@unique
class Relation(StrEnum):
    """What an agent is to the principal."""

    FAMILY = "family"
    GUARDIAN = "guardian"
    LAWYER = "lawyer"
    EMPLOYEE = "employee"
    """Handles it for an enterprise."""
    COMMUNITY = "community"
    """Of the village, the community, the grid."""
    PROXY = "proxy"
    """Somebody whose service it is."""
    OTHER = "other"


@unique
class AuthorityKind(StrEnum):
    """By which paper an authority was shown."""

    LETTER = "letter"
    NOTARISED = "notarised"
    BY_LAW = "by_law"
    OFFICE_LETTER = "office_letter"


@unique
class Scope(StrEnum):
    """For what an authority may be; the values are actions."""

    CONTACT = "contact.change"
    RATE = "evaluation.submit"
    APPEAL = "decline.appeal"
    MATERIALS = "materials.answer"
    WITHHOLD = "name.withhold"
    WITHDRAW = "case.withdraw"


LAPSED, BEYOND = "authority_lapsed", "beyond_authority"
WITH_PAPER = frozenset({AuthorityKind.LETTER, AuthorityKind.NOTARISED})
"""Kinds that have a last day."""


def is_lapsed(valid_until: date | None, today: date) -> bool:
    """Tell whether an authority counts no more; on its last day it does."""
    return valid_until is not None and valid_until < today


def refused_to_agent(
    scopes: Collection[str], valid_until: date | None, today: date
) -> Mapping[str, str]:
    """Return what an agent may not do now, each with its reason."""
    if is_lapsed(valid_until, today):
        return dict.fromkeys(Scope, LAPSED)
    return {} if not scopes else dict.fromkeys(set(Scope) - set(scopes), BEYOND)
