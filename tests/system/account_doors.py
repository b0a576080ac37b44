"""The doors of accounts and sessions: what they take, and what is wrong with single fields."""

from collections.abc import Iterator
from typing import Any

Taker = tuple[str, str, str, dict[str, Any]]
"""Method, path, role, and a body that could be good."""
Fault = tuple[str, str, str, str, dict[str, Any]]
"""Method, path, role, the field that is to blame, and the body."""

SYS, SEC, MACHINE, ANY = "system_administrator", "security_administrator", "importer", "operator"
ACCOUNT = {"name": "新人", "password": "long enough 9"}
FOUNDER = {"name": "新人", "role": SEC, "password": "long enough 9"}
RESET = {"login": "nobody", "what": "password", "reason": "忘了"}
CHANGE = {"present": "x", "password": "long enough 9"}
AT, FOUND = "/api/v1/accounts", "/api/v1/founders"
OWN, RESETS = "/api/v1/account", "/api/v1/account-resets"

ACCOUNT_TAKERS: tuple[Taker, ...] = (
    ("POST", "/api/v1/sessions", "", {"login": "nobody", "password": "x"}),
    ("POST", "/api/v1/sso", "", {"to": "/desk"}),
    ("POST", "/api/v1/sso/sessions", "", {"flow": "x", "code": "x", "state": "x"}),
    ("POST", "/api/v1/sessions/code", "", {"code": "123456"}),
    ("PUT", f"{AT}/newcomer", SYS, ACCOUNT),
    ("PUT", f"{AT}/nobody/roles", SEC, {"roles": ["operator"]}),
    ("PUT", f"{FOUND}/newcomer", MACHINE, FOUNDER),
    ("PUT", f"{OWN}/password", ANY, CHANGE),
    ("POST", f"{OWN}/second-factor", ANY, {"present": "x"}),
    ("POST", f"{OWN}/second-factor/confirmation", ANY, {"code": "123456"}),
    ("POST", RESETS, SYS, RESET),
    ("POST", "/api/v1/notices/read", ANY, {"until": "2026-03-05T09:00+08:00"}),
)


def account_faults(mark: str) -> Iterator[Fault]:
    """Yield what is wrong with single fields."""
    for password in ("x", "", "x" * 201, "12345678", 7):
        yield "PUT", f"{AT}/a", SYS, "password", {**ACCOUNT, "password": password}
        yield "PUT", f"{FOUND}/a", MACHINE, "password", {**FOUNDER, "password": password}
        yield "PUT", f"{OWN}/password", ANY, "password", {**CHANGE, "password": password}
    for role in (mark, 7, None):
        yield "PUT", f"{AT}/a/roles", SEC, "roles.0", {"roles": [role]}
        yield "PUT", f"{FOUND}/a", MACHINE, "role", {**FOUNDER, "role": role}
    yield "PUT", f"{AT}/a/roles", SEC, "roles", {"roles": 7}
    yield "PUT", f"{AT}/a/roles", SEC, "roles", {"roles": ["inspector", "dispatcher"]}
    yield "PUT", f"{AT}/a", SYS, "roles", {**ACCOUNT, "roles": []}
    yield "PUT", f"{AT}/A%00", SYS, "login", ACCOUNT
    yield "PUT", f"{FOUND}/a", MACHINE, "role", {**FOUNDER, "role": "inspector"}
    yield "POST", "/api/v1/sessions/code", "", "code", {"code": ""}
    yield "POST", RESETS, SEC, "what", {**RESET, "what": mark}
    yield "POST", RESETS, SEC, "login", {**RESET, "login": "No!"}
    yield "POST", RESETS, SEC, "reason", {**RESET, "reason": " "}
    yield "POST", "/api/v1/sessions", "", "login", {"login": f"{mark}\0", "password": "x"}
    yield "POST", "/api/v1/sessions", "", "password", {"login": "a", "password": "x" * 201}
    yield "POST", "/api/v1/sessions", "", "login", {"login": 7, "password": "x"}
