"""The keys of a whole node are renewed, retired and taken away while it works."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backstop.key_room import NodeKeyRoom
from backstop.renewing import Renewer
from backstop.suite import MEMBERS
from shared.clock import new_id, utcnow
from shared.errors import Refused
from shared.security.actor import Actor, ActorKind, Role
from shared.security.key_file import KeyFile
from tests.integration.whole.conftest import Lived
from tests.whole.node import WholeNode
from tests.whole.stories import Told, register, report

pytestmark = pytest.mark.integration

SECURITY = Role.SECURITY_ADMINISTRATOR
BY = Actor(kind=ActorKind.SYSTEM, node="340000", id="command-line")


@pytest.fixture
def whole(lived: Lived) -> WholeNode:
    return lived.tiers.province


@pytest.fixture
def away(whole: WholeNode) -> Iterator[Path]:
    """The key file is not where it belongs while the test runs."""
    path = whole.settings.key_file
    aside = path.with_name("aside.json")
    path.rename(aside)
    yield path
    aside.rename(path)


def renew(whole: WholeNode) -> None:
    renewer = Renewer(whole.node, tuple(MEMBERS))
    for _ in range(20):
        renewer.tick()


def look(whole: WholeNode, told: Told) -> str:
    body = {"purpose": "回访"}
    path = f"/api/v1/cases/{told.number}/person"
    return str(whole.done("POST", path, whole.token(Role.WINDOW_OFFICER), json=body)["name"])


def test_a_renewal_seals_everything_anew_and_an_old_key_is_retired(whole: WholeNode) -> None:
    told, who = register(whole), whole.token(SECURITY)
    key = {"idempotency-key": new_id().hex}
    first = whole.done("POST", "/api/v1/cases", key, json=report())
    old = whole.done("GET", "/api/v1/keys", who)["keys"][0]["name"]

    state = whole.done("POST", "/api/v1/keys/rotate", who, json={"what": "wrapping"})
    assert state["keys"][0]["name"] != old
    assert state["to_do"] > 1
    assert state["places"]["intake.idempotency.answer"] >= 1
    young = register(whole)
    assert look(whole, told) == look(whole, young) == "张三丰"

    renew(whole)

    state = whole.done("GET", "/api/v1/keys", who)
    assert state["to_do"] == 0
    assert state["keys"][0]["sealed"] == state["done"] > 1
    soon = whole.ask("POST", f"/api/v1/keys/{old}/retire", who, json={})
    assert (soon.status_code, soon.json()["code"]) == (409, "key_settles")
    later = utcnow() + timedelta(hours=2)
    left = NodeKeyRoom(whole.node).retire(old, BY, later)
    assert old not in [each.name for each in left.keys]
    assert whole.done("POST", "/api/v1/cases", key, json=report()) == first
    assert look(whole, told) == "张三丰"


def test_a_key_that_something_still_needs_is_not_retired(whole: WholeNode) -> None:
    register(whole)
    old = whole.node.keys.current
    KeyFile(whole.settings.key_file).rotate(datetime(2026, 3, 2, tzinfo=UTC))

    for name in (old, whole.node.keys.current):
        with pytest.raises(Refused) as refused:
            NodeKeyRoom(whole.node).retire(name, BY, utcnow())
        assert refused.value.code == "key_in_use"
    renew(whole)


def test_what_was_done_to_keys_stands_in_the_audit(whole: WholeNode) -> None:
    who = whole.token(SECURITY)
    named = whole.done("POST", "/api/v1/keys/rotate", who, json={"what": "wrapping"})

    with whole.owner() as db:
        query = "SELECT actor_id, object_id FROM portal.audit WHERE action = 'key.rotate'"
        rows = db.exec_driver_sql(query).all()
    assert ("security_administrator", named["keys"][0]["name"]) in rows
    renew(whole)


@pytest.mark.parametrize("role", [Role.WINDOW_OFFICER, Role.SYSTEM_ADMINISTRATOR, None])
def test_only_the_security_administrator_changes_keys(whole: WholeNode, role: Role | None) -> None:
    who = whole.token(role)
    before = whole.settings.key_file.read_text()

    answers = [
        whole.ask("POST", "/api/v1/keys/rotate", who, json={"what": "wrapping"}),
        whole.ask("POST", "/api/v1/keys/1/retire", who, json={}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert whole.settings.key_file.read_text() == before


def test_the_page_shows_the_keys_and_renews_one(whole: WholeNode) -> None:
    who = whole.signed_in(SECURITY)
    csrf = whole.ask("GET", "/admin/keys", who).text.split('name="csrf" value="')[1].split('"')[0]

    sent = whole.ask("POST", "/admin/keys", who, data={"csrf": csrf, "act": "wrapping"})
    shown = whole.ask("GET", "/admin/keys?done=wrapping", who).text
    refused = whole.ask("POST", "/admin/keys", who, data={"csrf": csrf, "act": "retire:../x"})

    assert (sent.status_code, sent.headers["location"]) == (303, "/admin/keys?done=wrapping")
    assert "新密钥已启用" in shown
    assert f'row">{whole.node.keys.current}</th>' in shown.replace("rowheader", "row")
    assert refused.status_code in (404, 422)
    assert whole.ask("POST", "/admin/keys", who, data={"act": "wrapping"}).status_code == 403
    renew(whole)


def test_without_keys_nobody_is_taken_down_and_nothing_is_stored(
    whole: WholeNode, away: Path
) -> None:
    before = counted(whole)

    answer = whole.ask("POST", "/api/v1/cases", {}, json=report())

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (503, "sealing_away")
    assert "没有登记" in problem["detail"]
    assert "12345" in problem["detail"]
    assert "12345" in problem["detail_en"]
    assert answer.headers["retry-after"]
    assert counted(whole) == before


def counted(whole: WholeNode) -> list[int]:
    tables = ("intake.cases", "intake.outbox", "vault.case_keys", "intake.idempotency")
    with whole.owner() as db:
        return [
            db.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() or 0  # noqa: S608
            for table in tables
        ]


def test_pages_of_staff_show_what_is_masked_and_say_so(whole: WholeNode) -> None:
    told = register(whole)
    whole.settle()
    who = whole.signed_in(Role.WINDOW_OFFICER)
    path = whole.settings.key_file
    aside = path.with_name("aside.json")

    path.rename(aside)
    try:
        page = whole.ask("GET", f"/desk?case={told.number}", who)
        csrf = page.text.split('name="csrf" value="')[1].split('"')[0]
        asked = {"csrf": csrf, "number": told.number, "purpose": "回访"}
        look = whole.ask("POST", "/desk/act/person", who, data=asked)
    finally:
        aside.rename(path)

    assert page.status_code == 200
    assert "个人信息加密暂时不可用" in page.text
    assert "138****5678" in page.text
    assert look.status_code == 503
    assert "个人信息加密暂时不可用" in look.text
    assert "13812345678" not in page.text + look.text
    again = whole.ask("GET", f"/desk?case={told.number}", who).text
    assert "个人信息加密暂时不可用" not in again
