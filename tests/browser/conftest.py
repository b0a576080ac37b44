"""A browser, and the sample pages in it: served by interception, so no port is opened."""

import mimetypes
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from backstop.headers import CONTENT_POLICY
from services.portal.pages.rendering import STATIC
from tests.browser.samples import SAMPLES, shown
from tests.conftest import need

SITE = "http://window.test"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, headless; gone with its module, because Playwright's loop forbids asyncio.run."""
    program = need("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(program), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


def open_page(browser: Browser, cookies: Mapping[str, str] | None = None, **look: Any) -> Page:
    """Return a page of a fresh browser profile in which every sample is at SITE/name."""
    look = {"viewport": {"width": 360, "height": 740}, "locale": "zh-CN"} | look
    page = browser.new_context(**look).new_page()
    page.route("**/*", lambda route: _answer(route, cookies or {}))
    return page


def _answer(route: Route, cookies: Mapping[str, str]) -> None:
    path = route.request.url.removeprefix(SITE).partition("?")[0].partition("#")[0]
    file = STATIC / path.removeprefix("/static/")
    if path.startswith("/static/") and file.is_file():
        kind = mimetypes.guess_type(file.name)[0] or "text/plain"
        route.fulfill(body=file.read_bytes(), content_type=kind)
    elif path.strip("/") in SAMPLES:
        route.fulfill(
            body=shown(path.strip("/"), cookies),
            content_type="text/html; charset=utf-8",
            headers={"content-security-policy": CONTENT_POLICY},
        )
    else:
        route.fulfill(status=404, body="")
