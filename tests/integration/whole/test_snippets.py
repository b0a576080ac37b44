"""Snippets of an account and of a unit: kept, shared by a second person, offered, taken back."""

import html
import re
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from shared.security.actor import Role
from tests.integration.whole.conftest import Lived
from tests.integration.whole.test_front_desk import send
from tests.whole.node import WholeNode
from tests.whole.stories import UNIT, UNIT_TITLE

pytestmark = pytest.mark.integration

AT, PAGE = "/api/v1/snippets", "/desk/snippets"
TEXT = "请补齐{事项}的材料，{日期}前送到{单位}。"


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody who asks the API about snippets."""

    node: WholeNode
    who: dict[str, str]

    def ask(self, method: str, path: str = "", **json: Any) -> tuple[int, Any]:
        answer = self.node.ask(method, f"{AT}{path}", self.who, **({"json": json} if json else {}))
        told = answer.json() if answer.content else {}
        return answer.status_code, told.get("code", told)

    def named(self, part: str) -> list[str]:
        return [one["abbreviation"] for one in self.node.done("GET", AT, self.who)[part]]


def of(node: WholeNode, role: Role, unit: str) -> Asking:
    return Asking(node, node.token(role, unit))


def test_a_unit_has_what_one_wrote_and_another_approved(lived: Lived) -> None:
    city, mine = lived.tiers.city, f"q{uuid4().hex[:6]}"
    writer, head = of(city, Role.WINDOW_OFFICER, UNIT), of(city, Role.WINDOW_HEAD, UNIT)
    stranger = of(city, Role.WINDOW_HEAD, "U001")
    _status, told = writer.ask("POST", abbreviation=mine.upper(), text=TEXT, share=True)
    approve = f"/{told['snippet_id']}/approve"

    assert (told["abbreviation"], told["approved"]) == (mine, False)
    again = writer.ask("POST", abbreviation=mine, text=TEXT, share=True)
    assert again[1]["snippet_id"] == told["snippet_id"]
    assert writer.ask("POST", abbreviation=mine, text="别的") == (409, "snippet_twice")
    assert (mine in head.named("waiting"), mine in head.named("shared")) == (True, False)
    assert mine not in stranger.named("waiting")
    assert writer.ask("POST", approve) == (403, "not_allowed")
    assert stranger.ask("POST", approve) == (404, "unknown_snippet")
    assert head.ask("POST", approve)[1]["approved"] is True
    assert (mine in head.named("waiting"), mine in head.named("shared")) == (False, True)


def test_what_is_changed_waits_again_and_can_be_taken_back(lived: Lived) -> None:
    city, mine = lived.tiers.city, f"q{uuid4().hex[:6]}"
    writer, head = of(city, Role.WINDOW_OFFICER, UNIT), of(city, Role.WINDOW_HEAD, UNIT)
    body: dict[str, Any] = {"abbreviation": mine, "text": TEXT, "share": True}
    path = f"/{writer.ask('POST', **body)[1]['snippet_id']}"
    head.ask("POST", f"{path}/approve")

    assert head.ask("PUT", path, **body) == (404, "unknown_snippet")
    assert writer.ask("PUT", path, **body | {"text": "改了。"})[1]["approved"] is False
    assert (mine in head.named("waiting"), mine in head.named("shared")) == (True, False)
    assert of(city, Role.WINDOW_HEAD, "U001").ask("DELETE", path) == (404, "unknown_snippet")
    assert head.ask("DELETE", path) == (204, {})
    assert (mine in head.named("waiting"), mine in writer.named("mine")) == (False, True)
    assert writer.ask("DELETE", path) == (204, {})
    assert mine not in writer.named("mine")


def test_nobody_approves_their_own(lived: Lived) -> None:
    city, head = lived.tiers.city, lived.tiers.city.token(Role.WINDOW_HEAD, UNIT)
    body = {"abbreviation": f"q{uuid4().hex[:6]}", "text": "请补齐材料。", "share": True}
    told = city.done("POST", AT, head, json=body)

    answer = city.ask("POST", f"{AT}/{told['snippet_id']}/approve", head)

    assert (answer.status_code, answer.json()["code"]) == (409, "snippet_own")


def test_the_page_keeps_offers_and_removes(lived: Lived) -> None:
    city, officer = lived.tiers.city, lived.tiers.city.signed_in(Role.HOTLINE_AGENT, UNIT)
    mine = f"q{uuid4().hex[:6]}"
    fields = {"abbreviation": mine, "text": TEXT}

    lacking = send(city, officer, PAGE, f"{PAGE}/keep", abbreviation="")
    named = send(city, officer, PAGE, f"{PAGE}/keep", abbreviation=mine, text="找 13800006160")
    kept = send(city, officer, PAGE, f"{PAGE}/keep", **fields)
    offered = html.unescape(city.done("GET", f"{PAGE}/list", officer))

    assert [lacking[0], named[0], kept[0]] == [422, 422, 303]
    assert 'id="abbreviation-wrong"' in lacking[1]
    assert "常用语里不能有姓名、电话、证件号" in named[1]
    assert "找 13800006160" in named[1]
    line = next(each for each in offered.splitlines() if f'"{mine}"' in each)
    assert f"前送到{UNIT_TITLE}。" in line
    assert "{事项}" in line
    assert "{日期}" not in line
    page = html.unescape(city.done("GET", PAGE, officer))
    found = re.search(rf"change=([0-9a-f-]+)\">改<span class=\"unseen\"> /{mine}<", page)
    assert found is not None
    assert f'value="{mine}"' in html.unescape(
        city.done("GET", f"{PAGE}?change={found[1]}", officer)
    )
    gone = send(city, officer, PAGE, f"{PAGE}/remove", snippet_id=found[1])
    again = send(city, officer, PAGE, f"{PAGE}/remove", snippet_id=found[1])
    assert (gone[0], again[0]) == (303, 422)
    assert "没有这条常用语" in again[1]


def test_who_only_reads_keeps_none(lived: Lived) -> None:
    city = lived.tiers.city

    assert city.ask("GET", AT, city.token(Role.INSPECTOR)).status_code == 403
    assert city.ask("GET", PAGE, city.signed_in(Role.INSPECTOR)).status_code == 403
