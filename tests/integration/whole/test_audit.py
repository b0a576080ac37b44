"""`backstop audit` on a node that has lived: whole, and after somebody has been at it."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from backstop.cli import app
from backstop.suite import MEMBERS
from services.link.handlers import drop_anchor
from shared.audit import AUDITOR, ledger_of
from shared.audit.books import AuditBooks
from shared.audit.offline import check
from shared.audit.sealer import AT_ONCE, seal
from shared.db import transaction
from shared.http.paging import cursor_for
from shared.security.actor import Role
from tests.integration.whole.conftest import Lived
from tests.whole.node import COUNTY, PASSWORD, WholeNode
from tests.whole.tiers import house_of

pytestmark = pytest.mark.integration

LOGARITHMIC = 14
"""Rows for forty tries: the 1st, 2nd, 4th, … of a minute, of two where one has ended."""
SHOWN = [("code.show", "wrong_code"), ("code.show", "too_often"), ("code.ask", "too_often")]


def run(whole: WholeNode, *words: str) -> tuple[int, str]:
    """Run a command for a node; return its status and all that it printed."""
    file = str(whole.node.settings.key_file.parent / "node.toml")
    done = CliRunner().invoke(app, ["audit", *words, "--node", file])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def seal_all(whole: WholeNode) -> None:
    for name in MEMBERS:
        while seal(whole.node.engine, whole.node.code, ledger_of(name)) == AT_ONCE:
            pass


def drop(whole: WholeNode) -> None:
    books = AuditBooks(whole.node.engine, whole.node.code, tuple(MEMBERS))
    drop_anchor(whole.units["link"].transaction, books, house_of(whole), at_once=True)


def test_a_node_verifies_its_export_verifies_and_a_changed_row_is_named(
    lived: Lived, tmp_path: Path
) -> None:
    county, city = lived.tiers.county, lived.tiers.city
    for whole in (county, city):
        seal_all(whole)
    drop(county)
    lived.tiers.below.settle()

    status, told = run(county, "verify")
    assert status == 0, told
    assert all(name in told for name in MEMBERS)

    file = tmp_path / "audit.jsonl"
    assert run(county, "export", str(file)) == (
        0,
        f"{len(file.read_text().splitlines())} 行 · lines → {file}\n",
    )
    assert file.stat().st_mode & 0o077 == 0
    status, told = run(city, "verify", "--export", str(file))
    assert status == 0, told
    assert f"{COUNTY}: " in told
    assert "0 个锚点" not in told

    wrong = file.read_text().replace('"outcome":"done"', '"outcome":"denied"', 1)
    (tmp_path / "wrong.jsonl").write_text(wrong)
    status, told = run(city, "verify", "--export", str(tmp_path / "wrong.jsonl"))
    assert status == 1
    assert "changed seal 1 row 1" in told


def test_looks_at_the_audit_stand_in_it(lived: Lived) -> None:
    city = lived.tiers.city
    seal_all(city)

    run(city, "verify", "--service", "sla")
    run(city, "export", "--syslog", "-")

    for schema, action in (("sla", "audit.verify"), ("portal", "audit.export")):
        audit = ledger_of(schema).audit
        with transaction(city.node.engine, AUDITOR) as db:
            row = db.execute(audit.select().order_by(audit.c.id.desc()).limit(1)).one()
        told = (row.action, row.object_id, row.actor_id, row.outcome)
        assert told == (action, city.node.code, "command-line", "done")


def test_a_parent_prints_the_anchors_it_holds_for_the_child_to_verify_against(
    lived: Lived, tmp_path: Path
) -> None:
    county, city = lived.tiers.county, lived.tiers.city
    seal_all(county)
    drop(county)
    lived.tiers.below.settle()
    status, told = run(city, "anchors", "--of", COUNTY)
    assert status == 0
    (tmp_path / "anchors").write_text(told)

    assert run(county, "verify", "--anchors", str(tmp_path / "anchors"))[0] == 0

    change = text("UPDATE dispatch.audit SET actor_id = actor_id || :more WHERE id = 1")
    mend = text("UPDATE dispatch.audit SET actor_id = rtrim(actor_id, :more) WHERE id = 1")
    with county.owner() as db:
        db.execute(change, {"more": "!"})
    status, told = run(county, "verify", "--anchors", str(tmp_path / "anchors"))
    with county.owner() as db:
        db.execute(mend, {"more": "!"})
    assert status == 1
    assert "dispatch: changed" in told


def rows(whole: WholeNode, **wanted: str) -> list[dict[str, Any]]:
    """Return what stands in the audit, the newest row first, page by page."""
    found: list[dict[str, Any]] = []
    path = f"/api/v1/audit?{urlencode(wanted)}"
    auditor = whole.token(Role.AUDIT_ADMINISTRATOR)
    page = whole.done("GET", path, auditor)
    found += page["items"]
    while page["next"]:
        page = whole.done("GET", f"{path}&cursor={page['next']}", auditor)
        found += page["items"]
    return found


def test_what_is_refused_to_staff_stands_in_the_audit_and_a_flood_of_it_is_counted(
    lived: Lived,
) -> None:
    city = lived.tiers.city
    officer = city.token(Role.HOTLINE_AGENT)

    answers = [city.ask("GET", "/api/v1/accounts", officer).status_code for _ in range(9)]
    city.ask("GET", "/api/v1/accounts", {})

    assert set(answers) == {403}
    denied = rows(city, action="account.read", outcome="denied")
    assert {row["actor_id"] for row in denied} == {"hotline_agent"}
    assert {row["reason"] for row in denied} == {"role"}
    assert len(denied) in {4, 5, 6}  # 1, 2, 4, 8; a minute may have ended meanwhile
    assert max(row["repeats"] or 1 for row in denied) in {2, 4, 8}


def test_a_sign_out_and_a_session_ended_by_an_administrator_stand_in_the_audit(
    lived: Lived,
) -> None:
    city = lived.tiers.city
    login = "leaves-and-is-sent-away"
    city.let_in(login, "李", Role.REVIEWER, None)
    shown = city.begin_session(login, PASSWORD)

    city.done("DELETE", "/api/v1/sessions", shown)
    ending = f"/api/v1/accounts/{login}/sessions"
    city.done("DELETE", ending, city.token(Role.SECURITY_ADMINISTRATOR))

    ended = rows(city, action="session.end", object=login)
    assert [row["actor_id"] for row in ended] == [Role.SECURITY_ADMINISTRATOR, login]


def test_who_guesses_passwords_stands_in_the_audit_and_a_flood_of_it_is_counted(
    lived: Lived,
) -> None:
    city = lived.tiers.city
    login = "whose-password-is-guessed"
    city.let_in(login, "李", Role.REVIEWER, None)

    def guess(login: str, times: int) -> set[str]:
        claimed = {"login": login, "password": "not this one"}
        answers = [city.ask("POST", "/api/v1/sessions", {}, json=claimed) for _ in range(times)]
        return {answer.json()["code"] for answer in answers}

    assert guess(login, 40) == {"wrong_credentials", "too_many_sign_ins"}
    assert guess("nobody-of-that-name", 40) <= {"wrong_credentials", "too_many_sign_ins"}

    held_off = of_reason(rows(city, action="session.begin", outcome="denied"), "too_often")
    mine = [row for row in held_off if row["object_id"] == login]
    others = [row for row in held_off if row["object_kind"] == "address"]
    assert 0 < len(mine) <= LOGARITHMIC
    assert 0 < len(others) <= LOGARITHMIC
    assert max(row["repeats"] or 1 for row in mine) > 1
    assert {row["actor_id"] for row in held_off} == {""}
    assert "127.0.0.1" not in str(held_off)
    assert "nobody-of-that-name" not in str(rows(city))


def test_who_guesses_codes_stands_in_the_audit(lived: Lived) -> None:
    city = lived.tiers.city
    seen = city.done("GET", "/desk?view=all", city.signed_in(Role.SUPERVISOR))
    number = re.findall(r"case=(BCS-[0-9A-Z-]+)", seen)[0]

    path, shown = f"/api/v1/cases/{number}", {"backstop-number": number}
    wrong = [f"WR{n:08d}" for n in range(30)]
    codes = {
        city.ask("GET", path, shown | {"backstop-code": code}).json()["code"] for code in wrong
    }
    asked = {"phone": "13800000001"}
    asking = [city.ask("POST", "/api/v1/one-time-codes", {}, json=asked) for _ in range(12)]
    ask_id = asking[0].json()["ask_id"]
    used = f"/api/v1/one-time-codes/{ask_id}/use"
    tried = [city.ask("POST", used, {}, json={"code": "000000"}) for _ in range(40)]

    assert codes == {"wrong_code", "too_many_attempts"}
    assert "too_many_codes" in {answer.json().get("code") for answer in asking}
    assert {answer.json()["code"] for answer in tried} <= {
        "wrong_one_time_code",
        "too_many_attempts",
    }
    for action, reason in SHOWN:
        found = of_reason(rows(city, action=action, outcome="denied"), reason)
        assert 0 < len(found) <= LOGARITHMIC, action
    assert len(rows(city, action="code.use", outcome="denied")) > 0
    with city.owner() as db:  # or nobody could open a case there for a quarter of an hour
        db.execute(text("DELETE FROM intake.wrong_codes"))


def of_reason(found: list[dict[str, Any]], reason: str) -> list[dict[str, Any]]:
    return [row for row in found if row["reason"] == reason]


def test_what_the_inspector_opens_stands_in_the_audit_and_nobody_elses_looks_do(
    lived: Lived,
) -> None:
    city = lived.tiers.city
    for door in city.node.doors.values():
        door.repeats.counts.clear()  # as the first looks of their minute
    seen = city.done("GET", "/desk?view=all", city.signed_in(Role.INSPECTOR))
    number = re.findall(r"case=(BCS-[0-9A-Z-]+)", seen)[0]
    city.done("GET", f"/desk?view=all&case={number}", city.signed_in(Role.INSPECTOR))
    city.done("GET", f"/api/v1/cases/{number}", city.token(Role.INSPECTOR))
    city.done("GET", f"/desk?view=all&case={number}", city.signed_in(Role.SUPERVISOR))

    looks = rows(city, action="case.read", outcome="done")
    own = city.login(Role.INSPECTOR)
    mine = [row for row in looks if row["actor_id"] in {own, Role.INSPECTOR}]
    assert {row["service"] for row in mine} == {"portal", "intake"}
    assert number in {row["object_id"] for row in mine}
    assert city.login(Role.SUPERVISOR) not in {row["actor_id"] for row in looks}
    lists = rows(city, actor=own, object="all")
    assert [row["object_kind"] for row in lists] == ["list"] * len(lists) != []


def test_a_search_finds_each_row_once_in_its_order_whatever_narrows_it(lived: Lived) -> None:
    city = lived.tiers.city
    with city.owner() as db:
        counts = {
            name: db.scalar(text(f"SELECT count(*) FROM {name}.audit")) or 0  # noqa: S608
            for name in MEMBERS
        }

    found = rows(city)

    keys = [(row["at"], row["service"], row["id"]) for row in found]
    assert len(set(keys)) == len(keys) >= sum(counts.values()) > 60
    assert keys == sorted(keys, reverse=True)
    assert len(rows(city, service="dispatch")) >= counts["dispatch"]
    one = next(row for row in found if row["service"] == "dispatch" and row["object_id"])
    again = rows(city, object=one["object_id"], action=one["action"], actor=one["actor_id"])
    assert one["id"] in {row["id"] for row in again}
    assert rows(city, until="2020-01-01T00:00:00+00:00") == []
    assert rows(city, service="nobody") == []


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.INSPECTOR, Role.AUDIT_ADMINISTRATOR}))
def test_nobody_else_reads_the_audit(lived: Lived, role: Role) -> None:
    city = lived.tiers.city

    for path in ("audit", "audit/chains", "audit/export", "anchors"):
        assert city.ask("GET", f"/api/v1/{path}", city.token(role)).status_code == 403


@pytest.mark.parametrize(
    "asked",
    [
        "cursor=x",
        "cursor=W10",
        "since=yesterday",
        "since=2026-01-01T00:00:00",
        "outcome=maybe",
        f"cursor={cursor_for('2026-01-01', 'intake', 1)}",
        f"cursor={cursor_for('2026-01-01T00:00:00+00:00', 'intake', 2**63)}",
        f"actor={'x' * 201}",
        "actor=%00",
    ],
)
def test_a_search_that_makes_no_sense_is_refused(lived: Lived, asked: str) -> None:
    city = lived.tiers.city

    answer = city.ask("GET", f"/api/v1/audit?{asked}", city.token(Role.AUDIT_ADMINISTRATOR))

    assert answer.status_code in {400, 422}, answer.text


def test_an_export_over_http_verifies_and_stands_in_the_audit(lived: Lived) -> None:
    city = lived.tiers.city
    seal_all(city)
    auditor = city.token(Role.AUDIT_ADMINISTRATOR)

    told = city.ask("GET", "/api/v1/audit/export", auditor)
    syslog = city.ask("GET", "/api/v1/audit/export?form=syslog", auditor)
    part = city.ask("GET", "/api/v1/audit/export?since=2020-01-01T00:00:00Z", auditor)

    assert told.headers["content-disposition"].startswith('attachment; filename="audit-341500-')
    read = check(told.text.splitlines(), [])
    assert read.findings == check(part.text.splitlines(), []).findings == []
    assert read.rows > 60
    assert syslog.text.startswith("<109>1 ")
    assert city.ask("GET", "/api/v1/audit/export", city.token(Role.INSPECTOR)).status_code == 403
    last = rows(city, action="audit.export", outcome="done")[:3]
    assert [row["actor_id"] for row in last] == ["audit_administrator"] * 3
    assert [row["purpose"].partition(" ")[0] for row in last] == ["jsonl", "syslog", "jsonl"]


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.AUDIT_ADMINISTRATOR])
def test_the_page_of_the_audit_shows_rows_chains_and_anchors(lived: Lived, role: Role) -> None:
    city = lived.tiers.city
    who = city.signed_in(role)
    seal_all(city)
    drop(city)
    run(city, "verify")

    page = city.done("GET", "/admin/audit", who)

    assert "完好：上次核验" in page
    assert "本级的每日锚点" in page
    assert "舒城县" in page
    assert ("导出这段时间" in page) is (role is Role.AUDIT_ADMINISTRATOR)
    narrowed = city.done("GET", "/admin/audit?action=case.decline&since=2020-01-01&until=x", who)
    assert "不予受理" in narrowed
    nothing = city.done("GET", "/admin/audit?actor=nobody-at-all&service=sla", who)
    assert "没有符合条件的记录" in nothing
    assert city.ask("GET", "/admin/audit?cursor=x", who).status_code == 200
