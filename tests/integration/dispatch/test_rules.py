"""The dispatch catalogue: drafted, checked, signed by two, in force, explained."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, select

from services.dispatch import handlers
from services.dispatch.api.rule_bodies import RuleBody, TrialBody
from services.dispatch.handlers import drafting, signing
from services.dispatch.handlers.propose import RuleProposal, propose_rule
from services.dispatch.repository.cases import cases_by_id
from services.dispatch.repository.erasing import erase_rows
from services.dispatch.repository.parts import parts_of
from services.dispatch.repository.rules import lock_draft, rule_of_order, rules_in
from services.dispatch.tables import order_rules
from shared.errors import Refused
from shared.events.dispatch import CasePooled, OrderDispatched, PartOpened, Route, RuleTold
from shared.events.words import By, Channel
from shared.security.actor import Role
from shared.unit import Unit
from tests.integration.dispatch.stories import (
    DISPATCHER,
    MARKET_OFFICER,
    NINE,
    NODE,
    accepted,
    fill_catalogue,
    last,
    order_of,
    retire_unit,
)
from tests.integration.dispatch.test_conflict import against
from tests.integration.doorway import Call, staff

pytestmark = pytest.mark.integration

SUPERVISOR = staff(Role.SUPERVISOR, unit="zwfw")
INSPECTOR = staff(Role.INSPECTOR)
AT = "/dispatch-catalogues"
NOISE = {
    "title": "夜间施工噪声归市场监管局",
    "conditions": {"regions": [f"{NODE}000000"], "any_words": ["夜间噪声", "施工噪声"]},
    "unit_code": "scjgj",
    "co_units": ["cgz"],
    "urgency": "urgent",
    "legal_basis": "《噪声污染防治法》第八条",
}
TRIAL = {"title": "工地夜里响", "region": NODE, "text": "有施工噪声", "unit_code": "scjgj"}


def signed(call: Call, edition: int, **more: Any) -> None:
    for who in (DISPATCHER, SUPERVISOR):
        answer = call(who, "POST", f"{AT}/draft/sign", json={"edition": edition, **more})
        assert answer.status_code == 200, answer.json()


def drafted(call: Call, *rules: dict[str, Any], trials: tuple[dict[str, Any], ...] = ()) -> int:
    """Open a draft with these rules and test cases; return its edition."""
    assert call(DISPATCHER, "POST", AT, json={"note": "第一版"}).status_code == 201
    edition = 0
    for path, bodies in (("rules", rules), ("tests", trials)):
        for body in bodies:
            answer = call(DISPATCHER, "POST", f"{AT}/draft/{path}", json=body)
            assert answer.status_code == 201, answer.json()
            edition = answer.json()["edition"]
    return edition


def test_two_persons_put_a_draft_in_force_and_every_order_says_which_rule_decided(
    unit: Unit, call: Call
) -> None:
    with unit.transaction() as db:
        fill_catalogue(db)
    edition = drafted(call, NOISE, trials=(TRIAL,))

    first = call(DISPATCHER, "POST", f"{AT}/draft/sign", json={"edition": edition})
    again = call(DISPATCHER, "POST", f"{AT}/draft/sign", json={"edition": edition})
    second = call(SUPERVISOR, "POST", f"{AT}/draft/sign", json={"edition": edition})

    assert (first.json()["state"], first.json()["in_force"]) == ("draft", False)
    assert (again.status_code, again.json()["code"]) == (409, "signed_by_you")
    assert (second.json()["state"], second.json()["in_force"]) == ("signed", True)
    noise = accepted(item_code=None, text_masked="每晚有夜间噪声", party="person")
    with unit.begin() as work:
        handlers.route_cases(work.db, [noise, accepted()])
        by_item = last(work.db, OrderDispatched)
        order = order_of(work.db, noise.case_id)
        case = cases_by_id(work.db, [noise.case_id])[noise.case_id]
    assert (by_item.route, by_item.rule) == (Route.ITEM, None)
    assert (order.unit_code, order.route) == ("scjgj", "rule")
    assert order.because == "按派单规则派单：夜间施工噪声归市场监管局"
    assert (case.channel, case.party) == ("web", "person")
    shown = call(MARKET_OFFICER, "GET", f"/orders/{order.order_id}/rule").json()
    assert shown == {
        "catalogue": 1,
        "rule_code": "R0001",
        "rule_title": NOISE["title"],
        "met": [
            {"condition": "region", "value": NODE},
            {"condition": "any_words", "value": "夜间噪声"},
        ],
        "co_units": ["cgz"],
        "urgency": "urgent",
        "complexity": None,
        "legal_basis": NOISE["legal_basis"],
    }


def in_force(db: Connection, **rule: Any) -> None:
    """A catalogue with one rule, signed."""
    caller = handlers.Caller(DISPATCHER, NINE)
    drafting.begin_draft(db, "一", caller)
    drafting.enter_rule(db, RuleBody.model_validate({**NOISE, **rule}).entry(None), caller)
    trial = TrialBody.model_validate(
        {"title": "无", "region": "110000", "text": "无关", "unit_code": None}
    )
    edition = drafting.enter_trial(db, trial.entry(), caller).edition
    for who in (DISPATCHER, SUPERVISOR):
        signing.sign_catalogue(db, signing.Signing(edition), handlers.Caller(who, NINE))


def test_each_of_a_batch_is_ruled_as_of_its_acceptance_and_where_its_place_is_today(
    db: Connection,
) -> None:
    fill_catalogue(db)
    in_force(db)
    noise = accepted(item_code=None, text_masked="施工噪声", region="342425")
    early = noise.model_copy(update={"case_id": uuid4(), "occurred_at": NINE - timedelta(hours=1)})

    handlers.route_cases(db, [early, noise])

    assert [order_of(db, one.case_id).unit_code for one in (early, noise)] == ["cgz", "scjgj"]
    proposal = RuleProposal(
        item_code=None,
        region="342425",
        keywords=("塔吊",),
        unit_code="cgz",
        legal_basis="《条例》第三条",
        source="争议裁定",
    )
    propose_rule(db, proposal, By(kind="staff", unit="zwfw"), NINE)
    draft = lock_draft(db)
    assert draft is not None
    assert rules_in(db, draft.catalogue_id)[0].rule.conditions.regions == frozenset({NODE})


def test_a_rule_is_said_in_words_that_nodes_of_the_release_before_know(db: Connection) -> None:
    fill_catalogue(db)
    in_force(db)

    handlers.route_cases(db, [accepted(item_code=None, text_masked="施工噪声")])

    said = last(db, OrderDispatched)
    assert said.route is Route.PLACE
    assert said.rule == RuleTold(
        catalogue=1,
        code="R0001",
        title=NOISE["title"],
        met_masked=f"region:{NODE}\nany_words:施工噪声",
    )


def test_the_rule_gives_nothing_to_whom_the_case_complains_of(db: Connection) -> None:
    fill_catalogue(db)
    in_force(db)
    marked = accepted(item_code=None, text_masked="施工噪声", complained_of=against("scjgj"))

    handlers.route_cases(db, [marked])

    order = order_of(db, marked.case_id)
    ruled = rule_of_order(db, order.order_id)
    assert (order.unit_code, order.route) == ("zwfw", "detour")
    assert ruled is not None
    assert (ruled.rule_code, ruled.co_units) == ("R0001", ["cgz"])


def helping_with(db: Connection, **told: Any) -> list[str]:
    event = accepted(item_code=None, text_masked="施工噪声", **told)
    handlers.route_cases(db, [event])
    return [part.unit_code for part in parts_of(db, order_of(db, event.case_id).order_id)]


def test_who_a_rule_says_shall_help_has_a_part_at_once(db: Connection) -> None:
    fill_catalogue(db)
    in_force(db)

    assert helping_with(db) == ["cgz"]
    told = last(db, PartOpened)
    assert told.task_masked == f"按派单规则“{NOISE['title']}”协助主办单位办理"
    assert (told.days, told.by.kind) == (None, "system")
    assert helping_with(db, complained_of=against("cgz")) == []
    retire_unit(db, "cgz")
    assert helping_with(db) == []


def test_an_erased_case_shows_no_more_by_which_words_it_was_placed(db: Connection) -> None:
    fill_catalogue(db)
    in_force(db)
    event = accepted(item_code=None, text_masked="施工噪声")
    handlers.route_cases(db, [event])

    erase_rows(db, event.case_id)

    assert db.scalars(select(order_rules.c.met)).all() == [[]]


def test_a_rule_whose_unit_went_out_of_use_leaves_its_cases_to_a_dispatcher(
    db: Connection,
) -> None:
    fill_catalogue(db)
    in_force(db)
    retire_unit(db, "scjgj")
    handlers.route_cases(db, [accepted(item_code=None, text_masked="施工噪声")])

    assert last(db, CasePooled).reason == "unit_inactive"


def test_what_is_wrong_with_a_draft_keeps_it_from_being_signed(unit: Unit, call: Call) -> None:
    with unit.transaction() as db:
        fill_catalogue(db)
    edition = drafted(call, NOISE, {**NOISE, "unit_code": "cgz", "co_units": []})

    def sign(edition: int) -> str:
        answer = call(DISPATCHER, "POST", f"{AT}/draft/sign", json={"edition": edition})
        return str(answer.json().get("code"))

    assert sign(edition - 1) == "changed_meanwhile"
    assert sign(edition) == "rules_not_clean"
    checked = call(INSPECTOR, "GET", f"{AT}/1/check").json()
    assert [(one["kind"], one["rule_code"], one["other"]) for one in checked["findings"]] == [
        ("contradiction", "R0002", "R0001")
    ]
    gone = call(DISPATCHER, "DELETE", f"{AT}/draft/rules/R0002").json()
    assert sign(gone["edition"]) == "tests_missing"
    wrong = call(DISPATCHER, "POST", f"{AT}/draft/tests", json={**TRIAL, "unit_code": "cgz"})
    assert sign(wrong.json()["edition"]) == "tests_failed"
    tried = call(INSPECTOR, "GET", f"{AT}/1/check").json()["tests"][0]
    assert (tried["unit_code"], tried["rule_code"], tried["passed"]) == ("scjgj", "R0001", False)


def test_a_change_voids_the_signature_that_was_there(unit: Unit, call: Call) -> None:
    with unit.transaction() as db:
        fill_catalogue(db)
    edition = drafted(call, NOISE, trials=(TRIAL,))
    call(DISPATCHER, "POST", f"{AT}/draft/sign", json={"edition": edition})

    call(DISPATCHER, "PUT", f"{AT}/draft/rules/R0001", json={**NOISE, "title": "改过"})

    shown = call(INSPECTOR, "GET", f"{AT}/1").json()
    assert (shown["first_name"], shown["edition"]) == (None, edition + 1)


def test_a_version_holds_from_its_moment_on_and_the_one_before_stays_readable(
    unit: Unit, call: Call
) -> None:
    with unit.transaction() as db:
        fill_catalogue(db)
    signed(call, drafted(call, NOISE, trials=(TRIAL,)))
    call(DISPATCHER, "POST", AT, json={"note": "第二版"})
    body = {**NOISE, "unit_code": "cgz", "co_units": [], "title": "改由镇里办"}
    call(DISPATCHER, "PUT", f"{AT}/draft/rules/R0001", json=body)
    old = call(DISPATCHER, "GET", f"{AT}/2/check").json()["tests"][0]["test_id"]
    call(DISPATCHER, "DELETE", f"{AT}/draft/tests/{old}")
    edition = call(
        DISPATCHER, "POST", f"{AT}/draft/tests", json={**TRIAL, "unit_code": "cgz"}
    ).json()["edition"]
    tomorrow = NINE + timedelta(days=1)
    signed(call, edition, live_from=tomorrow.isoformat())

    today = accepted(item_code=None, text_masked="施工噪声", channel=Channel.HOTLINE)
    later = today.model_copy(update={"case_id": uuid4(), "occurred_at": tomorrow})
    with unit.transaction() as db:
        handlers.route_cases(db, [today])
        handlers.route_cases(db, [later])
        orders = [order_of(db, one.case_id) for one in (today, later)]
        versions = [rule_of_order(db, order.order_id) for order in orders]

    assert [order.unit_code for order in orders] == ["scjgj", "cgz"]
    assert [one.catalogue for one in versions if one] == [1, 2]
    (change,) = call(INSPECTOR, "GET", f"{AT}/2/changes").json()
    assert (change["kind"], change["fields"]) == ("changed", ["title", "unit_code", "co_units"])
    assert call(INSPECTOR, "GET", f"{AT}/1/rules").json()["items"][0]["unit_code"] == "scjgj"


def test_rules_are_moved_replaced_and_listed_in_their_order(unit: Unit, call: Call) -> None:
    with unit.transaction() as db:
        fill_catalogue(db)
    bodies = [{**NOISE, "title": word, "conditions": {"any_words": [word]}} for word in "甲乙丙丁"]
    drafted(call, *bodies)

    def titles() -> str:
        listed = call(INSPECTOR, "GET", f"{AT}/1/rules").json()["items"]
        assert [one["position"] for one in listed] == list(range(len(listed)))
        return "".join(one["title"] for one in listed)

    moved = []
    for code, to in (("R0004", 0), ("R0001", 2), ("R0003", 99)):
        call(DISPATCHER, "POST", f"{AT}/draft/rules/{code}/move", json={"position": to})
        moved.append(titles())
    call(DISPATCHER, "DELETE", f"{AT}/draft/rules/R0002")

    assert (moved, titles()) == (["丁甲乙丙", "丁乙甲丙", "丁乙甲丙"], "丁甲丙")


def test_a_proposal_of_others_goes_first_into_the_open_draft(db: Connection) -> None:
    fill_catalogue(db)
    proposal = RuleProposal(
        item_code="licence",
        region="341523101000",
        keywords=("小餐桌",),
        unit_code="cgz",
        legal_basis="《条例》第三条",
        source="争议裁定 13800006160",
    )
    by = By(kind="staff", unit="zwfw")

    rule_id = propose_rule(db, proposal, by, NINE)
    propose_rule(db, proposal, by, NINE)

    draft = lock_draft(db)
    assert draft is not None
    assert draft.edition == 2
    later, first = rules_in(db, draft.catalogue_id)
    assert (first.rule_id, first.position, later.position) == (rule_id, 1, 0)
    assert first.rule.conditions.regions == {"341523101"}
    assert "13800006160" not in first.rule.source
    empty = replace(proposal, item_code=None, region=None, keywords=(" ",))
    with pytest.raises(Refused, match="rule_without_condition"):
        propose_rule(db, empty, by, NINE)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/draft/rules", {**NOISE, "unit_code": ""}, 422),
        ("POST", "/draft/rules", {**NOISE, "conditions": {"any_words": [""]}}, 422),
        ("POST", "/draft/rules", {**NOISE, "conditions": {"hours": [0, 25]}}, 422),
        ("POST", "/draft/rules", {**NOISE, "conditions": {"regions": ["abc"]}}, 422),
        ("POST", "/draft/rules", {**NOISE, "conditions": {"other": 1}}, 422),
        ("POST", "/draft/rules/R9999/move", {"position": 0}, 404),
        ("GET", "/99", None, 404),
        ("GET", "/1/rules?cursor=x", None, 400),
        ("POST", "/draft/sign", {"edition": 0, "live_from": "2001-01-01T00:00:00Z"}, 409),
        ("POST", "", {"note": "再开一份"}, 409),
    ],
    ids=[
        "no unit",
        "an empty word",
        "a wrong hour",
        "a wrong region",
        "an unknown condition",
        "an unknown rule",
        "an unknown version",
        "a wrong cursor",
        "nothing to sign",
        "a second draft",
    ],
)
def test_bad_input_is_refused(
    unit: Unit, call: Call, method: str, path: str, body: Any, status: int
) -> None:
    drafted(call)

    assert call(DISPATCHER, method, f"{AT}{path}", json=body).status_code == status


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_an_officer_of_a_unit_neither_reads_nor_changes_the_catalogue(
    unit: Unit, call: Call, method: str
) -> None:
    assert call(MARKET_OFFICER, method, AT, json={"note": "无"}).status_code == 403
