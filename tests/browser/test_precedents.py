"""What others had solved appears while somebody types, and asks for nothing but a pause."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from tests.browser.conftest import SITE, open_page
from tests.browser.samples import shown

pytestmark = pytest.mark.browser

SECTION = re.compile(r'<section class="similar.*?</section>', re.DOTALL)
BUTTON = "这就解决了我的问题"


@pytest.fixture
def typing(browser: Browser) -> Iterator[tuple[Page, list[Request]]]:
    """The first step of a report, and what was asked while somebody typed."""
    page = open_page(browser)
    asked: list[Request] = []
    found = SECTION.search(shown("report_what_similar"))
    assert found is not None

    def answer(route: Route) -> None:
        asked.append(route.request)
        route.fulfill(body=found[0], content_type="text/html; charset=utf-8")

    page.route("**/report/similar", answer)
    page.goto(f"{SITE}/report_what")
    yield page, asked
    page.context.close()


def test_a_pause_in_typing_shows_what_is_solved_and_the_button_sends_nothing_of_the_person(
    typing: tuple[Page, list[Request]],
) -> None:
    page, asked = typing
    first = page.get_by_role("button", name=BUTTON).first
    expect(first).to_be_hidden()

    page.get_by_label("请说说经过").press_sequentially("社保卡丢了，补办要盖章")

    expect(first).to_be_visible()
    assert len(asked) == 1
    sent = parse_qs(asked[0].post_data or "")
    assert sorted(sent) == ["item", "key", "text"]
    assert "补办要盖章" in sent["text"][-1]  # the sample carries the field of another step too
    expect(first).to_have_attribute("formaction", "/report/solved")
    assert first.bounding_box()["height"] >= 44  # type: ignore[index]  # it is visible
