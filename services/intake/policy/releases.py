"""Whether one file of a person whose name is withheld may be shown to the unit of the case."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit by the node whose unit list it stands in: codes are a node's own."""

    node: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a release depends on."""

    is_withheld: bool
    has_unit: bool
    is_complained_of: bool
    """The case complains of that unit."""
    is_shown: bool
    """The unit sees the file, or a copy of it, already."""
    was_opened: bool
    """Whoever asks has opened what the unit would see."""


def objection_to_release(asked: Asked) -> str | None:
    """Return why a file cannot be released; the words are codes of the HTTP door."""
    if not asked.is_withheld:
        return "name_not_withheld"
    if not asked.has_unit:
        return "no_unit_holds_it"
    if asked.is_complained_of:
        return "unit_complained_of"
    if asked.is_shown:
        return "released_already"
    return None if asked.was_opened else "look_first"
