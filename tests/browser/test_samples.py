"""The sample pages in a real browser: they fit, can be hit with a thumb, and break no policy."""

from collections.abc import Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import SITE, open_page
from tests.browser.samples import SAMPLES

pytestmark = pytest.mark.browser

CITIZENS = [name for name, sample in SAMPLES.items() if sample.template.startswith("citizen/")]
LOOKS: Mapping[str, dict[str, Any]] = {
    "telephone": {"viewport": {"width": 360, "height": 740}},
    "smallest": {"viewport": {"width": 320, "height": 568}},
    "large": {"viewport": {"width": 360, "height": 740}, "cookies": {"backstop_print": "large"}},
    "english": {"viewport": {"width": 360, "height": 740}, "cookies": {"backstop_lang": "en"}},
    "screen": {"viewport": {"width": 1366, "height": 900}},
    "dark": {"viewport": {"width": 1366, "height": 900}, "color_scheme": "dark"},
}
HIT = """
() => [...document.querySelectorAll(".page a.button, .page button, .door, .choice, input, select")]
  .filter((each) => each.offsetParent && !each.closest(".unseen"))
  .filter((each) => !["radio", "checkbox", "hidden"].includes(each.type))
  .map((each) => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
  .filter(([_html, box]) => box.height < 47.5 || box.width < 47.5)
  .map(([html, box]) => `${html} ${box.width}x${box.height}`)
"""


@pytest.mark.parametrize("look", LOOKS)
def test_pages_fit_their_screen_and_keep_the_content_policy(browser: Browser, look: str) -> None:
    page = open_page(browser, **LOOKS[look])
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))

    for name in SAMPLES:
        page.goto(f"{SITE}/{name}")
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{name} is {wide} px too wide"

    assert [text for text in told if "404" not in text] == []
    page.context.close()


@pytest.mark.parametrize("name", CITIZENS)
def test_what_a_citizen_touches_is_48_pixels_high(browser: Browser, name: str) -> None:
    page = open_page(browser)
    page.goto(f"{SITE}/{name}")

    assert page.evaluate(HIT) == []
    page.context.close()


def test_an_error_summary_is_focused_and_leads_to_its_field(browser: Browser) -> None:
    page = open_page(browser)
    page.goto(f"{SITE}/report_wrong")

    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("alert").get_by_role("link").first.click()
    expect(page.get_by_label("怎么称呼您")).to_be_focused()
    page.context.close()


def test_the_desk_is_walked_by_keys(browser: Browser) -> None:
    page = open_page(browser, viewport={"width": 1366, "height": 900})
    page.goto(f"{SITE}/desk_case")
    rows = page.locator("[data-row]")

    page.keyboard.press("j")
    expect(rows.nth(2)).to_be_focused()  # the second is open, so the walk begins behind it
    page.keyboard.press("k")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("a")
    expect(page.get_by_label("电话", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_text("下一件、上一件")).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_label("在列表中查找")).to_be_focused()
    page.keyboard.type("jjj?")
    expect(page.get_by_label("在列表中查找")).to_have_value("jjj?")
    page.context.close()


def test_a_long_list_of_items_is_narrowed_by_typing(browser: Browser) -> None:
    page = open_page(browser)
    page.goto(f"{SITE}/report_what")
    select, search = page.get_by_label("办的是哪个事项"), page.get_by_role("searchbox")

    search.fill("抵押")
    expect(select).to_have_value("BDC-04")
    assert offered(page) == ["不清楚，或者找不到", "不动产抵押登记"]
    search.fill("")
    assert len(offered(page)) == 11
    page.context.close()


def offered(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("#item option").all_inner_texts()]


def test_a_receipt_prints_without_the_page_around_it(browser: Browser) -> None:
    page = open_page(browser)
    page.goto(f"{SITE}/report_done")
    expect(page.get_by_role("button", name="打印回执")).to_be_visible()

    page.emulate_media(media="print")

    expect(page.locator(".secret")).to_be_visible()
    expect(page.locator(".head")).to_be_hidden()
    expect(page.get_by_role("link", name="看办理进度")).to_be_hidden()
    page.context.close()
