"""The pages of accounts with sample data."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from services.portal.pages.account import OwnAccount, OwnSession
from services.portal.pages.accounts import LOST, Beside, Listed, Waiting, rights_of
from services.portal.pages.second_factor import shown
from services.portal.pages.words import ROLES
from shared.security.actor import Actor, Role
from tests.browser.facts import NOW, TOOLS, officer
from tests.browser.sample import Sample

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
URI = f"otpauth://totp/%E8%88%92%E5%9F%8E%E5%8E%BF:wang?secret={SECRET}&issuer=%E8%88%92%E5%9F%8E"
CODES = tuple(f"7KQ{n}M-9XRT{n}" for n in range(10))
ME = officer(Role.WINDOW_OFFICER)
BARE = dict.fromkeys(TOOLS, False) | {"roles": ""}


def own(**factor: Any) -> OwnAccount:
    return OwnAccount(
        login="chenjing",
        name="陈静",
        unit="ZWFWZX",
        second_factor={"confirmed_at": None, "recovery_codes_left": 0, **factor},
    )


def sessions() -> list[OwnSession]:
    told = (("1", "Chrome · Windows", 0, True), ("2", "微信 · Android", 3, False))
    return [
        OwnSession(
            id=key,
            started_at=NOW - timedelta(hours=hours + 1),
            seen_at=NOW - timedelta(hours=hours),
            address="10.34.15.23",
            device=device,
            current=current,
        )
        for key, device, hours, current in told
    ]


def _form(**more: Any) -> dict[str, Any]:
    return {"tools": TOOLS, "errors": {}, "told": "", **more}


def _account(**more: Any) -> dict[str, Any]:
    told = {"tools": TOOLS, "account": own(), "unit": "县政务服务中心", "note": ""}
    return {**told, "sessions": sessions(), **more}


GUARD, KEEPER = officer(Role.SECURITY_ADMINISTRATOR), officer(Role.SYSTEM_ADMINISTRATOR)
OFFICE = dict.fromkeys(TOOLS, False) | {"admin": True, "roles": "管理员"}
STAFF = [
    Listed(
        login=login,
        name=name,
        roles=roles,
        unit=unit,
        active=name != "吴涛",
        second_factor="administrator" in "".join(roles),
        must_change=not roles,
    )
    for login, name, roles, unit in (
        ("anquan", "安琪", ("security_administrator",), None),
        ("chenjing", "陈静", ("window_officer", "dispatcher"), "ZWFWZX"),
        ("wutao", "吴涛", ("hotline_agent",), "ZWFWZX"),
        ("xinren", "新人", (), None),
    )
]
WAITING = Waiting(
    id="1",
    login="chenjing",
    what="second_factor",
    reason="手机丢了，本人带身份证当面核实过。",
    proposed_by="anquan",
    proposed_at=NOW - timedelta(hours=1),
    expires_at=NOW + timedelta(hours=23),
)
UNITS = [("ZWFWZX", "县政务服务中心"), ("SCJGJ", "县市场监督管理局")]


def _room(actor: Actor, beside: Beside | None = None, **more: Any) -> dict[str, Any]:
    beside = beside or Beside()
    told: dict[str, Any] = {"tools": OFFICE, "rights": rights_of(actor), "units": [("", UNITS)]}
    told |= {"unit_titles": dict(UNITS), "lost_words": LOST, "beside": beside}
    told |= {"values": beside.values, "errors": beside.errors, "told": beside.told}
    return told | more


def _all(actor: Actor, beside: Beside | None = None) -> dict[str, Any]:
    names = {each.login: each.name for each in STAFF}
    return _room(actor, beside, accounts=STAFF, waiting=[WAITING], names=names)


def _one(actor: Actor, beside: Beside | None = None) -> dict[str, Any]:
    values = {"name": "陈静", "unit": "ZWFWZX", "roles": STAFF[1].roles, "what": "password"}
    choices = {"roles": list(ROLES.items()), "lost": list(LOST.items())}
    return _room(actor, beside, account=STAFF[1], **choices) | {"values": values}


ACCOUNT_SAMPLES: Mapping[str, Sample] = {
    "sign_in": Sample(
        "desk/sign_in.html",
        {"values": {"login": "", "to": "/desk"}, "errors": {}, "told": "", "sso": ""},
        path="/desk/login",
    ),
    "sign_in_sso": Sample(
        "desk/sign_in.html",
        {
            "values": {"login": "", "to": "/desk"},
            "errors": {},
            "told": "登录用时太长，或换了浏览器。请再点一次登录。",
            "sso": "统一身份认证",
        },
        path="/desk/login",
    ),
    "admin_accounts": Sample("admin/accounts.html", _all(KEEPER), KEEPER, "/admin/accounts"),
    "admin_accounts_told": Sample(
        "admin/accounts.html",
        _all(KEEPER, Beside(secret="7KQ2-M9XR-T4HC-PW8N", whose="xinren")),
        KEEPER,
        "/admin/accounts",
    ),
    "admin_accounts_wrong": Sample(
        "admin/accounts.html",
        _all(
            KEEPER,
            Beside("create", {"login": "新人"}, {"login": "格式不对，请核对。"}),
        ),
        KEEPER,
        "/admin/accounts",
    ),
    "admin_account": Sample("admin/account.html", _one(GUARD), GUARD, "/admin/accounts/chenjing"),
    "admin_account_wrong": Sample(
        "admin/account.html",
        _one(GUARD, Beside("roles", {}, {"roles": "管理员不能再兼其他职责。"})),
        GUARD,
        "/admin/accounts/chenjing",
    ),
    "admin_account_keeper": Sample(
        "admin/account.html", _one(KEEPER), KEEPER, "/admin/accounts/chenjing"
    ),
    "sign_in_code": Sample(
        "desk/sign_in_code.html",
        {"values": {"to": "/desk"}, "errors": {}, "told": ""},
        path="/desk/login/code",
    ),
    "sign_in_code_wrong": Sample(
        "desk/sign_in_code.html",
        {
            "values": {"to": "/desk"},
            "errors": {"code": "动态口令不对，或者已经用过。请等下一个口令，再输入一次。"},
            "told": "",
        },
        path="/desk/login/code",
    ),
    "my_account": Sample("desk/account.html", _account(), ME, "/desk/account"),
    "my_account_safe": Sample(
        "desk/account.html",
        _account(
            account=own(confirmed_at=NOW - timedelta(days=40), recovery_codes_left=2),
            note="密码改好了。这个账号在别处的登录都已退出。",
        ),
        ME,
        "/desk/account",
    ),
    "password": Sample("desk/password.html", _form(), ME, "/desk/account/password"),
    "password_first": Sample(
        "desk/password.html",
        _form(tools=BARE),
        ME,
        "/desk/account/password",
        duty="change_password",
    ),
    "password_weak": Sample(
        "desk/password.html",
        _form(errors={"password": "密码还太容易猜。请再加一两个不常见的词。"}),
        ME,
        "/desk/account/password",
    ),
    "second_factor": Sample(
        "desk/second_factor.html", _form(offered=None), ME, "/desk/account/second-factor"
    ),
    "second_factor_first": Sample(
        "desk/second_factor.html",
        _form(offered=None, tools=BARE),
        ME,
        "/desk/account/second-factor",
        duty="enrol",
    ),
    "second_factor_scan": Sample(
        "desk/second_factor.html",
        _form(offered=shown(SECRET, URI)),
        ME,
        "/desk/account/second-factor",
    ),
    "recovery_codes": Sample(
        "desk/recovery_codes.html",
        {"tools": TOOLS, "codes": CODES},
        ME,
        "/desk/account/second-factor/confirm",
    ),
}
