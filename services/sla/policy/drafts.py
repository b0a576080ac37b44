"""Read a notice as people have it: the public JSON of one year, CSV, or the rows of a sheet.

A row is a day or a range of days, the holiday's name, and whether it is off or worked, in Chinese
or English words. What cannot be read is named by its line and never guessed.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.sla.policy.issued import (
    LONGEST_NAME,
    LONGEST_TITLE,
    MOST_DAYS,
    BadNotice,
    IssuedNotice,
    NamedDay,
    is_line,
    named_days,
)

OFF = frozenset({"休", "放假", "休息", "off", "true", "yes", "1", "是", "holiday"})
ON = frozenset(
    {"班", "上班", "补班", "调休上班", "on", "work", "false", "no", "0", "否", "workday"}
)
HEADINGS = frozenset({"日期", "date", "day"})
RANGE = re.compile(r"\s*(?:~|～|至|—|–|\.\.)\s*")
GAP = re.compile(r"[,，;；\t]|\s+")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a file does not say of its notice, or what is said beside it and goes before it."""

    year: int | None = None
    title: str = ""
    number: str = ""
    issued_on: date | None = None


def notice_of_json(text: str, told: Heading) -> IssuedNotice:
    """Read `{year, papers, days: [{name, date, isOffDay}]}`; own fields go before the heading's.

    Raises BadNotice for anything else.
    """
    try:
        read = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadNotice("notice_unreadable", "content") from error
    if not isinstance(read, dict) or not isinstance(read.get("days"), list):
        raise BadNotice("notice_unreadable", "content")
    days = [_day_of(each, line) for line, each in enumerate(read["days"], 1)]
    return _paper(days, _heading_in(read, told))


def notice_of_csv(text: str, told: Heading) -> IssuedNotice:
    """Read lines of day or range, name and off or worked, parted by comma, tab or blank."""
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    return notice_of_rows([_cells(line) for line in lines], told)


def notice_of_rows(rows: Iterable[Sequence[Any]], told: Heading) -> IssuedNotice:
    """Read the rows of a sheet; a first row of headings is passed over."""
    days: list[NamedDay] = []
    for line, row in enumerate(rows, 1):
        cells = [cell for cell in row if cell not in (None, "")]
        if not cells or (line == 1 and str(cells[0]).strip().lower() in HEADINGS):
            continue
        days += _days_in(cells, line)
        if len(days) > MOST_DAYS:
            raise BadNotice("notice_days", "days", str(MOST_DAYS))
    return _paper(days, told)


def _cells(line: str) -> list[str]:
    if '"' in line:
        return next(csv.reader(io.StringIO(line)))
    return [cell for cell in GAP.split(RANGE.sub("~", line.strip())) if cell]


def _days_in(cells: Sequence[Any], line: int) -> Iterator[NamedDay]:
    if len(cells) < 3:
        raise BadNotice("notice_line", "content", str(line))
    first, last = _range(cells[0], line)
    return named_days(first, last, _name(cells[1], line), off=_is_off(cells[2], line))


def _day_of(read: Any, line: int) -> NamedDay:
    if not isinstance(read, Mapping):
        raise BadNotice("notice_line", "content", str(line))
    off = read.get("isOffDay", read.get("off"))
    if not isinstance(off, bool):
        raise BadNotice("notice_line", "content", str(line))
    return NamedDay(_day(read.get("date"), line), _name(read.get("name"), line), off)


def _range(cell: Any, line: int) -> tuple[date, date]:
    if isinstance(cell, str):
        first, _, last = RANGE.sub("~", cell.strip()).partition("~")
        begun = _day(first, line)
        ended = _day(last, line) if last else begun
        if not 0 <= (ended - begun).days < MOST_DAYS:
            raise BadNotice("notice_line", "content", str(line))
        return begun, ended
    return _day(cell, line), _day(cell, line)


def _day(cell: Any, line: int) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    try:
        return date.fromisoformat(str(cell).strip().replace("/", "-"))
    except ValueError as error:
        raise BadNotice("notice_line", "content", str(line)) from error


def _name(cell: Any, line: int) -> str:
    name = str(cell).strip() if cell is not None else ""
    if not name or not is_line(name, LONGEST_NAME):
        raise BadNotice("notice_line", "content", str(line))
    return name


def _is_off(cell: Any, line: int) -> bool:
    word = str(cell).strip().lower()
    if word in OFF or word in ON:
        return word in OFF
    raise BadNotice("notice_line", "content", str(line))


def _heading_in(read: Mapping[str, Any], told: Heading) -> Heading:
    year = told.year if told.year is not None else read.get("year")
    issued = read.get("issued_on")
    return Heading(
        year=year if isinstance(year, int) and not isinstance(year, bool) else None,
        title=told.title or _text(read.get("title")) or _sources_of(read),
        number=told.number or _text(read.get("number")),
        issued_on=told.issued_on or (_issued(issued) if issued is not None else None),
    )


def _issued(cell: Any) -> date:
    try:
        return date.fromisoformat(str(cell))
    except ValueError as error:
        raise BadNotice("notice_unreadable", "issued_on") from error


def _sources_of(read: Mapping[str, Any]) -> str:
    sources = read.get("papers")
    return _text(sources[0]) if isinstance(sources, list) and sources else ""


def _text(value: Any) -> str:
    text = value.strip() if isinstance(value, str) else ""
    return text if is_line(text, LONGEST_TITLE) else ""


def _paper(days: Sequence[NamedDay], told: Heading) -> IssuedNotice:
    if told.year is None:
        raise BadNotice("notice_year", "year")
    if not told.title:
        raise BadNotice("notice_title", "title")
    return IssuedNotice(told.year, told.title, told.number, told.issued_on, tuple(days))
