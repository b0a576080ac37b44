"""A report of several matters as people meet it: taken apart on the desk, followed, taken back."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from shared.security.actor import Role
from tests.integration.whole.conftest import Lived
from tests.whole.node import WholeNode
from tests.whole.stories import ITEM_CODE, Told, register_before

pytestmark = pytest.mark.integration

PAGE = "/desk/split"
MATTER = {"title_1": "招牌审批没回音", "text_1": "招牌审批交了一个月。", "item_1": ITEM_CODE}
TOLD = text("SELECT purpose FROM notify.messages WHERE case_id = CAST(:case AS uuid) ORDER BY id")


def send(
    city: WholeNode, browser: Mapping[str, str], act: str, **fields: Any
) -> tuple[int, str, str]:
    """Send a form of the desk; return the status, where it leads and what came back."""
    at = f"{PAGE}?case={fields.get('shown', fields['case'])}"
    csrf = re.search(r'name="csrf" value="(\w+)"', city.done("GET", at, browser))
    assert csrf is not None
    answer = city.ask("POST", f"{PAGE}/{act}", browser, data={"csrf": csrf[1], **fields})
    return answer.status_code, answer.headers.get("location", ""), answer.text


def told_of(city: WholeNode, case_id: str) -> list[str]:
    """Return what its person was told of a case."""
    with city.owner() as db:
        return list(db.scalars(TOLD, {"case": case_id}))


def opened(city: WholeNode, path: str, cookie: Mapping[str, str], **form: str) -> dict[str, str]:
    """Send a form of a citizen's page; return the cookie with which the case is open."""
    answer = city.ask("POST", path, cookie, data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/follow/case")
    return {"cookie": answer.headers["set-cookie"].partition(";")[0]}


def test_a_report_is_taken_apart_followed_and_put_together_again(lived: Lived) -> None:
    city = lived.tiers.city
    told = register_before(city, timedelta(days=2))
    city.settle()
    who = city.signed_in(Role.DISPATCHER)

    take_apart(city, who, told)

    case = city.done("GET", f"/api/v1/cases/{told.number}", told.holder)
    [sibling] = case["siblings"]
    part = Told(sibling["number"], told.code, "")
    apart = city.done("GET", f"/api/v1/cases/{part.number}", part.holder)
    assert apart["promise"]["due_at"] == case["promise"]["due_at"]
    assert apart["status"] == "dispatched"
    assert "split" in told_of(city, told.case_id)
    assert "receipt" not in told_of(city, apart["case_id"])
    follow(city, told, part)

    back = send(city, who, "back", case=part.number, shown=told.number, because="是一件事")
    city.settle()

    assert (back[0], "done=back" in back[1]) == (303, True)
    joined = city.done("GET", f"/api/v1/cases/{part.number}", part.holder)
    assert joined["status"] == "returned"
    assert "合在一起办理" in joined["next"]
    assert told_of(city, apart["case_id"])[-1] == "joined"


def take_apart(city: WholeNode, who: Mapping[str, str], told: Told) -> None:
    """A dispatcher writes one matter, looks at it, and confirms it twice."""
    form = {"case": told.number, "count": "1", **MATTER}

    nothing = send(city, who, "preview", case=told.number, count="1")
    more = send(city, who, "more", **form)
    preview = send(city, who, "preview", **form)
    key = re.search(r'name="key" value="(\w+)"', preview[2])
    assert key is not None
    made = [send(city, who, "split", **form, key=key[1]) for _ in range(2)]
    city.settle()

    assert (nothing[0], "请至少写一件" in nothing[2]) == (422, True)
    assert 'name="title_2"' in more[2]
    assert "直接受理并派单" in preview[2]
    assert [status for status, _to, _text in made] == [303, 303]


def follow(city: WholeNode, told: Told, part: Told) -> None:
    """The person opens the other case from the page of the first, with the code they have."""
    mine = opened(city, "/follow", {}, number=told.number, code=told.code)
    assert "您反映的事分成 2 件办" in city.done("GET", "/follow/case", mine)
    theirs = opened(city, "/follow/sibling", mine, number=part.number)
    assert f"编号 {part.number}" in city.done("GET", "/follow/case", theirs)
