"""Which cases may be about the same matter as a text: those that share most of what it says.

A long word is a rare one: the longest lead to the cases, all of them say how near each is.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from uuid import UUID

MOST_SOUGHT, TOGETHER = 6, 3
"""So many words are looked for, and a case has so many of them at least."""
LEAST_SOUGHT = 2
LEAST_PART = 0.3
"""Of the signs of all words: what shares less is about something else."""


def sought_in(words: Sequence[str]) -> list[tuple[str, ...]]:
    """Return sets of words, one of which a case like a text has; none where it says little."""
    longest = sorted(_telling(words), key=len, reverse=True)[:MOST_SOUGHT]
    if len(longest) < LEAST_SOUGHT:
        return []
    return list(combinations(longest, min(TOGETHER, len(longest))))


def nearest(words: Sequence[str], found: Mapping[UUID, Collection[str]], most: int) -> list[UUID]:
    """Return the cases that share most with a text, of equals the latest.

    `found` has their words.
    """
    asked = set(_telling(words))
    whole = sum(map(len, asked)) or 1
    parts = {case: sum(map(len, asked.intersection(its))) / whole for case, its in found.items()}
    near = [case for case, part in parts.items() if part >= LEAST_PART]
    return sorted(near, key=lambda case: (parts[case], case), reverse=True)[:most]


def _telling(words: Sequence[str]) -> list[str]:
    return [word for word in words if len(word) > 1 and word.isalpha()]
