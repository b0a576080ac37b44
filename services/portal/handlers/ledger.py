"""The ledger (台账) as a file: one row a case, masked, and on every sheet who took it and why."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from services.portal.handlers.ledger_words import CHANNELS, COMPLEXITIES, LAMPS, STATUSES
from services.portal.policy.exports import safe_cell
from services.portal.repository import ListedCase
from shared.regions import full_name_of

CHINA = ZoneInfo("Asia/Shanghai")
XLSX, CSV = "xlsx", "csv"
HEADINGS = (
    *("编号", "标题（已隐去个人信息）", "诉求人", "来源", "地点", "事项", "难易", "状态", "轮次"),
    *("承办单位", "登记时间", "受理时间", "承诺时限", "灯"),
    *("办结时间", "结束时间", "评价", "导出编号"),
)
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


class Ledger(Protocol):
    """A file that grows row by row."""

    rows: int

    def add(self, case: ListedCase) -> None:
        """Write a case."""

    def finished(self) -> bytes:
        """Return the file."""


def ledger_of(kind: str, mark: Watermark) -> Ledger:
    """Begin a file of this kind."""
    return _Sheet(mark) if kind == XLSX else _Lines(mark)


def cells_of(case: ListedCase, export_id: str) -> list[str]:
    """Return the cells of a case; none of them is a formula."""
    told = (
        *(case.number, case.title_masked, case.person_masked, _word(CHANNELS, case.channel)),
        *(full_name_of(case.region or "") or case.region, case.item_name),
        *(_word(COMPLEXITIES, case.complexity), _word(STATUSES, case.status), str(case.round)),
        *(case.unit_name or case.holder, _moment(case.registered_at), _moment(case.accepted_at)),
        *(_moment(case.citizen_due_at), _word(LAMPS, case.lamp), _moment(case.finished_at)),
        *(_moment(case.closed_at), str(case.level or ""), export_id),
    )
    return [safe_cell(text or "") for text in told]


def _word(words: Mapping[str, str], code: str | None) -> str:
    return words.get(code or "", code or "")


def _moment(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"


class _Lines:
    def __init__(self, mark: Watermark) -> None:
        self.rows, self.mark = 0, mark
        self.file = io.StringIO(newline="")
        self.writer = csv.writer(self.file, quoting=csv.QUOTE_ALL)
        self.writer.writerows([safe_cell(line)] for line in mark.lines)
        self.writer.writerow(HEADINGS)

    def add(self, case: ListedCase) -> None:
        self.writer.writerow(cells_of(case, self.mark.export_id))
        self.rows += 1

    def finished(self) -> bytes:
        # With a mark of its encoding: without it, spreadsheets here read it as GBK.
        return self.file.getvalue().encode("utf-8-sig")


class _Sheet:
    def __init__(self, mark: Watermark) -> None:
        self.rows, self.mark = 0, mark
        self.book = Workbook(write_only=True)
        self._describe()
        self.sheet = self.book.create_sheet("台账"[:SHEET_LONGEST])
        self.sheet.freeze_panes = f"A{len(mark.lines) + 2}"
        # `&` begins a command in a header.
        told = " · ".join((mark.who, _moment(mark.at), mark.purpose)).replace("&", "&&")
        self.sheet.oddHeader.center.text = told[:HEADER_LONGEST]
        self.sheet.oddFooter.center.text = f"{mark.export_id} · &P/&N"
        for line in mark.lines:
            self.sheet.append([self._cell(safe_cell(line), bold=True)])
        self.sheet.append([self._cell(heading, bold=True) for heading in HEADINGS])

    def _describe(self) -> None:
        about, mark = self.book.properties, self.mark
        about.creator = about.lastModifiedBy = mark.who
        about.title, about.identifier = "反映件台账", mark.export_id
        about.description, about.keywords = "\n".join(mark.lines), mark.export_id

    def _cell(self, text: str, *, bold: bool = False) -> WriteOnlyCell:
        cell = WriteOnlyCell(self.sheet, value=text)
        cell.data_type = "s"  # whatever it looks like
        if bold:
            cell.font = Font(bold=True)
        return cell

    def add(self, case: ListedCase) -> None:
        self.sheet.append([self._cell(text) for text in cells_of(case, self.mark.export_id)])
        self.rows += 1

    def finished(self) -> bytes:
        file = io.BytesIO()
        self.book.save(file)
        return file.getvalue()
