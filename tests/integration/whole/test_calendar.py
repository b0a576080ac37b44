"""Whole nodes and a notice of the calendar: signed above by two, below by one, told to people."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient
from typer.testing import CliRunner

from backstop.commands import calendar as commands
from services.sla.handlers import recompute
from shared.clock import new_id, utcnow
from shared.security.actor import Role
from tests.integration.whole.conftest import Lived
from tests.whole.node import WholeNode
from tests.whole.stories import Told, register
from tests.whole.tiers import WholeTiers

pytestmark = pytest.mark.integration

ADMINISTRATOR, SUPERVISOR = Role.SYSTEM_ADMINISTRATOR, Role.SUPERVISOR
AT = "/admin/calendar"
TITLE = "关于临时放假的通知"
KEPT = ("sla.notices", "sla.recomputes", "sla.calendar", "link.node_facts", "portal.node_facts")


@pytest.fixture
def tiers(lived: Lived) -> Iterator[WholeTiers]:
    """The three nodes; each again without any notice when the test has ended."""
    for each in lived.tiers.nodes.values():
        each.term = new_id()
    yield lived.tiers
    for each in lived.tiers.nodes.values():
        with each.owner() as db:
            for table in KEPT:
                db.execute(text(f"DELETE FROM {table}"))  # noqa: S608


def ten_days_off() -> tuple[int, str]:
    """A year, and lines that give the ten days after today off, whatever day that is."""
    first = utcnow().date() + timedelta(days=2)
    return first.year, f"{first}~{first + timedelta(days=9)} 防汛 休"


def page(whole: WholeNode, role: Role, path: str = AT) -> str:
    return str(whole.done("GET", path, whole.signed_in(role)))


def post(whole: WholeNode, role: Role, path: str, **form: Any) -> Any:
    who = whole.signed_in(role)
    csrf = page(whole, role).split('name="csrf" value="')[1].split('"')[0]
    return whole.ask("POST", path, who, data={"csrf": csrf, **form})


def drafted(whole: WholeNode, content: str, **more: Any) -> Any:
    who = whole.signed_in(ADMINISTRATOR)
    csrf = page(whole, ADMINISTRATOR).split('name="csrf" value="')[1].split('"')[0]
    form = {"csrf": csrf, "title": TITLE, "content": content, **more}
    empty = {"file": ("nothing", b"")}
    return whole.ask("POST", AT, who, data=form, files=empty)


def digest_in(whole: WholeNode, path: str) -> str:
    return page(whole, SUPERVISOR, path).split('name="digest" value="')[1].split('"')[0]


def signed_above(tiers: WholeTiers) -> str:
    """Let two people of the province sign a notice, and the tiers below hear of it."""
    province, (year, lines) = tiers.province, ten_days_off()
    at = drafted(province, lines, year=str(year)).headers["location"].partition("?")[0]
    seen = digest_in(province, at)
    post(province, ADMINISTRATOR, f"{at}/review", digest=seen)
    refused = post(province, ADMINISTRATOR, f"{at}/sign", digest=seen)
    signed = post(province, SUPERVISOR, f"{at}/sign", digest=seen)
    tiers.settle()
    assert (refused.status_code, signed.status_code) == (409, 303)
    assert "请另一位有权的人签发" in refused.text
    return seen


def move_promises(whole: WholeNode) -> None:
    promise, node = whole.settings.sla.promise, whole.node.code
    with whole.units["sla"].transaction() as db:
        while recompute(db, promise, node, utcnow(), 500):
            pass


def purposes(whole: WholeNode, told: Told) -> dict[str, str]:
    at = f"/api/v1/messages?case_id={told.case_id}"
    listed = whole.done("GET", at, whole.token(SUPERVISOR))["items"]
    return {each["purpose"]: each["state"] for each in listed}


def test_a_notice_signed_above_counts_below_after_one_signature_and_people_are_told(
    tiers: WholeTiers,
) -> None:
    county = tiers.county
    told = register(county)
    tiers.settle()
    county.deliver()
    before = county.done("GET", f"/api/v1/cases/{told.number}", told.holder)["promise"]

    seen = signed_above(tiers)
    assert "上级发来，待签发" in page(county, SUPERVISOR)
    [arrived] = county.done("GET", "/api/v1/calendar-notices", county.token(SUPERVISOR))["items"]
    assert (arrived["digest"], arrived["from_node"]) == (seen, tiers.province.node.code)
    below = f"{AT}/{arrived['notice_id']}"
    assert told.number in page(county, SUPERVISOR, below)
    post(county, SUPERVISOR, f"{below}/sign", digest=seen)
    move_promises(county)
    tiers.settle()
    county.deliver()

    shown = county.done("GET", f"/api/v1/cases/{told.number}", told.holder)
    assert shown["promise"]["due_at"] > before["due_at"]
    assert any("放假安排公布" in line["text"] for line in shown["timeline"])
    assert "放假安排公布" in page(county, SUPERVISOR, f"/desk?view=all&case={told.number}")
    assert purposes(county, told)["promise_moved"] == "delivered"
    assert "已完成" in page(county, SUPERVISOR, below)


def test_a_form_that_is_wrong_comes_back_with_what_was_typed(tiers: WholeTiers) -> None:
    province = tiers.province

    wrong = drafted(province, "2027-02-30 春节 休", year="2027")
    empty = drafted(province, "", year="2027")

    assert wrong.status_code == 422
    assert "第 1 行看不懂" in wrong.text
    assert "2027-02-30 春节 休" in wrong.text
    assert empty.status_code == 422
    assert "请选一个文件" in empty.text
    assert province.ask("GET", AT, {}).status_code in (303, 401)
    assert province.ask("GET", f"{AT}?year=99999", province.signed_in(SUPERVISOR)).is_success


def test_the_command_line_says_the_same_as_the_api(
    tiers: WholeTiers, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    whole = tiers.province
    monkeypatch.setattr(commands, "target", lambda _node: whole.settings)
    monkeypatch.setattr(
        commands, "open_client", lambda url: TestClient(whole.application, base_url=url)
    )
    year, lines = ten_days_off()
    file = tmp_path / "notice.csv"
    file.write_text(lines, encoding="utf-8")
    start = {"start": "2026-12-31T15:00:00+08:00"}

    def run(*words: str) -> str:
        done = CliRunner().invoke(commands.app, words)
        return done.output if done.exit_code == 0 else f"{done.exit_code} {done.exception}"

    explained = run("explain", start["start"])
    due = whole.done("GET", "/api/v1/due-date", {}, params=start)
    assert due["digest"] in explained
    assert due["trace"][0]["zh"] in explained

    assert "2026-02-14  班  春节" in run("show", "2026")
    taken = run("import", str(file), "--year", str(year), "--title", TITLE)
    assert "SM3" in taken
    [kept] = whole.done("GET", "/api/v1/calendar-notices", whole.token(SUPERVISOR))["items"]
    assert kept["state"] == "reviewed"
    listed = run("list")
    assert f"{kept['notice_id']}  {year}  reviewed  {kept['title']}" in listed
    assert f"SM3 {kept['digest'][:12]}" in listed
    assert "请另一个人" in run("sign", kept["notice_id"], "--yes")
    assert "没有，或不止一个" in run("sign", "ffff", "--yes")
    assert "start" in run("explain", "yesterday")


def test_a_limit_is_tried_on_a_month_with_its_reasons(tiers: WholeTiers) -> None:
    at = f"{AT}/month?month=2026-02&complexity=ordinary&clock=resolve"

    shown = page(tiers.county, SUPERVISOR, f"{at}&start=2026-02-13T10:00")
    wrong = page(tiers.county, SUPERVISOR, f"{at}&start=2900-01-01T10:00")

    assert "day-off day-due" not in shown
    assert "day-due" in shown
    assert "春节" in shown
    assert "data-focus" in wrong
    assert (
        tiers.county.ask(
            "GET", f"{AT}/month?month=x", tiers.county.signed_in(SUPERVISOR)
        ).status_code
        == 422
    )


def signed_here(whole: WholeNode, content: str, **more: Any) -> None:
    """Take a notice down by the page, and sign it as somebody else."""
    at = drafted(whole, content, **more).headers["location"].partition("?")[0]
    seen = digest_in(whole, at)
    post(whole, ADMINISTRATOR, f"{at}/review", digest=seen)
    assert post(whole, SUPERVISOR, f"{at}/sign", digest=seen).status_code == 303
    move_promises(whole)


def test_a_units_own_hours_are_drafted_shown_and_tried_by_page_and_command(
    tiers: WholeTiers, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = tiers.county
    lines = "2026-03-09 系统升级 班 09:00-12:00\n周六 班 09:00-12:00 2026-03-01~"
    assert "请写明是哪个地区或哪个单位的" in drafted(county, lines, year="2026").text
    signed_here(county, lines, year="2026", scope="u-SCJGJ")

    month = f"{AT}/month?month=2026-03&whose=u-SCJGJ&clock=resolve&complexity=ordinary"
    shown = page(county, SUPERVISOR, f"{month}&start=2026-03-05T10:00")
    asked = {"start": "2026-03-05T10:00:00+08:00", "unit": "SCJGJ"}
    due = county.done("GET", "/api/v1/due-date", {}, params=asked)
    monkeypatch.setattr(commands, "target", lambda _node: county.settings)
    client = TestClient(county.application, base_url="http://127.0.0.1:8002")
    monkeypatch.setattr(commands, "open_client", lambda _url: client)
    words = ["explain", asked["start"], "--unit", "SCJGJ", "--signed", "2026-03-05T11:00:00+08:00"]
    told = CliRunner().invoke(commands.app, words).output
    year = CliRunner().invoke(commands.app, ["show", "2026", "--unit", "SCJGJ"]).output

    assert due["due_at"].startswith("2026-03-09T04:00")
    assert 'class="day-short day-due"' in shown
    assert "系统升级，当地只在 09:00-12:00 上班" in shown
    assert due["digest"] in told
    assert f"周六在 09:00-12:00 上班（依据《{TITLE}》）" in told
    assert "2026-03-09  短  系统升级  09:00-12:00" in year
    chosen = page(county, SUPERVISOR, f"{AT}?year=2026&whose=u-SCJGJ")
    assert '<option value="u-SCJGJ" selected>市场监督管理局</option>' in chosen
    refused = county.ask("GET", f"{AT}?whose=x", county.signed_in(SUPERVISOR))
    assert refused.status_code == 422
