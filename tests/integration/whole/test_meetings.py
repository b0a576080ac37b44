"""A coordination meeting through the pages: the person is asked, rounds, minutes, duties (N8)."""

import re
from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from urllib.parse import urlencode

import pytest
from docx import Document
from sqlalchemy import text

from services.portal.handlers import SESSION_COOKIE, csrf_of
from services.portal.pages.dates import CHINA
from shared.clock import new_id, utcnow
from shared.security.actor import Role
from tests.integration.whole.conftest import Lived
from tests.whole.node import WholeNode
from tests.whole.stories import UNIT, Told, register, work

pytestmark = pytest.mark.integration

FORM = {"content-type": "application/x-www-form-urlencoded"}
PAGE, OTHER = "/desk/meetings", "U001"
WORDS = "三盏路灯修好，验收后移交"
SEEN = re.compile(r'name="(seen-[^"]+)"')


@pytest.fixture
def city(lived: Lived) -> WholeNode:
    lived.tiers.city.term = new_id()  # what another test let get lost on its way goes once more
    return lived.tiers.city


def send(whole: WholeNode, act: str, who: Mapping[str, str], **fields: str | list[str]) -> str:
    """Post a form of the meeting pages; return where it leads, or the page."""
    token = who["cookie"].removeprefix(f"{SESSION_COOKIE}=")
    body = urlencode({"csrf": csrf_of(token), **fields}, doseq=True)
    answer = whole.ask("POST", f"{PAGE}/act/{act}", {**who, **FORM}, content=body)
    assert answer.status_code in (200, 303, 422), (act, answer.status_code, answer.text[-900:])
    return str(answer.headers.get("location", answer.text))


def convened(city: WholeNode, told: Told, who: Mapping[str, str]) -> str:
    """Call a meeting in an hour by the form of the case; return its page."""
    soon = (utcnow() + timedelta(hours=1)).astimezone(CHINA)
    fields: dict[str, str | list[str]] = {
        **{"number": told.number, "topic": "路灯归谁管", "starts_at": f"{soon:%Y-%m-%dT%H:%M}"},
        **{"place": "政务中心 301", "agenda": "接管和修复", "bring": "物业缴费单"},
        **{"unit": [UNIT, OTHER], "person": "yes"},
        **{"other_kind": ["company"], "other_name": ["恒通建设公司"]},
    }
    alone = send(
        city, "convene", who, **{**fields, "unit": [UNIT], "person": "", "other_name": ""}
    )
    assert "至少要有两个参加方" in alone
    where = send(city, "convene", who, **fields)
    assert where.endswith("?done=convene"), where[-3_000:]
    return where.partition("?")[0]


def hold(city: WholeNode, at: str, who: Mapping[str, str]) -> None:
    """Write down the round, first without saying who was there."""
    with city.owner() as db:
        db.execute(text("UPDATE dispatch.meeting_rounds SET planned_at = now() - interval '1h'"))
    there = dict.fromkeys(SEEN.findall(city.done("GET", at, who)), "present")
    held = {"meeting_id": at.rpartition("/")[2], "said": "城管局愿意接管", "result": "agreed"}
    assert "每一个都选" in send(city, "rounds", who, **held)
    assert send(city, "rounds", who, **held, **there).endswith("?done=rounds")


def settle_duties(city: WholeNode, at: str, who: Mapping[str, str]) -> None:
    """Draft the minutes, first without a limit, and confirm them."""
    meeting = at.rpartition("/")[2]
    duty: dict[str, str | list[str]] = {
        **{"duty_unit": [OTHER, ""], "duty_company": ["恒通建设公司", ""]},
        **{"duty_words": [WORDS, ""], "duty_days": ["", ""], "duty_due": ["", ""]},
        **{"meeting_id": meeting, "conclusion": "先修后交"},
    }
    page = send(city, "minutes", who, **duty)
    assert ("每项分工写一个时限" in page, WORDS in page) == (True, True)
    written = send(city, "minutes", who, **{**duty, "duty_days": ["5", ""]})
    assert written.endswith("?done=minutes")
    assert send(city, "confirm", who, meeting_id=meeting).endswith("?done=confirm")


def cells_of(file: bytes) -> set[str]:
    tables = Document(BytesIO(file)).tables
    return {cell.text for table in tables for row in table.rows for cell in row.cells}


def rows(city: WholeNode, query: str, **values: str) -> list[tuple[object, ...]]:
    with city.owner() as db:
        return [tuple(row) for row in db.execute(text(query), values)]


def test_a_meeting_is_convened_held_and_written_down_on_its_pages(city: WholeNode) -> None:
    told = register(city, title="小区路灯灭了半年没有人管", text="两个单位都说不归自己管。")
    city.settle()
    work(city, told, "sign")
    desk, other = city.signed_in(Role.DISPATCHER), city.signed_in(Role.DISPOSAL_OFFICER, OTHER)
    at = convened(city, told, desk)
    city.settle()

    (asked,) = city.done("GET", f"/api/v1/cases/{told.number}", told.holder)["meetings"]
    assert (asked["place_masked"], asked["bring_masked"]) == ("政务中心 301", "物业缴费单")
    sent = "SELECT purpose FROM notify.messages WHERE case_id = :id"
    assert ("meeting",) in rows(city, sent, id=told.case_id)
    assert "路灯归谁管" in city.done("GET", PAGE, other)

    hold(city, at, desk)
    settle_duties(city, at, desk)
    city.settle()
    file = city.ask("GET", f"{at}/minutes/1", other)
    assert {WORDS, "恒通建设公司", "确认后 5 个工作日内"} <= cells_of(file.content)
    looks = "SELECT action FROM dispatch.audit WHERE object_id = :id AND action = 'meeting.read'"
    assert rows(city, looks, id=at.rpartition("/")[2]) == [("meeting.read",)]
    parts = "SELECT unit_code, kind FROM dispatch.parts WHERE case_id = :id"
    assert rows(city, parts, id=told.case_id) == [(OTHER, "duty")]
    case = city.done("GET", f"/api/v1/cases/{told.number}", told.holder)
    assert (case["meetings"], WORDS in case["timeline"][-1]["text"]) == ([], True)
    page = city.done("GET", f"/desk?case={told.number}", desk)
    shown = ("协调会第 1 号纪要已确认", "城管局愿意接管", f"{PAGE}?case={told.number}")
    assert [words for words in shown if words not in page] == []
