"""A list leaves as a file: as it is shown, once, and above a limit only by two persons."""

import csv
import io
import re
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from services.portal import handlers
from services.portal.handlers import ExportAsking
from services.portal.policy.exports import ExportRules
from services.portal.repository import ListKind, ListScope
from services.portal.tables import export_pieces, plumbing
from shared.clock import utcnow
from shared.errors import Refused
from shared.security.actor import Actor, ActorKind, Role
from shared.security.caller import Caller
from tests.integration.whole.conftest import Lived
from tests.whole.node import WholeNode

pytestmark = pytest.mark.integration

AT = "/api/v1/exports"
ASKED = {"kind": "all", "purpose": "季度分析"}
HEAD, SUPERVISOR = Role.WINDOW_HEAD, Role.SUPERVISOR


@pytest.fixture(scope="module")
def county(lived: Lived) -> WholeNode:
    return lived.tiers.county


def own(county: WholeNode, export_id: str, role: Role = HEAD) -> Any:
    found = county.done("GET", AT, county.token(role))
    return next((each for each in found if each["export_id"] == export_id), None)


def somebody(county: WholeNode, login: str) -> Caller:
    kind, roles = ActorKind.STAFF, frozenset({HEAD})
    actor = Actor(kind=kind, node=county.node.code, id=login, name=login, roles=roles)
    return Caller(actor, utcnow())


def all_that(asker: Caller) -> ListScope:
    actor = asker.actor
    return ListScope(kind=ListKind.ALL, sight=handlers.sight_of(actor, actor.node), reader=actor)


def test_what_the_list_shows_is_exported_and_fetched_once(county: WholeNode) -> None:
    made = county.done("POST", AT, county.token(HEAD), json=ASKED)
    shown = own(county, made["export_id"])
    assert (shown["state"], shown["done"]) == ("ready", shown["rows"])

    at = f"{AT}/{made['export_id']}/file"
    assert county.ask("POST", at, county.token(SUPERVISOR)).status_code == 404
    answer = county.ask("POST", at, county.token(HEAD))
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert sheet.max_row == 4 + shown["rows"]
    assert "季度分析" in str(sheet["A2"].value)
    assert county.ask("POST", at, county.token(HEAD)).status_code == 410
    assert own(county, made["export_id"])["state"] == "fetched"


def test_an_export_is_narrowed_as_the_list_is(county: WholeNode) -> None:
    whole = county.done("POST", AT, county.token(HEAD), json=ASKED)["rows"]
    body = {**ASKED, "kind": "rest", "format": "csv"}
    made = county.done("POST", AT, county.token(HEAD), json=body)
    assert made["rows"] < whole

    answer = county.ask("POST", f"{AT}/{made['export_id']}/file", county.token(HEAD))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    status = rows[3].index("状态")
    assert {row[status] for row in rows[4:]} <= {"已结束", "不予受理"}
    assert len(rows) == 4 + made["rows"]


def test_the_cases_behind_a_number_of_the_board_leave_as_they_are_listed(
    county: WholeNode,
) -> None:
    who, asked = county.token(SUPERVISOR), {**ASKED, "kind": "open", "format": "csv"}

    def rows_of(**more: str) -> list[dict[str, str]]:
        made = county.done("POST", AT, who, json=asked | more)
        assert own(county, made["export_id"], SUPERVISOR)["cell"] == more.get("cell", "")
        answer = county.ask("POST", f"{AT}/{made['export_id']}/file", who)
        lines = answer.content.decode("utf-8-sig").splitlines()[3:]
        return list(csv.DictReader(lines))

    whole, behind = rows_of(), rows_of(cell="lamp.red~unit.SCJGJ")

    assert 0 < len(behind) < len(whole)
    late = [row["编号"] for row in whole if row["灯"] == "已超时"]
    assert [row["编号"] for row in behind] == late
    refused = county.ask("POST", AT, who, json=asked | {"cell": "lamp.blue"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "cell")


def test_the_file_is_sealed_while_it_waits(county: WholeNode) -> None:
    made = county.done("POST", AT, county.token(HEAD), json=ASKED)
    with county.owner() as db:
        query = select(export_pieces.c.piece).where(export_pieces.c.export_id == made["export_id"])
        pieces = db.scalars(query).all()

    assert pieces
    assert b"PK" not in pieces[0][:4]


def test_above_the_limit_another_person_must_agree(county: WholeNode) -> None:
    rules = ExportRules(alone=0, most=50_000, kept=county.settings.portal.export_rules.kept)
    asker, other = somebody(county, "asker"), somebody(county, "other")
    scope = all_that(asker)
    opening = county.units["portal"].transaction
    with opening() as db:
        asked = handlers.ask_export(db, ExportAsking(scope, "csv", "分析"), rules, asker)
    handlers.make_export(opening, county.node.keys, asked.export_id, utcnow)
    with pytest.raises(Refused, match="wrong_state"):
        handlers.fetch_export(opening, county.node.keys, asked.export_id, rules, asker)
    with opening() as db, pytest.raises(Refused, match="second_person"):
        handlers.decide_export(db, asked.export_id, None, asker)
    seen = own(county, str(asked.export_id), SUPERVISOR)
    assert (seen["kind"], seen["rows"], seen["is_own"]) == ("all", asked.rows, False)

    with opening() as db:
        handlers.decide_export(db, asked.export_id, None, other)
    handlers.make_export(opening, county.node.keys, asked.export_id, utcnow)
    found = handlers.fetch_export(opening, county.node.keys, asked.export_id, rules, asker)
    file = b"".join(found.pieces)
    assert "批准人：other" in file.decode("utf-8-sig")
    with county.owner() as db:
        mine = plumbing.audit.c.object_id == str(asked.export_id)
        query = plumbing.audit.select().where(mine).order_by(plumbing.audit.c.id)
        done = [row.action for row in db.execute(query)]
    assert done == ["export.ask", "export.approve", "export.fetch"]


def test_too_much_and_nothing_leave_in_no_export(county: WholeNode) -> None:
    asker = somebody(county, "asker")
    rules = ExportRules(alone=0, most=1, kept=county.settings.portal.export_rules.kept)
    scope = all_that(asker)
    with county.units["portal"].transaction() as db:
        with pytest.raises(Refused, match="too_many_rows"):
            handlers.ask_export(db, ExportAsking(scope, "csv", "分析"), rules, asker)
        nothing = replace(scope, text="没有这样的词语")
        with pytest.raises(Refused, match="nothing_to_export"):
            handlers.ask_export(db, ExportAsking(nothing, "csv", "分析"), rules, asker)


def test_the_desk_leads_to_an_export_and_back(county: WholeNode) -> None:
    who = county.signed_in(HEAD)
    assert "/desk/exports?view=all" in county.done("GET", "/desk?view=all", who)
    page = county.done("GET", "/desk/exports?view=all", who)
    assert "用来做什么" in page
    assert "/desk/exports" not in county.done(
        "GET", "/desk", county.signed_in(Role.WINDOW_OFFICER)
    )
    assert (
        county.ask("GET", "/desk/exports", county.signed_in(Role.WINDOW_OFFICER)).status_code
        == 403
    )


def test_a_ledger_is_exported_from_its_page_and_comes_through_it_in_pieces(
    county: WholeNode,
) -> None:
    who = county.signed_in(HEAD)
    asked = county.done(
        "GET", "/desk/exports?view=all&ledger=order%3Doldest%26column%3Dnumber", who
    )
    csrf = re.search(r'name="csrf" value="(\w+)"', asked)
    assert csrf is not None
    form = {"csrf": csrf[1], "view": "all", "ledger": "order=oldest&column=number"}
    told = {**form, "purpose": "季度分析", "format": "csv"}

    assert county.ask("POST", "/desk/exports/ask", who, data=told).status_code == 303
    made = county.done("GET", AT, who)[0]
    again = {"csrf": csrf[1], "export_id": made["export_id"]}
    answer = county.ask("POST", "/desk/exports/file", who, data=again)

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert made["ledger"] == "order=oldest&column=number"
    assert (answer.status_code, len(lines)) == (200, 4 + made["rows"])
    assert answer.headers["content-length"] == str(len(answer.content))
    assert lines[3] == '"编号","导出编号"'
    assert county.ask("POST", "/desk/exports/file", who, data=again).status_code == 410
    wrong = county.ask("GET", "/desk/exports?view=all&ledger=status%3Dlost", who)
    assert wrong.status_code == 422
    body = {**ASKED, "kind": "open", "ledger": "order=due"}
    assert county.ask("POST", AT, county.token(HEAD), json=body).status_code == 422
