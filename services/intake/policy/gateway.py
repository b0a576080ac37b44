"""What a gateway hands on of a short message, and what of it can be taken down (N25).

Whoever wrote it has put the telephone away and reads no error: what can be read is taken as it is,
without the signs that no text may hold, and cut where it is longer than a report may be.
"""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum, unique

CHARSETS = frozenset({"utf-8", "utf-16be"})
"""Kannel 1.4.5 sends UTF-8; UTF-16BE of what was UCS-2 on its way, without `mo-recode`."""
MOMENT = "%Y-%m-%d %H:%M:%S"
LINES = frozenset("\n\t")
UNWRITTEN = frozenset({"Cc", "Cs", "Co", "Cn"})
"""Categories of Unicode that no text for people holds."""


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


def readable(body: bytes, charset: str, most: int) -> str:
    """Return what is written in a message, at most so many signs; what is no text is left out."""
    told = body.decode(charset, errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in told if _is_written(sign)).strip()[:most].strip()


def _is_written(sign: str) -> bool:
    return sign in LINES or unicodedata.category(sign) not in UNWRITTEN


def spellings(sender: str) -> Iterable[str]:
    """Yield how a sender may be meant: networks mark numbers of the country as foreign, too."""
    yield sender
    yield sender.removeprefix("+")


def came_at(told: str, now: datetime) -> datetime:
    """Return when the network had the message, by its own clock but not later than now."""
    try:
        return min(datetime.strptime(told, MOMENT).replace(tzinfo=UTC), now)
    except ValueError:
        return now
