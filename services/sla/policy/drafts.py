"""Read a notice as people have it: the public JSON of one year, CSV, or the rows of a sheet.

A row is a day or a range of days, the holiday's name, and whether it is off or worked, in Chinese
or English words; of a local notice also the spans in which it is worked, or weekdays, whether they
are worked, spans and a range in which that holds. What cannot be read is named by its line and
never guessed.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from services.sla.policy.hours import WorkingHours
from services.sla.policy.issued import (
    FIRST_YEAR,
    LAST_YEAR,
    LONGEST_NAME,
    LONGEST_TITLE,
    MOST_DAYS,
    BadNotice,
    IssuedNotice,
    NamedDay,
    is_line,
    named_days,
)
from services.sla.policy.scopes import DAYS_A_WEEK, NATION, Scope, WeekRow

OFF = frozenset({"休", "放假", "休息", "off", "true", "yes", "1", "是", "holiday"})
ON = frozenset(
    {"班", "上班", "补班", "调休上班", "on", "work", "false", "no", "0", "否", "workday"}
)
HEADINGS = frozenset({"日期", "date", "day"})
RANGE = re.compile(r"\s*(?:~|～|至|—|–|\.\.)\s*")
ONE_DIGIT = re.compile(r"\b(\d):")
SPAN = re.compile(r"\s*[-~～至—–]\s*")
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        zip("一二三四五六日", ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), strict=True)
    )
    for name in (
        *(f"{week}{names[0]}" for week in ("周", "星期", "每周")),
        names[1],
    )
} | {"周天": 6, "星期天": 6, "每周天": 6}
GAP = re.compile(r"[,，;；\t]|\s+")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a file does not say of its notice, or what is said beside it and goes before it."""

    year: int | None = None
    title: str = ""
    number: str = ""
    issued_on: date | None = None
    scope: Scope = NATION


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
    heading = _heading_in(read, told)
    weeks = read.get("weeks", [])
    if not isinstance(weeks, list):
        raise BadNotice("notice_unreadable", "content")
    rows = [_week_in(each, heading, line) for line, each in enumerate(weeks, 1)]
    return _paper(days, heading, rows)


def notice_of_csv(text: str, told: Heading) -> IssuedNotice:
    """Read lines of day or range, name and off or worked, parted by comma, tab or blank."""
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    return notice_of_rows([_cells(line) for line in lines], told)


def notice_of_rows(rows: Iterable[Sequence[Any]], told: Heading) -> IssuedNotice:
    """Read the rows of a sheet; a first row of headings is passed over."""
    days, weeks = list[NamedDay](), list[WeekRow]()
    for line, row in enumerate(rows, 1):
        cells = [cell for cell in row if cell not in (None, "")]
        if not cells or (line == 1 and str(cells[0]).strip().lower() in HEADINGS):
            continue
        if weekdays := weekdays_in(str(cells[0])):
            weeks.append(_week_of(weekdays, cells[1:], told, line))
        else:
            days += _days_in(cells, line)
        if len(days) > MOST_DAYS:
            raise BadNotice("notice_days", "days", str(MOST_DAYS))
    return _paper(days, told, weeks)


def _cells(line: str) -> list[str]:
    if '"' in line:
        return next(csv.reader(io.StringIO(line)))
    return [cell for cell in GAP.split(RANGE.sub("~", line.strip())) if cell]


def _days_in(cells: Sequence[Any], line: int) -> Iterator[NamedDay]:
    if len(cells) < 3:
        raise BadNotice("notice_line", "content", str(line))
    first, last = _range(cells[0], line)
    hours = _hours(cells[3:], line)
    off = _is_off(cells[2], line)
    days = named_days(first, last, _name(cells[1], line), off=off)
    return (replace(each, hours=hours) for each in days)


def weekdays_in(cell: str) -> tuple[int, ...]:
    """Read `周六`, `周一至周五`, `周一、周三` or `Mon~Fri`; what is none has no weekdays."""
    found = set[int]()
    for part in re.split(r"[、/]", RANGE.sub("~", cell.strip().lower())):
        first, _, last = part.partition("~")
        ends = (WEEKDAYS.get(first), WEEKDAYS.get(last or first))
        if ends[0] is None or ends[1] is None or ends[1] < ends[0]:
            return ()
        found.update(range(ends[0], ends[1] + 1))
    return tuple(sorted(found))


def _week_of(weekdays: tuple[int, ...], cells: Sequence[Any], told: Heading, line: int) -> WeekRow:
    if not cells:
        raise BadNotice("notice_line", "content", str(line))
    off = _is_off(cells[0], line)
    more = [str(each.date() if isinstance(each, datetime) else each) for each in cells[1:]]
    spans = [each for each in more if ":" in each.replace("：", ":")]
    ranges = [each for each in more if each not in spans]
    if len(ranges) > 1 or off is bool(spans):
        raise BadNotice("notice_line", "content", str(line))
    since, until = _validity(ranges[0] if ranges else "", told, line)
    return WeekRow(weekdays, _hours(spans, line), since, until)


def _validity(told_range: str, told: Heading, line: int) -> tuple[date, date | None]:
    first, _, last = RANGE.sub("~", told_range.strip()).partition("~")
    if first:
        return _day(first, line), _day(last, line) if last else None
    if told.year is None or not FIRST_YEAR <= told.year <= LAST_YEAR:
        raise BadNotice("notice_year", "year", f"{FIRST_YEAR}–{LAST_YEAR}")
    return date(told.year, 1, 1), _day(last, line) if last else None


def _week_in(read: Any, told: Heading, line: int) -> WeekRow:
    if not isinstance(read, Mapping):
        raise BadNotice("notice_line", "content", str(line))
    weekdays = _weekdays(read.get("weekdays"))
    if not weekdays:
        raise BadNotice("notice_line", "content", str(line))
    validity = f"{read.get('since') or ''}~{read.get('until') or ''}"
    hours = read.get("hours")
    since, until = _validity(validity.removesuffix("~"), told, line)
    return WeekRow(weekdays, _hours([hours] if hours else [], line), since, until)


def _weekdays(told: Any) -> tuple[int, ...]:
    """Read weekdays in words, or numbers of which 1 is Monday."""
    if not isinstance(told, list):
        return weekdays_in(str(told))
    numbers = {each for each in told if isinstance(each, int) and 1 <= each <= DAYS_A_WEEK}
    return tuple(sorted(each - 1 for each in numbers)) if len(numbers) == len(told) else ()


def _hours(cells: Sequence[Any], line: int) -> WorkingHours | None:
    if not cells:
        return None
    text = SPAN.sub("-", " ".join(map(str, cells)).replace("：", ":"))
    spans = [ONE_DIGIT.sub(r"0\1:", each) for each in re.split(r"[,，、;；\s]+", text) if each]
    try:
        return WorkingHours.parse(",".join(spans))
    except ValueError as error:
        raise BadNotice("notice_hours", "content", str(line)) from error


def _day_of(read: Any, line: int) -> NamedDay:
    if not isinstance(read, Mapping):
        raise BadNotice("notice_line", "content", str(line))
    off = read.get("isOffDay", read.get("off"))
    if not isinstance(off, bool):
        raise BadNotice("notice_line", "content", str(line))
    hours = read.get("hours")
    told = (_day(read.get("date"), line), _name(read.get("name"), line), off)
    return NamedDay(*told, _hours([hours] if hours else [], line))


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
        scope=told.scope if told.scope.is_local else _scope_in(read),
    )


def _scope_in(read: Mapping[str, Any]) -> Scope:
    region, unit = read.get("region") or "", read.get("unit") or ""
    if not (isinstance(region, str) and isinstance(unit, str)):
        raise BadNotice("notice_unreadable", "region")
    return Scope(region, unit)


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


def _paper(days: Sequence[NamedDay], told: Heading, weeks: Sequence[WeekRow] = ()) -> IssuedNotice:
    if told.year is None:
        raise BadNotice("notice_year", "year")
    if not told.title:
        raise BadNotice("notice_title", "title")
    head = (told.year, told.title, told.number, told.issued_on)
    return IssuedNotice(*head, tuple(days), told.scope, tuple(weeks))
