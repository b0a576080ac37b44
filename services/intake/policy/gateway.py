"""What a gateway hands on of a short message, and what of it can be taken down (N25).

Whoever wrote it has put the telephone away and reads no error: what can be a report is taken for
one, however its network writes it.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum, unique

CHARSETS = frozenset({"utf-8", "utf-16be"})
"""Kannel 1.4.5 sends UTF-8; UTF-16BE of what was UCS-2 on its way, without `mo-recode`."""
MOMENT = "%Y-%m-%d %H:%M:%S"
LONGEST_KEPT = timedelta(days=31)
"""No gateway holds a message for longer: a clock that says so was set wrongly."""


@unique
class Handed(StrEnum):
    """What became of a message."""

    TAKEN = "taken"
    KNOWN = "known"
    """It had come before, under the same id."""
    BINARY = "binary"
    EMPTY = "empty"
    SENDER = "sender"
    """Of no telephone that a person could be called back by: a service, or no number at all."""


def spellings(sender: str) -> Iterable[str]:
    """Yield how a sender may be meant: networks mark numbers of the country as foreign, too."""
    yield sender
    yield sender.removeprefix("+")


def came_at(told: str, now: datetime) -> datetime:
    """Return when the network had a message, by its own clock; now where that cannot be right."""
    try:
        at = datetime.strptime(told, MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return now
    return at if now - LONGEST_KEPT < at < now else now
