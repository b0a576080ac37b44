"""The ledger (台账) as a file: one row a case, masked, and on every sheet who took it and why."""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font

from services.portal.handlers.ledger_words import (
    CHANNELS,
    COMPLEXITIES,
    DEMANDS,
    LAMPS,
    OUTCOMES,
    STATUSES,
)
from services.portal.handlers.pieces import Sink
from services.portal.policy.exports import safe_cell
from services.portal.repository import ListedCase
from shared.regions import full_name_of

CHINA = ZoneInfo("Asia/Shanghai")
XLSX, CSV = "xlsx", "csv"
EXPORT_ID = "导出编号"
SHEET_LONGEST = 31
HEADER_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Watermark:
    """Who took the ledger out, when, and what for."""

    export_id: str
    who: str
    unit: str
    node: str
    at: datetime
    purpose: str
    approved_by: str

    @property
    def lines(self) -> tuple[str, ...]:
        """What stands above the rows."""
        by = f"，批准人：{self.approved_by}" if self.approved_by else ""
        return (
            f"导出人：{self.who}，单位：{self.unit or '—'}，节点：{self.node}{by}",
            f"导出时间：{_moment(self.at)}，用途：{self.purpose}",
            f"导出编号：{self.export_id}。仅限上述用途，不得转发；用完请删除。",
        )


def _text(name: str) -> Callable[[ListedCase], str]:
    return lambda case: str(getattr(case, name) or "")


def _at(name: str) -> Callable[[ListedCase], str]:
    return lambda case: _moment(getattr(case, name))


def _in_words(name: str, words: Mapping[str, str]) -> Callable[[ListedCase], str]:
    return lambda case: _word(words, getattr(case, name))


COLUMNS: Mapping[str, tuple[str, Callable[[ListedCase], str]]] = {
    "number": ("编号", _text("number")),
    "title": ("标题（已隐去个人信息）", _text("title_masked")),
    "person": ("诉求人", _text("person_masked")),
    "channel": ("来源", _in_words("channel", CHANNELS)),
    "demand": ("诉求类型", _in_words("demand", DEMANDS)),
    "region": ("地点", lambda case: full_name_of(case.region or "") or case.region or ""),
    "item": ("事项", _text("item_name")),
    "complexity": ("难易", _in_words("complexity", COMPLEXITIES)),
    "status": ("状态", _in_words("status", STATUSES)),
    "round": ("轮次", _text("round")),
    "unit": ("承办单位", lambda case: case.unit_name or case.holder or ""),
    "registered": ("登记时间", _at("registered_at")),
    "accepted": ("受理时间", _at("accepted_at")),
    "due": ("承诺时限", _at("citizen_due_at")),
    "lamp": ("灯", _in_words("lamp", LAMPS)),
    "finished": ("办结时间", _at("finished_at")),
    "closed": ("结束时间", _at("closed_at")),
    "level": ("评价", _text("level")),
    "outcome": ("办理结果", _in_words("outcome", OUTCOMES)),
    "urges": ("催办次数", _text("urges")),
}
"""What of a case may stand in a ledger: its heading, and the text of its cell."""
USUAL = tuple(name for name in COLUMNS if name not in ("outcome", "urges", "demand"))
"""The columns of a list that nobody chose columns for."""


class Ledger(Protocol):
    """A file that grows row by row, and leaves in pieces."""

    rows: int

    def add(self, case: ListedCase) -> None:
        """Write a case."""

    def finish(self) -> None:
        """Write what ends the file."""


def ledger_of(kind: str, mark: Watermark, columns: Sequence[str], sink: Sink) -> Ledger:
    """Begin a file of this kind."""
    begin = _Sheet if kind == XLSX else _Lines
    return begin(mark, columns, sink)


def headings_of(columns: Sequence[str]) -> list[str]:
    """Return the headings of these columns, and that of the export itself."""
    return [*(COLUMNS[name][0] for name in columns), EXPORT_ID]


def cells_of(case: ListedCase, columns: Sequence[str], export_id: str) -> list[str]:
    """Return the cells of a case; none of them is a formula."""
    told = [COLUMNS[name][1](case) for name in columns]
    return [*map(safe_cell, told), export_id]


def _word(words: Mapping[str, str], code: str | None) -> str:
    return words.get(code or "", code or "")


def _moment(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"


class _Encoded:
    """What csv writes into: text becomes bytes as it comes."""

    def __init__(self, sink: Sink) -> None:
        # With a mark of its encoding: without it, spreadsheets here read it as GBK.
        sink.write("\ufeff".encode())
        self._sink = sink

    def write(self, text: str) -> int:
        return self._sink.write(text.encode())


class _Lines:
    def __init__(self, mark: Watermark, columns: Sequence[str], sink: Sink) -> None:
        self.rows, self._mark, self._columns, self._sink = 0, mark, columns, sink
        self._writer = csv.writer(_Encoded(sink), quoting=csv.QUOTE_ALL)
        self._writer.writerows([safe_cell(line)] for line in mark.lines)
        self._writer.writerow(headings_of(columns))

    def add(self, case: ListedCase) -> None:
        self._writer.writerow(cells_of(case, self._columns, self._mark.export_id))
        self.rows += 1

    def finish(self) -> None:
        self._sink.end()


class _Sheet:
    def __init__(self, mark: Watermark, columns: Sequence[str], sink: Sink) -> None:
        self.rows, self._mark, self._columns, self._sink = 0, mark, columns, sink
        self._book = Workbook(write_only=True)
        self._describe()
        self._sheet = self._book.create_sheet("台账"[:SHEET_LONGEST])
        self._sheet.freeze_panes = f"A{len(mark.lines) + 2}"
        # `&` begins a command in a header.
        told = " · ".join((mark.who, _moment(mark.at), mark.purpose)).replace("&", "&&")
        self._sheet.oddHeader.center.text = told[:HEADER_LONGEST]
        self._sheet.oddFooter.center.text = f"{mark.export_id} · &P/&N"
        for line in mark.lines:
            self._sheet.append([self._cell(safe_cell(line), bold=True)])
        headings = headings_of(columns)
        self._sheet.append([self._cell(heading, bold=True) for heading in headings])

    def _describe(self) -> None:
        about, mark = self._book.properties, self._mark
        about.creator = about.lastModifiedBy = mark.who
        about.title, about.identifier = "反映件台账", mark.export_id
        about.description, about.keywords = "\n".join(mark.lines), mark.export_id

    def _cell(self, text: str, *, bold: bool = False) -> Cell | None:
        if not text:
            return None
        cell = WriteOnlyCell(self._sheet, value=text)
        cell.data_type = "s"  # whatever it looks like
        if bold:
            cell.font = Font(bold=True)
        return cell

    def add(self, case: ListedCase) -> None:
        cells = cells_of(case, self._columns, self._mark.export_id)
        self._sheet.append([self._cell(text) for text in cells])
        self.rows += 1

    def finish(self) -> None:
        # The rows wait in a file of their own, in the folder for what passes; its end comes here.
        self._book.save(self._sink)
        self._sink.end()
