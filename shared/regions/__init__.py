"""Names of the administrative divisions of China by their GB/T 2260 code.

The table beside this file has the divisions in force and those abolished since 1980, because an
old identity card or case still carries an abolished code. Codes change every year, so an unknown
one is not an error: who asks decides what to do without a name.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

COUNTY_DIGITS = 6
WELL_FORMED = re.compile(r"[1-9]\d[0-9]{4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Region:
    """A division as the standard lists it."""

    code: str
    name: str
    last_listed: str | None
    """Year and month (`201012`) of the last list with an abolished code; None while in force."""
    successor: str | None = None
    """The code in force that has all of an abolished one; None where it was divided, or nobody
    has entered it."""


def is_well_formed(code: str) -> bool:
    """Tell whether this has the shape of a code, known or not."""
    return WELL_FORMED.fullmatch(code) is not None


def is_region(code: str) -> bool:
    """Tell whether the code is in force today."""
    region = _regions().get(code)
    return region is not None and region.last_listed is None


def region_of(code: str) -> Region | None:
    """Return the division of a code, in force or abolished."""
    return _regions().get(code)


def place_named(digits: str) -> str:
    """Return the name of a place by the digits of its code that count; these, if it is unknown.

    Of one below a county it is the county's.
    """
    region = region_of(digits[:COUNTY_DIGITS].ljust(COUNTY_DIGITS, "0"))
    return region.name if region else digits


def today_of(code: str) -> str:
    """Return the code under which a place of 2 to 12 digits is found today.

    That of the successor where the county is abolished and has one; else the code itself.
    """
    region = _regions().get(code[:COUNTY_DIGITS].ljust(COUNTY_DIGITS, "0"))
    return code if region is None or region.successor is None else region.successor


def name_of(code: str) -> str | None:
    """Return the division's own name, without that of its parents."""
    region = _regions().get(code)
    return region.name if region else None


def full_name_of(code: str) -> str | None:
    """Return the name from the province down: 安徽省六安市舒城县."""
    name = name_of(code)
    if name is None:
        return None
    parent = parent_of(code)
    return (full_name_of(parent) or "") + name if parent else name


def parent_of(code: str) -> str | None:
    """Return the nearest listed division above, also of an unknown code; None above a province.

    Municipalities and counties run by their province have no prefecture between.
    """
    for above in (code[:4] + "00", code[:2] + "0000"):
        if above != code and above in _regions() and not code.endswith("0000"):
            return above
    return None


def children_of(code: str | None) -> list[str]:
    """Return the codes in force whose nearest listed division above is this one, by number.

    None asks for the provinces.
    """
    return [child for child in _regions() if is_region(child) and parent_of(child) == code]


@cache
def _regions() -> Mapping[str, Region]:
    text = files(__name__).joinpath("regions.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    regions = (
        Region(r["code"], r["name"], r["last_listed"] or None, r["successor"] or None)
        for r in rows
    )
    return MappingProxyType({region.code: region for region in regions})
