"""Reports that are being written, in a browser: what is kept of them, and for whom."""

from playwright.sync_api import Browser, expect

from tests.browser.journey import TELLING
from tests.system.harness import RunningNode

OLDER = """() => {
  const kept = JSON.parse(localStorage.getItem("backstop-draft"));
  localStorage.setItem("backstop-draft", JSON.stringify({ ...kept, at: kept.at - 8 * 86400000 }));
}"""
"""As if it had been written eight days ago."""
KEPT = "[sessionStorage, localStorage].map((shelf) => shelf.getItem('backstop-draft'))"
PHONE = {"viewport": {"width": 360, "height": 740}, "locale": "zh-CN"}


def keep_only_where_told(browser: Browser, node: RunningNode) -> None:
    """A report that is not finished is kept where its person says so, until it is cleared."""
    context = browser.new_context(base_url=node.base_url, **PHONE)  # type: ignore[arg-type]
    told, consent = "请说说经过", "把没写完的内容存在这台设备上"
    page = context.new_page()
    page.goto("/report")
    page.get_by_label(told).fill(TELLING)
    page.close()

    page = context.new_page()
    page.goto("/report")
    expect(page.get_by_label(told)).to_have_value("")
    page.get_by_label(consent).check()
    page.get_by_label(told).fill(TELLING)
    page.close()

    page = context.new_page()
    page.goto("/report")
    expect(page.get_by_label(told)).to_have_value(TELLING)
    page.get_by_role("button", name="清掉，重新写").click()
    expect(page.get_by_label(told)).to_have_value("")
    expect(page.locator("[data-draft-restored]")).to_be_hidden()
    context.close()


def keep_nothing_old_nor_of_a_kiosk(browser: Browser, node: RunningNode) -> None:
    """What was written long ago, or at a machine of a hall, is not there any more."""
    context = browser.new_context(base_url=node.base_url, **PHONE)  # type: ignore[arg-type]
    told, page = "请说说经过", context.new_page()
    page.goto("/report")
    page.get_by_label("把没写完的内容存在这台设备上").check()
    page.get_by_label(told).fill(TELLING)
    page.evaluate(OLDER)
    page.reload()
    expect(page.get_by_label(told)).to_have_value("")
    assert page.evaluate(KEPT) == [None, None]

    context.add_cookies([{"name": "backstop_kiosk", "value": "DT-03", "url": node.base_url}])
    page.goto("/report")
    page.get_by_label(told).fill(TELLING)
    page.reload()
    expect(page.get_by_label(told)).to_have_value("")
    assert page.evaluate(KEPT) == [None, None]
    context.close()


def send_nothing_behind_their_back(browser: Browser, node: RunningNode) -> None:
    """Who writes on while a report waits for the line has not finished it."""
    context = browser.new_context(base_url=node.base_url, **PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.clock.install()
    page.goto("/report")
    page.get_by_label("请说说经过").fill(TELLING)
    context.set_offline(True)
    page.get_by_role("button", name="下一步").click()
    expect(page.locator("[data-draft-offline]")).to_be_visible()
    page.get_by_label("请说说经过").fill(f"{TELLING}还有一件。")
    context.set_offline(False)

    expect(page.locator("[data-draft-offline]")).to_be_hidden()
    page.clock.run_for(20_000)
    assert page.evaluate("fetch('/healthz').then((answer) => answer.ok)")
    expect(page.get_by_label("请说说经过")).to_have_value(f"{TELLING}还有一件。")
    context.close()
