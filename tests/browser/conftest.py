"""A browser, and the sample pages in it: a site on loopback that has nothing but them."""

import mimetypes
from collections.abc import Iterator, Mapping
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from backstop.headers import CONTENT_POLICY
from services.portal.pages.rendering import STATIC
from tests.browser.samples import SAMPLES, shown
from tests.conftest import need

SITE = "http://window.test"


class SamplePages(BaseHTTPRequestHandler):
    """Every sample at its name, and what pages load, which the browser keeps as it does in use."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with a sample, a static file, or nothing."""
        path = self.path.partition("?")[0]
        file = STATIC / path.removeprefix("/static/")
        if path.startswith("/static/") and file.is_file():
            kind = mimetypes.guess_type(file.name)[0] or "text/plain"
            self._send(200, file.read_bytes(), {"content-type": kind, "cache-control": KEPT})
        elif path.strip("/") in SAMPLES:
            cookies = {one.key: one.value for one in SimpleCookie(self.headers["cookie"]).values()}
            told = {"content-type": HTML, "content-security-policy": CONTENT_POLICY}
            self._send(200, shown(path.strip("/"), cookies).encode(), told)
        else:
            self._send(404, b"", {})

    def do_POST(self) -> None:
        """Answer that there is nothing: a sample only looks."""
        # Unread, it would be taken for the beginning of what comes next on the same line.
        self.rfile.read(int(self.headers["content-length"] or 0))
        self._send(404, b"", {})

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "content-length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


HTML, KEPT = "text/html; charset=utf-8", "max-age=3600"


@pytest.fixture(scope="session")
def site() -> Iterator[int]:
    """The port of the sample pages."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), SamplePages)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser(site: int) -> Iterator[Browser]:
    """Chromium, headless; gone with its module, because Playwright's loop forbids asyncio.run."""
    program = need("chromium")
    here = f"--host-resolver-rules=MAP window.test:80 127.0.0.1:{site}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(program), args=["--no-sandbox", "--disable-dev-shm-usage", here]
        )
        yield browser
        browser.close()


def open_page(browser: Browser, cookies: Mapping[str, str] | None = None, **look: Any) -> Page:
    """Return a page of a fresh browser profile in which every sample is at SITE/name."""
    look = {"viewport": {"width": 360, "height": 740}, "locale": "zh-CN"} | look
    context = browser.new_context(**look)
    kept = (cookies or {}).items()
    context.add_cookies([{"name": name, "value": value, "url": SITE} for name, value in kept])
    return context.new_page()
