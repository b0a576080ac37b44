"""Which cases may be put under the lead of another one (S1-28, N17).

A group is a lead and the cases under it, never deeper. Nothing of a case may reach by its group
somebody of whom it complains: so both must complain of the same, or of nobody.
"""

from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class Kind(StrEnum):
    """What two cases have in common."""

    JOINED = "joined"
    GROUPED = "grouped"


@unique
class Objection(StrEnum):
    """Why two cases cannot be grouped; the words are codes of the HTTP door."""

    SAME_CASE = "group_same_case"
    ELSEWHERE = "group_elsewhere"
    NOT_ACCEPTED = "group_not_accepted"
    AT_REST = "group_at_rest"
    LED_ALREADY = "group_led_already"
    LEAD_IS_LED = "group_lead_is_led"
    LEADS_OTHERS = "group_leads_others"
    CONFLICT = "group_conflict"
    OTHER_PERSON = "group_other_person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A case as far as a group depends on it."""

    number: str
    name: str | None
    """Keyed hash of the person's name."""
    marks: frozenset[str]
    """Keyed hashes of the person's telephone and number."""
    against: frozenset[str] = frozenset()
    """Of whom it complains."""
    is_here: bool = True
    """This node registered it and has it."""
    is_accepted: bool = True
    is_at_rest: bool = False
    """It has its result, was declined, closed or erased."""
    is_led: bool = False
    leads: bool = False


def is_same_person(one: Candidate, other: Candidate) -> bool:
    """Tell whether both were told by one person: the name, and a telephone or number with it."""
    named = one.name is not None and one.name == other.name
    return named and bool(one.marks & other.marks)


def objection_to_grouping(case: Candidate, lead: Candidate, kind: Kind) -> Objection | None:
    """Return why a case cannot go under a lead, or None if it can."""
    if case.number == lead.number:
        return Objection.SAME_CASE
    if case.against != lead.against:
        return Objection.CONFLICT
    for each in (case, lead):
        standing = _objection_to_standing(each)
        if standing is not None:
            return standing
    if kind is Kind.JOINED and not is_same_person(case, lead):
        return Objection.OTHER_PERSON
    return _objection_to_shape(case, lead)


def _objection_to_standing(case: Candidate) -> Objection | None:
    if not case.is_here:
        return Objection.ELSEWHERE
    if case.is_at_rest:
        return Objection.AT_REST
    return None if case.is_accepted else Objection.NOT_ACCEPTED


def _objection_to_shape(case: Candidate, lead: Candidate) -> Objection | None:
    if case.is_led:
        return Objection.LED_ALREADY
    if lead.is_led:
        return Objection.LEAD_IS_LED
    return Objection.LEADS_OTHERS if case.leads else None
