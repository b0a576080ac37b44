"""A person withdraws a case that a unit of the tier above works on, and changes their mind."""

import pytest

from shared.clock import new_id
from shared.security.actor import Role
from tests.integration.whole.conftest import Lived
from tests.integration.whole.test_afterwards import on_desk, opened, posted, sent
from tests.whole.node import WholeNode
from tests.whole.stories import (
    UNIT,
    Told,
    handed_up,
    order_of,
)
from tests.whole.tiers import WholeTiers

pytestmark = pytest.mark.integration

PERSON = {"kind": "person", "name": "欧阳长风", "phone": "13955607021"}


@pytest.fixture(scope="module")
def tiers(lived: Lived) -> WholeTiers:
    for each in lived.tiers.nodes.values():
        each.term = new_id()
    return lived.tiers


@pytest.fixture(scope="module")
def away(tiers: WholeTiers) -> Told:
    """A case of the county that a unit of the city has signed for."""
    about = {"title": "路灯不亮", "text": "一个月了。", "item": "路灯那件事"}
    return handed_up(tiers, reporter=PERSON, **about)


def seen(county: WholeNode, told: Told) -> dict[str, object]:
    shown: dict[str, object] = county.done("GET", f"/api/v1/cases/{told.number}", told.holder)
    return shown


def shown(whole: WholeNode, told: Told) -> tuple[str, str | None, int]:
    """State, outcome and round of the last order of a case."""
    order = whole.done(
        "GET", f"/api/v1/orders/{order_of(whole, told)}", whole.token(Role.DISPATCHER)
    )
    return order["state"], order["outcome"], order["round"]


def test_a_withdrawal_ends_the_work_wherever_it_is_done_and_is_taken_back_once(
    tiers: WholeTiers, away: Told
) -> None:
    they_withdraw(tiers, away)
    desks_show_what_each_may_see(tiers, away)
    they_take_it_back(tiers, away)


def they_withdraw(tiers: WholeTiers, away: Told) -> None:
    county, city = tiers.county, tiers.city
    sure = county.done("GET", "/follow/withdraw", opened(county, away))
    assert "谁也不能要求您撤" in sure
    form = {"reason": "not_needed", "key": "key-gone-1", "pressed": "yes"}
    for _ in range(2):
        assert posted(county, away, "/follow/withdraw", **form).status_code == 303
    assert posted(county, away, "/follow/withdraw", key="key-gone-2").status_code == 409
    tiers.settle()
    tiers.settle()

    assert seen(county, away)["status"] == "withdrawn"
    assert shown(city, away) == ("finished", "withdrawn", 1)
    purposes = [purpose for purpose, _to, _body in sent(county, away)]
    assert purposes.count("withdrawn") == 1
    assert not {"result", "invitation"} & set(purposes)
    assert "不撤了，接着办" in county.done("GET", "/follow/case", opened(county, away))


def desks_show_what_each_may_see(tiers: WholeTiers, away: Told) -> None:
    county, city = tiers.county, tiers.city
    unit = city.signed_in(Role.DISPOSAL_OFFICER, UNIT)
    assert "诉求人已撤回" in on_desk(city, away, "withdrawn")
    assert "要求撤回" not in city.done("GET", f"/desk?view=withdrawn&case={away.number}", unit)
    assert "诉求人说被要求撤回" in on_desk(county, away, "pressed")


def they_take_it_back(tiers: WholeTiers, away: Told) -> None:
    county, city = tiers.county, tiers.city
    assert posted(county, away, "/follow/withdraw/back", key="key-back-1").status_code == 303
    tiers.settle()
    tiers.settle()

    after = seen(county, away)
    assert after["status"] in ("handed_over", "dispatched")
    assert after["round"] == 2
    assert shown(city, away) == ("dispatched", None, 2)
    assert "taken_back" in [purpose for purpose, _to, _body in sent(county, away)]
    assert posted(county, away, "/follow/withdraw/back", key="key-back-2").status_code == 409
