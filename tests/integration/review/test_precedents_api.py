"""The doors of the case library: for everybody what counts, for staff the whole of it."""

from typing import Any
from uuid import uuid4

import pytest

from services.review.policy.precedents import MOST_AVOIDED_A_DAY
from shared.security.actor import Actor, Role, anonymous
from shared.unit import Unit
from tests.integration.doorway import NODE, Call, staff
from tests.integration.review.precedents import TITLE, body
from tests.integration.review.stories import NUMBER, invited_case

pytestmark = pytest.mark.integration

DISPATCHER, REVIEWER = staff(Role.DISPATCHER), staff(Role.REVIEWER)
OFFICER, HEAD = staff(Role.DISPOSAL_OFFICER, unit="scjgj"), staff(Role.WINDOW_HEAD)
OPERATOR, ANYBODY = staff(Role.OPERATOR), anonymous(NODE)
TYPED = "社保卡丢了要补办"


def drafted(call: Call, **changed: Any) -> str:
    response = call(DISPATCHER, "POST", "/precedents", json=body(**changed))
    assert response.status_code == 201, response.text
    return str(response.json()["precedent_id"])


def published(call: Call, **changed: Any) -> str:
    precedent_id = drafted(call, **changed)
    response = call(REVIEWER, "POST", f"/precedents/{precedent_id}/publish")
    assert response.status_code == 200, response.text
    return precedent_id


def test_everybody_finds_what_is_published_and_why(call: Call) -> None:
    precedent_id = published(call, scope="both", keywords=["补卡"])

    [short] = call(ANYBODY, "GET", "/precedents", params={"q": TYPED}).json()
    [long] = call(ANYBODY, "POST", "/precedents/similar", json={"text": TYPED * 50}).json()
    one = call(ANYBODY, "GET", f"/precedents/{precedent_id}").json()

    assert (short["precedent_id"], short["because"]) == (precedent_id, ["社保卡", "补办"])
    assert long == short
    assert (one["title"], one["node"]) == (TITLE, NODE)
    assert {"source_number", "scope", "state", "writers"}.isdisjoint(one)


def test_a_draft_one_that_is_over_and_one_that_is_withdrawn_are_only_for_staff(call: Call) -> None:
    draft, over = drafted(call), published(call, valid_to="2030-01-01")
    withdrawn = published(call)
    call(REVIEWER, "POST", f"/precedents/{withdrawn}/withdraw")

    for precedent_id in (draft, over, withdrawn):
        hidden = call(ANYBODY, "GET", f"/precedents/{precedent_id}")
        assert (hidden.status_code, hidden.json()["code"]) == (404, "unknown_precedent")
    assert call(ANYBODY, "GET", "/precedents", params={"q": TYPED}).json() == []
    shelves = {
        shelf: [each["precedent_id"] for each in listed(call, REVIEWER, shelf=shelf)]
        for shelf in ("draft", "over", "withdrawn", "published", "to_check")
    }
    assert shelves == {
        "draft": [draft],
        "over": [over],
        "withdrawn": [withdrawn],
        "published": [over],
        "to_check": [],
    }
    [shown] = listed(call, shelf="over")
    assert (shown["standing"], shown["may_publish"], shown["avoided"]) == ("over", True, 0)


def test_a_list_is_narrowed_by_words_and_goes_on_after_its_cursor(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.review.api.library.MOST_PER_PAGE", 2)
    mine = {published(call) for _ in range(3)}
    published(call, title="不动产登记", question="房产证办不下来", item_code="BDC")

    first = call(HEAD, "GET", "/precedents/library", params={"q": "社保卡"}).json()
    second = call(
        HEAD, "GET", "/precedents/library", params={"q": "社保卡", "cursor": first["next"]}
    ).json()

    assert {each["precedent_id"] for each in (*first["items"], *second["items"])} == mine
    assert second["next"] is None
    assert [each["title"] for each in listed(call, item="BDC")] == ["不动产登记"]


def test_a_report_that_nobody_has_to_make_is_counted_once(call: Call) -> None:
    precedent_id, key = published(call), {"key": str(uuid4())}
    path = f"/precedents/{precedent_id}/solved"

    first, again = (call(ANYBODY, "POST", path, json=key) for _ in range(2))

    assert (first.json()["counted"], again.json()["counted"]) == (True, False)
    assert listed(call)[0]["avoided"] == 1
    gone = call(ANYBODY, "POST", f"/precedents/{uuid4()}/solved", json=key)
    assert (gone.status_code, gone.json()["code"]) == (404, "unknown_precedent")


def test_one_household_counts_only_so_often_a_day_and_the_desk_as_often_as_it_helps(
    call: Call,
) -> None:
    one, other = published(call), published(call)

    def counted(precedent_id: str, actor: Actor = ANYBODY) -> bool:
        path = f"/precedents/{precedent_id}/solved"
        answer = call(actor, "POST", path, json={"key": str(uuid4())})
        return bool(answer.json()["counted"])

    assert [counted(one) for _ in range(MOST_AVOIDED_A_DAY + 2)] == [
        *[True] * MOST_AVOIDED_A_DAY,
        *[False] * 2,
    ]
    assert counted(other)
    assert counted(one, OFFICER)


def test_an_edition_is_opened_by_its_number(call: Call) -> None:
    precedent_id = published(call)
    call(DISPATCHER, "PUT", f"/precedents/{precedent_id}", json=body(title="第二版"))

    latest = call(REVIEWER, "GET", f"/precedents/library/{precedent_id}").json()
    first = call(OFFICER, "GET", f"/precedents/library/{precedent_id}?edition=1").json()

    assert (latest["edition"], latest["state"], latest["title"]) == (2, "draft", "第二版")
    assert (first["state"], first["title"]) == ("published", TITLE)


def test_a_draft_and_what_case_it_is_of_are_for_those_who_work_on_it(
    call: Call, unit: Unit
) -> None:
    with unit.transaction() as db:
        case_id = invited_case(db)
    about = call(DISPATCHER, "POST", "/precedents", json=body(case_id=str(case_id))).json()
    at = f"/precedents/library/{about['precedent_id']}"

    for actor in (OFFICER, HEAD, staff(Role.INSPECTOR)):
        assert call(actor, "GET", at).status_code == 404
        assert call(actor, "GET", f"{at}?edition=1").status_code == 404
        assert listed(call, actor) == listed(call, actor, shelf="draft") == []
    assert listed(call, DISPATCHER)[0]["source_number"] == NUMBER

    call(REVIEWER, "POST", f"/precedents/{about['precedent_id']}/publish")
    call(DISPATCHER, "PUT", f"/precedents/{about['precedent_id']}", json=body(title="第二版"))
    shown = call(OFFICER, "GET", at).json()
    assert (shown["edition"], shown["title"], shown["source_number"]) == (1, TITLE, None)
    assert call(OFFICER, "GET", f"{at}?edition=2").status_code == 404


@pytest.mark.parametrize(
    ("actor", "read", "write", "publish"),
    [
        (DISPATCHER, 200, 201, 403),
        (REVIEWER, 200, 201, 404),
        (staff(Role.SUPERVISOR), 200, 201, 404),
        (OFFICER, 200, 403, 403),
        (HEAD, 200, 403, 403),
        (staff(Role.INSPECTOR), 200, 403, 403),
        (OPERATOR, 403, 403, 403),
        (ANYBODY, 401, 401, 401),
    ],
)
def test_who_may_what(call: Call, actor: Actor, read: int, write: int, publish: int) -> None:
    assert call(actor, "GET", "/precedents/library").status_code == read
    assert call(actor, "POST", "/precedents", json=body()).status_code == write
    for act in ("publish", "withdraw", "check"):
        assert call(actor, "POST", f"/precedents/{uuid4()}/{act}").status_code == publish


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": " "}, "title"),
        ({"answer": "字" * 5_001}, "answer"),
        ({"question": "a\x00b"}, "question"),
        ({"regions": ["34152"]}, "regions.0"),
        ({"keywords": ["字"] * 21}, "keywords"),
        ({"keywords": ["电话13800006160"]}, "keywords.0"),
        ({"valid_from": "2030-02-01", "valid_to": "2030-01-01"}, "body"),
        ({"valid_to": "明年"}, "valid_to"),
        ({"scope": "everywhere"}, "scope"),
        ({"source_number": "BCS-1"}, "source_number"),
    ],
)
def test_a_wrong_field_is_named(call: Call, changed: dict[str, Any], field: str) -> None:
    response = call(DISPATCHER, "POST", "/precedents", json=body(**changed))

    assert response.status_code == 422, response.text
    [error] = response.json()["errors"]
    assert (error["field"], bool(error["zh"]), error["en"].isascii()) == (field, True, True)


@pytest.mark.parametrize(
    "path",
    [
        "/precedents",
        "/precedents?q=",
        "/precedents?q=%00",
        "/precedents?q=a&region=34",
        f"/precedents?q={'字' * 201}",
    ],
)
def test_a_question_that_is_none_is_refused(call: Call, path: str) -> None:
    assert call(ANYBODY, "GET", path).status_code == 422


def test_a_draft_sent_twice_is_written_once(call: Call) -> None:
    once = {"Idempotency-Key": f"key-{uuid4()}"}

    first = call(DISPATCHER, "POST", "/precedents", json=body(), headers=once)
    second = call(DISPATCHER, "POST", "/precedents", json=body(), headers=once)

    assert first.json() == second.json()
    assert len(listed(call, DISPATCHER)) == 1


def listed(call: Call, actor: Actor = HEAD, **asked: str) -> list[dict[str, Any]]:
    response = call(actor, "GET", "/precedents/library", params=asked)
    assert response.status_code == 200, response.text
    return list(response.json()["items"])
