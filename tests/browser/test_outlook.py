"""The board of limits and the wall in a real browser, with scripts and without."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import SITE, open_page

pytestmark = pytest.mark.browser

SCREEN = {"width": 1366, "height": 900}


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
