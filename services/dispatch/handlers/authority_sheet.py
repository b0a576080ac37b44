"""Read the authority table from a sheet: every line that is wrong is named, with what is wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from services.dispatch.policy import is_place_code, significant
from services.dispatch.policy.authority import TIERS, Grant, overlapping
from shared.security.masking import mask_text
from shared.sheets import Room, Row, rows_of

MOST_LINES = 20_000
ROOM = Room(rows=MOST_LINES + 1)
MOST_ERRORS = 200
LONGEST = 500
COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "事项编码": "item_code",
        "层级": "tier",
        "地区": "region",
        "生效日期": "valid_from",
        "失效日期": "valid_until",
        "依据": "legal_basis",
    }
)
"""Heading → column; the English names stand for themselves."""
OPTIONAL = frozenset({"region", "valid_until"})
TIER_WORDS: Mapping[str, str] = MappingProxyType(
    {"省": TIERS[0], "市": TIERS[1], "县": TIERS[2], "区": TIERS[2], "县区": TIERS[2]}
    | {"乡": TIERS[3], "镇": TIERS[3], "乡镇": TIERS[3], "街道": TIERS[3]}
    | {tier: tier for tier in TIERS}
)


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong in a line (1 is the heading) and column of the sheet."""

    line: int
    column: str
    code: str
    other: int | None = None
    """Another line that it is about."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a sheet, or what is wrong with it."""

    grants: tuple[Grant, ...]
    errors: tuple[LineError, ...]


def read_sheet(data: bytes, items: frozenset[str]) -> Sheet:
    """Read an xlsx or csv file; Refused if it is neither (`bad_sheet`) or too long."""
    heading, *lines = rows_of(data, ROOM) or [[]]
    names = [COLUMNS.get(str(cell or "").strip(), str(cell or "").strip()) for cell in heading]
    missing = [name for name in COLUMNS.values() if name not in names and name not in OPTIONAL]
    if missing:
        return Sheet((), tuple(LineError(1, name, "column_missing") for name in missing))
    return _read(enumerate(lines, 2), names, items)


def _read(lines: Iterable[tuple[int, Row]], names: list[str], items: frozenset[str]) -> Sheet:
    grants: list[Grant] = []
    at: list[int] = []
    errors: list[LineError] = []
    for line, cells in lines:
        told = dict(zip(names, cells, strict=False))
        if not any(_text(cell) for cell in cells):
            continue
        grant, wrong = _grant(told, items)
        errors += [LineError(line, column, code) for column, code in wrong]
        if grant is not None:
            grants.append(grant)
            at.append(line)
    pairs = overlapping(grants)
    errors += [LineError(at[one], "valid_from", "overlaps", at[other]) for one, other in pairs]
    errors.sort(key=lambda error: error.line)
    return Sheet(tuple(grants), tuple(errors[:MOST_ERRORS]))


def _grant(
    told: Mapping[str, Any], items: frozenset[str]
) -> tuple[Grant | None, list[tuple[str, str]]]:
    wrong: list[tuple[str, str]] = []
    item, region, basis = (_text(told.get(n)) for n in ("item_code", "region", "legal_basis"))
    tier = TIER_WORDS.get(_text(told.get("tier")))
    begins, ends = _day(told.get("valid_from")), _day(told.get("valid_until"))
    checks = (
        ("item_code", "missing", not item),
        ("item_code", "unknown_item", bool(item) and item not in items),
        ("tier", "unknown_tier", tier is None),
        ("region", "place_code", bool(region) and not is_place_code(region)),
        ("valid_from", "bad_date", not isinstance(begins, date)),
        ("valid_until", "bad_date", ends is _BAD),
        ("legal_basis", "missing", not basis),
        ("legal_basis", "too_long", len(basis) > LONGEST),
    )
    wrong += [(column, code) for column, code, is_wrong in checks if is_wrong]
    until = ends if isinstance(ends, date) else None
    if isinstance(begins, date) and until is not None and until < begins:
        wrong.append(("valid_until", "ends_before_it_begins"))
    if wrong or tier is None or not isinstance(begins, date):
        return None, wrong
    grant = Grant(
        item_code=item,
        tier=tier,
        region=significant(region) if region else "",
        valid_from=begins,
        valid_until=until,
        legal_basis=mask_text(basis),
    )
    return grant, []


class _Bad:
    pass


_BAD = _Bad()


def _day(cell: Any) -> date | _Bad | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    told = _text(cell).replace("/", "-").replace(".", "-")
    if not told:
        return None
    try:
        return datetime.strptime(told, "%Y-%m-%d").date()  # noqa: DTZ007  # a day has no zone
    except ValueError:
        return _BAD


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)  # a spreadsheet keeps a region code as a number
    return "" if cell is None else str(cell).strip()
