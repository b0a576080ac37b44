"""The dispatcher's desk with sample data: a case with suggestions, none, several given at once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.portal.pages.case_values import shown_of
from services.portal.pages.pool import (
    Beside,
    Line,
    Record,
    Sought,
    Suggested,
    Waiting,
    pool_values,
)
from services.portal.repository import CaseCard
from shared.security.actor import Role
from shared.security.numbers import case_number
from tests.browser.facts import NODE, NOW, ROWS, TOOLS, case, officer
from tests.browser.sample import Sample

DISPATCHER = officer(Role.DISPATCHER)
POOLED = [
    replace(
        row,
        status="returned" if place == 1 else "pooled",
        pool_reason="returned" if place == 1 else "no_rule",
        unit_name=None,
        searcher=DISPATCHER.id if place == 0 else None,
    )
    for place, row in enumerate(ROWS)
]
GIVEN = case_number("341523", NOW.date(), 6)
UNITS = [(f"u{n}", f"舒城县第{n}部门") for n in range(1, 9)]
CHOSEN = case(
    number=POOLED[0].number,
    title_masked=POOLED[0].title_masked,
    text_masked="三个月前在村里交了翻建申请，镇里说报到县里了，县里说没有收到，房子已经漏雨。",
    status="pooled",
    orders=(),
    unit_name=None,
    unit_code=None,
)


def _alike(n: int, title: str, *, finished: bool = True) -> dict[str, Any]:
    ended = (NOW - timedelta(days=9 * n)).isoformat()
    return {"number": f"N{n}", "title_masked": title, "finished": finished, "ended_at": ended}


SUGGESTED = [
    Suggested.model_validate(told)
    for told in (
        {
            "unit_code": "zrzyj",
            "unit_name": "舒城县自然资源和规划局",
            "confidence": 0.91,
            "right": 231,
            "asked": 245,
            "counted": [
                {"kind": "word", "value": "宅基地"},
                {"kind": "item", "value": "农村宅基地用地审批"},
                {"kind": "word", "value": "翻建"},
                {"kind": "region", "value": "341523"},
            ],
            "alike": [_alike(1, "宅基地审批没有下来"), _alike(4, "老房翻建要重新交材料")],
        },
        {
            "unit_code": "nyncj",
            "unit_name": "舒城县农业农村局",
            "confidence": 0.08,
            "right": 31,
            "asked": 260,
            "counted": [{"kind": "word", "value": "村里"}],
            "alike": [_alike(2, "村里的地被占了", finished=False)],
        },
        {
            "unit_code": "cgz",
            "unit_name": "城关镇人民政府",
            "confidence": 0.0,
            "right": 0,
            "asked": 0,
            "counted": [],
            "alike": [],
        },
    )
]
LINES = [
    (POOLED[1].title_masked, Line(case_id=POOLED[1].case_id, given={"case_id": "x"})),
    (
        POOLED[2].title_masked,
        Line(
            case_id=POOLED[2].case_id,
            refused={"detail": "这件反映的就是这个单位。"},
        ),
    ),
    ("", Line(case_id=UUID(int=99), refused={"detail": "没有这件，请核对编号。"})),
]


TAKEN = Record.model_validate(
    {
        "days": 30,
        "without": 4,
        "bands": [
            {"given": 9, "first": 3, "among_three": 4},
            {"given": 41, "first": 38, "among_three": 2},
        ],
    }
)


def _desk(
    chosen: CaseCard | None,
    suggested: list[Suggested],
    beside: Beside = Beside(),  # it never changes
    rows: Any = POOLED,
    **sought: str,
) -> dict[str, Any]:
    waiting = Waiting(rows, "x~y" if rows else None, chosen, UNITS)
    record = TAKEN if chosen is None else None
    values = pool_values(waiting, suggested, Sought(**sought), beside, record) | {"tools": TOOLS}
    return values if chosen is None else values | shown_of(chosen, NODE)


def _sample(values: Mapping[str, Any]) -> Sample:
    return Sample("desk/pool.html", values, DISPATCHER, "/desk/pool")


MISSING = {"unit_code": "请选派给哪个单位。", "because": "请写派单理由。"}
POOL_SAMPLES: Mapping[str, Sample] = {
    "pool_list": _sample(_desk(None, [])),
    "pool_case": _sample(_desk(CHOSEN, SUGGESTED)),
    "pool_next": _sample(_desk(CHOSEN, [], done=GIVEN, late="yes")),
    "pool_wrong": _sample(_desk(CHOSEN, [], Beside("give", {}, MISSING, status=422))),
    "pool_lines": _sample(_desk(None, [], Beside("bulk", lines=LINES))),
    "pool_none_chosen": _sample(
        _desk(None, [], Beside("bulk", {}, {"chosen": "请在列表里勾选要派的件。"}, status=422))
    ),
    "pool_gone": _sample(_desk(replace(CHOSEN, status="dispatched"), [])),
    "pool_empty": _sample(_desk(None, [], rows=[])),
}
