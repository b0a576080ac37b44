"""The doors of the calendar: who may, what a file may hold, what is told to whom."""

import base64
import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine

from services.sla import api, handlers
from services.sla.settings import Settings
from services.sla.tables import complaints, metadata, plumbing
from shared.complaints import Complaint, keep_complaint
from shared.security.actor import Role, anonymous
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.doorway import NODE, Call, calling, door_to, staff
from tests.integration.sla.stories import CASE, PROMISE, accepted
from tests.unit.sla.issued import TITLE, holiday_json, notice_2027

pytestmark = pytest.mark.integration

NOW = datetime(2027, 2, 4, 2, tzinfo=UTC)
ISSUED = notice_2027()
ADMINISTRATOR = staff(Role.SYSTEM_ADMINISTRATOR)
SUPERVISOR = staff(Role.SUPERVISOR, unit="XNB")
DISPATCHER = staff(Role.DISPATCHER)
NOBODY = anonymous(NODE)


@pytest.fixture
def unit(service_database: Callable[..., Engine]) -> Unit:
    return Unit(service_database(metadata), NODE, "sla", plumbing, wake=lambda: None)


@pytest.fixture
def call(unit: Unit, tmp_path: Path) -> Call:
    with unit.transaction() as db:
        handlers.start_citizen_clocks(db, [accepted(NOW)], PROMISE)
    keys = NodeKeys.create(tmp_path / "node.json")
    return calling(api.router, door_to(unit, keys, Settings(), lambda: NOW))


def body() -> dict[str, Any]:
    days = [
        {"date": each.day.isoformat(), "name": each.name, "off": each.off} for each in ISSUED.days
    ]
    issued = ISSUED.issued_on.isoformat() if ISSUED.issued_on else None
    return {
        "year": 2027,
        "title": TITLE,
        "number": ISSUED.number,
        "issued_on": issued,
        "days": days,
    }


def file(data: bytes, **told: Any) -> dict[str, Any]:
    return {"content": base64.b64encode(data).decode(), **told}


def sheet() -> bytes:
    book = Workbook()
    book.active.append(["日期", "名称", "休班"])
    for each in ISSUED.days:
        book.active.append([each.day, each.name, "休" if each.off else "班"])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_a_notice_goes_from_a_form_to_its_signature(call: Call, unit: Unit) -> None:
    drafted = call(ADMINISTRATOR, "POST", "/calendar-notices", json=body()).json()
    at, seen = f"/calendar-notices/{drafted['notice_id']}", {"digest": drafted["digest"]}
    told = call(SUPERVISOR, "GET", f"{at}/report").json()

    assert told["was_provisional"]
    assert (told["running"], told["moves"]) == (1, {"citizen": {"later": 1}})
    assert [each["case_id"] for each in told["cases"]] == [str(CASE)]
    assert told["findings"] == []
    assert call(ADMINISTRATOR, "GET", f"{at}/report").json()["cases"] is None

    assert call(ADMINISTRATOR, "POST", f"{at}/review", json=seen).status_code == 200
    refused = call(ADMINISTRATOR, "POST", f"{at}/sign", json=seen)
    assert (refused.status_code, refused.json()["code"]) == (409, "notice_second_person")
    assert call(SUPERVISOR, "POST", f"{at}/sign", json=seen).json()["state"] == "signed"

    begun = call(SUPERVISOR, "GET", f"{at}/progress").json()
    assert (begun["to_examine"], begun["examined"], begun["ended_at"]) == (1, 0, None)
    with unit.transaction() as db:
        handlers.recompute(db, PROMISE, NODE, NOW, 10)
    ended = call(SUPERVISOR, "GET", f"{at}/progress").json()
    assert (ended["examined"], ended["moved"]) == (1, 1)


def test_every_form_of_file_is_the_same_notice(call: Call) -> None:
    heading = {key: value for key, value in body().items() if key != "days"}
    lines = "\n".join(
        f"{each.day},{each.name},{'休' if each.off else '班'}" for each in ISSUED.days
    )
    files = [
        holiday_json(ISSUED).encode(),
        lines.encode(),
        lines.encode("gb18030"),
        b"\xef\xbb\xbf" + lines.encode(),
        sheet(),
    ]

    digests = [
        call(ADMINISTRATOR, "POST", "/calendar-notices/file", json=file(data, **heading)).json()[
            "digest"
        ]
        for data in files
    ]

    assert len(set(digests)) == 1


@pytest.mark.parametrize(
    ("sent", "status", "field"),
    [
        (file(b"nonsense", year=2027, title="x"), 422, "content"),
        (file(b"\xff\xfe\x00\x81", year=2027, title="x"), 422, "content"),
        (file(b"PK\x03\x04broken", year=2027, title="x"), 422, "content"),
        (file("2027-01-01 元旦 休".encode()), 422, "year"),
        (file("2027-01-01 元旦 休".encode(), year=2027), 422, "title"),
        (file(b"x" * 131_073, year=2027, title="x"), 413, "content"),
        ({"content": "not base64!", "year": 2027}, 422, "content"),
        ({"content": ""}, 422, "content"),
        (file(b"x", year=1999), 422, "year"),
        (file(b"x", colour="red"), 422, "colour"),
    ],
    ids=["text", "bytes", "zip", "year", "title", "large", "base64", "empty", "old", "unknown"],
)
def test_a_file_that_is_no_notice_is_refused_by_its_field(
    call: Call, sent: dict[str, Any], status: int, field: str
) -> None:
    refused = call(ADMINISTRATOR, "POST", "/calendar-notices/file", json=sent)

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (status, field)


@pytest.mark.parametrize(
    ("actor", "method", "path"),
    [
        (NOBODY, "GET", ""),
        (DISPATCHER, "GET", ""),
        (SUPERVISOR, "POST", ""),
        (SUPERVISOR, "POST", "/file"),
        (DISPATCHER, "POST", f"/{uuid4()}/sign"),
        (DISPATCHER, "POST", f"/{uuid4()}/review"),
        (SUPERVISOR, "POST", f"/{uuid4()}/withdraw"),
    ],
    ids=["anybody", "dispatcher", "drafts", "imports", "signs", "reviews", "withdraws"],
)
def test_who_has_nothing_to_do_with_notices_is_turned_away(
    call: Call, actor: Any, method: str, path: str
) -> None:
    assert call(actor, method, f"/calendar-notices{path}", json={}).status_code in (401, 403)


def test_a_case_that_complains_of_the_reader_is_not_listed(call: Call, unit: Unit) -> None:
    with unit.transaction() as db:
        keep_complaint(db, complaints, CASE, Complaint(units=frozenset({"XNB"})))
    drafted = call(ADMINISTRATOR, "POST", "/calendar-notices", json=body()).json()

    told = call(SUPERVISOR, "GET", f"/calendar-notices/{drafted['notice_id']}/report").json()

    assert told["cases"] == []


def test_what_is_rejected_stays_visible(call: Call) -> None:
    drafted = call(ADMINISTRATOR, "POST", "/calendar-notices", json=body()).json()
    at = f"/calendar-notices/{drafted['notice_id']}"

    call(SUPERVISOR, "POST", f"{at}/reject", json={"reason": "请等国务院办公厅的通知"})

    [listed] = call(ADMINISTRATOR, "GET", "/calendar-notices").json()["items"]
    assert (listed["state"], listed["reason"]) == ("rejected", "请等国务院办公厅的通知")
    assert listed["ended"]["name"] == "李"
    assert call(NOBODY, "GET", "/calendar/2027").json()["provisional"]


def test_everybody_may_see_which_days_are_worked(call: Call) -> None:
    years = call(NOBODY, "GET", "/calendar").json()["years"]
    known = {each["year"]: each for each in years}
    assert (known[2026]["source"], known[2026]["working_days"]) == ("built_in", 248)
    assert (known[2027]["source"], known[2027]["provisional"]) == ("statutory", True)

    year = call(NOBODY, "GET", "/calendar/2026").json()
    days = {each["day"]: each for each in year["days"]}
    assert (days["2026-02-14"]["kind"], days["2026-02-14"]["name"]) == ("make_up", "春节")
    assert (days["2026-02-15"]["kind"], days["2026-02-15"]["name"]) == ("off", "春节")
    presumed = {each["day"]: each for each in call(NOBODY, "GET", "/calendar/2027").json()["days"]}
    assert (presumed["2027-05-01"]["kind"], presumed["2027-05-01"]["name"]) == ("off", "劳动节")
    refused = call(NOBODY, "GET", "/calendar/1990")
    assert refused.json()["errors"][0]["field"] == "year"


def test_a_due_date_is_answered_with_its_trace_in_words(call: Call) -> None:
    about = {"start": "2026-12-31T15:00:00+08:00", "clock": "resolve", "channel": "web"}

    told = call(NOBODY, "GET", "/due-date", params=about).json()

    assert (told["due_date"], told["provisional"]) == ("2027-01-06", True)
    assert told["limit"] == "3 working_day next_working_day end_of_working_day"
    assert len(told["trace"]) == len(told["steps"]) + 1
    assert told["trace"][0]["zh"] == "按系统设置的时限"
    assert told["trace"][1] == {
        "zh": "2026年12月31日当天不算在内",
        "en": "2026-12-31 itself does not count",
    }
    assert any("2027 年的放假安排还没有公布" in line["zh"] for line in told["trace"])


def test_a_report_of_a_notice_that_is_not_there_is_a_404(call: Call) -> None:
    assert call(SUPERVISOR, "GET", f"/calendar-notices/{UUID(int=1)}/report").status_code == 404
    assert call(SUPERVISOR, "GET", f"/calendar-notices/{UUID(int=1)}/progress").status_code == 404
