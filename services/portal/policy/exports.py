"""What an export needs, how far it has come, and what may stand in a cell of a spreadsheet."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique

FORMULA_SIGNS = frozenset("=+-@＝＋－＠\t\r\n|%")
"""What a spreadsheet takes for the beginning of a formula or a command, also in full width."""
STALLED = timedelta(minutes=10)
"""No file takes so long: whoever made it is gone."""
ALLOWED_CONTROLS = frozenset("\n\t")
SPACE = 0x20


@unique
class ExportState(StrEnum):
    """How far an export has come."""

    ASKED = "asked"
    """Waits for a second person."""
    REFUSED = "refused"
    MAKING = "making"
    FAILED = "failed"
    READY = "ready"
    FETCHED = "fetched"
    """Was downloaded, and the file thrown away."""
    EXPIRED = "expired"


ENDED = (ExportState.REFUSED, ExportState.FAILED, ExportState.FETCHED, ExportState.EXPIRED)
"""Nothing becomes of these any more."""


@dataclass(frozen=True, slots=True)
class ExportRules:
    """How many rows one person may take, how many there may be at all, how long a file waits."""

    alone: int
    most: int
    kept: timedelta
    noted: timedelta = timedelta(days=365)
    """So long it is kept who exported what."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody's sight of a list follows from."""

    unit: str | None
    roles: frozenset[str]


def has_kept_rights(asked: Standing, now: Standing | None) -> bool:
    """Tell whether who asked for an export still sees all of it; None is an account that ended.

    A role more is no matter; another unit sees other cases.
    """
    return now is not None and now.unit == asked.unit and asked.roles <= now.roles


def first_state(rows: int, rules: ExportRules) -> ExportState:
    """Return the state of a new export: above the limit a second person decides first."""
    return ExportState.ASKED if rows > rules.alone else ExportState.MAKING


def is_over(ready_at: datetime | None, rules: ExportRules, now: datetime) -> bool:
    """Tell whether a file has waited long enough to be fetched."""
    return ready_at is not None and ready_at + rules.kept <= now


def safe_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, without signs that none can show."""
    shown = "".join(sign for sign in text if ord(sign) >= SPACE or sign in ALLOWED_CONTROLS)
    begins = shown.lstrip(" \u3000\ufeff\u200b")[:1]
    return f"'{shown}" if begins in FORMULA_SIGNS and begins else shown
