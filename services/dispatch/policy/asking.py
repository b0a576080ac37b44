"""What a unit may ask while it works: materials of the person, more time of a dispatcher."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Self


@unique
class Wrong(StrEnum):
    """Why something may not be asked now; the words are codes of the HTTP door."""

    MATERIALS_OPEN = "materials_open"
    BAD_ANSWER_BY = "bad_answer_by"
    EXTENSION_OPEN = "extension_open"
    EXTENSIONS_USED_UP = "extensions_used_up"
    NEVER_EXTENDED = "never_extended"
    """The row of its limit allows none."""
    TOO_MANY_DAYS = "too_many_days"


@dataclass(frozen=True, slots=True)
class ExtensionRules:
    """How often an order may be extended (granted), and by how many working days at once."""

    most: int = 1
    most_days: int = 5

    def allowing(self, most: int | None, most_days: int | None) -> Self:
        """Return these rules as the row of a limit changes them; None leaves what they say."""
        return replace(
            self,
            most=self.most if most is None else most,
            most_days=self.most_days if most_days is None else most_days,
        )


LONGEST_WAIT = timedelta(days=60)
"""Nobody is asked for something until a day that lies farther ahead."""


def objection_to_materials(now: datetime, answer_by: datetime, *, is_open: bool) -> Wrong | None:
    """Return why materials may not be asked for: one wait at a time, until a day to come."""
    if is_open:
        return Wrong.MATERIALS_OPEN
    is_near = now < answer_by <= now + LONGEST_WAIT
    return None if is_near else Wrong.BAD_ANSWER_BY


def objection_to_extension(
    days: int, rules: ExtensionRules, *, granted: int, is_open: bool
) -> Wrong | None:
    """Return why more time may not be asked for; what was refused does not count."""
    if is_open:
        return Wrong.EXTENSION_OPEN
    if rules.most == 0:
        return Wrong.NEVER_EXTENDED
    if granted >= rules.most:
        return Wrong.EXTENSIONS_USED_UP
    return Wrong.TOO_MANY_DAYS if days > rules.most_days else None
