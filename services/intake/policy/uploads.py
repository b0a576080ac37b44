"""Files that come in pieces from browsers: what may be begun, and what a client says of it."""

from base64 import b64decode
from binascii import Error as BadBase64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

YES = "yes"
MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class UploadRules:
    """How large a file may be, how many may be under way for a case, and for how long."""

    bytes: int
    """The largest file."""
    at_once: int
    life: timedelta


def told_in(header: str) -> Mapping[str, str]:
    """Return what `Upload-Metadata` tells: names and texts; ValueError if it breaks its form."""
    pairs = [pair.split() for pair in header.split(",") if pair.strip()]
    if len(pairs) > MOST_TOLD or any(len(pair) > 2 for pair in pairs):
        raise ValueError("no list of names and values")
    try:
        return {name: b64decode("".join(value), validate=True).decode() for name, *value in pairs}
    except (BadBase64, UnicodeDecodeError) as error:
        raise ValueError("no base64 of UTF-8") from error


def refusal_of_length(length: int, rules: UploadRules) -> str | None:
    """Return why a file of this length is not begun."""
    if length <= 0:
        return "file_empty"
    return "file_too_large" if length > rules.bytes else None


def surplus(under_way: int, rules: UploadRules) -> int:
    """Return how many of the oldest give way, so that one more may begin."""
    return max(under_way - rules.at_once + 1, 0)
