"""The board of limits and the wall in a real browser, with scripts and without."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import SITE, open_page

pytestmark = pytest.mark.browser

SCREEN = {"width": 1366, "height": 900}
HALF_PAST_NINE = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
LIFE = "retry: 50\n\nevent: beat\ndata: {}\n\n"
SIGN_IN = "<html><body><main>登录</main></body></html>"


def test_each_chart_stands_above_the_table_that_it_is_drawn_from(browser: Browser) -> None:
    page = open_page(browser, viewport=SCREEN)
    page.goto(f"{SITE}/desk_outlook")

    expect(page.locator(".chart canvas")).to_have_count(5)
    expect(page.locator('[data-panel="units"] table')).to_be_visible()
    fold = page.locator('[data-panel="turning"] details')
    expect(fold).not_to_have_attribute("open", "")
    fold.locator("summary").press("Enter")
    expect(page.locator('[data-panel="turning"] table')).to_be_visible()
    page.context.close()


def test_without_scripts_every_number_is_there_and_leads_somewhere(browser: Browser) -> None:
    page = open_page(browser, viewport=SCREEN, java_script_enabled=False)
    page.goto(f"{SITE}/desk_outlook")

    expect(page.locator('[data-panel="turning"] table')).to_be_visible()
    expect(page.locator(".chart").first).to_be_hidden()
    expect(page.locator('a[data-number="lamp.red"]')).to_have_attribute(
        "href", "/desk?view=open&cell=lamp.red"
    )
    page.context.close()


@pytest.mark.parametrize(
    ("motion", "word"), [("no-preference", "暂停轮换"), ("reduce", "继续轮换")]
)
def test_a_wall_shows_one_panel_at_a_time_and_stands_still_when_asked(
    browser: Browser, motion: str, word: str
) -> None:
    page = open_page(browser, viewport={"width": 1920, "height": 1080}, reduced_motion=motion)
    page.goto(f"{SITE}/wall")

    shown = page.locator("[data-panel]:visible")
    expect(shown).to_have_count(1)
    expect(shown).to_have_attribute("data-panel", "turning")
    expect(page.locator("[data-pause]")).to_have_text(word)
    page.keyboard.press("ArrowRight")
    expect(shown).to_have_attribute("data-panel", "units")
    expect(shown.locator("canvas")).to_have_count(1)
    page.locator("[data-pause]").click()
    expect(page.locator("[data-pause]")).not_to_have_text(word)
    page.context.close()


class Line:
    """The line over which a page gets its stream: it can be lost, and is there again."""

    def __init__(self, page: Page) -> None:
        self.is_up = True
        self._page = page
        page.route("**/board/wall/stream*", self._answer)

    def lose(self) -> None:
        with self._page.expect_event("requestfailed", lambda each: "/stream" in each.url):
            self.is_up = False

    def _answer(self, route: Route) -> None:
        if self.is_up:
            route.fulfill(body=LIFE, content_type="text/event-stream")
        else:
            route.abort()


def test_a_wall_that_loses_its_line_says_since_when_and_goes_on_by_itself(
    browser: Browser,
) -> None:
    page = open_page(browser, viewport={"width": 1920, "height": 1080})
    line = Line(page)
    page.route("**/board/wall?look=*", lambda route: route.fulfill(body=SIGN_IN))
    page.clock.install(time=HALF_PAST_NINE)
    page.goto(f"{SITE}/wall")
    told, body = page.locator("[data-age]"), page.locator("body")
    expect(told).to_have_text(re.compile("秒前核对过"))

    line.lose()
    page.clock.fast_forward(50_000)
    expect(told).to_have_text("连接断了，正在重连；数字停在 09:30。")
    expect(body).to_have_class(re.compile(r"\bsilent\b"))

    line.is_up = True
    expect(told).to_have_text(re.compile("秒前核对过"))
    expect(body).not_to_have_class(re.compile(r"\bsilent\b"))

    line.lose()  # and meanwhile the session ends: what is fetched instead is the page to sign in
    page.clock.fast_forward(130_000)
    expect(told).to_have_text("登录已结束或权限变了，数字不再更新，请重新登录。")
    expect(page.locator("[data-panel]:visible")).to_have_count(1)
    page.context.close()
