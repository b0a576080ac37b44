"""Region codes as a tree: which codes a place rule may stand on, and which rules reach a place.

GB/T 2260 has six digits: province, city, county. GB/T 10114 adds three for the township, the
statistical code three more for the village. Zeros at the end mean “the whole of it”.
"""

from collections.abc import Sequence
from functools import lru_cache

LEVELS = (2, 4, 6, 9, 12)
COUNTY_DIGITS = 6


def is_place_code(code: str) -> bool:
    """Tell whether this has the shape of a code of any level, known or not."""
    return code.isascii() and code.isdigit() and code[0] != "0" and len(code) in LEVELS


def significant(code: str) -> str:
    """Return a code without the zeros that only fill it up: 341500 is 3415, 341523000 is 341523.

    A province-run county keeps its middle part: 419001 stays as it is.
    """
    depth = 0
    for start, end in zip((0, *LEVELS), LEVELS, strict=False):
        if code[start:end].strip("0"):
            depth = end
    return code[:depth]


@lru_cache(maxsize=16_384)
def prefixes_of(code: str) -> Sequence[str]:
    """Return the codes whose rules reach this place, the nearest first: 341523, 3415, 34."""
    place = significant(code) if is_place_code(code) else ""
    return tuple(place[:digits] for digits in reversed(LEVELS) if digits <= len(place))
