"""What every door of a whole node owes: headers, cookies, forms that only its own pages send."""

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi.routing import APIRoute

from backstop.headers import CONTENT_POLICY
from backstop.node import Node
from backstop.web import build_application
from services.portal import pages
from services.portal.pages.desk import ELSEWHERE
from shared.security.actor import Role
from tests.integration.whole.conftest import Lived
from tests.whole.node import PASSWORD, WholeNode

pytestmark = pytest.mark.integration


def routes_of(router: Any) -> Iterator[APIRoute]:
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        elif (inner := getattr(route, "original_router", None)) is not None:
            yield from routes_of(inner)


ROUTES = list(routes_of(pages.router))
READ = sorted({route.path for route in ROUTES if "GET" in (route.methods or ())})
SENT = sorted({route.path for route in ROUTES if "POST" in (route.methods or ())})
OF_STAFF = ("/desk", "/admin")
READS = {"/desk/precedents/like"}
"""Asked by POST, for the words are no part of an address, and changing nothing."""
OPEN = {"/desk/login", "/desk/login/code", "/desk/sso/logout"}
"""Sent by somebody who has no session, or who is no browser."""
BESIDE = (
    "/docs",
    "/openapi.json",
    "/healthz",
    "/static/backstop.css",
    "/api/v1/units",
    "/nowhere",
)
OWED = {
    "content-security-policy": CONTENT_POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
LOOSE = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=|javascript:", re.IGNORECASE)
OUTSIDE = re.compile(r'(?:src|href|action)="(?:https?:)?//', re.IGNORECASE)


class Forms(HTMLParser):
    """The forms of a page that change something, each with the fields it sends."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, set[str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "form" and (told.get("method") or "").lower() == "post":
            self.found.append((told.get("action") or "", set()))
        elif tag == "input" and self.found and told.get("name"):
            self.found[-1][1].add(str(told["name"]))


def everybody(city: WholeNode) -> Iterator[tuple[str, dict[str, str]]]:
    yield "nobody", {}
    for role in Role:
        yield role, city.signed_in(role, "SCJGJ" if role is Role.DISPOSAL_OFFICER else None)


def somewhere(path: str) -> str:
    path = re.sub(r"\{[^}]*:uuid\}", str(UUID(int=7)), path)
    return re.sub(r"\{[^}]*\}", "x", path)


@pytest.fixture(scope="module")
def walk(lived: Lived) -> Mapping[tuple[str, str], httpx.Response]:
    """What everybody is answered everywhere, by who asks and the path."""
    city = lived.tiers.city
    paths = (*map(somewhere, READ), *BESIDE)
    return {
        (who, path): city.ask("GET", path, shown)
        for who, shown in everybody(city)
        for path in paths
    }


def test_every_answer_carries_the_headers_and_no_page_a_script(
    walk: Mapping[tuple[str, str], httpx.Response],
) -> None:
    for (who, path), answer in walk.items():
        told = {name: answer.headers.get(name) for name in OWED}
        assert told == OWED, f"{path} as {who}"
        assert answer.headers["permissions-policy"].startswith("camera=(), microphone=()")
        assert answer.headers["cache-control"], path
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert LOOSE.findall(answer.text) == [], f"{path} as {who}"
            assert OUTSIDE.findall(answer.text) == [], f"{path} as {who}"

    assert len(READ) > 15
    assert len(walk) == (len(Role) + 1) * len({*map(somewhere, READ), *BESIDE})


def test_every_form_of_the_staff_carries_the_token_of_its_session(
    walk: Mapping[tuple[str, str], httpx.Response],
) -> None:
    forms = 0

    for (who, path), answer in walk.items():
        for action, fields in [] if path in BESIDE else Forms(answer.text).found:
            forms += 1
            assert action.startswith("/"), f"{path} as {who} sends to {action}"
            if action.startswith(OF_STAFF) and action not in OPEN:
                assert "csrf" in fields, f"{path} as {who} sends {action}"

    assert forms > len(Role)


def test_no_page_changes_anything_that_another_site_or_a_bare_form_asks_for(lived: Lived) -> None:
    city = lived.tiers.city
    assert len(SENT) > 8
    evil = ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"})

    for path in map(somewhere, SENT):
        for shown in ({}, city.signed_in(Role.WINDOW_HEAD)):
            for more in evil:
                answer = city.ask("POST", path, {**shown, **more}, data={"a": "1"})
                assert answer.status_code == httpx.codes.FORBIDDEN, path
        if path.startswith(OF_STAFF) and path not in OPEN | READS:
            for role in (Role.WINDOW_HEAD, Role.DISPATCHER, Role.SECURITY_ADMINISTRATOR):
                bare = city.ask("POST", path, city.signed_in(role), data={"a": "1"})
                assert bare.status_code in REFUSED or _asks_again(bare), path


def test_no_code_beside_it_lets_another_site_act_for_who_is_signed_in(lived: Lived) -> None:
    city = lived.tiers.city
    shown = {**city.signed_in(Role.SECURITY_ADMINISTRATOR), "sec-fetch-site": "same-site"}

    for query in ("", "?code=x", "?number=x", "?number=&code=x"):
        path = f"/api/v1/account-resets/{UUID(int=7)}/approve{query}"
        answer = city.ask("POST", path, shown)
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin"), query


REFUSED = {httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND}


def _asks_again(answer: httpx.Response) -> bool:
    # A form of an earlier session is shown once more with what was typed, and who has no lists is
    # led to where their day begins: nothing was done.
    led_away = answer.headers.get("location") in set(ELSEWHERE.values())
    return led_away or answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY


@pytest.fixture
def behind(lived: Lived) -> "Behind":
    """The city once more, as another process would serve it under other settings."""
    return Behind(lived.tiers.city)


class Behind:
    def __init__(self, city: WholeNode) -> None:
        self.city = city

    def client(self, **settings: Any) -> httpx.AsyncClient:
        node = self.city.node
        changed = node.settings.model_copy(update=settings)
        transport = httpx.ASGITransport(build_application(Node(changed, node.engine, node.keys)))
        return httpx.AsyncClient(transport=transport, base_url=changed.public_url)

    def ask(
        self, client: httpx.AsyncClient, method: str, path: str, **more: Any
    ) -> httpx.Response:
        return self.city.loop.run(client.request(method, path, **more))


def test_who_asks_too_often_is_told_when_to_come_back_and_others_are_not(behind: Behind) -> None:
    few = behind.city.settings.doors.model_copy(
        update={"spared": (), "anonymous_reads": 3, "anonymous_posts": 2}
    )
    client = behind.client(doors=few, trusted_proxies=("127.0.0.1/32",))
    one, other = {"x-forwarded-for": "198.51.100.7"}, {"x-forwarded-for": "198.51.100.8"}

    pages_read = [behind.ask(client, "GET", "/", headers=one) for _ in range(4)]
    sent = [behind.ask(client, "POST", "/api/v1/cases", headers=one, json={}) for _ in range(3)]
    staff = behind.ask(
        client, "GET", "/desk", headers={**one, **behind.city.signed_in(Role.DISPATCHER)}
    )

    assert [answer.status_code for answer in pages_read] == [200, 200, 200, 429]
    assert "请稍等一会儿" in pages_read[-1].text
    assert 1 <= int(pages_read[-1].headers["retry-after"]) <= 60
    assert [answer.status_code for answer in sent] == [422, 422, 429]
    assert sent[-1].json()["code"] == "too_many_requests"
    assert 1 <= int(sent[-1].headers["retry-after"]) <= 60
    assert staff.status_code == 200
    assert behind.ask(client, "GET", "/", headers=other).status_code == 200
    assert behind.ask(client, "GET", "/static/backstop.css", headers=one).status_code == 200


def test_under_https_a_session_lives_in_a_cookie_that_only_this_host_sets(behind: Behind) -> None:
    behind.city.signed_in(Role.DISPATCHER)
    client = behind.client(public_url="https://window.test")
    typed = {"login": behind.city.login(Role.DISPATCHER), "password": PASSWORD, "to": "/desk"}

    come = behind.ask(client, "POST", "/desk/login", data=typed)
    line = come.headers.get_list("set-cookie")[0]
    name, _, value = line.partition(";")[0].partition("=")
    desk = behind.ask(client, "GET", "/desk", headers={"cookie": f"{name}={value}"})
    planted = behind.ask(client, "GET", "/desk", headers={"cookie": f"backstop_session={value}"})

    assert come.status_code == httpx.codes.SEE_OTHER, come.text
    assert name == "__Host-backstop_session"
    told = {part.strip().lower() for part in line.split(";")[1:]}
    assert {"httponly", "secure", "path=/", "samesite=lax"} <= told
    assert "domain" not in line.lower()
    assert come.headers["strict-transport-security"].startswith("max-age=63072000")
    assert desk.status_code == httpx.codes.OK
    assert planted.status_code in {401, 303}
