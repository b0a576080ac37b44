"""The rota as people meet it: pages of a whole node, from none to a substitute on duty."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from backstop.operations import Measured
from services.dispatch.handlers import look_for_gaps
from services.dispatch.policy.rota import CHINA
from services.dispatch.repository.rota import count_gaps
from shared.clock import utcnow
from shared.security.actor import Role
from tests.integration.whole.conftest import Lived
from tests.whole.node import WholeNode
from tests.whole.stories import UNIT

pytestmark = pytest.mark.integration

PAGE, ALERT = "/desk/rota", "/desk/rota/alert"
EVERY_DAY = [str(day) for day in range(1, 8)]


def send(city: WholeNode, browser: Mapping[str, str], act: str, **fields: Any) -> tuple[int, str]:
    """Send a form of the rota; return what came back."""
    csrf = re.search(r'name="csrf" value="(\w+)"', city.done("GET", PAGE, browser))
    assert csrf is not None
    answer = city.ask("POST", f"{PAGE}/act/{act}", browser, data={"csrf": csrf[1], **fields})
    return answer.status_code, answer.text


def test_a_substitute_stands_in_from_the_moment_somebody_is_marked_away(lived: Lived) -> None:
    city = lived.tiers.city
    who, login = city.signed_in(Role.DISPATCHER), city.login(Role.DISPATCHER)
    # Also the day after: midnight may come while this runs.
    now = utcnow().astimezone(CHINA).date()
    today, tomorrow = now.isoformat(), (now + timedelta(days=1)).isoformat()
    post = {"kind": "coordinator", "unit": UNIT, "opens": "00:00", "closes": "23:59:59.999999"}
    crew = {"post": f"coordinator/{UNIT}", "person": "zhang.rota"}

    assert "还没有值班岗位" in city.done("GET", PAGE, who)
    for name, account in (("张三", "zhang.rota"), ("李四", login)):
        person = {"login": account, "name": name, "unit": UNIT, "duties": "coordinator"}
        assert send(city, who, "person", **person)[0] == 303
    assert send(city, who, "post", **post, weekdays=EVERY_DAY)[0] == 303
    gap = city.done("GET", ALERT, who)
    wrong = send(city, who, "day", **crew, day=today, substitute_1="zhang.rota")
    for day in (today, tomorrow):
        assert send(city, who, "day", **crew, day=day, substitute_1=login)[0] == 303
    before = city.done("GET", ALERT, who)
    away = {"who": f"{UNIT}/zhang.rota", "begins": f"{today}T00:00", "ends": f"{tomorrow}T23:59"}
    marked = send(city, who, "away", **away, ground="病假")

    assert "有岗位无人值班" in gap
    assert (wrong[0], "同一个人在一个班次里只能出现一次" in wrong[1]) == (422, True)
    assert "今天由您值班" not in before
    assert marked[0] == 303
    assert "今天由您值班" in city.done("GET", ALERT, who)
    assert "（替 张三）" in city.done("GET", f"{PAGE}/of/{UNIT}", who)
    month = city.done("GET", f"{PAGE}?month={today[:7]}&of=coordinator/{UNIT}", who)
    assert "替 张三" in month


def test_the_gap_is_measured_and_a_wrong_address_shows_this_week(lived: Lived) -> None:
    city = lived.tiers.city
    notice = timedelta(hours=72)
    with city.node.unit("dispatch").begin() as work:
        look_for_gaps(work.db, utcnow(), notice)
        counted = count_gaps(work.db)
        work.speak()
    who = city.signed_in(Role.WINDOW_OFFICER)

    odd = city.ask("GET", f"{PAGE}?week=2030-99-99&post=x&day=y&of=z", who)

    assert odd.status_code == 200
    assert "保存这一天" not in odd.text
    [measured] = (
        family
        for family in Measured(city.node, ("dispatch",)).collect()
        if family.name == "backstop_duty_gaps"
    )
    assert [sample.value for sample in measured.samples] == [counted]
