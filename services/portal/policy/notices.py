"""Whom of a unit somebody tells something: who is on duty, who stands in, else everybody there.

Nobody is told of a case that complains of them; where that is the one on duty, the next of the
crew is told in their place.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

OFFICERS = frozenset({"disposal_officer"})
"""Who does what a unit has to do."""
CALLERS = frozenset({"hotline_agent"})
"""Who calls people."""
DESK = frozenset({"dispatcher"})
"""Who finds units for cases, and settles what nobody else does."""
SUPERVISORS = frozenset({"supervisor"})
HEADS = frozenset({"supervisor", "window_head"})
"""Who answers for the whole."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a fact is for: who has one of the roles, of one unit or, without it, of the node."""

    roles: frozenset[str] = OFFICERS
    unit: str | None = None
    person: str | None = None
    """The account that answers for it, before all others."""
    alone: bool = False
    """Nobody else is told in its place."""
    everybody: bool = False
    """Not only who is on duty: those who answer for the unit are among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An account in use, as the choice looks at it."""

    login: str
    roles: frozenset[str]
    unit: str | None = None
    known_as: frozenset[str] = field(default=frozenset(), repr=False)
    """Name and account as keyed hashes; empty where the case complains of no person."""


@dataclass(frozen=True, slots=True)
class Barred:
    """Of whom a case complains: units with all below them, persons by their hashes."""

    units: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()

    def has(self, member: Member) -> bool:
        """Tell whether nothing of the case may reach an account."""
        return member.unit in self.units or bool(member.known_as & self.persons)


NOBODY = Barred()


def told_of(
    audience: Audience,
    crews: Sequence[Sequence[str]],
    members: Iterable[Member],
    barred: Barred = NOBODY,
) -> tuple[str, ...]:
    """Return the accounts that are told: who answers for it, else of each crew the first who may.

    Where none of them is on duty, or may be told, all who may are. `crews` are those of the unit,
    or of the whole node; empty where there is nobody of the audience at all.
    """
    may = {
        member.login
        for member in members
        if member.roles & audience.roles
        and audience.unit in (None, member.unit)
        and not barred.has(member)
    }
    if audience.person in may:
        return (audience.person,)
    if audience.alone:
        return ()
    if audience.everybody:
        return tuple(sorted(may))
    first = (next((login for login in crew if login in may), None) for crew in crews)
    on_duty = {login for login in first if login is not None}
    return tuple(sorted(on_duty or may))


def with_below(
    complained_of: Collection[str], parents: Mapping[str, str | None]
) -> frozenset[str]:
    """Return units with every unit below them."""
    found = set(complained_of)
    while more := {code for code, at in parents.items() if at in found} - found:
        found |= more
    return frozenset(found)
