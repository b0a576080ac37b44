"""Snippets (常用语): what may stand in one, how many there may be, who lets a unit share it."""

import re
from collections.abc import Collection
from enum import StrEnum, unique

ABBREVIATION = re.compile("[0-9a-z\u4e00-\u9fff]{1,12}")
"""What is typed behind the slash."""
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
PLACEHOLDERS = frozenset({"事项", "单位", "日期"})
"""Filled in where a snippet is used: the item, the unit of who uses it, the day."""
MOST_OF_ONE = 100
"""Snippets of one account: who has more finds none of them."""
MOST_SIGNS = 1_000


@unique
class SnippetRefusal(StrEnum):
    """Why a snippet is not kept or not shared; the words are codes of the HTTP door."""

    ABBREVIATION = "snippet_abbreviation"
    PLACEHOLDER = "snippet_placeholder"
    PERSON = "snippet_person"
    TWICE = "snippet_twice"
    TOO_MANY = "snippet_too_many"
    NO_UNIT = "snippet_no_unit"
    OWN = "snippet_own"


def objection_to_snippet(abbreviation: str, text: str, masked: str) -> SnippetRefusal | None:
    """Return why this may not be kept, or None; `masked` is the text as the masker leaves it."""
    if ABBREVIATION.fullmatch(abbreviation) is None:
        return SnippetRefusal.ABBREVIATION
    if not PLACEHOLDERS.issuperset(PLACEHOLDER.findall(text)):
        return SnippetRefusal.PLACEHOLDER
    return SnippetRefusal.PERSON if masked != text else None


def objection_among(abbreviation: str, others: Collection[str]) -> SnippetRefusal | None:
    """Return why it may not stand beside the others of its owner, by their abbreviations."""
    if abbreviation in others:
        return SnippetRefusal.TWICE
    return SnippetRefusal.TOO_MANY if len(others) >= MOST_OF_ONE else None
