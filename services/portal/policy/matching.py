"""Find names by what somebody types: signs, pinyin, its initials, any mix of these, or the code.

Each reading of a name is a line of signs, a blank before each, with the sound behind it:
` 不bu 动dong 产chan`. What is typed becomes one expression: a letter goes on with the sound it is
in, or begins the next sign; so `bdc`, `budongc` and `不dc` all lead there.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest

MOST_TYPED = 32
"""Signs that are looked for; a name that fits so many is found already."""
LETTER = re.compile("[a-z]")

Reading = tuple[tuple[str, str], ...]
"""A sign and its sound each; of a letter or digit the sound is empty."""


@dataclass(frozen=True, slots=True)
class Named:
    """What can be found: `beside` is shown with it and not looked at."""

    code: str
    title: str
    beside: str = ""
    readings: tuple[Reading, ...] = ()


Place = tuple[int, int, int]
"""The number of a name, how many of its signs stand before, and where in the text it is."""
Fit = tuple[bool, int]
"""Whether it is meant otherwise than exactly, and how many signs stand before."""


class Names:
    """Names made ready to be found; made once for each version of a catalogue."""

    def __init__(self, named: Sequence[Named]) -> None:
        """Write the readings down, and note where each sign is by how it may begin."""
        self._named = tuple(named)
        self._codes = tuple(one.code.casefold() for one in named)
        self._plain = tuple(_plain(one.title) for one in named)
        by_length = sorted(range(len(named)), key=lambda n: _usual_order(named[n]))
        self._order = {number: place for place, number in enumerate(by_length)}
        places: defaultdict[str, list[Place]] = defaultdict(list)
        lines: list[str] = []
        offset = 0
        for number, reading in _readings(named):
            for at, (sign, sound) in enumerate(reading):
                for begins in _beginnings(reading[at : at + 2]):
                    places[begins].append((number, at, offset))
                lines.append(f" {sign}{sound}")
                offset += len(lines[-1])
            lines.append("\n")
            offset += 1
        self._text, self._places = "".join(lines), dict(places)

    def find(self, typed: str, often: Mapping[str, int], limit: int) -> list[Named]:
        """Return what fits, the best first; of nothing typed what is used most.

        First what is meant exactly, then what begins so, then what is used more `often` (by code).
        """
        asked, code = _plain(typed), typed.strip().casefold()
        if code and not asked:
            return []
        fits = self._fits(asked, code) if asked else self._used(often)
        uses = [often.get(one.code, 0) for one in self._named] if often else None

        def rank(number: int) -> tuple[object, ...]:
            inexact, sign = fits[number]
            used = uses[number] if uses else 0
            return inexact, sign > 0, -used, sign, self._order[number]

        return [self._named[number] for number in nsmallest(limit, fits, key=rank)]

    def _used(self, often: Mapping[str, int]) -> dict[int, Fit]:
        return {n: (True, 0) for n, one in enumerate(self._named) if one.code in often}

    def _fits(self, asked: str, code: str) -> dict[int, Fit]:
        fits = {
            n: (code != each, 0) for n, each in enumerate(self._codes) if each.startswith(code)
        }
        known = self._places.get(asked[:2], ())
        match, text, is_long = _expression(asked).match, self._text, len(asked) > 1
        for number, sign, offset in known:
            before = fits.get(number)
            if before is not None and sign >= before[1]:
                continue
            if not is_long or match(text, offset):
                fits[number] = (sign > 0 or self._plain[number] != asked, sign)
        return fits


def _usual_order(one: Named) -> tuple[int, str, str]:
    return len(one.title), one.title, one.code


def _readings(named: Sequence[Named]) -> Iterator[tuple[int, Reading]]:
    return ((number, each) for number, one in enumerate(named) for each in one.readings)


def _beginnings(signs: Reading) -> set[str]:
    """Return one or two signs by which somebody may begin to type what begins so."""
    (sign, sound), following = signs[0], signs[1:]
    then = {first for pair in following for first in (pair[0], pair[1][:1]) if first}
    firsts = {sign, sound[:1]} - {""}
    return firsts | {first + second for first in firsts for second in then} | {sound[:2]} - {""}


def signs_of(text: str) -> str:
    """Return the signs of a name that count: no blanks, no punctuation, width and case alike."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def _plain(typed: str) -> str:
    return signs_of(typed)[:MOST_TYPED]


def _expression(asked: str) -> re.Pattern[str]:
    steps = [r" [^a-z \n]?" if LETTER.match(asked[0]) else " ", re.escape(asked[0])]
    for sign in asked[1:]:
        is_letter = LETTER.match(sign)
        steps.append(r"(?:[a-z]* [^a-z \n]?)?" if is_letter else "[a-z]* ")
        steps.append(re.escape(sign))
    return re.compile("".join(steps))
