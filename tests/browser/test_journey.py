"""A case from the report to the rating in the browser, as its person and its officers see it."""

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import drafts
from tests.browser.drafts import KEPT, PHONE
from tests.browser.journey import (
    PASSWORD,
    TELLING,
    break_off,
    choose,
    furnish,
    report,
    sign_in,
    work_off,
)
from tests.browser.typist import (
    MINUTE,
    Typist,
    a_chosen_field_settles,
    a_free_field_keeps_what_is_typed,
    focused,
    keep_snippet,
    type_name,
    type_what_happened,
)
from tests.conftest import Databases
from tests.system.harness import CODE, RunningNode, eventually
from tests.unit.intake.making_files import PDF

pytestmark = [pytest.mark.browser, pytest.mark.system]

SCREEN = {"viewport": {"width": 1366, "height": 900}, "locale": "zh-CN"}


HARMLESS = ("Failed to load resource", "htmx:sendAbort", "htmx:afterRequest")
"""A page that is left, or typed on, gives up what it had asked."""


@pytest.fixture(scope="module")
def node(postgres: Databases, scratch: Path) -> Iterator[RunningNode]:
    database = postgres.create_database(f"browser_{secrets.token_hex(4)}")
    node = RunningNode.build(scratch / "browser", database, f"bus://localhost/{CODE}")
    node.start()
    try:
        furnish(node)
        yield node
    finally:
        node.stop()


@pytest.fixture
def citizen(browser: Browser, node: RunningNode) -> Iterator[Page]:
    """A person with a small telephone whose browser runs no script."""
    context = browser.new_context(base_url=node.base_url, java_script_enabled=False, **PHONE)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


@pytest.fixture
def officer(browser: Browser, node: RunningNode) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=node.base_url, **SCREEN)  # type: ignore[arg-type]
    context.on("console", lambda message: problems.append(message.text))
    context.on("weberror", lambda error: problems.append(str(error.error)))
    problems: list[str] = []
    yield context
    context.close()
    assert not [told for told in problems if not told.startswith(HARMLESS)]


def test_a_person_without_scripts_reports_follows_and_rates(
    citizen: Page, officer: BrowserContext, node: RunningNode
) -> None:
    number, code = report(citizen)
    expect(citizen).to_have_url(f"{node.base_url}/report/done")

    work_off(officer, node, number)

    citizen.goto("/follow")
    citizen.get_by_label("编号").fill(number.lower())
    citizen.get_by_label("查询码").fill(code)
    citizen.get_by_role("button", name="查询").click()
    expect(citizen).to_have_url(f"{node.base_url}/follow/case")
    expect(citizen.get_by_text("许可证已经办好")).to_have_count(2)
    citizen.get_by_role("link", name="我来评价").click()
    citizen.get_by_role("button", name="满意", exact=True).click()
    citizen.get_by_label("解决了", exact=True).check()
    citizen.get_by_role("button", name="提交评价").click()
    expect(citizen.get_by_role("heading", name="谢谢您")).to_be_visible()
    citizen.get_by_role("link", name="看办理进度").click()
    expect(citizen.get_by_text("您的评价：")).to_be_visible()
    assert code not in node.logs()


def test_a_wrong_code_is_told_with_what_was_typed(citizen: Page) -> None:
    number, code = report(citizen)
    citizen.goto("/follow")
    citizen.get_by_label("编号").fill(number)
    citizen.get_by_label("查询码").fill(code[1:] + ("A" if code[0] != "A" else "C"))
    citizen.get_by_role("button", name="查询").click()

    expect(citizen.get_by_role("alert")).to_contain_text("编号或查询码不对")
    expect(citizen.get_by_label("编号")).to_have_value(number)


def test_an_empty_step_names_its_field_and_keeps_the_rest(citizen: Page) -> None:
    citizen.goto("/report")
    citizen.get_by_label("用一句话概括").fill("没办成")
    citizen.get_by_role("button", name="下一步").click()

    expect(citizen.get_by_role("alert")).to_contain_text("请写一写什么事没办成")
    expect(citizen.get_by_label("用一句话概括")).to_have_value("没办成")


def test_a_report_outlives_a_reload_and_a_lost_line_and_is_registered_once(
    browser: Browser, node: RunningNode
) -> None:
    context = browser.new_context(base_url=node.base_url, **PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/report")
    page.get_by_label("请说说经过").fill(f"断网测试。{TELLING}")
    page.reload()
    expect(page.locator("[data-draft-restored]")).to_be_visible()
    expect(page.get_by_label("请说说经过")).to_have_value(f"断网测试。{TELLING}")
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("3 次").check()
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("怎么称呼您").fill("张三丰")
    page.get_by_label("电话", exact=True).fill("13812345678")
    page.get_by_role("button", name="看一遍").click()

    expect(page.get_by_role("button", name="确认提交")).to_be_visible()
    context.set_offline(True)
    page.get_by_role("button", name="确认提交").dblclick()
    expect(page.locator("[data-draft-offline]")).to_be_visible()
    context.set_offline(False)
    page.wait_for_url("**/report/done", timeout=20_000)  # it went on by itself

    page.goto("/report")
    expect(page.get_by_label("请说说经过")).to_have_value("")
    assert page.evaluate(KEPT) == [None, None]
    context.close()
    told = "SELECT count(*) AS n FROM intake.cases WHERE title_masked LIKE '断网测试%'"
    assert node.rows(told)[0][0] == 1


def test_an_unfinished_report_outlives_its_page_only_where_its_person_says_so(
    browser: Browser, node: RunningNode
) -> None:
    drafts.keep_only_where_told(browser, node)


def test_what_is_old_or_was_written_at_a_kiosk_is_not_kept(
    browser: Browser, node: RunningNode
) -> None:
    drafts.keep_nothing_old_nor_of_a_kiosk(browser, node)


def test_who_goes_on_writing_while_the_line_is_down_sends_nothing_behind_their_own_back(
    browser: Browser, node: RunningNode
) -> None:
    drafts.send_nothing_behind_their_back(browser, node)


def test_files_go_on_where_the_line_broke_off_also_on_a_page_that_was_loaded_anew(
    browser: Browser, node: RunningNode, tmp_path: Path
) -> None:
    context = browser.new_context(base_url=node.base_url, **PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    report(page)
    large, small = tmp_path / "合同.pdf", tmp_path / "通知.pdf"
    large.write_bytes(PDF[:9] + bytes(2_500_000) + b"\n%%EOF\n")
    small.write_bytes(PDF)

    page.route("**/uploads/*", break_off)
    page.goto("/follow/files")
    choose(page, large)
    expect(page.get_by_text("已传")).to_be_visible()
    page.wait_for_event("requestfailed")
    page.reload()
    page.unroute_all()
    came: list[str] = []
    page.on("request", lambda one: came.append(one.method) if "files/uploads" in one.url else None)
    choose(page, large, small)

    expect(page.get_by_role("link", name="通知.pdf")).to_be_visible(timeout=15_000)
    with page.expect_download() as taken:
        page.get_by_role("link", name="合同.pdf").click()
    assert Path(taken.value.path()).read_bytes() == large.read_bytes()
    context.close()
    assert came == ["HEAD", "PATCH", "PATCH", "POST", "PATCH"]  # what had come went not again


def test_large_print_in_the_middle_of_a_report_loses_nothing(citizen: Page) -> None:
    citizen.goto("/report")
    citizen.get_by_label("请说说经过").fill(TELLING)
    citizen.get_by_role("button", name="大字版").click()

    expect(citizen.get_by_label("请说说经过")).to_have_value(TELLING)
    expect(citizen.locator("html")).to_have_class("large")
    citizen.goto("/")
    expect(citizen.locator("html")).to_have_class("large")


def test_the_link_of_a_receipt_opens_the_case_and_leaves_no_trace(
    officer: BrowserContext, citizen: Page, node: RunningNode
) -> None:
    number, code = report(citizen)
    page = officer.new_page()
    page.goto(f"/follow#number={number}&code={code}")

    expect(page).to_have_url(f"{node.base_url}/follow/case")
    page.get_by_role("button", name="清除").click()
    page.goto("/follow/case")
    expect(page).to_have_url(f"{node.base_url}/follow?closed=1")


def test_an_officer_registers_at_the_window_and_hands_over_the_receipt(
    officer: BrowserContext,
) -> None:
    desk = sign_in(officer, "front")
    desk.keyboard.press("n")
    desk.get_by_label("什么事没办成").fill(TELLING)
    desk.get_by_label("姓名或名称").fill("李桂兰")
    desk.get_by_label("电话", exact=True).fill("1380564")
    desk.get_by_role("button", name="登记并出回执").click()
    expect(desk.get_by_role("alert")).to_contain_text("电话号码不对")
    desk.get_by_label("电话", exact=True).fill("13805640017")
    desk.get_by_role("button", name="登记并出回执").click()

    expect(desk.locator(".secret")).to_have_text(re.compile("^[A-Z0-9]{10}$"))
    desk.goto("/desk/messages")
    expect(desk.get_by_role("heading", name="发给群众的短信")).to_be_visible()


def test_an_officer_answers_by_keyboard_alone_in_less_than_a_minute(
    officer: BrowserContext, node: RunningNode
) -> None:
    desk = sign_in(officer, "front")
    keep_snippet(desk)
    desk.goto("/desk/new")
    hands = Typist(desk)
    type_what_happened(hands)
    expect(desk.get_by_label("给群众的答复")).to_have_value(
        re.compile("^食品经营许可的材料补齐了，.*日.*凭回执到县市场监督管理局取证。$")
    )
    hands.press("Tab")
    hands.press("Space")
    hands.press("Tab", 8)
    assert focused(desk) == "name"
    hands.type("李桂兰")
    hands.press("Enter")
    hands.type("13805640017")
    hands.press("Enter")
    expect(desk).to_have_url(re.compile("/desk/new$"))
    hands.press("Control+Enter")

    expect(desk.locator(".receipt")).to_contain_text("凭回执到县市场监督管理局取证。")
    expect(desk.locator(".receipt")).to_contain_text("按诉求办成了")
    assert hands.seconds < MINUTE, (hands.signs, hands.keys)
    number = desk.locator(".receipt .number").inner_text()
    known = "SELECT 1 FROM portal.cases WHERE number = :number AND status = 'finished'"
    eventually("the case is finished", lambda: node.rows(known, number=number))


def test_a_name_that_is_typed_is_chosen_left_or_given_up(officer: BrowserContext) -> None:
    desk = sign_in(officer, "front")
    a_chosen_field_settles(desk)
    a_free_field_keeps_what_is_typed(desk)


def test_what_was_typed_outlives_the_session(officer: BrowserContext) -> None:
    desk = sign_in(officer, "front")
    desk.goto("/desk/new")
    desk.get_by_label("什么事没办成").fill(TELLING)
    officer.clear_cookies()
    desk.get_by_role("button", name="登记并出回执").click()
    expect(desk.get_by_role("heading", name="登录已过期")).to_be_visible()
    sign_in(officer, "front")
    desk.get_by_role("button", name="登录好了，继续").click()

    expect(desk.get_by_role("alert")).to_contain_text("请核对下面的内容，再提交一次")
    expect(desk.get_by_label("什么事没办成")).to_have_value(TELLING)


def test_the_sign_in_leads_back_to_the_case(officer: BrowserContext) -> None:
    desk = sign_in(officer, "front")
    officer.clear_cookies()
    desk.goto("/desk?view=all&text=x")
    desk.get_by_label("账号").fill("front")
    desk.get_by_label("密码").fill(PASSWORD)
    desk.get_by_role("button", name="登录").click()

    expect(desk).to_have_url(re.compile(r"/desk\?view=all&text=x$"))


def test_one_can_go_back_to_a_form_that_was_corrected(citizen: Page) -> None:
    citizen.goto("/follow")
    citizen.get_by_label("查询码").fill("abc")
    citizen.get_by_role("button", name="查询").click()
    expect(citizen.get_by_role("alert")).to_contain_text("请填编号")
    citizen.goto("/")
    citizen.go_back()

    expect(citizen.get_by_label("查询码")).to_have_value("abc")


def test_who_has_no_case_open_any_more_is_told_why(citizen: Page) -> None:
    citizen.goto("/follow/case")

    expect(citizen.get_by_role("status")).to_contain_text("30 分钟后自动关闭")


def test_an_english_reader_is_told_in_english_what_happens_next(citizen: Page) -> None:
    report(citizen)
    citizen.get_by_role("button", name="English").last.click()
    citizen.goto("/follow/case")

    expect(citizen.get_by_role("heading", name="What happens next")).to_be_visible()
    expect(citizen.get_by_text("Registered under the number")).to_be_visible()


def test_what_a_rule_could_not_place_is_accepted_and_dispatched_by_hand(
    officer: BrowserContext, citizen: Page, node: RunningNode
) -> None:
    citizen.goto("/report")
    citizen.get_by_label("请说说经过").fill("村口的路灯坏了三个月，不知道归谁管。")
    for _step in range(2):
        citizen.get_by_role("button", name="下一步").click()
    citizen.get_by_label("怎么称呼您").fill("张三丰")
    citizen.get_by_label("电话", exact=True).fill("13805640018")
    citizen.get_by_role("button", name="看一遍").click()
    citizen.get_by_role("button", name="确认提交").click()
    number = citizen.locator(".number").inner_text()
    known = "SELECT 1 FROM portal.cases WHERE number = :number AND status = :status"
    eventually("registered", lambda: node.rows(known, number=number, status="registered"))

    desk = sign_in(officer, "pool")
    desk.goto(f"/desk?view=intake&case={number}")
    desk.get_by_role("button", name="受理", exact=True).click()
    eventually("pooled", lambda: node.rows(known, number=number, status="pooled"))
    desk.goto(f"/desk?view=pool&case={number}")
    desk.get_by_role("button", name="派单").click()
    expect(desk.get_by_role("alert")).to_contain_text("请选派给哪个单位")
    type_name(desk, "派给哪个单位", "SCJGJ")
    desk.get_by_label("派单理由").fill("按职责清单")
    desk.get_by_role("button", name="派单").click()
    expect(desk.locator(".done-note")).to_contain_text("已派单")
    desk.get_by_text("查看姓名和电话").click()
    desk.get_by_label("为什么要看").select_option("核实情况")
    desk.get_by_role("button", name="查看", exact=True).click()
    expect(desk.get_by_text("138 0564 0018")).to_be_visible()


def test_the_board_shows_numbers_and_a_chart(officer: BrowserContext) -> None:
    page = officer.new_page()
    page.goto("/board")

    expect(page.locator(".tile.green")).to_be_visible()
    expect(page.locator("[data-chart] canvas")).to_be_visible()


def test_a_page_that_is_not_there_offers_a_way_on(citizen: Page) -> None:
    citizen.goto("/nowhere")

    expect(citizen.get_by_role("heading", name="没有找到")).to_be_visible()
    expect(citizen.get_by_role("link", name="回首页")).to_be_visible()


def test_a_form_of_another_site_is_refused(node: RunningNode) -> None:
    headers = {"origin": "https://evil.test", "sec-fetch-site": "cross-site"}
    answer = node.client.post("/follow/leave", headers=headers)

    assert answer.status_code == 403
