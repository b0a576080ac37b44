"""What the board of limits shows of its numbers: tables, of which the charts are drawn.

Each number has a key, by which an open page is told of the next one, and leads to its cases.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from services.portal.pages import dates
from services.portal.pages.cell_words import NO_CLOCK, NO_UNIT, kind_words
from services.portal.pages.dates import CHINA
from services.portal.pages.language import language_now, say
from services.portal.pages.language import later as _
from services.portal.pages.words import CLOCKS, LAMPS
from services.portal.policy import Age, Cell, Forecast, Past, Span, day_of, forecasts
from services.portal.repository import Outlook, OutlookScope

SOON, LATER = timedelta(hours=24), timedelta(days=3)
"""How far the forecasts reach."""
MOST_URGENT = ("red", "yellow", "green", "")
Link = Callable[[Cell], str]


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a table; without an address where one may not see what it counts."""

    key: str
    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: what it is of, its numbers, and a sentence of evidence."""

    title: str
    numbers: Sequence[Number]
    because: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One panel: a table, and how a chart is drawn of it."""

    key: str
    title: str
    first: str
    """What stands in the first column."""
    heads: Sequence[tuple[str, str]]
    """Lamp, or an empty text, and the word of each column of numbers."""
    lines: Sequence[Line]
    chart: str = "bars"
    """`bars` lie beside each other line by line, `columns` stand along a time; empty: none."""
    empty: str = ""
    """What is said where there is no line."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the numbers are shown with."""

    units: Mapping[str, str]
    nodes: Mapping[str, str]
    past: Past
    link: Link | None
    """To the list behind a cell; None where one sees no lists."""
    link_below: Callable[[str, str], str] | None
    """To the list of the cases that a node below holds, with a lamp."""

    def number(self, cell: Cell, n: int) -> Number:
        """Return how many cases a cell counts, and the way to them."""
        return Number(cell.code, str(n), self.link(cell) if self.link else "")


def outlook_values(found: Outlook, asked: OutlookScope, known: Known) -> dict[str, Any]:
    """Return what the page shows: tables, the lamps of all, and the name of this state."""
    tables = [
        _turning(found, asked.spans, known),
        _lamps("units", (_("各单位的灯"), _("单位")), found.units, known, of_unit),
        _forecast(found, known),
        _late(found, asked.ages, known),
        _lamps("kinds", (_("各类事项的灯"), _("事项类别")), found.kinds, known, of_kind),
        _clocks(found, known),
        *_holders(found, known),
    ]
    lamps = [
        (code, word, known.number(Cell(lamp=code), found.lamps.get(code, 0)))
        for code, word in LAMPS.items()
    ]
    numbers = numbers_of(tables) | {number.key: number.text for _, _, number in lamps}
    return {"at": found.at, "lamps": lamps, "tables": tables, "state": state_of(numbers)}


def numbers_of(tables: Sequence[Table]) -> dict[str, str]:
    """Return every number of the tables by its key."""
    lines = (line for table in tables for line in table.lines)
    return {number.key: number.text for line in lines for number in line.numbers}


def all_numbers(values: Mapping[str, Any]) -> dict[str, str]:
    """Return every number of a page by its key."""
    lamps = {number.key: number.text for _, _, number in values["lamps"]}
    return numbers_of(values["tables"]) | lamps


def state_of(numbers: Mapping[str, str]) -> str:
    """Return the name of a state: two pages that show the same have the same."""
    told = "\n".join(f"{key} {text}" for key, text in sorted(numbers.items()))
    return sha256(told.encode()).hexdigest()[:16]


def of_unit(code: str, known: Known) -> tuple[Cell, str]:
    """Return the cell of a unit, and its title."""
    return Cell(unit=code), known.units.get(code, code) or NO_UNIT


def of_kind(code: str, _known: Known) -> tuple[Cell, str]:
    """Return the cell of a kind of items, and its words."""
    return Cell(kind=code), kind_words(code)


def _lamps(
    key: str,
    titles: tuple[str, str],
    groups: Mapping[str, Mapping[str, int]],
    known: Known,
    named: Callable[[str, Known], tuple[Cell, str]],
) -> Table:
    dark = any(counts.get("") for counts in groups.values())
    shown = [*LAMPS, *([""] if dark else [])]
    lines = []
    for code in _by_urgency(groups):
        cell, title = named(code, known)
        numbers = [_part(cell, lamp, groups[code], known) for lamp in shown]
        whole = known.number(cell, sum(groups[code].values()))
        lines.append(Line(title, [*numbers, whole]))
    heads = [*LAMPS.items(), *([("", NO_CLOCK)] if dark else []), ("", _("合计"))]
    return Table(key, *titles, heads, lines, empty=_("现在没有在办的件。"))


def _part(cell: Cell, lamp: str, counts: Mapping[str, int], known: Known) -> Number:
    narrowed = Cell(unit=cell.unit, kind=cell.kind, lamp=lamp)
    return known.number(narrowed, counts.get(lamp, 0))


def _by_urgency(groups: Mapping[str, Mapping[str, int]]) -> list[str]:
    def urgency(code: str) -> tuple[list[int], str]:
        return [-groups[code].get(lamp, 0) for lamp in MOST_URGENT], code

    return sorted(groups, key=urgency)


def _clocks(found: Outlook, known: Known) -> Table:
    lines = [
        Line(
            CLOCKS.get(kind, kind),
            [known.number(Cell(clock=kind, lamp=lamp), counts.get(lamp, 0)) for lamp in LAMPS],
        )
        for kind, counts in sorted(found.clocks.items())
    ]
    titles = (_("各种时限的灯"), _("时限"))
    note = _("数的是件：一件有几种时限在走，就在几行里都数到。")
    return Table("clocks", *titles, list(LAMPS.items()), lines, empty=_NONE, note=note)


_NONE = _("现在没有在走的时限。")


def _holders(found: Outlook, known: Known) -> list[Table]:
    if known.link_below is None:
        return []
    lines = [
        Line(
            title,
            [_below(code, lamp, found.holders.get(code, {}), known) for lamp in (*LAMPS, "")],
        )
        for code, title in sorted(known.nodes.items())
    ]
    heads = [*LAMPS.items(), ("", _("合计"))]
    return [Table("tiers", _("下级各层的灯"), _("哪一级"), heads, lines)]


def _below(code: str, lamp: str, counts: Mapping[str, int], known: Known) -> Number:
    href = known.link_below(code, lamp) if known.link_below else ""
    n = counts.get(lamp, 0) if lamp else sum(counts.values())
    return Number(f"below.{code}~lamp.{lamp}", str(n), href)


def _turning(found: Outlook, spans: Sequence[Span], known: Known) -> Table:
    lines = []
    for n, span in enumerate(spans):
        numbers = [
            known.number(Cell(turns=lamp, since=span.since, until=span.until), counts[n])
            for lamp, counts in found.turning.items()
        ]
        lines.append(Line(span_words(span, found.at), numbers))
    heads = [("yellow", _("变黄")), ("red", _("变红"))]
    note = _(
        "到时候还没有办的件数；24 小时以内按小时，以后按工作日，不上班的日子并到下一个工作日。"
    )
    titles = (_("接下来要变灯的"), _("什么时候"))
    return Table("turning", *titles, heads, lines, chart="columns", note=note)


def span_words(span: Span, now: datetime) -> str:
    """Return a span as its row is called: an hour of today or tomorrow, or a working day."""
    begins, last = span.since.astimezone(CHINA), span.until - timedelta(seconds=1)
    ahead = (begins.date() - day_of(now)).days
    if span.until - span.since <= timedelta(hours=1):
        day = (_("今天 {hour} 时"), _("明天 {hour} 时"))[min(1, max(0, ahead))]
        return say(day).format(hour=f"{begins:%H}")
    return dates.day_in_a_table(last, language_now())


def _late(found: Outlook, ages: Sequence[Age], known: Known) -> Table:
    lines = [
        Line(_age_words(age), [known.number(Cell(late=True, since=age.since, until=age.until), n)])
        for age, n in zip(ages, found.late, strict=True)
    ]
    titles = (_("超时多久了"), _("最早的时限"))
    return Table("late", *titles, [("red", _("件数"))], lines)


def _age_words(age: Age) -> str:
    if age.last is None:
        return say(_("{n} 天前或更早")).format(n=age.first)
    if age.last == 0:
        return _("今天")
    span = str(age.first) if age.first == age.last else f"{age.first}–{age.last}"
    return say(_("{n} 天前")).format(n=span)


def _forecast(found: Outlook, known: Known) -> Table:
    begins = found.at.replace(minute=0, second=0, microsecond=0)
    soon = forecasts(known.past, found.running, found.at, begins + SOON)
    near = {(each.unit, each.kind): each for each in soon}
    lines = [
        _expected(near.get((each.unit, each.kind)), each, begins, known)
        for each in forecasts(known.past, found.running, found.at, begins + LATER)
    ]
    heads = [
        ("", _("24 小时内到期")),
        ("", _("预计超时")),
        ("", _("3 天内到期")),
        ("", _("预计超时")),
    ]
    note = _(
        "依据是本单位近 90 天的同类时限：走到同一步时还没有办完的，后来有多少超时；"
        "同类少的，参照全部单位。这是估计，不是结论。"
    )
    titles = (_("预计会超时的"), _("单位和时限"))
    return Table(
        "forecast", *titles, heads, lines, chart="", empty=_("3 天内没有到期的。"), note=note
    )


def _expected(soon: Forecast | None, later: Forecast, begins: datetime, known: Known) -> Line:
    numbers = []
    for name, span, each in (("24", SOON, soon), ("72", LATER, later)):
        running, expected = (each.running, each.expected) if each else (0, 0.0)
        cell = Cell(clock=later.kind, of=later.unit, due=True, since=begins, until=begins + span)
        key = f"expected.{later.unit}~clock.{later.kind}~within.{name}"
        numbers += [known.number(cell, running), Number(key, f"{expected:.1f}")]
    unit = known.units.get(later.unit, later.unit) or _("全部单位")
    alike = later.alike
    because = (
        say(_("像这样的 {n} 件里，{late} 件超时")).format(n=alike.count, late=alike.missed)
        if alike.count
        else _("没有同类，参照全部单位")
    )
    return Line(f"{say(unit)} · {say(CLOCKS.get(later.kind, later.kind))}", numbers, because)
