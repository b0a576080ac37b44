"""Minutes of a meeting as a paper: its words, and the docx that people sign."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Self

from docx import Document
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from services.dispatch.policy.meetings import PartyKind, PartyRole, Presence, RoundResult
from services.dispatch.policy.rota import CHINA

KINDS: Mapping[PartyKind, str] = {
    PartyKind.UNIT: "单位",
    PartyKind.COMPANY: "企业",
    PartyKind.COMPLAINANT: "诉求人",
    PartyKind.LEGAL_EXPERT: "法律专家",
    PartyKind.PETITION_OFFICE: "信访部门",
    PartyKind.LEADER: "领导",
}
ROLES: Mapping[PartyRole, str] = {
    PartyRole.MEMBER: "参加",
    PartyRole.CHAIR: "主持",
    PartyRole.ADVISER: "提供意见",
    PartyRole.HEARD: "列席陈述",
}
PRESENCES: Mapping[Presence, str] = {
    Presence.INVITED: "已邀请",
    Presence.CONFIRMED: "确认参加",
    Presence.PRESENT: "到会",
    Presence.ABSENT: "缺席",
}
RESULTS: Mapping[RoundResult, str] = {
    RoundResult.AGREED: "形成一致意见",
    RoundResult.NEXT: "继续协商",
    RoundResult.FAILED: "没有形成一致意见，转争议裁定",
}
PARTY_HEADS = ("参加方", "类别", "身份")
DUTY_HEADS = ("序号", "责任单位", "具体承担", "内容", "时限")
SIGN_HEADS = ("参加方", "签字", "日期")
FONT, FONT_SIZE = "宋体", Pt(12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sat:
    """One round as the minutes tell it."""

    title: str
    agenda: str
    present: str
    said: str
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What minutes say, in the words in which they are printed."""

    house: str
    number: str
    serial: int
    topic: str
    convenor: str
    amends_because: str
    parties: Sequence[Sequence[str]]
    """By `PARTY_HEADS`."""
    rounds: Sequence[Sat]
    duties: Sequence[Sequence[str]]
    """By `DUTY_HEADS`."""
    conclusion: str
    confirmed_at: str
    """Empty for a draft."""

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """Return the paper of confirmed minutes as it was kept."""
        return cls(**{**kept, "rounds": [Sat(**one) for one in kept["rounds"]]})


def docx_of(paper: Paper, at: datetime) -> bytes:
    """Return the paper as a docx; `at` is when it was drafted or confirmed."""
    document = Document()
    _set_up(document, paper, at)
    _head(document, paper)
    _table(document, "参加各方", PARTY_HEADS, paper.parties)
    document.add_heading("会议经过", 2)
    for one in paper.rounds:
        _round(document, one)
    document.add_heading("会议结论", 2)
    document.add_paragraph(paper.conclusion)
    if paper.duties:
        _table(document, "责任分工", DUTY_HEADS, paper.duties)
    _table(document, "签字", SIGN_HEADS, [(party[0], "", "") for party in paper.parties])
    told = BytesIO()
    document.save(told)
    return told.getvalue()


def told_time(at: datetime) -> str:
    """Return a moment as papers in China write it."""
    local = at.astimezone(CHINA)
    return f"{local.year}年{local.month}月{local.day}日{local:%H:%M}"


def _set_up(document: Docx, paper: Paper, at: datetime) -> None:
    for name in ("Normal", "Title", "Heading 2"):
        style = document.styles[name]
        style.font.name = FONT
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)
    document.styles["Normal"].font.size = FONT_SIZE
    about = document.core_properties
    about.author, about.title, about.comments = paper.house, f"{paper.number} 协调会纪要", ""
    about.created = about.modified = at.replace(tzinfo=None)


def _head(document: Docx, paper: Paper) -> None:
    draft = "" if paper.confirmed_at else "（草稿，未经确认）"
    document.add_heading(f"协调会纪要{draft}", 0).alignment = WD_ALIGN_PARAGRAPH.CENTER
    lines = [
        ("单位", paper.house),
        ("反映件编号", paper.number),
        ("纪要序号", f"第 {paper.serial} 号"),
        ("事由", paper.topic),
        ("召集", paper.convenor),
        ("修订原因", paper.amends_because),
        ("确认时间", paper.confirmed_at),
    ]
    for name, told in lines:
        if told:
            document.add_paragraph(f"{name}：{told}")


def _round(document: Docx, one: Sat) -> None:
    document.add_paragraph().add_run(one.title).bold = True
    for name, told in (("议题", one.agenda), ("到会情况", one.present), ("发言", one.said)):
        if told:
            document.add_paragraph(f"{name}：{told}")
    document.add_paragraph(f"结果：{one.result}")


def _table(
    document: Docx, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    document.add_heading(title, 2)
    table = document.add_table(rows=1, cols=len(heads), style="Table Grid")
    for cell, head in zip(table.rows[0].cells, heads, strict=True):
        cell.text = head
    for row in rows:
        for cell, told in zip(table.add_row().cells, row, strict=True):
            cell.text = told
