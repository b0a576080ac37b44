"""What may stand nowhere in the clear, every way in which it might, and the search for it."""

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from pypinyin import Style, lazy_pinyin

SHORTEST_IN_PINYIN = 3
"""Syllables: two of them are part of many a word."""


def stands_in(code: str, text: str) -> bool:
    """Tell whether six digits stand by themselves: within longer ones they occur by chance."""
    return re.search(rf"(?<![\w.+/-]){code}(?![\w.+/-])", text) is not None


def spellings(secret: str) -> dict[str, bytes]:
    """Return how a secret may stand somewhere without being read at first sight."""
    told = secret.encode()
    # What base64 makes of a text depends on where in its block of three it begins.
    shifted = (b64encode(b"\0" * shift + told)[4 if shift else 0 : -4] for shift in range(3))
    return {
        "text": told,
        "hexadecimal": told.hex().encode(),
        "hexadecimal in capitals": told.hex().upper().encode(),
        "escaped JSON": json.dumps(secret)[1:-1].encode(),
        "percent-encoded": quote(secret).encode(),
        "GBK": secret.encode("gbk"),
        "UTF-16": secret.encode("utf-16-le"),
        **{f"base64, {shift} before": text for shift, text in enumerate(shifted)},
        "a bytea in octal": "".join(f"\\{byte:03o}" for byte in told).encode(),
        **_apart(secret),
    }


def in_pinyin(name: str) -> re.Pattern[bytes] | None:
    """Return how a name looks in letters, as it may be typed; None for one of few syllables."""
    told = []
    for style in (Style.NORMAL, Style.TONE):
        syllables = lazy_pinyin(name, style=style, errors="ignore")
        if len(syllables) < SHORTEST_IN_PINYIN:
            return None
        told.append("[ _-]?".join(map(_in_letters, syllables)))
    return re.compile("|".join(told).encode())


def _in_letters(syllable: str) -> str:
    return f"(?:{'|'.join((syllable, syllable.title(), syllable.upper()))})"


def _apart(secret: str) -> dict[str, bytes]:
    if not secret.isascii():
        return {"spaced": " ".join(secret).encode()}
    if re.fullmatch(r"1\d{10}", secret) is None:
        return {}
    parts = (secret[:3], secret[3:7], secret[7:])
    return {f"in parts by {sign!r}": sign.join(parts).encode() for sign in " -"}


@dataclass
class Search:
    """Needles, and how much of how many places was looked through for them."""

    needles: tuple[str, ...]
    names: tuple[str, ...] = ()
    """Those of the needles that somebody might write in letters."""
    searched: int = 0
    """Bytes."""
    places: list[str] = field(default_factory=list)
    _spelt: list[tuple[str, bytes]] = field(init=False)
    _in_letters: list[tuple[str, re.Pattern[bytes]]] = field(init=False)

    def __post_init__(self) -> None:
        """Spell every needle once."""
        self._spelt = [*_distinct(self.needles)]
        written = ((name, in_pinyin(name)) for name in self.names)
        self._in_letters = [(name, form) for name, form in written if form is not None]

    @property
    def spelt(self) -> int:
        """How many strings of bytes are looked for."""
        return len(self._spelt) + len(self._in_letters)

    def hidden_in(self, blob: bytes, place: str) -> list[str]:
        """Return what stands there, in any spelling, each with its place."""
        self.searched += len(blob)
        self.places.append(place)
        found = [what for what, spelt in self._spelt if spelt in blob]
        found += [f"{name} in pinyin" for name, form in self._in_letters if form.search(blob)]
        return [f"{what} in {place}" for what in found]

    def __str__(self) -> str:
        """Say what was done, for whoever reads a report."""
        told = f"{self.searched:,} bytes in {len(self.places)} places"
        return f"{told} searched for {len(self.needles)} needles in {self.spelt} spellings"


def _distinct(needles: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    seen: set[bytes] = set()
    for needle in dict.fromkeys(needles):
        for form, spelt in spellings(needle).items():
            if spelt not in seen:
                seen.add(spelt)
                yield f"{needle} as {form}", spelt
