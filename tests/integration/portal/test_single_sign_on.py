"""Single sign-on against a certified provider, through the pages of a whole node."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from backstop.settings import NodeSettings
from shared.security.actor import Role
from tests.sso.listening import Letters, listening
from tests.sso.server import SsoServer
from tests.sso.walking import log_out, query_of, walk
from tests.whole.node import CITY, WholeNode, settings_of

pytestmark = pytest.mark.integration

BACK = "http://127.0.0.1:8999/desk/sso/back"
SECRET = "a secret of the client, long enough"
CLIENT = {"client_id": "backstop", "client_secret": SECRET, "redirect_uris": [BACK]}
MEANS = json.dumps(
    {
        "bcs-window": "window_officer",
        "bcs-head": "window_head",
        "bcs-ins": "inspector",
        "bcs-aud": "audit_administrator",
    }
)


def told(login: str, *roles: str, **more: Any) -> Mapping[str, Any]:
    return {"preferred_username": login, "name": "王敏", "realm": {"roles": roles}, **more}


PEOPLE = {
    "7001": told("Wang.Min", "bcs-window", "mail-user", unit="ZWFWZX"),
    "7002": told("nobody", "mail-user"),
    "7003": told("both", "bcs-aud", "bcs-head"),
    "7004": told("localadmin", "bcs-window"),
    "7005": told("两个字", "bcs-window"),
    "7006": told("yang", "bcs-ins"),
    "7007": told("zhao", "bcs-window", unit="NOWHERE"),
    "7008": told("sun", "bcs-window"),
}


UNIT = text(
    "INSERT INTO portal.units (unit_id, code, title, region, active, version) "
    "VALUES (gen_random_uuid(), 'ZWFWZX', '政务服务中心', '341500', true, 1)"
)


@pytest.fixture(scope="module")
def letters() -> Iterator[Letters]:
    with listening() as letters:
        yield letters


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory, letters: Letters) -> Iterator[SsoServer]:
    told_at = {"backchannel_logout_uri": letters.address}
    client = CLIENT | told_at | {"backchannel_logout_session_required": True}
    with SsoServer(tmp_path_factory.mktemp("sso"), client, PEOPLE) as server:
        yield server


@dataclass
class Office:
    """A node that trusts the provider, and a browser at its pages."""

    node: WholeNode
    settings: NodeSettings
    jar: dict[str, str]

    def get(self, path: str) -> Any:
        cookies = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        answer = self.node.ask("GET", path, {"cookie": cookies} if cookies else {})
        self.jar |= dict(answer.cookies)
        self.node.client.cookies.clear()
        return answer

    def leave(self, to: str = "/desk") -> str:
        sent = self.get(f"/desk/sso?to={to}")
        assert sent.status_code == 303, sent.text
        return str(sent.headers["location"])

    def come_back(self, subject: str, **how: Any) -> Any:
        address = walk(self.leave(), subject, BACK, **how)
        return self.get(address.removeprefix("http://127.0.0.1:8999"))

    def post(self, path: str, kind: str, body: bytes) -> Any:
        answer = self.node.ask("POST", path, {"content-type": kind}, content=body)
        self.node.client.cookies.clear()
        return answer

    def is_in(self, jar: dict[str, str]) -> bool:
        self.jar = dict(jar)
        return bool(self.get("/desk/account").status_code == httpx.codes.OK)

    def audit(self, action: str) -> Any:
        query = "SELECT actor_id, object_id, outcome FROM portal.audit WHERE action = :action"
        with self.node.owner() as db:
            return [tuple(row) for row in db.execute(text(query), {"action": action})]

    def me(self) -> Any:
        with self.node.owner() as db:
            found = db.execute(text("SELECT login, name, roles, unit_code FROM portal.accounts"))
            return [tuple(row) for row in found]


@pytest.fixture
def office(own_engine: Engine, provider: SsoServer, tmp_path: Path) -> Iterator[Office]:
    url = own_engine.url.render_as_string(hide_password=False)
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    plain = settings_of(CITY, tmp_path, url.replace("+psycopg", ""))
    settings = with_sso(plain, tmp_path, provider.issuer)
    node = WholeNode(settings)
    with node.owner() as db:
        db.execute(UNIT)
    yield Office(node, settings, {})
    node.node.engine.dispose()
    node.loop.close()


def with_sso(settings: NodeSettings, folder: Path, issuer: str) -> NodeSettings:
    names = {"issuer": issuer, "client_id": "backstop", "secret_file": str(folder / "secret")}
    names |= {"scope": "openid office", "roles_claim": "realm.roles", "roles": MEANS}
    environment = {f"BACKSTOP_PORTAL_SSO_{name.upper()}": value for name, value in names.items()}
    environment["BACKSTOP_PORTAL_SECOND_FACTOR_ROLES"] = '["inspector"]'
    return NodeSettings.load(folder / "node.toml", environment)


def test_somebody_of_the_office_signs_in_and_has_the_roles_of_the_claims(office: Office) -> None:
    shown = office.get("/desk/login").text

    came = office.come_back("7001")

    assert "统一身份认证" in shown
    assert (came.status_code, came.headers["location"]) == (303, "/desk")
    assert office.me() == [("wang.min", "王敏", ["window_officer"], "ZWFWZX")]
    assert "httponly" in came.headers["set-cookie"].lower()
    assert "backstop_session" in office.jar


def test_one_comes_to_where_one_wanted_to_go(office: Office) -> None:
    address = walk(office.leave("/desk/new"), "7001", BACK)
    came = office.get(address.removeprefix("http://127.0.0.1:8999"))
    away = walk(office.leave("//evil.example"), "7001", BACK)
    stayed = office.get(away.removeprefix("http://127.0.0.1:8999"))

    assert came.headers["location"] == "/desk/new"
    assert stayed.headers["location"] == "/desk"


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("7002", "没有职责"),
        ("7003", "不能再兼其他职责"),
        ("7005", "没有给出能用的账号名"),
        ("7006", "职责要求两步登录"),
        ("7007", "这里没有"),
    ],
)
def test_whom_the_claims_give_nothing_stays_outside(
    office: Office, subject: str, said: str
) -> None:
    came = office.come_back(subject)

    assert came.status_code == 422
    assert said in came.text
    assert office.me() == []
    assert "backstop_session" not in office.jar


def test_no_claim_opens_a_local_account(office: Office) -> None:
    office.node.signed_in(Role.DISPATCHER)
    with office.node.owner() as db:
        db.execute(text("UPDATE portal.accounts SET login = 'localadmin'"))

    came = office.come_back("7004")

    assert "本机账号" in came.text
    assert "backstop_session" not in office.jar


def test_the_roles_follow_the_claims_at_the_next_sign_in(office: Office) -> None:
    office.come_back("7001")
    with office.node.owner() as db:
        db.execute(text("UPDATE portal.accounts SET roles = '{dispatcher}', name = 'X'"))

    office.come_back("7001")

    assert office.me() == [("wang.min", "王敏", ["window_officer"], "ZWFWZX")]


def test_a_unit_that_was_set_here_stays_while_the_provider_names_none(office: Office) -> None:
    office.come_back("7008")
    with office.node.owner() as db:
        db.execute(text("UPDATE portal.accounts SET unit_code = 'ZWFWZX'"))

    office.come_back("7008")

    assert office.me() == [("sun", "王敏", ["window_officer"], "ZWFWZX")]


def test_what_the_provider_keeps_is_not_changed_here(office: Office) -> None:
    office.come_back("7001")
    node, guard = office.node, office.node.token(Role.SECURITY_ADMINISTRATOR)
    wish = {"login": "wang.min", "what": "password", "reason": "忘了"}

    granted = node.ask(
        "PUT", "/api/v1/accounts/wang.min/roles", guard, json={"roles": ["operator"]}
    )
    proposed = node.ask("POST", "/api/v1/account-resets", guard, json=wish)

    assert [granted.status_code, proposed.status_code] == [409, 409]
    assert {granted.json()["code"], proposed.json()["code"]} == {"sso_account"}


def test_an_account_that_was_ended_here_stays_ended(office: Office) -> None:
    office.come_back("7001")
    office.jar.clear()
    with office.node.owner() as db:
        db.execute(text("UPDATE portal.accounts SET active = false"))

    came = office.come_back("7001")

    assert came.status_code == 422
    assert "backstop_session" not in office.jar


def test_who_changes_their_mind_is_asked_again(office: Office) -> None:
    came = office.come_back("7001", cancel=True)

    assert came.status_code == 422
    assert "可以再试一次" in came.text


def test_a_code_opens_one_session_only(office: Office) -> None:
    address = walk(office.leave(), "7001", BACK).removeprefix("http://127.0.0.1:8999")
    flow = office.jar["backstop_sso"]
    office.get(address)
    office.jar = {"backstop_sso": flow}

    again = office.get(address)

    assert "核对不符" in again.text
    assert "backstop_session" not in office.jar


@pytest.mark.parametrize("cookie", [{}, {"backstop_sso": "AAAA"}])
def test_what_another_browser_began_opens_nothing(office: Office, cookie: dict[str, str]) -> None:
    address = walk(office.leave(), "7001", BACK).removeprefix("http://127.0.0.1:8999")
    office.jar = cookie

    came = office.get(address)

    assert came.status_code == 422
    assert "backstop_session" not in office.jar


def test_a_code_of_another_sign_in_is_not_taken(office: Office) -> None:
    mine = walk(office.leave(), "7001", BACK)
    office.leave()  # a new flow takes the place of the first in the cookie
    state = query_of(mine)["state"]

    came = office.get(mine.removeprefix("http://127.0.0.1:8999"))

    assert state
    assert "核对不符" in came.text


def test_while_the_provider_is_away_local_accounts_go_on(
    office: Office, provider: SsoServer, tmp_path: Path
) -> None:
    gone = WholeNode(with_sso(office.settings, tmp_path, "http://127.0.0.1:9"))
    office.node, known = gone, office.node

    sent = office.get("/desk/sso")

    assert "现在连不上" in sent.text
    assert known.signed_in(Role.DISPATCHER)["cookie"].startswith("backstop_session=")
    gone.loop.close()


def test_who_logs_out_at_the_provider_is_logged_out_here_once(
    office: Office, provider: SsoServer, letters: Letters
) -> None:
    cookies = httpx.Cookies()
    office.come_back("7008", cookies=cookies)
    ended = dict(office.jar)
    office.jar = {}
    office.come_back("7008")  # another browser, with a session of its own at the provider
    stays = dict(office.jar)

    log_out(provider.issuer, cookies)
    kind, letter = letters.next()
    office.jar = {}
    sent = office.post("/desk/sso/logout", kind, letter)
    again = office.post("/desk/sso/logout", kind, letter)

    assert (sent.status_code, sent.headers["cache-control"]) == (200, "no-store")
    assert (again.status_code, "核对不符" in again.text) == (400, True)
    assert [office.is_in(jar) for jar in (ended, stays)] == [False, True]
    assert office.audit("session.end") == [("single-sign-on", "sun", "done")]


@pytest.mark.parametrize("letter", [b"", b"logout_token=", b"logout_token=a.b.c", b"x=1"])
def test_what_the_provider_did_not_sign_ends_nothing(office: Office, letter: bytes) -> None:
    office.come_back("7008")
    inside = dict(office.jar)
    office.jar = {}

    sent = office.post("/desk/sso/logout", "application/x-www-form-urlencoded", letter)

    assert sent.status_code == 400
    assert office.is_in(inside)
