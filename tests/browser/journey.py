"""What a node of journeys knows, and the ways in it that several journeys take."""

from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Route, expect

from shared.security.actor import Role
from tests.system.harness import CODE, RunningNode, eventually

PASSWORD = "correct-horse-battery"
TELLING = "食品经营许可证网上提交二十天没有回音。打电话问了三次，每次都说再等等。"


def furnish(node: RunningNode) -> None:
    admin = node.as_role(Role.SYSTEM_ADMINISTRATOR)
    unit = {"title": "县市场监督管理局", "region": CODE, "phone": "0564-8621234"}
    node.ask("PUT", "/api/v1/units/SCJGJ", admin, json=unit)
    item = {"title": "食品经营许可", "kind": "licence", "unit_code": "SCJGJ"}
    node.ask("PUT", "/api/v1/items/SPJYXK", admin, json=item)
    people = {"unit": Role.DISPOSAL_OFFICER, "front": Role.WINDOW_OFFICER}
    people["pool"] = Role.DISPATCHER
    for login, role in people.items():
        node.let_in(login, role, "SCJGJ", PASSWORD)
    for schema in ("intake", "portal"):
        known = f"SELECT 1 FROM {schema}.items WHERE title = :title"  # noqa: S608
        eventually("the item is known", lambda: node.rows(known, title="食品经营许可"))  # noqa: B023


def report(page: Page) -> tuple[str, str]:
    page.goto("/")
    page.get_by_role("link", name="我要反映").click()
    page.get_by_label("请说说经过").fill(TELLING)
    page.get_by_label("办的是哪个事项").select_option("SPJYXK")
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("3 次").check()
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("怎么称呼您").fill("李桂兰")
    page.get_by_label("电话", exact=True).fill("13805640017")
    page.get_by_role("button", name="看一遍").click()
    expect(page.get_by_text("食品经营许可证网上提交二十天没有回音", exact=True)).to_be_visible()
    page.get_by_role("button", name="确认提交").click()
    expect(page.get_by_role("heading", name="登记好了")).to_be_visible()
    return page.locator(".number").inner_text(), page.locator(".secret").inner_text()


def sign_in(context: BrowserContext, login: str) -> Page:
    page = context.new_page()
    page.goto("/desk")
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("navigation", name="列表")).to_be_visible()
    page.wait_for_load_state()  # the keys work once the scripts have run
    return page


def work_off(officer: BrowserContext, node: RunningNode, number: str) -> None:
    known = "SELECT 1 FROM portal.cases WHERE number = :number AND status = 'dispatched'"
    eventually("the desk knows the case", lambda: node.rows(known, number=number))
    desk = sign_in(officer, "unit")
    mine = desk.locator(f'[data-row][href$="{number}"]')
    for _row in range(desk.locator("[data-row]").count()):
        desk.keyboard.press("j")
        if mine.evaluate("row => row === document.activeElement"):
            break
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name="签收").click()
    desk.get_by_label("电话", exact=True).check()
    desk.get_by_label("联系上了", exact=True).check()
    desk.get_by_role("button", name="记下这次联系").click()
    desk.get_by_label("办成什么样").select_option("done")
    desk.get_by_label("给群众的答复").fill("许可证已经办好，请带身份证来取。")
    desk.get_by_role("button", name="办结").click()
    expect(desk.locator(".done-note")).to_contain_text("已办结")
    finished = "SELECT 1 FROM portal.cases WHERE number = :number AND status = 'finished'"
    eventually("the case is finished", lambda: node.rows(finished, number=number))


def break_off(route: Route) -> None:
    """Let the line break off after the first piece."""
    if route.request.headers.get("upload-offset") == "1000000":
        route.abort()
    else:
        route.fallback()


def choose(page: Page, *files: Path) -> None:
    page.get_by_label("选一张照片或一个文件").set_input_files(files)
    page.get_by_role("button", name="上传").click()
