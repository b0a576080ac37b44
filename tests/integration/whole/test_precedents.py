"""A case that was solved becomes a precedent, and spares the next one the report: three tiers."""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from sqlalchemy import text

from services.portal.handlers import SESSION_COOKIE, csrf_of
from shared.clock import new_id
from shared.security.actor import Role
from tests.integration.whole.conftest import Lived
from tests.whole.node import WholeNode
from tests.whole.stories import Told, register, work
from tests.whole.tiers import WholeTiers

pytestmark = pytest.mark.integration

TITLE = "老字号变更经营者，原件遗失办不了"
TEXT = "老字号牌匾变更经营者要交二十年前的核准原件，原件遗失，窗口说补不了。"
PAGE = "/desk/precedents"
FORM = {"content-type": "application/x-www-form-urlencoded"}
TABLES = ("review.precedents", "review.lexicon", "review.avoided", "link.node_facts")
BUTTON = "这就解决了我的问题"


@pytest.fixture
def tiers(lived: Lived) -> Iterator[WholeTiers]:
    """The three nodes, whose libraries are empty again afterwards."""
    for each in lived.tiers.nodes.values():
        each.term = new_id()  # what another test let get lost on its way goes once more
    yield lived.tiers
    for each in lived.tiers.nodes.values():
        with each.owner() as db:
            for table in TABLES:
                db.execute(text(f"DELETE FROM {table}"))  # noqa: S608
            db.execute(text("DELETE FROM portal.counts WHERE dimension = 'avoided_on'"))


def send(whole: WholeNode, path: str, who: dict[str, str], **fields: str) -> str:
    """Post a form as somebody's browser does; return where it leads, or the page."""
    token = who.get("cookie", "").removeprefix(f"{SESSION_COOKIE}=")
    body = urlencode({"csrf": csrf_of(token), **fields})
    answer = whole.ask("POST", path, {**who, **FORM}, content=body)
    assert answer.status_code in (200, 303), (path, answer.status_code, answer.text[-2_000:])
    return str(answer.headers.get("location", answer.text))


def solved_case(county: WholeNode) -> Told:
    told = register(county, title=TITLE, text=TEXT)
    county.settle()
    work(county, told, "sign", "contacts", "finish")
    county.settle()
    return told


def values_of(html: str) -> dict[str, str]:
    """What the fields of the form hold."""
    found = dict(re.findall(r'name="(\w+)" value="([^"]*)"', html))
    areas = re.findall(r'<textarea id="(\w+)"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL)
    return found | dict(areas)


def drafted(county: WholeNode, told: Told, **fields: str) -> str:
    """Write a precedent from a case at the desk; return its page."""
    writer = county.signed_in(Role.DISPATCHER)
    form = values_of(county.done("GET", f"{PAGE}/new?case={told.number}", writer))
    kept = {name: form[name] for name in ("title", "question", "case_id", "key")}
    where = send(county, f"{PAGE}/new", writer, **kept, answer="登报声明后凭公告补办。", **fields)
    assert where.endswith("?done=written"), where[-3_000:]
    return where.partition("?")[0]


def test_a_solved_case_spares_the_next_person_the_report(tiers: WholeTiers) -> None:
    county = tiers.county
    told = solved_case(county)
    case_page = county.done("GET", f"/desk?view=all&case={told.number}", dispatcher(county))
    assert f"{PAGE}/new?case={told.number}" in case_page

    at = drafted(county, told, scope="both", keywords="老字号，牌匾")
    assert "写过这一版的人不能自己发布" in county.done("GET", at, dispatcher(county))
    typed = {"text": "我家老字号要变更经营者，核准原件遗失了", "at": "what", "key": "k" * 8}
    assert BUTTON not in send(county, "/report/similar", {}, **typed)
    reviewer = county.signed_in(Role.REVIEWER)
    assert send(county, f"{at}/publish", reviewer).endswith("?done=publish")

    assert BUTTON in send(county, "/report/similar", {}, **typed)
    whole = {**typed, "name": "王大力", "phone": "13812345678", "region": county.node.code}
    last_look = send(county, "/report", {}, **whole, go="review")
    assert (BUTTON in last_look, TITLE in last_look) == (True, True)
    precedent = at.rpartition("/")[2]
    for _ in range(2):
        key = {"key": "00000000-0000-4000-8000-000000000001"}
        assert send(county, "/report/solved", {}, precedent=precedent, **key) == "/report/solved"
    tiers.settle()
    assert "看案例就解决了" in county.done("GET", "/board", {})
    assert "1 人次" in county.done("GET", at, reviewer)


def test_a_precedent_goes_to_every_tier_and_is_taken_back_from_all(tiers: WholeTiers) -> None:
    county, city, province = tiers.county, tiers.city, tiers.province
    at = drafted(county, solved_case(county), scope="up")
    send(county, f"{at}/publish", county.signed_in(Role.REVIEWER))
    tiers.settle()

    asked = {"q": "老字号变更经营者"}
    for each in (city, province):
        [found] = each.done("GET", "/api/v1/precedents", {}, params=asked)
        assert (found["node"], found["title"]) == (county.node.code, TITLE)
        head = each.signed_in(Role.SUPERVISOR)
        shown = each.done("GET", at, head)
        assert "来自" in shown
        assert f"{at}/withdraw" not in shown
        assert "BCS-" not in shown

    send(county, f"{at}/withdraw", county.signed_in(Role.REVIEWER))
    tiers.settle()
    for each in (county, city, province):
        assert each.done("GET", "/api/v1/precedents", {}, params=asked) == []
    assert "已撤回" in city.done("GET", at, city.signed_in(Role.SUPERVISOR))


def test_what_is_wrong_with_a_draft_stands_beside_its_field(tiers: WholeTiers) -> None:
    county = tiers.county
    writer = county.signed_in(Role.DISPATCHER)
    fields = {"title": "甲", "question": "乙", "answer": "丙", "keywords": "电话13800006160"}
    token = writer["cookie"].removeprefix(f"{SESSION_COOKIE}=")
    body = urlencode({"csrf": csrf_of(token), **fields})

    refused = county.ask("POST", f"{PAGE}/new", {**writer, **FORM}, content=body)

    assert refused.status_code == 422
    assert 'id="keywords-wrong"' in refused.text
    with county.owner() as db:
        assert db.scalar(text("SELECT count(*) FROM review.precedents")) == 0


def test_an_officer_finds_beside_the_form_and_beside_a_case_what_is_solved(
    tiers: WholeTiers,
) -> None:
    county = tiers.county
    told = solved_case(county)
    at = drafted(county, told)
    send(county, f"{at}/publish", county.signed_in(Role.REVIEWER))
    front, unit = county.signed_in(Role.WINDOW_OFFICER), county.signed_in(Role.REVIEWER)

    again = register(county, title=TITLE, text=TEXT)
    county.settle()
    group = f"/desk/group?case={again.number}"

    beside = send(county, f"{PAGE}/like", front, text=TEXT)
    assert "这就解决了，不用登记" in beside
    assert told.number in beside  # the case itself, though it has its result
    assert told.number not in send(county, f"{PAGE}/like", front, text="停车位的事")
    alone = county.done("GET", group, county.signed_in(Role.DISPATCHER))
    offered = f"{group}&amp;lead={told.number}#form-title"
    assert offered in alone
    chosen = county.done("GET", f"{group}&lead={told.number}", county.signed_in(Role.DISPATCHER))
    assert f'name="lead" value="{told.number}"' in chosen
    assert told.number not in county.done("GET", group, front)
    like = county.done("GET", f"{PAGE}?like={told.number}", unit)
    assert at in like
    solved = send(county, f"{PAGE}/solved", front, precedent=at.rpartition("/")[2], key="x")
    assert solved == f"{PAGE}?done=solved"
    county.settle()


def dispatcher(county: WholeNode) -> dict[str, str]:
    return county.signed_in(Role.DISPATCHER)
