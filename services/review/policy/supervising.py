"""Supervising: a tier asks one below it, a node its own unit, what keeps a case."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum, unique
from types import MappingProxyType
from zoneinfo import ZoneInfo

ANSWER_WITHIN = timedelta(days=1)
"""Unless the one who orders it gives more time, or less."""


ZONE = ZoneInfo("Asia/Shanghai")
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "contact": "联系群众",
        "resolve": "办结",
        "feedback": "反馈结果",
        "co_handle": "协办答复",
        "callback": "回访",
        "rectify": "整改",
        "supervision": "答复督办",
        "meeting": "召开协调会",
    }
)
"""What a clock was for, as a slip names it."""


@unique
class Where(StrEnum):
    """Where a case is, seen from one node."""

    UNKNOWN = "unknown"
    HERE = "here"
    ABOVE = "above"
    BELOW = "below"


def where_is(via: str | None, below: Collection[str], *, known: bool) -> Where:
    """Tell where a case is from the neighbour that told of its holder; None is this node itself.

    A neighbour to which there is no link any more cannot be asked: it counts as above.
    """
    if not known:
        return Where.UNKNOWN
    if via is None:
        return Where.HERE
    return Where.BELOW if via in below else Where.ABOVE


def supervision_due(asked: datetime | None, now: datetime) -> datetime | None:
    """Return by when an answer is expected; None for a moment that has passed."""
    due = now + ANSWER_WITHIN if asked is None else asked
    return due if due > now else None


def slip_text(kind: str, due: datetime, level: int) -> str:
    """Return what a slip says that follows from a limit by itself: its ground, what is asked."""
    local = due.astimezone(ZONE)
    moment = f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
    ground = f"{KINDS.get(kind, kind)}的时限（{moment}）已过，按时限阶梯第 {level} 级督办。"
    return f"{ground}请说明原因和什么时候办好。"
