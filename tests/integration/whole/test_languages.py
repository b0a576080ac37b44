"""Each of a case is told in the language they read, also when another node works on it."""

import re
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from services.notify.tables import messages
from shared.clock import new_id
from shared.events.sealed import Sealed
from shared.security.actor import Role
from shared.security.vault import sealers_for
from tests.integration.whole.conftest import Lived
from tests.whole.node import CITY, WholeNode
from tests.whole.stories import Told, accept, offer, place, take, work
from tests.whole.tiers import WholeTiers

pytestmark = pytest.mark.integration

HERS, HIS, THEIRS = "139****7601", "139****7602", "139****7603"
TYPED = {
    **{"text": "社保卡补办跑了三次没办成", "item": "河堤那件事", "region": "341523"},
    **{"attempts": "3", "kind": "person", "name": "澹台望舒", "phone": "13955607601"},
    "others": "钟离望山 13955607602\n宇文听雨 13955607603 English",
}
SPOKEN = {"cookie": "backstop_lang=en"}
WHY = {"purpose": "联系诉求人"}


@pytest.fixture(scope="module")
def tiers(lived: Lived) -> WholeTiers:
    for each in lived.tiers.nodes.values():
        each.term = new_id()
    return lived.tiers


def texts(whole: WholeNode, case: Told) -> dict[tuple[str, str | None], str]:
    """What was told of a case, by purpose and telephone, without the signature."""
    wanted = select(messages).where(messages.c.case_id == UUID(case.case_id))
    with whole.units["notify"].transaction() as db:
        rows = db.execute(wanted).all()
        bodies = [Sealed.model_validate(row.body) for row in rows]
        sealers = sealers_for(db, whole.node.keys, {body.key_id for body in bodies})
        told = [sealers[body.key_id].open(body) for body in bodies]
    return {
        (row.purpose, row.masked_phone): re.sub(r"^(【.*?】|Can't-get-it-done window: )", "", text)
        for row, text in zip(rows, told, strict=True)
    }


def reported(county: WholeNode) -> Told:
    """A case that was reported on the pages in English, for two more."""
    whole_form = {**TYPED, "key": uuid4().hex, "go": "send"}
    sent = county.ask("POST", "/report", SPOKEN, data=whole_form)
    kept = sent.headers["set-cookie"].partition(";")[0]
    county.client.cookies.clear()
    page = county.done("GET", "/report/done", {"cookie": f"{kept}; {SPOKEN['cookie']}"})
    [number, *_] = re.findall(r"BCS-[\w-]+", page)
    window = county.token(Role.WINDOW_OFFICER)
    case_id = county.done("GET", f"/api/v1/cases/{number}", window)["case_id"]
    return Told(number, "", case_id)


def finished_above(tiers: WholeTiers) -> Told:
    """Such a case that the city has taken and finished."""
    county, city = tiers.county, tiers.city
    case = reported(county)
    accept(county, case)
    tiers.settle()
    offered = offer(county, case, CITY)
    tiers.settle()
    take(city, offered)
    tiers.settle()
    place(city, case)
    tiers.settle()
    work(city, case, "sign", "contacts", "finish")
    tiers.settle()
    return case


def test_who_read_english_is_told_in_english_and_who_chose_nothing_in_chinese(
    tiers: WholeTiers,
) -> None:
    county, city = tiers.county, tiers.city
    case = finished_above(tiers)

    told = texts(county, case)
    assert told["receipt", HERS].startswith(f"Registered as {case.number}, query code ")
    assert told["receipt", HIS].startswith(f"已登记，编号{case.number}，查询码")
    assert told["receipt", THEIRS].startswith(f"Registered as {case.number}, query code ")
    promise = r" is accepted\. A result is promised by \d+ [A-Z][a-z]{2}, \d\d:\d\d"
    assert re.match(case.number + promise, told["promise", HERS])
    assert re.match(case.number + r"已受理，承诺\d+月\d+日\d\d:\d\d前办结", told["promise", HIS])
    assert told["handed_over", HERS] == (
        f"{case.number} is now with 六安市政务服务中心. Promise and query code stay the same."
    )
    in_english = f"{case.number} has its result. Read the answer by query code or call 12345."
    assert told["result", HERS] == told["result", THEIRS] == in_english
    assert told["result", HIS] == f"{case.number}已办结，答复请凭查询码查询或拨打12345。"
    assert told["invitation", HERS].startswith(f"Is {case.number} really solved?")
    front = city.token(Role.WINDOW_OFFICER)
    person = city.done("POST", f"/api/v1/cases/{case.number}/person", front, json=WHY)
    assert (person["name"], person["language"]) == (TYPED["name"], "en")


def test_an_unknown_language_is_refused_with_those_there_are(tiers: WholeTiers) -> None:
    reporter = {"name": "澹台望舒", "phone": "13955607601", "language": "fr"}
    body = {"region": "341523", "channel": "web", "title": "补办", "text": "补办", "attempts": 1}

    refused = tiers.county.ask("POST", "/api/v1/cases", {}, json={**body, "reporter": reporter})

    assert refused.status_code == 422
    [error] = refused.json()["errors"]
    assert error["field"] == "reporter.language"
    assert "'zh'" in str(error)
