"""Is a report in scope? A machine may say yes; a no is always said by an officer."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from types import MappingProxyType


@unique
class Verdict(StrEnum):
    """What becomes of a report on submit."""

    ACCEPT = "accept"
    ASK_OFFICER = "ask_officer"


@unique
class Ground(StrEnum):
    """Why the verdict is as it is."""

    IN_CATALOGUE = "in_catalogue"
    ITEM_UNKNOWN = "item_unknown"
    HINT = "hint"
    BENCHMARK = "benchmark"
    """Another region does it, and the person came often enough (S0-22, N13)."""
    OTHER_NODE = "other_node"
    """Another node judged it."""


@unique
class Hint(StrEnum):
    """Which ground for declining the words of a report point to; a hint decides nothing."""

    LITIGATION = "litigation"
    ARBITRATION = "arbitration"
    RECONSIDERATION = "reconsideration"
    DISCIPLINE = "discipline"
    DISCLOSURE = "disclosure"
    PETITION = "petition"
    EMERGENCY = "emergency"
    LAW_BARS = "law_bars"
    NON_GOVERNMENT = "non_government"


HINT_WORDS: Mapping[Hint, tuple[str, ...]] = MappingProxyType(
    {
        Hint.LITIGATION: ("判决", "诉讼", "起诉", "上诉", "改判", "强制执行"),
        Hint.ARBITRATION: ("仲裁",),
        Hint.RECONSIDERATION: ("行政复议",),
        Hint.DISCIPLINE: ("受贿", "索贿", "行贿", "贪污", "以权谋私", "违纪违法"),
        Hint.DISCLOSURE: ("政府信息公开", "申请信息公开", "依申请公开"),
        Hint.PETITION: ("信访",),
        Hint.EMERGENCY: ("救命", "着火", "火灾", "煤气泄漏", "燃气泄漏", "有人打架", "生命危险"),
        Hint.LAW_BARS: ("特事特办", "通融", "法律不允许", "没有取得"),
        Hint.NON_GOVERNMENT: ("邻居", "物业费", "停车位", "房东", "婚姻纠纷", "私人借款"),
    }
)

NOT_IN_A_TITLE = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Scope:
    """The verdict on one report, with its reason for people."""

    verdict: Verdict
    ground: Ground
    hint: Hint | None = None


def scope_of(title: str, text: str, *, in_catalogue: bool, elsewhere: bool = False) -> Scope:
    """Judge a report: accepted only if its item is listed, or done elsewhere, and no word hints.

    A hint is a word that points out of scope.
    """
    hint = hint_in(f"{title}\n{text}")
    if hint is not None:
        return Scope(Verdict.ASK_OFFICER, Ground.HINT, hint)
    if elsewhere:
        return Scope(Verdict.ACCEPT, Ground.BENCHMARK)
    if not in_catalogue:
        return Scope(Verdict.ASK_OFFICER, Ground.ITEM_UNKNOWN)
    return Scope(Verdict.ACCEPT, Ground.IN_CATALOGUE)


def hint_in(told: str) -> Hint | None:
    """Return the first ground that the words point to, in the order of the table."""
    for hint, words in HINT_WORDS.items():
        if any(word in told for word in words):
            return hint
    return None


def normal_title(title: str) -> str:
    """Return an item's title so that width, case, spaces and punctuation do not matter."""
    return NOT_IN_A_TITLE.sub("", unicodedata.normalize("NFKC", title)).casefold()
