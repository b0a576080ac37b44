"""How somebody who lost the query code may prove to have the telephone, and how often."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class LostCodeRules:
    """How often a code may be asked for, how long it lives, how often it may be tried."""

    per_phone: int
    per_number: int
    per_address: int
    window: timedelta
    """In which asking is counted together."""
    life: timedelta
    """Of a code, from the moment it is asked for."""
    tries: int
    open_for: timedelta
    """How long the right code keeps the cases open."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What decides whether a code can still be used."""

    expires_at: datetime
    tries: int
    used_at: datetime | None


def can_be_tried(ask: Ask, now: datetime, rules: LostCodeRules) -> bool:
    """Tell whether one more try counts; at the instant of its end a code is over."""
    return ask.used_at is None and now < ask.expires_at and ask.tries < rules.tries
