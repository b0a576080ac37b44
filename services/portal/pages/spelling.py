"""How names are read: the reading that their words have, and what else a sign may be read as."""

from functools import lru_cache
from itertools import islice
from typing import Any

from pypinyin import Style, pinyin

from services.portal.policy.matching import Named, Reading, signs_of

MOST_READINGS = 6
"""Of one name; every further one costs as much as a name."""
MOST_KEPT = 20_000
"""Names whose readings are remembered: a catalogue that changes is read anew in a moment."""
OTHERWISE = 2
"""Readings of a sign beside its usual one: what comes after is read so in no name."""


def readable(code: str, title: str, beside: str = "") -> Named:
    """Return a name that can be found by how it is read."""
    return Named(code, title, beside, readings_of(title))


@lru_cache(maxsize=MOST_KEPT)
def readings_of(title: str) -> tuple[Reading, ...]:
    """Return how a name is read: as its words are, then with one sign read otherwise."""
    signs = signs_of(title)
    sounds = _sounds(signs)
    if not signs or len(sounds) != len(signs):
        return ()
    usual = [each[0] for each in sounds]
    found = [usual]
    for at, each in enumerate(sounds):
        others = islice((sound for sound in each[1:] if sound), OTHERWISE)
        found += [[*usual[:at], one, *usual[at + 1 :]] for one in others]
    return tuple(tuple(zip(signs, one, strict=True)) for one in found[:MOST_READINGS])


def _sounds(signs: str) -> list[list[str]]:
    # Of a word that is known only its own reading; a letter or digit has none.
    unread: Any = lambda run: ["" for _sign in run]  # noqa: E731  # its types forget lists
    return pinyin(signs, style=Style.NORMAL, heteronym=True, errors=unread)
