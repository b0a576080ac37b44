"""Accounts as people meet them: pages of a whole node, from the first sign-in on."""

import re
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
import pyotp
import pytest

from backstop.node import Node
from backstop.web import build_application
from shared.clock import utcnow
from shared.security.actor import Role
from tests.integration.whole.conftest import Lived
from tests.whole.node import GIVEN, PASSWORD, WholeNode

pytestmark = pytest.mark.integration

HERE = {"sec-fetch-site": "same-origin"}
PASSWORD_PAGE, FACTOR_PAGE = "/desk/account/password", "/desk/account/second-factor"
ROOM, ONE = "/admin/accounts", "/admin/accounts/xinren"
NUMBERS = count(1)


@dataclass
class Browser:
    """A browser at a node whose inspectors need a second factor."""

    city: WholeNode
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)

    def __post_init__(self) -> None:
        node = self.city.node
        portal = node.settings.portal.model_copy(update={"second_factor_roles": (Role.INSPECTOR,)})
        changed = node.settings.model_copy(update={"portal": portal})
        self.app = build_application(Node(changed, node.engine, node.keys))

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.city.loop.run(self._ask(method, path, more))

    async def _ask(self, method: str, path: str, more: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1:8999", cookies=self.cookies
        ) as client:
            answer = await client.request(method, path, headers=HERE, **more)
            self.cookies = client.cookies
        return answer

    def send(self, path: str, **fields: str) -> httpx.Response:
        """Send the form of a page that has been opened before."""
        csrf = re.search(r'name="csrf" value="(\w+)"', self.ask("GET", self.at(path)).text)
        told = fields | ({"csrf": csrf.group(1)} if csrf else {})
        return self.ask("POST", path, data=told)

    def come(self, login: str, password: str) -> str:
        """Sign in; return where that leads, or the status."""
        sent = {"login": login, "password": password}
        answer = self.ask("POST", "/desk/login", data=sent)
        return str(answer.headers.get("location", answer.status_code))

    def at(self, path: str) -> str:
        """Return the page on which the form for a path stands."""
        return path.removesuffix("/confirm").removesuffix("/sessions")

    def there(self, path: str) -> str:
        """Return where a page leads, or its status."""
        answer = self.ask("GET", path)
        return str(answer.headers.get("location", answer.status_code))


@dataclass
class Newcomer:
    """An inspector who has just been told a password, and their browser."""

    login: str
    browser: Browser

    def begin(self) -> None:
        """Sign in with the password that was given."""
        assert self.browser.come(self.login.title(), GIVEN) == "/desk"

    def change(self) -> None:
        """Replace it by one of their own."""
        fields = {"present": GIVEN, "password": PASSWORD, "again": PASSWORD}
        done = self.browser.send(PASSWORD_PAGE, **fields)
        assert done.headers["location"] == "/desk"

    def enrol(self) -> list[str]:
        """Set a second factor up; return the recovery codes."""
        shown = self.browser.send(FACTOR_PAGE, present=PASSWORD)
        assert 'src="data:image/svg+xml' in shown.text
        secret = re.findall(r'name="secret" value="(\w+)"', shown.text)[0]
        wrong = self.browser.send(f"{FACTOR_PAGE}/confirm", secret=secret, code="000000")
        assert (wrong.status_code, secret in wrong.text) == (422, True)
        code = pyotp.TOTP(secret).at(utcnow())
        kept = self.browser.send(f"{FACTOR_PAGE}/confirm", secret=secret, code=code)
        return re.findall(r"<li>(\w{5}-\w{5})</li>", kept.text)


@pytest.fixture
def newcomer(lived: Lived) -> Newcomer:
    city, login = lived.tiers.city, f"jian{next(NUMBERS)}"
    at, account = f"/api/v1/accounts/{login}", {"name": "简", "password": GIVEN}
    city.done("PUT", at, city.token(Role.SYSTEM_ADMINISTRATOR), json=account)
    roles = {"roles": ["inspector"]}
    city.done("PUT", f"{at}/roles", city.token(Role.SECURITY_ADMINISTRATOR), json=roles)
    return Newcomer(login, Browser(city))


def test_a_given_password_is_changed_before_any_page_or_call_answers(newcomer: Newcomer) -> None:
    newcomer.begin()
    browser = newcomer.browser

    led = {browser.there(path) for path in ("/", "/desk", "/admin", "/board", "/desk/account")}
    told = browser.ask("GET", "/api/v1/accounts")
    page = browser.ask("GET", PASSWORD_PAGE).text

    assert led == {PASSWORD_PAGE}
    assert (told.status_code, told.json()["code"]) == (403, "password_change_required")
    assert browser.ask("POST", "/desk/new", data={}).headers["location"] == PASSWORD_PAGE
    assert "现在的密码是别人给您的" in page
    assert 'href="/admin"' not in page
    assert browser.ask("GET", "/static/backstop.css").status_code == 200


def test_what_is_wrong_with_a_new_password_is_told_at_its_field(newcomer: Newcomer) -> None:
    newcomer.begin()
    fields = {"present": GIVEN, "password": "banbuchengshi", "again": "banbuchengshi"}

    weak = newcomer.browser.send(PASSWORD_PAGE, **fields)
    other = newcomer.browser.send(PASSWORD_PAGE, **fields | {"again": "x"})

    assert weak.status_code == other.status_code == 422
    assert 'href="#password"' in weak.text
    assert "请换成和这里无关的词" in weak.text
    assert 'href="#again"' in other.text
    assert "banbuchengshi" not in weak.text


def test_then_the_second_factor_is_set_up_and_the_desk_opens(newcomer: Newcomer) -> None:
    newcomer.begin()
    newcomer.change()
    browser = newcomer.browser
    assert {browser.there("/desk"), browser.there(PASSWORD_PAGE)} == {FACTOR_PAGE}
    told = browser.ask("GET", "/api/v1/accounts").json()
    assert told["code"] == "second_factor_required"

    assert len(set(newcomer.enrol())) == 10
    assert browser.there("/desk") == "200"


def test_from_then_on_a_password_alone_opens_nothing(newcomer: Newcomer) -> None:
    newcomer.begin()
    newcomer.change()
    codes = newcomer.enrol()
    elsewhere = Browser(newcomer.browser.city)

    assert elsewhere.come(newcomer.login, PASSWORD) == "/desk/login/code?to=/desk"
    assert elsewhere.there("/desk") == "/desk/login?to=/desk"
    assert elsewhere.ask("POST", "/desk/login/code", data={"code": "1"}).status_code == 422
    sent = {"code": codes[0], "to": "//evil.example"}
    assert elsewhere.ask("POST", "/desk/login/code", data=sent).headers["location"] == "/desk"
    mine = elsewhere.ask("GET", "/desk/account").text
    assert "备用码还剩 9 个" in mine
    assert mine.count("就是这里") == 1
    assert elsewhere.send("/desk/account/sessions").headers["location"].endswith("done=ended")
    assert newcomer.browser.there("/desk") == "/desk/login?to=/desk"


@pytest.fixture
def administrators(lived: Lived) -> tuple[Browser, Browser]:
    """The system and the security administrator, each at their own desk."""
    keeper, guard = (Browser(lived.tiers.city) for _ in range(2))
    for browser, role in (
        (keeper, Role.SYSTEM_ADMINISTRATOR),
        (guard, Role.SECURITY_ADMINISTRATOR),
    ):
        name, _, token = lived.tiers.city.signed_in(role)["cookie"].partition("=")
        browser.cookies.set(name, token)
    return keeper, guard


def test_two_administrators_make_an_account_and_open_a_way_back(
    administrators: tuple[Browser, Browser],
) -> None:
    keeper, guard = administrators
    made = keeper.send(ROOM, login="XinRen", name="新人")
    [given] = re.findall(r'class="code">([\w-]+)<', made.text)
    assert keeper.send(ROOM, login="xinren", name="又一个").status_code == 422
    assert guard.send(ROOM, login="other", name="别人").status_code == 403
    assert keeper.send(ONE, act="roles", roles="operator").status_code == 403
    assert guard.send(ONE, act="roles", roles="operator").headers["location"].endswith("roles")
    lost = {"act": "resets", "what": "password", "reason": "忘了，当面核实"}
    assert guard.send(ONE, **lost).headers["location"].endswith("done=resets")

    [path] = re.findall(r'action="(/admin/resets/[\w-]+)"', keeper.ask("GET", ROOM).text)
    assert "批准</" not in guard.ask("GET", ROOM).text
    assert decide(guard, path).status_code == 422
    [told] = re.findall(r'class="code">([\w-]+)<', decide(keeper, path).text)

    newcomer = Browser(keeper.city)
    assert newcomer.come("xinren", given) == "422"
    assert newcomer.come("xinren", told) == "/desk"
    assert guard.send(ONE, act="sessions").headers["location"].endswith("done=sessions")
    assert newcomer.there("/desk") == "/desk/login?to=/desk"
    assert keeper.send(ONE, act="end").headers["location"].endswith("done=end")
    assert newcomer.come("xinren", told) == "422"


def decide(browser: Browser, path: str) -> httpx.Response:
    """Approve a proposal, whether the page offers it or not."""
    csrf = re.findall(r'name="csrf" value="(\w+)"', browser.ask("GET", ROOM).text)[0]
    return browser.ask("POST", path, data={"act": "approve", "csrf": csrf})
