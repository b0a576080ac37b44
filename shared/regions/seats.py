"""Where the seats of divisions lie: for a plan without anybody's map, and the nearest one.

`seats.csv` has a point for most divisions in force, in degrees to four digits; what has none is
passed over. Its source stands in `SOURCES.md`.
"""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from math import asin, cos, radians, sin, sqrt
from types import MappingProxyType
from typing import NamedTuple

EARTH_KM = 6371.0


class Point(NamedTuple):
    """A place on the earth, in degrees north and east."""

    lat: float
    lon: float


def seat_of(code: str) -> Point | None:
    """Return where the seat of a division lies; None where that is not known."""
    return _seats().get(code)


def seats_below(code: str) -> Mapping[str, Point]:
    """Return the seats of a division and of all below it, by their codes."""
    start = code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
    return {each: point for each, point in _seats().items() if each.startswith(start)}


def seats_near(centre: Point, within_km: float) -> list[tuple[float, str]]:
    """Return distance and code of the seats around a point, the nearest first."""
    all_of_them = ((distance_km(centre, point), code) for code, point in _seats().items())
    return sorted(each for each in all_of_them if each[0] <= within_km)


def distance_km(one: Point, other: Point) -> float:
    """Return the way over the earth, as a sphere, in kilometres."""
    north = sin(radians(other.lat - one.lat) / 2) ** 2
    east = sin(radians(other.lon - one.lon) / 2) ** 2
    chord = north + cos(radians(one.lat)) * cos(radians(other.lat)) * east
    return 2 * EARTH_KM * asin(sqrt(chord))


@cache
def _seats() -> Mapping[str, Point]:
    text = files("shared.regions").joinpath("seats.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return MappingProxyType({r["code"]: Point(float(r["lat"]), float(r["lon"])) for r in rows})
