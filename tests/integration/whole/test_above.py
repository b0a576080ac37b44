"""Three whole nodes: what the tiers above see, advise, ask and count of a case of the county."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from services.link.handlers import settle_rule
from services.portal.handlers import tell_days
from shared.clock import new_id, utcnow
from shared.events.words import Disclosure
from shared.security.actor import Role
from tests.integration.whole.conftest import Lived
from tests.whole.node import WholeNode
from tests.whole.stories import Told, register
from tests.whole.tiers import WholeTiers, house_of

pytestmark = pytest.mark.integration

SUPERVISOR = Role.SUPERVISOR
ADVICE = "按省厅〔2029〕12 号文第三条办"
TITLE = "自来水费算错了一年"
RULES = ("link.disclosures", "link.node_facts", "portal.node_facts", "review.disclosures")


@pytest.fixture
def tiers(lived: Lived) -> Iterator[WholeTiers]:
    """The three nodes; each again as if nobody had ever set a rule when the test has ended."""
    for each in lived.tiers.nodes.values():
        each.term = new_id()  # what another test let get lost on its way goes once more
    yield lived.tiers
    for each in lived.tiers.nodes.values():
        each.start_under(Disclosure.VIEW)
        with each.owner() as db:  # a wider rule would go on hiding the cases of other tests
            for table in RULES:
                db.execute(text(f"DELETE FROM {table}"))  # noqa: S608


def let(whole: WholeNode, level: Disclosure) -> None:
    whole.start_under(level)
    settle_rule(whole.units["link"].transaction, house_of(whole))


def of_county(tiers: WholeTiers) -> Told:
    told = register(tiers.county, title=TITLE)
    tiers.settle()
    return told


def desk(whole: WholeNode, told: Told, view: str = "below") -> str:
    at = f"/desk?view={view}&case={told.number}"
    return str(whole.done("GET", at, whole.signed_in(SUPERVISOR)))


def test_a_question_of_the_province_and_its_answer_go_over_the_city_with_a_receipt_at_each(
    tiers: WholeTiers,
) -> None:
    province, city, county = tiers.province, tiers.city, tiers.county
    told = of_county(tiers)
    question = {"case_id": told.case_id, "text": "为什么还没有办？"}
    asked = province.done(
        "POST", "/api/v1/supervisions", province.token(SUPERVISOR), json=question
    )
    province.settle()
    assert "正在送去" in desk(province, told)

    tiers.settle()
    there = desk(province, told)
    assert f"送到{city.settings.name}" in there
    assert "舒城县已签收" not in there

    at = f"/api/v1/supervisions/{asked['supervision_id']}"
    county.done("POST", f"{at}/read", county.token(SUPERVISOR))
    tiers.settle()
    assert "已签收" in desk(province, told)

    county.done("POST", f"{at}/answer", county.token(SUPERVISOR), json={"text": "明天办好"})
    tiers.settle()

    for whole in (province, city):
        assert "明天办好" in desk(whole, told)
    [known] = province.done(
        "GET", f"/api/v1/supervisions?case_id={told.case_id}", province.token(SUPERVISOR)
    )["items"]
    assert known["read_at"] < known["answered_at"]


def test_the_province_advises_under_assist_and_the_person_never_reads_it(
    tiers: WholeTiers,
) -> None:
    province, city, county = tiers.province, tiers.city, tiers.county
    told = of_county(tiers)
    body = {"case_id": told.case_id, "text": ADVICE}
    refused = province.ask("POST", "/api/v1/guidances", province.token(SUPERVISOR), json=body)
    for whole in (county, city):
        let(whole, Disclosure.ASSIST)
    tiers.settle()

    province.done("POST", "/api/v1/guidances", province.token(SUPERVISOR), json=body)
    tiers.settle()

    assert (refused.status_code, refused.json()["code"]) == (409, "takes_no_advice")
    for whole in (province, city):
        assert ADVICE in desk(whole, told)
    assert "上级指导意见" in desk(county, told, view="open")
    shown = county.done("GET", f"/api/v1/cases/{told.number}", told.holder)
    assert ADVICE not in str(shown)
    assert shown["status"] != "closed"


def test_under_none_the_tiers_above_see_neither_old_nor_new_cases_and_still_the_day(
    tiers: WholeTiers,
) -> None:
    province, city, county = tiers.province, tiers.city, tiers.county
    before = of_county(tiers)
    assert TITLE in desk(city, before)
    let(county, Disclosure.NONE)
    tiers.settle()
    after = of_county(tiers)
    with county.units["portal"].transaction() as db:
        tell_days(db, county.node.code, utcnow() + timedelta(days=1))
    tiers.settle()

    for whole in (city, province):
        for told in (before, after):
            assert TITLE not in desk(whole, told)
        overview = str(whole.done("GET", "/desk/below", whole.signed_in(SUPERVISOR)))
        assert "最近报到" in overview
        assert "缺" in overview
    link = county.done("GET", "/api/v1/links/inspection", county.token(Role.OPERATOR))["links"][0]
    assert (link["peer"], link["disclosure"]) == (city.node.code, "none")
