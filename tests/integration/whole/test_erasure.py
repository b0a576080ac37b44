"""The person of a case that went through three tiers is erased in each; nothing opens."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from shared.clock import new_id
from shared.events.sealed import Sealed
from shared.security.actor import Role
from shared.security.erasing import ERASED
from shared.security.sealing import KeyDestroyed
from shared.security.vault import sealer_for
from tests.integration.whole.conftest import Lived
from tests.whole.node import CITY, PROVINCE, WholeNode
from tests.whole.stories import Told, decline, offer, place, rate, register, take, work
from tests.whole.tiers import WholeTiers

pytestmark = pytest.mark.integration

NAME, AGENT = "司徒静川", "上官若曦"
PERSON = {
    "kind": "person",
    "name": NAME,
    "phone": "13955601234",
    "id_number": "341523199001010019",
    "address": "舒城县城关镇梅河路 77 号",
}
TITLE, TEXT, ITEM = (
    "汤池乡的低保办不下来",
    "司徒静川在汤池乡跑了六趟，村里人都知道他。",
    "低保那件事",
)
SEALED = re.compile(r'\{[^{}]*"key_id"[^{}]*\}')
ASKING = {"ground": "request", "requester": "person", "reason": "本人要求删除"}
ANSWER = "已请汤池乡政府补发，本人认可。"


@pytest.fixture(scope="module")
def tiers(lived: Lived) -> WholeTiers:
    return lived.tiers


def closed(tiers: WholeTiers) -> Told:
    """A case of the county that the city and the province had, solved and rated."""
    for each in tiers.nodes.values():
        each.term = new_id()  # what another test let get lost on its way goes once more
    agent = {"name": AGENT, "phone": "13955605678"}
    told = register(tiers.county, reporter=PERSON, agent=agent, title=TITLE, text=TEXT, item=ITEM)
    at = f"/api/v1/cases/{told.number}/accept"
    tiers.county.done("POST", at, tiers.county.token(Role.DISPATCHER), json={})
    tiers.settle()
    for giver, taker in ((tiers.county, tiers.city), (tiers.city, tiers.province)):
        offered = offer(giver, told, taker.node.code)
        tiers.settle()
        take(taker, offered)
        tiers.settle()
    place(tiers.province, told)
    work(tiers.province, told, "sign", "contacts", "finish")
    tiers.settle()
    tiers.county.deliver()
    tiers.settle()
    rate(tiers.county, told, 5, solved=True)
    tiers.settle()
    return told


def rows_of(whole: WholeNode) -> Iterator[str]:
    """Every row of every table of a node, as text."""
    with whole.owner() as db:
        tables = db.execute(
            text(
                "SELECT table_schema, table_name FROM information_schema.tables"
                " WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
            )
        ).all()
        for schema, name in tables:
            yield from db.scalars(text(f'SELECT to_jsonb(t)::text FROM "{schema}"."{name}" t'))  # noqa: S608


def dump(tiers: WholeTiers) -> str:
    return "\n".join(row for each in tiers.nodes.values() for row in rows_of(each))


def sealed_in(whole: WholeNode, told: Told) -> Sequence[Sealed]:
    """Every ciphertext of a case that stands in some row of a node."""
    rows = [row.replace('\\"', '"') for row in rows_of(whole) if told.case_id in row]
    found = {hit for row in rows for hit in SEALED.findall(row)}
    values = [Sealed.model_validate(json.loads(hit)) for hit in found]
    return [each for each in values if each.data]


def opens(whole: WholeNode, sealed: Sealed) -> bool:
    with whole.units["intake"].transaction() as db:
        try:
            return bool(sealer_for(db, whole.node.keys, sealed.key_id).open(sealed))
        except KeyDestroyed:
            return False


def hashes_of(whole: WholeNode, told: Told) -> set[str]:
    """The keyed hashes under which the persons of a case are found."""
    with whole.owner() as db:
        row = db.execute(
            text("SELECT * FROM intake.cases WHERE case_id = :id"), {"id": UUID(told.case_id)}
        ).one()
    parties = [party for party in (row.complainant, row.agent) if party]
    known = {value for party in parties for key, value in party.items() if key.endswith("_hash")}
    return {value for value in (*known, row.query_code_hash) if value}


def erase(tiers: WholeTiers, told: Told) -> Any:
    county = tiers.county
    at = f"/api/v1/cases/{told.number}/erasure"
    asked = county.done("POST", at, county.token(Role.WINDOW_HEAD), json=ASKING)
    at = f"/api/v1/data-orders/{asked['order_id']}/approve"
    return county.done("POST", at, county.token(Role.SECURITY_ADMINISTRATOR))


def records(whole: WholeNode, told: Told) -> Any:
    at = f"/api/v1/cases/{told.number}/records"
    return whole.done("GET", at, whole.token(Role.WINDOW_HEAD))


def test_nothing_of_the_person_is_left_in_any_tier(tiers: WholeTiers) -> None:
    told = closed(tiers)
    before = {code: sealed_in(each, told) for code, each in tiers.nodes.items()}
    hashes = set[str]().union(*(hashes_of(each, told) for each in tiers.nodes.values()))
    assert all(before.values())
    assert all(opens(tiers.nodes[code], one) for code, found in before.items() for one in found)
    assert len(hashes) >= 3 * 4

    assert erase(tiers, told)["state"] == "done"
    tiers.settle()

    after = dump(tiers)
    words = (NAME, "司徒", AGENT, "上官", "139****1234", TITLE, "汤池乡", ITEM, told.code)
    assert [word for word in (*words, *hashes) if word in after] == []
    still = [
        one for code, found in before.items() for one in found if opens(tiers.nodes[code], one)
    ]
    assert still == []
    assert [one for each in tiers.nodes.values() for one in sealed_in(each, told)] == []
    copies = records(tiers.county, told)["orders"][0]["copies"]
    assert {each["node"] for each in copies} == {CITY, PROVINCE}
    assert all(each["done_at"] for each in copies)


def test_what_remains_is_shown_and_counted(tiers: WholeTiers) -> None:
    told = closed(tiers)
    board = "/api/v1/board"
    county, watching = tiers.county, tiers.county.token(Role.SUPERVISOR)
    counted = county.done("GET", board, watching)
    erase(tiers, told)
    tiers.settle()

    assert county.done("GET", board, watching) | {"at": ""} == counted | {"at": ""}
    shown = county.done("GET", f"/api/v1/cases/{told.number}", watching)
    assert (shown["title_masked"], shown["status"]) == (ERASED, "closed")
    page = county.done("GET", f"/desk?case={told.number}", county.signed_in(Role.SUPERVISOR))
    assert ERASED in page
    refused = county.ask("GET", f"/api/v1/cases/{told.number}", told.holder)
    assert refused.status_code == 404


def on_the_page(whole: WholeNode, who: dict[str, str], act: str, **form: str) -> int:
    shown = whole.done("GET", "/admin/retention", who)
    csrf = re.search(r'name="csrf" value="([^"]+)"', shown)
    key = {"csrf": csrf[1]} if csrf else {}
    return whole.ask("POST", f"/admin/retention/{act}", who, data=key | form).status_code


def test_it_is_held_asked_for_and_decided_on_the_page(tiers: WholeTiers) -> None:
    county = tiers.county
    told = register(county, item=ITEM, title=TITLE, text=TEXT, reporter=PERSON)
    decline(county, told)
    tiers.settle()
    head, who = county.signed_in(Role.WINDOW_HEAD), county.signed_in(Role.SECURITY_ADMINISTRATOR)
    about, case = f"/admin/retention?number={told.number}", {"number": told.number, "about": "1"}
    asking = {**case, "ground": "request", "requester": "agent"}

    assert on_the_page(county, head, "erase", **case) == 422
    assert on_the_page(county, head, "erase", **asking) == 303
    assert on_the_page(county, head, "hold", **case, reason="审计") == 303
    assert "依法保留中" in county.done("GET", about, head)

    order = {"order_id": records(county, told)["orders"][0]["order_id"]}
    assert on_the_page(county, head, "approve", **case, **order) == 403
    assert on_the_page(county, who, "approve", **order) == 303
    assert "等解除保留" in county.done("GET", about, head)
    assert on_the_page(county, head, "release", **case, reason="审计结束") == 303
    assert "个人信息已按规定清除" in county.done("GET", about, head)


def at_the_desk(whole: WholeNode, who: dict[str, str], act: str, told: Told, **form: str) -> int:
    shown = whole.done("GET", f"/desk?case={told.number}", who)
    sent = {"number": told.number, "case_id": told.case_id, **form}
    for name in ("csrf", "key"):
        found = re.search(rf'name="{name}" value="([^"]+)"', shown)
        sent[name] = found[1] if found else ""
    return whole.ask("POST", f"/desk/act/{act}", who, data=sent).status_code


def test_it_is_held_released_and_asked_for_beside_the_case(tiers: WholeTiers) -> None:
    county = tiers.county
    told = register(county, item="不在目录里的事")
    decline(county, told)
    tiers.settle()
    head, officer = county.signed_in(Role.WINDOW_HEAD), county.signed_in(Role.WINDOW_OFFICER)
    case, records_at = f"/desk?case={told.number}", f"/admin/retention?number={told.number}"

    assert at_the_desk(county, officer, "hold", told, reason="行政复议") == 403
    assert at_the_desk(county, head, "hold", told) == 422
    assert at_the_desk(county, head, "hold", told, reason="复议", review_on="明天") == 422
    assert at_the_desk(county, head, "hold", told, reason="行政复议") == 303
    tiers.settle()
    page = county.done("GET", case, head)
    assert "依法保留中" in page
    assert "行政复议" in page
    assert records_at in page
    assert f"/desk?case={told.number}" in county.done("GET", records_at, head)
    seen = county.done("GET", case, officer)
    assert "依法保留中" in seen
    assert "行政复议" not in seen

    asking = {"ground": "request", "requester": "person"}
    assert at_the_desk(county, head, "erase", told, **asking) == 303
    assert at_the_desk(county, head, "release", told, reason="复议结束") == 303
    tiers.settle()
    assert "依法保留中" not in county.done("GET", case, head)
    assert [order["state"] for order in records(county, told)["orders"]] == ["asked"]
