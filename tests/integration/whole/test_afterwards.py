"""What a person does with a case that another node works on is seen there."""

from typing import Any

import pytest

from services.notify.handlers import Post, deliver_due
from shared.clock import new_id, utcnow
from shared.security.actor import Role
from tests.integration.notify.test_deliver import Gateway
from tests.integration.whole.conftest import Lived
from tests.whole.node import CITY, WholeNode
from tests.whole.stories import Told, handed_up
from tests.whole.tiers import WholeTiers

pytestmark = pytest.mark.integration

OLD, NEW = "13955607011", "13955607012"
PERSON = {"kind": "person", "name": "诸葛慕雨", "phone": OLD}
WORDS = "诸葛慕雨又去了一趟，电话 13955607011"


@pytest.fixture(scope="module")
def tiers(lived: Lived) -> WholeTiers:
    for each in lived.tiers.nodes.values():
        each.term = new_id()
    return lived.tiers


@pytest.fixture(scope="module")
def away(tiers: WholeTiers) -> Told:
    """A case of the county that a unit of the city works on."""
    about = {"title": "公交改线没有通知", "text": "等了两小时。", "item": "公交那件事"}
    return handed_up(tiers, reporter=PERSON, **about)


def opened(county: WholeNode, told: Told) -> dict[str, str]:
    """The headers of a browser in which the person has opened their case."""
    shown = county.ask("POST", "/follow", {}, data={"number": told.number, "code": told.code})
    return {"cookie": shown.headers["set-cookie"].partition(";")[0]}


def posted(county: WholeNode, told: Told, path: str, **form: str) -> Any:
    return county.ask("POST", path, opened(county, told), data=form)


def on_desk(whole: WholeNode, told: Told, view: str = "all") -> str:
    who = whole.signed_in(Role.SUPERVISOR)
    return str(whole.done("GET", f"/desk?view={view}&case={told.number}", who))


def test_what_a_person_does_is_seen_and_holds_wherever_the_case_is(
    tiers: WholeTiers, away: Told
) -> None:
    they_add_and_urge(tiers, away)
    they_change_the_telephone(tiers, away)  # and with it the query code


def they_add_and_urge(tiers: WholeTiers, away: Told) -> None:
    county, city = tiers.county, tiers.city
    promised = county.done("GET", f"/api/v1/cases/{away.number}", away.holder)["promise"]

    assert posted(county, away, "/follow/add", text="").status_code == 422
    assert posted(county, away, "/follow/add", text=WORDS, key="key-added-1").status_code == 303
    assert posted(county, away, "/follow/add", text=WORDS, key="key-added-1").status_code == 303
    assert posted(county, away, "/follow/urge", key="key-urged-1").status_code == 303
    assert posted(county, away, "/follow/urge", key="key-urged-2").status_code == 409
    tiers.settle()

    page = on_desk(city, away, "urged")
    assert page.count("诉求人补充情况") == 1
    assert "催办 1 次" in page
    assert '<span class="badge">新</span>' in page
    assert '<span class="badge">新</span>' not in on_desk(city, away, "urged")
    assert OLD not in page
    shown = county.done("GET", "/follow/case", opened(county, away))
    assert "以后可以再催" in shown
    after = county.done("GET", f"/api/v1/cases/{away.number}", away.holder)
    assert after["promise"] == promised
    assert after["lamp"] in ("green", "yellow", "red")
    assert after["holder"]["node"] == CITY


def they_change_the_telephone(tiers: WholeTiers, away: Told) -> None:
    county, city = tiers.county, tiers.city
    at = f"/api/v1/cases/{away.number}/contact"
    asked = county.done("POST", at, away.holder, json={"phone": NEW})
    tiers.settle()
    code = next(body for purpose, _to, body in sent(county, away) if purpose == "contact_code")
    typed = {"code": "".join(filter(str.isdigit, code.partition("，")[0]))}

    proven = county.done("POST", f"{at}/{asked['change_id']}", away.holder, json=typed)
    tiers.settle()

    messages = {(purpose, to) for purpose, to, _body in sent(county, away)}
    assert ("contact_changed", f"+86{OLD}") in messages
    assert ("code_renewed", f"+86{NEW}") in messages
    holder = {**away.holder, "backstop-code": proven["query_code"]}
    assert county.ask("GET", f"/api/v1/cases/{away.number}", away.holder).status_code == 404
    seen = county.done("GET", f"/api/v1/cases/{away.number}", holder)
    assert seen["contact"]["masked_phone"] == "139****7012"
    person = f"/api/v1/cases/{away.number}/person"
    told = city.done("POST", person, city.token(Role.SUPERVISOR), json={"purpose": "核实情况"})
    assert told["phone"][-11:] == NEW


def sent(whole: WholeNode, told: Told) -> list[tuple[str, str, str]]:
    """Deliver what waits; purpose, telephone and words of each message about a case."""
    gateway, unit = Gateway(), whole.units["notify"]
    pace = whole.settings.notify.pace
    deliver_due(Post(unit.transaction, whole.node.keys, gateway, pace, utcnow), 500)
    mine = [one for one in gateway.sent if str(one.case_id) == told.case_id]
    return [(one.purpose, one.phone, one.text) for one in mine]
