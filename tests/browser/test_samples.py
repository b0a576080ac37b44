"""The sample pages in a real browser: they fit, can be hit with a thumb, and break no policy."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import SITE, open_page
from tests.browser.samples import SAMPLES

pytestmark = pytest.mark.browser

ABROAD = [
    name for name, told in SAMPLES.items() if not told.template.startswith(("desk/", "admin/"))
]
"""What is told in English too; staff work in Chinese."""
CITIZENS = [name for name, sample in SAMPLES.items() if sample.template.startswith("citizen/")]
Scheme = Literal["light", "dark"]
NARROW, WIDE = {"width": 360, "height": 740}, {"width": 1366, "height": 900}
SCREENS: Mapping[str, dict[str, Any]] = {
    "telephone": {"viewport": NARROW},
    "smallest": {"viewport": {"width": 320, "height": 568}},
    "screen": {"viewport": WIDE},
    "dark": {"viewport": WIDE, "color_scheme": "dark"},
}
READERS: Mapping[str, tuple[dict[str, str], Sequence[str]]] = {
    "anybody": ({}, ("smallest", "screen")),
    "large": ({"backstop_print": "large"}, ("telephone",)),
    "english": ({"backstop_lang": "en"}, ("telephone",)),
}
"""Who is sent a page of their own, with the screens on which it is looked at.

What fits the smallest telephone fits any; only what scripts draw can fail in the dark alone.
"""
TOO_WIDE = """
() => new Promise((done) => requestAnimationFrame(
  () => done(document.documentElement.scrollWidth - window.innerWidth)))
"""
HIT = """
() => [...document.querySelectorAll(".page a.button, .page button, .door, .choice, input, select")]
  .filter((each) => each.offsetParent && !each.closest(".unseen"))
  .filter((each) => !["radio", "checkbox", "hidden"].includes(each.type))
  .map((each) => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
  .filter(([_html, box]) => box.height < 47.5 || box.width < 47.5)
  .map(([html, box]) => `${html} ${box.width}x${box.height}`)
"""


@pytest.mark.parametrize("reader", READERS)
def test_pages_fit_their_screen_and_keep_the_content_policy(browser: Browser, reader: str) -> None:
    cookies, screens = READERS[reader]
    page = open_page(browser, cookies)
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))

    wide = {}
    for name in ABROAD if reader == "english" else SAMPLES:
        page.goto(f"{SITE}/{name}")
        charts = ("dark",) if not cookies and page.locator("script[src*=echarts]").count() else ()
        for screen in (*screens, *charts):
            look_at(page, **SCREENS[screen])
            wide[name, screen] = page.evaluate(TOO_WIDE)

    assert {shown: by for shown, by in wide.items() if by > 0} == {}
    assert [text for text in told if "404" not in text] == []
    page.context.close()


def look_at(page: Page, viewport: ViewportSize, color_scheme: Scheme = "light") -> None:
    """Show the page that is open on another screen; what it draws by script is drawn again."""
    page.set_viewport_size(viewport)
    page.emulate_media(color_scheme=color_scheme)


@pytest.fixture(scope="module")
def telephone(browser: Browser) -> Iterator[Page]:
    """A telephone for tests that only open a page and measure it."""
    page = open_page(browser)
    yield page
    page.context.close()


@pytest.mark.parametrize("name", CITIZENS)
def test_what_a_citizen_touches_is_48_pixels_high(telephone: Page, name: str) -> None:
    telephone.goto(f"{SITE}/{name}")

    assert telephone.evaluate(HIT) == []


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


def test_a_kiosk_that_nobody_touches_asks_and_goes_back_to_its_start(browser: Browser) -> None:
    page = open_page(browser, {"backstop_kiosk": "DT-03"})
    page.route(f"{SITE}/", lambda route: route.fulfill(body="start"))
    page.clock.install()
    page.goto(f"{SITE}/report_what")
    asks = page.get_by_role("dialog")

    page.clock.run_for(46_000)
    expect(asks).to_be_visible()
    asks.get_by_role("button", name="我还在").click()
    expect(asks).to_be_hidden()
    page.clock.run_for(40_000)
    expect(asks).to_be_hidden()
    page.clock.run_for(6_000)
    expect(asks).to_be_visible()
    page.clock.run_for(16_000)
    expect(page).to_have_url(f"{SITE}/")
    page.context.close()


def test_a_place_is_pointed_at_by_mouse_keys_and_device(browser: Browser) -> None:
    page = open_page(browser)
    page.goto(f"{SITE}/snap")
    plan, told = page.get_by_role("application"), page.locator("[data-where]")

    plan.click(position={"x": 5, "y": 5})
    expect(told).to_contain_text("已选：北纬 31.8")
    plan.press("ArrowDown")
    expect(told).to_contain_text("已选：北纬 31.8")
    plan.press("Shift+ArrowDown")
    expect(told).to_contain_text("已选：北纬 31.81")
    page.get_by_label("离哪里最近").select_option("341523")
    expect(told).to_have_text("")
    assert page.locator("[name=lat]").input_value() == ""
    page.context.close()


def test_a_call_that_comes_in_fills_the_form_and_leaves_no_trace(browser: Browser) -> None:
    page = open_page(browser)
    page.goto(f"{SITE}/desk_new#phone=13900001234&call_id=C-17")
    phone, call_id = page.locator("#phone"), page.locator("[name='hotline.call_id']")

    expect(phone).to_have_value("13900001234")
    expect(call_id).to_have_value("C-17")
    expect(page.locator("input[name=channel][value=hotline]")).to_be_checked()
    page.evaluate("location.hash = 'phone=13700004321'")
    expect(phone).to_have_value("13700004321")
    assert page.url == f"{SITE}/desk_new"
