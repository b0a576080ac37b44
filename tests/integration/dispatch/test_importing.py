"""Units from a file: a preview, each wrong line with its field, and all or nothing."""

from typing import Any

import pytest
from sqlalchemy import select

from services.dispatch.repository.catalogue import units_after
from services.dispatch.tables import plumbing
from shared.unit import Unit
from tests.integration.dispatch.stories import ADMINISTRATOR, DISPATCHER, NODE, fill_catalogue
from tests.integration.doorway import Call

pytestmark = pytest.mark.integration

AT = "/unit-imports"


def line(number: int, code: str, title: str, **more: Any) -> dict[str, Any]:
    return {"line": number, "cells": {"code": code, "title": title, "region": NODE, **more}}


GOOD = [
    line(2, "zhzf", "综合执法股", parent="zhj"),
    line(3, "zhj", "县综合监管局", parent="zwfw"),
    line(4, "cgz", "城关镇", parent="zwfw"),
    line(5, "scjgj", "市场局", parent="zwfw", valid_until="2001-12-31", successors=["zhj"]),
]


@pytest.fixture
def filled(unit: Unit) -> Unit:
    with unit.begin() as work:
        fill_catalogue(work.db)
        work.speak()
    return unit


def codes(unit: Unit) -> list[str]:
    with unit.begin() as work:
        return [entry.code for entry in units_after(work.db, "", 99)]


def test_a_preview_says_what_would_change_and_writes_nothing(call: Call, filled: Unit) -> None:
    seen = call(ADMINISTRATOR, "POST", AT, json={"lines": GOOD}).json()

    told = [(each["line"], each["kind"], each["fields"]) for each in seen["changes"]]
    assert told == [
        (2, "new", []),
        (3, "new", []),
        (4, "same", []),
        (5, "ended", ["title", "valid_until", "successors"]),
    ]
    assert (seen["kept"], seen["errors"]) == (False, [])
    assert codes(filled) == ["cgz", "scjgj", "zwfw"]


def test_what_is_kept_is_audited_line_by_line(call: Call, filled: Unit) -> None:
    kept = call(ADMINISTRATOR, "POST", AT, json={"lines": GOOD, "keep": True}).json()

    assert kept["kept"]
    assert codes(filled) == ["cgz", "scjgj", "zhj", "zhzf", "zwfw"]
    with filled.begin() as work:
        audit = plumbing.audit.c
        rows = work.db.scalars(select(audit.object_id).order_by(audit.id)).all()
    assert rows[-3:] == ["zhj", "scjgj", "zhzf"]


def test_one_wrong_line_keeps_all_out_and_each_is_told_with_its_field(
    call: Call, filled: Unit
) -> None:
    lines = [
        *GOOD[:2],
        line(6, "a b", "编码不对"),
        line(7, "neu", "没有上级", parent="nobody"),
        line(8, "zhj", "又一次", parent="zwfw"),
        line(9, "alt", "日期不对", valid_until="2001-13-01"),
        line(10, "x", "多一列", colour="red"),
    ]

    answer = call(ADMINISTRATOR, "POST", AT, json={"lines": lines, "keep": True}).json()

    assert not answer["kept"]
    assert [(each["line"], each["field"]) for each in answer["errors"]] == [
        (6, "code"),
        (7, "parent"),
        (8, "code"),
        (9, "valid_until"),
        (10, "colour"),
    ]
    assert all(each["zh"] and each["en"] for each in answer["errors"])
    assert codes(filled) == ["cgz", "scjgj", "zwfw"]


def test_only_who_keeps_the_units_may(call: Call, filled: Unit) -> None:
    assert call(DISPATCHER, "POST", AT, json={"lines": GOOD}).status_code == 403
    assert call(ADMINISTRATOR, "POST", AT, json={"lines": []}).status_code == 422
