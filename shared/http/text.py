"""Texts as they may come in from outside: bounded, trimmed, without control characters."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

SHORT = 200
LONG = 5_000
ALLOWED_CONTROLS = frozenset("\n\t")
INVISIBLE = frozenset({"Cc", "Cs", "Co", "Cn"})
"""Unicode categories that no text for people contains; format marks (Cf) stay: emoji need them."""


def _plain(text: str) -> str:
    tidy = _with_plain_ends(text).strip()
    if not all(map(_is_allowed, tidy)):
        raise PydanticCustomError("control_character", "control characters are not allowed")
    return tidy


def readable(text: str) -> str:
    """Return what of a text may come in, at most so long as any; for who reads no refusal."""
    kept = "".join(filter(_is_allowed, _with_plain_ends(text))).strip()
    return kept[:LONG].strip()


def _with_plain_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_allowed(char: str) -> bool:
    return char in ALLOWED_CONTROLS or unicodedata.category(char) not in INVISIBLE


def _line(text: str) -> str:
    if "\n" in text or "\t" in text:
        raise PydanticCustomError("one_line", "this must be one line")
    return text


Trimmed = StringConstraints(strip_whitespace=True, min_length=1)
ShortText = Annotated[
    str,
    StringConstraints(max_length=SHORT),
    AfterValidator(_plain),
    Trimmed,
    AfterValidator(_line),
]
"""One line of at most 200 characters, not empty."""
LongText = Annotated[str, StringConstraints(max_length=LONG), AfterValidator(_plain), Trimmed]
"""At most 5,000 characters, not empty; line breaks kept."""
CODE_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
Code = Annotated[str, StringConstraints(pattern=CODE_PATTERN)]
"""An identifier from a catalogue."""
