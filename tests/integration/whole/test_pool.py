"""The dispatcher's desk as people meet it: learned, suggested, given, several at once."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from services.dispatch.handlers import learn_some
from shared.security.actor import Role
from tests.integration.whole.conftest import Lived
from tests.whole.node import WholeNode
from tests.whole.stories import UNIT, Told, accept, place, register, work

pytestmark = pytest.mark.integration

PAGE = "/desk/pool"
BOATS = {"title": "渔船检验证书", "text": "渔船检验证书到期，换证没有人受理。", "item": "别的事"}


def pooled(city: WholeNode, **changes: Any) -> Told:
    """A case that waits for a dispatcher, and that pages know of."""
    told = register(city, **BOATS | changes)
    city.settle()
    accept(city, told)
    city.settle()
    return told


def learn(city: WholeNode) -> None:
    """Let dispatch learn what ended."""
    busy = True
    while busy:
        with city.node.unit("dispatch").begin() as work_:
            busy = learn_some(work_.db)


def send(
    city: WholeNode, browser: Mapping[str, str], act: str, **fields: Any
) -> tuple[int, str, str]:
    """Send a form of the desk; return the status, where it leads and what came back."""
    csrf = re.search(r'name="csrf" value="(\w+)"', city.done("GET", PAGE, browser))
    assert csrf is not None
    answer = city.ask("POST", f"{PAGE}/{act}", browser, data={"csrf": csrf[1], **fields})
    return answer.status_code, answer.headers.get("location", ""), answer.text


def test_a_case_is_given_to_whom_it_looks_like(lived: Lived) -> None:
    city = lived.tiers.city
    who = city.signed_in(Role.DISPATCHER)
    ended = pooled(city)
    place(city, ended)
    city.settle()
    work(city, ended, "sign", "contacts", "finish")
    learn(city)
    case = pooled(city)

    page = city.ask("GET", f"{PAGE}?case={case.number}", who)
    form = {"case": case.number, "case_id": case.case_id, "next": "N", "cursor": ""}
    nothing = send(city, who, "give", **form)
    given, twice = (send(city, who, "give", **form, suggested=UNIT) for _ in range(2))
    city.settle()

    assert page.headers["hx-push-url"] == f"{PAGE}?case={case.number}"
    assert re.search(rf'value="{UNIT}" data-take="1"', page.text)
    assert re.search(r'class="alike"><li>渔船检验证书', page.text)
    assert (nothing[0], "请选派给哪个单位。" in nothing[2]) == (422, True)
    assert (given[0], "case=N" in given[1], twice[0]) == (303, True, 409)
    assert "这件已经不在派单池里了。" in city.done("GET", f"{PAGE}?case={case.number}", who)
    order = city.done("GET", f"/api/v1/orders?case_id={case.case_id}", who)["items"][0]
    assert order["because"] == "按以往派单：同类的件由该单位办结"


def test_several_are_given_at_once_and_told_line_by_line(lived: Lived) -> None:
    city = lived.tiers.city
    who = city.signed_in(Role.DISPATCHER)
    first, second, third = (pooled(city) for _ in range(3))
    place(city, first)
    told = {"unit_code": UNIT, "because": "职责范围", "cursor": "", "key": "several-0001"}
    chosen = [first.case_id, second.case_id, third.case_id]

    nothing = send(city, who, "bulk", **told)
    several, again = (send(city, who, "bulk", **told, chosen=chosen) for _ in range(2))

    assert (nothing[0], "请在列表里勾选要派的件。" in nothing[2]) == (422, True)
    for status, _where, text in (several, again):
        lines = re.findall(r"<strong>(已派|没有派出)</strong>", text)
        assert (status, lines) == (200, ["没有派出", "已派", "已派"])


def test_who_does_not_dispatch_has_no_such_desk(lived: Lived) -> None:
    city = lived.tiers.city
    for role in (Role.INSPECTOR, Role.DISPOSAL_OFFICER):
        assert city.ask("GET", PAGE, city.signed_in(role, UNIT)).status_code == 403
    assert "并排派单" in city.done("GET", "/desk?view=pool", city.signed_in(Role.DISPATCHER))
    watching = city.done("GET", "/desk?view=pool", city.signed_in(Role.SUPERVISOR))
    assert "并排派单" not in watching
