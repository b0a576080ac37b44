"""What of a case may be corrected (个人信息保护法 46), and which correction stands in the end.

The node that registered a case counts its corrections. Each tells the whole case as it is then, so
the one with the highest count stands, in whatever order they come and however often.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum, unique


@unique
class PartyField(StrEnum):
    """What is kept of a party."""

    NAME = "name"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    ADDRESS = "address"


@unique
class WordField(StrEnum):
    """What the person told."""

    TITLE = "title"
    TEXT = "text"


WITHHELD = "withheld"
"""Of a party: that it wants not to be known to who works on the case. Nobody takes it back."""
MOST_LOST = 20
"""So many corrections of one case may be gone with what a backup does not have."""
WORDS = frozenset(WordField)


def field_of(role: str, name: str) -> str:
    """Return how a field of a party is named in orders and events."""
    return f"{role}.{name}"


def differing(new: Mapping[str, str], old: Mapping[str, str | None]) -> dict[str, str]:
    """Return what is really to be changed."""
    return {name: value for name, value in new.items() if value != old.get(name)}


def touches_words(fields: Collection[str]) -> bool:
    """Tell whether what the person told is changed: a legal hold keeps it as it is."""
    return bool(WORDS & set(fields))


def touches(fields: Collection[str], part: str) -> bool:
    """Tell whether a part of any party (its name, its telephone) is changed."""
    return any(field.endswith(f".{part}") for field in fields)


def may_be_ours(amendment: int, last: int) -> bool:
    """Tell whether this node, which knows of `last` corrections, may have counted so far.

    What others acknowledge is all there is of those that a backup has lost; but a neighbour that
    says any number must not take the numbers of corrections to come.
    """
    return amendment <= last + MOST_LOST


def stands(amendment: int, known: int) -> bool:
    """Tell whether a correction changes a copy that has heard of another one."""
    return amendment > known
