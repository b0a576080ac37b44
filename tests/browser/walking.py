"""How a test walks the pages: as somebody, by keys, and with what every page owes its reader."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.system.harness import eventually

PASSWORD = "correct-horse-battery"
PHONE = {"viewport": {"width": 390, "height": 844}, "locale": "zh-CN"}
SCREEN = {"viewport": {"width": 1366, "height": 900}, "locale": "zh-CN"}
MOST_TABS = 60
NAMELESS = """
() => [...document.querySelectorAll("a, button, summary, input, select, textarea")]
  .filter((each) => each.type !== "hidden" && each.checkVisibility())
  .filter((each) => !(each.labels && each.labels.length) && !each.getAttribute("aria-label"))
  .filter((each) => !each.textContent.trim())
  .map((each) => each.outerHTML.slice(0, 80))
"""
TOO_WIDE = "document.documentElement.scrollWidth - window.innerWidth"
DOUBLED = """
() => [...document.querySelectorAll("[id]")].map((each) => each.id)
  .filter((id, place, all) => all.indexOf(id) !== place)
"""


@contextmanager
def visitor(browser: Browser, base_url: str, **look: Any) -> Iterator[BrowserContext]:
    """Give a fresh browser profile; at its end nothing may stand in the console."""
    context = browser.new_context(base_url=base_url, **look)
    told: list[str] = []
    context.on("console", lambda message: told.append(message.text))
    context.on("weberror", lambda error: told.append(str(error.error)))
    yield context
    context.close()
    # A form that is refused answers 422, which a browser notes as well.
    problems = [text for text in told if "Failed to load resource" not in text]
    assert not problems, problems


def sign_in(context: BrowserContext, login: str) -> Page:
    """Return the desk of one who has signed in."""
    page = context.new_page()
    page.goto("/desk")
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("navigation", name="列表")).to_be_visible()
    return page


def open_case(page: Page, view: str, number: str) -> None:
    """Open a case out of a list by keys, as soon as the list has it."""
    row = page.locator(f'[data-row][href$="{number}"]')

    def listed() -> bool:
        page.goto(f"/desk?view={view}")
        return row.count() == 1

    eventually(f"{view} lists {number}", listed)
    page.wait_for_load_state()  # the keys work once the scripts have run
    for _row in range(page.locator("[data-row]").count()):
        page.keyboard.press("j")
        if is_focused(row):
            break
    page.keyboard.press("Enter")
    expect(page.locator(".case .code")).to_have_text(number)
    is_sound(page)


def again_until(page: Page, text: str) -> None:
    """Load a page again until it says something."""

    def said() -> bool:
        page.reload()
        return page.get_by_text(text).count() > 0

    eventually(f"the page says {text}", said)


def tab_to(page: Page, target: Locator) -> None:
    """Move to a control by keys alone: to the acts first, then by the tabulator."""
    if is_focused(page.locator("body")):
        page.keyboard.press("a")
    for _press in range(MOST_TABS):
        if is_focused(target):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"not reached by keys: {target}")


def press(page: Page, target: Locator) -> None:
    """Move to a control by keys and use it."""
    tab_to(page, target)
    page.keyboard.press("Enter")


def write(page: Page, target: Locator, text: str) -> None:
    """Move to a field by keys and fill it by typing."""
    tab_to(page, target)
    page.keyboard.insert_text(text)


def choose(page: Page, select: Locator, option: str) -> None:
    """Move to a select by keys and go down to an option; one found by typing is typed."""
    tab_to(page, select)
    if select.get_attribute("role") == "combobox":
        page.keyboard.insert_text(option)
        expect(page.get_by_role("option", name=option).first).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(select).to_have_value(option)
        return
    for _option in range(select.locator("option").count()):
        if select.locator("option:checked").inner_text().strip() == option:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"not offered: {option}")


def is_focused(target: Locator) -> bool:
    """Tell whether the keys go to this element."""
    return bool(target.evaluate("each => each === document.activeElement"))


def is_sound(page: Page) -> None:
    """Hold a page against what every page owes its reader, also on a telephone."""
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert page.locator("h1").count() == 1
    assert page.evaluate(DOUBLED) == []
    assert page.evaluate(NAMELESS) == []
    before = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate(TOO_WIDE) <= 0, page.url
    if before is not None:
        page.set_viewport_size(before)
