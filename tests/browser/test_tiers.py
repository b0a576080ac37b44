"""A case that moves between tiers, in the browsers of the five people who deal with it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from backstop.caller import Call, NodeCaller
from shared.security.actor import Actor, ActorKind, Role
from tests.browser.walking import (
    PASSWORD,
    PHONE,
    SCREEN,
    again_until,
    choose,
    is_sound,
    open_case,
    press,
    sign_in,
    tab_to,
    visitor,
    write,
)
from tests.conftest import Databases
from tests.system.harness import eventually
from tests.system.tiers import NODES, RunningTiers

pytestmark = [pytest.mark.browser, pytest.mark.system]

COUNTY, CITY, _PROVINCE = NODES
TELLING = "养老保险想从外市转回县里，跑了四趟。县里说账户要市里才能查，市里的热线又说找县里。"
BECAUSE = "账户在市级系统里，县里没有查询权限。"
ANSWER = "账户已经查到并转回，共 14 年 7 个月，不用再跑。"
BASIS = "《六安市政务服务事项权责清单》第 12 条"
NAME, PHONE_NUMBER = "李桂兰", "13805640017"
UNITS = {
    COUNTY: ("RSJ", "县人力资源和社会保障局", "0564-8621234"),
    CITY: ("SBZX", "市社会保险基金管理中心", "0564-3331234"),
}
STAFF = {
    COUNTY: {"front": Role.WINDOW_OFFICER, "pool": Role.DISPATCHER},
    CITY: {"pool": Role.DISPATCHER, "unit": Role.DISPOSAL_OFFICER},
}


@dataclass(frozen=True, slots=True)
class Hall:
    """Nodes that run, and who sits at their desks, signed in once."""

    tiers: RunningTiers
    browser: Browser
    visits: ExitStack = field(default_factory=ExitStack)
    desks: dict[tuple[str, str], Page] = field(default_factory=dict)

    def citizen(self, scripts: bool = True) -> Page:
        """Return a new telephone, with which a person is at the county's pages."""
        return self._enter(COUNTY, java_script_enabled=scripts, **PHONE).new_page()

    def desk(self, node: str, login: str) -> Page:
        """Return the desk of one who works at a node."""
        if (node, login) not in self.desks:
            self.desks[node, login] = sign_in(self._enter(node, **SCREEN), login)
        return self.desks[node, login]

    def _enter(self, node: str, **look: Any) -> BrowserContext:
        base_url = self.tiers.base_url(node)
        return self.visits.enter_context(visitor(self.browser, base_url, **look))


@pytest.fixture(scope="module")
def hall(browser: Browser, postgres: Databases, scratch: Path) -> Iterator[Hall]:
    """A county under its city, both running."""
    tiers = RunningTiers.build(scratch / "browser-tiers", postgres)
    with tiers.running() as callers, ExitStack() as visits:
        furnish(callers)
        yield Hall(tiers, browser, visits)


def furnish(callers: Mapping[str, NodeCaller]) -> None:
    for node, (code, title, phone) in UNITS.items():
        unit = {"title": title, "region": node, "phone": phone}
        put(callers, node, f"units/{code}", unit)
        for login, role in STAFF[node].items():
            account = {"name": "王芳", "unit": code, "password": PASSWORD}
            put(callers, node, f"accounts/{login}", account)
            granting = Role.SECURITY_ADMINISTRATOR
            put(callers, node, f"accounts/{login}/roles", {"roles": [role]}, granting)


def put(
    callers: Mapping[str, NodeCaller],
    node: str,
    path: str,
    body: Mapping[str, Any],
    role: Role = Role.SYSTEM_ADMINISTRATOR,
) -> None:
    roles = frozenset({role})
    admin = Actor(kind=ActorKind.STAFF, node=node, id="admin", name="管理员", roles=roles)
    callers[node].send(Call("PUT", f"/api/v1/{path}", body), admin)


def report(citizen: Page) -> tuple[str, str]:
    citizen.goto("/report")
    citizen.get_by_label("请说说经过").fill(TELLING)
    citizen.get_by_role("button", name="下一步").click()
    citizen.get_by_label("4 次").check()
    citizen.get_by_role("button", name="下一步").click()
    citizen.get_by_label("怎么称呼您").fill(NAME)
    citizen.get_by_label("电话", exact=True).fill(PHONE_NUMBER)
    citizen.get_by_role("button", name="看一遍").click()
    citizen.get_by_role("button", name="确认提交").click()
    expect(citizen.get_by_role("heading", name="登记好了")).to_be_visible()
    return citizen.locator(".number").inner_text(), citizen.locator(".secret").inner_text()


def accept(front: Page, number: str) -> None:
    open_case(front, "intake", number)
    press(front, front.get_by_role("button", name="受理", exact=True))
    expect(front.locator(".done-note")).to_contain_text("已受理")


def hand_up(pool: Page, number: str) -> None:
    open_case(pool, "pool", number)
    press(pool, pool.get_by_text("提级办理", exact=True))
    write(pool, pool.get_by_label("为什么要转"), BECAUSE)
    press(pool, pool.get_by_text("看内容"))
    preview = pool.get_by_role("region", name="对方会收到什么")
    expect(preview.get_by_text(TELLING)).to_be_visible()
    expect(preview).not_to_contain_text(NAME)
    is_sound(pool)
    press(pool, pool.get_by_role("button", name="请对方接收"))
    expect(pool.locator(".done-note")).to_contain_text("等对方接收")


def take_over(pool: Page, number: str) -> None:
    open_case(pool, "incoming", number)
    expect(pool.locator(".case")).to_contain_text(BECAUSE)
    expect(pool.locator("main")).to_contain_text("李**")
    expect(pool.locator("main")).not_to_contain_text(NAME)
    expect(pool.get_by_text("查看姓名和电话")).to_have_count(0)
    pool.keyboard.press("a")
    expect(pool.get_by_role("button", name="接收", exact=True)).to_be_focused()
    pool.keyboard.press("Enter")
    expect(pool.locator(".done-note")).to_contain_text("已接收")


def dispatch(pool: Page, number: str) -> None:
    open_case(pool, "pool", number)
    choose(pool, pool.get_by_label("派给哪个单位"), UNITS[CITY][1])
    write(pool, pool.get_by_label("派单理由"), "账户由中心管理")
    press(pool, pool.get_by_role("button", name="派单", exact=True))
    expect(pool.locator(".done-note")).to_contain_text("已派单")


def sign(unit: Page, number: str) -> None:
    open_case(unit, "unit", number)
    press(unit, unit.get_by_role("button", name="签收"))
    expect(unit.locator(".done-note")).to_contain_text("已签收")


def look_at_the_person(unit: Page) -> None:
    again_until(unit, "收到诉求人的姓名和电话")
    press(unit, unit.get_by_text("查看姓名和电话"))
    press(unit, unit.get_by_role("button", name="查看", exact=True))
    person = unit.get_by_role("status").filter(has_text="这次查看已记录")
    expect(person).to_contain_text(NAME)
    expect(person).to_contain_text("138 0564 0017")
    is_sound(unit)


def contact(unit: Page) -> None:
    for choice in ("电话", "联系上了"):
        tab_to(unit, unit.get_by_label(choice, exact=True))
        unit.keyboard.press("Space")
    press(unit, unit.get_by_role("button", name="记下这次联系"))
    expect(unit.locator(".done-note")).to_contain_text("已记下")


def finish(unit: Page) -> None:
    choose(unit, unit.get_by_label("办成什么样"), "换了办法办成了")
    write(unit, unit.get_by_label("给群众的答复"), ANSWER)
    press(unit, unit.get_by_role("button", name="办结"))
    expect(unit.locator(".done-note")).to_contain_text("已办结")


@dataclass(frozen=True, slots=True)
class Follower:
    """The person of a case, who looks at it again and again, with scripts and without."""

    pages: Sequence[Page]
    day: str
    """By when an answer was promised."""

    @classmethod
    def of(cls, pages: Sequence[Page]) -> "Follower":
        for page in pages:
            again_until(page, "已受理，承诺时限开始计算。")
            again_until(page, "最晚答复：")
        return cls(pages, promised_day(pages[0]))

    def sees(self, told: str, holder: str) -> None:
        """Wait for a sentence; then these hold it and the day has not moved."""
        for page in self.pages:
            again_until(page, told)
            expect(page.get_by_role("region", name="现在由谁办")).to_contain_text(holder)
            assert promised_day(page) == self.day
            is_sound(page)

    def sees_the_same_day(self) -> None:
        for page in self.pages:
            page.reload()
            assert promised_day(page) == self.day

    def rates_the_result(self) -> None:
        """Wait for the result, and say that it is solved."""
        for page in self.pages:
            again_until(page, "我来评价")
            expect(page.get_by_role("region", name="办理结果")).to_contain_text(ANSWER)
            expect(page.get_by_role("region", name="由谁办的")).to_contain_text("市社会保险")
        page = self.pages[0]
        page.get_by_role("link", name="我来评价").click()
        page.get_by_role("button", name="满意", exact=True).click()
        page.get_by_label("解决了", exact=True).check()
        page.get_by_role("button", name="提交评价").click()
        expect(page.get_by_role("heading", name="谢谢您")).to_be_visible()


def promised_day(page: Page) -> str:
    return page.locator(".now b").inner_text()


def begin(hall: Hall, scripts: bool) -> tuple[str, Follower]:
    """Report a case that no rule can place, have it accepted, follow it on two telephones."""
    citizen, other = hall.citizen(scripts), hall.citizen()
    number, code = report(citizen)
    accept(hall.desk(COUNTY, "front"), number)
    citizen.get_by_role("link", name="看办理进度").click()
    other.goto(f"/follow#number={number}&code={code}")
    expect(other.locator("h1")).to_have_text(citizen.locator("h1").inner_text())
    return number, Follower.of((citizen, other))


def test_a_case_goes_up_and_its_result_comes_back(hall: Hall) -> None:
    number, follower = begin(hall, scripts=False)
    county, city = hall.desk(COUNTY, "pool"), hall.desk(CITY, "pool")
    hand_up(county, number)
    take_over(city, number)
    follower.sees("已转由六安市政务服务中心办理，承诺时间不变", "六安市政务服务中心")
    open_case(county, "away", number)
    expect(county.locator(".acts")).to_contain_text("这件现在由六安市政务服务中心办理")
    dispatch(city, number)
    follower.sees("已派给市社会保险基金管理中心办理", "六安市政务服务中心 · 市社会保险")

    unit = hall.desk(CITY, "unit")
    sign(unit, number)
    look_at_the_person(unit)
    contact(unit)
    follower.sees("市社会保险基金管理中心已与您联系", "0564-3331234")
    finish(unit)
    follower.rates_the_result()
    open_case(county, "rest", number)
    expect(county.locator(".case")).to_contain_text("说解决了")


def test_a_case_that_the_city_refuses_stays_and_says_why(hall: Hall) -> None:
    number, follower = begin(hall, scripts=True)
    county, city = hall.desk(COUNTY, "pool"), hall.desk(CITY, "pool")
    hand_up(county, number)
    count_below(city, offered=1)
    refuse(city, number)

    open_case(county, "pool", number)
    again_until(county, "没有接收：权限已下放到来件单位")
    expect(county.locator(".case")).to_contain_text(BASIS)
    expect(county.get_by_role("heading", name="下一步：派给承办单位")).to_be_visible()
    follower.sees_the_same_day()
    count_below(city, offered=0)
    look_at_the_links(city)


def refuse(pool: Page, number: str) -> None:
    open_case(pool, "incoming", number)
    press(pool, pool.locator("summary", has_text="不接收"))
    press(pool, pool.get_by_role("button", name="不接收"))
    expect(pool.get_by_role("alert")).to_contain_text("请选不接收的理由")
    is_sound(pool)
    choose(pool, pool.get_by_label("不接收的理由"), "权限已下放到来件单位")
    write(pool, pool.get_by_label("依据"), BASIS)
    press(pool, pool.get_by_role("button", name="不接收"))
    expect(pool.locator(".done-note")).to_contain_text("已答复不接收")


def count_below(city: Page, offered: int) -> None:
    """Read the overview until so many cases of the county wait for the city's answer."""
    city.get_by_role("link", name="下级总览").click()
    county = city.locator("table.tiers").get_by_role("row", name="舒城县政务服务中心")
    is_sound(city)

    def counted() -> bool:
        city.reload()
        return county.get_by_role("cell").last.inner_text() == str(offered)

    eventually(f"{offered} offered", counted)
    assert int(county.get_by_role("cell").first.inner_text()) >= 1


def look_at_the_links(city: Page) -> None:
    city.get_by_role("link", name="级间连接").click()
    county = city.get_by_role("listitem").filter(has_text="舒城县政务服务中心")
    expect(county).to_contain_text("正常")
    expect(county).to_contain_text("下级 · 县级")
    is_sound(city)
