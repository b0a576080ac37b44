"""Requests that no door of a node may take, as tables: what is sent, what must come back."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.system.account_doors import account_faults
from tests.system.takers import ITEM, MARK, NOBODY, PLACING, RATING, REPORT, TAKERS, UNIT

JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Bad:
    """One request: who sends what to where, and the field and status that must come back."""

    name: str
    method: str
    path: str
    status: int
    named: str | None = None
    """The field that the problem names."""
    role: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    """Sent as JSON, or as it is where it is bytes."""

    def content(self) -> bytes | None:
        if self.body is None or isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body).encode()


def changed(body: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {**body, **fields}


def without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


def reporter(**fields: Any) -> dict[str, Any]:
    return {**REPORT, "reporter": {**REPORT["reporter"], **fields}}


def raw(**fields: str) -> bytes:
    """Return the report with fields written as they are, behind the good ones."""
    added = "".join(f',"{name}":{text}' for name, text in fields.items())
    return json.dumps(REPORT)[:-1].encode() + added.encode() + b"}"


DEEP = b"[" * 10_000 + b"]" * 10_000
"""Every door that takes a body, and one that could be good."""


def spoilt() -> list[Bad]:
    """Every kind of bad body at every door that takes one."""
    found = []
    for method, path, role, good in TAKERS:
        kinds: tuple[tuple[str, int, str | None, Any, dict[str, str]], ...] = (
            ("unknown field", 422, "surprise", changed(good, surprise=MARK), JSON),
            ("a list", 422, "body", [MARK], JSON),
            ("null", 422, "body", b"null", JSON),
            ("broken JSON", 422, "body", b'{"a": ' + MARK.encode(), JSON),
            ("empty", 422, "body", b"", JSON),
            ("too deep", 400, "body", DEEP, JSON),
            ("not UTF-8", 400, "body", b'{"a": "\xff\xfe"}', JSON),
            ("NaN", 400, "body", b'{"a": NaN}', JSON),
            ("a long integer", 400, "body", b'{"a": ' + b"9" * 5_000 + b"}", JSON),
            ("a field twice", 400, "a", b'{"a": 1, "a": 2}', JSON),
            ("not JSON", 415, "body", good, {"content-type": "text/plain"}),
            ("a form", 415, "body", b"a=" + MARK.encode(), FORM),
            ("too large", 413, None, b'{"a": "' + b"x" * 1_100_000 + b'"}', JSON),
            ("a surrogate as name", 422, "body", b'{"\\ud800": 1}', JSON),
        )
        for kind, status, named, body, headers in kinds:
            name = f"{kind}: {method} {path}"
            found.append(Bad(name, method, path, status, named, role, headers, body))
    return found


def wrong_fields() -> list[Bad]:
    """What is wrong with single fields of a report and of the other bodies."""
    megabyte = "长" * 170_000
    reports: tuple[tuple[str, str, Any], ...] = (
        *((f"without {name}", name, without(REPORT, name)) for name in REPORT if name != "x"),
        *((f"{name} a number", name, changed(REPORT, **{name: 7})) for name in REPORT),
        *((f"{name} null", name, changed(REPORT, **{name: None})) for name in REPORT),
        ("a long title", "title", changed(REPORT, title="长" * 201)),
        ("a text of a megabyte", "text", changed(REPORT, text=megabyte)),
        ("an empty text", "text", changed(REPORT, text=" \n ")),
        ("NUL in a title", "title", changed(REPORT, title=f"{MARK}\0")),
        ("a bell in a text", "text", changed(REPORT, text=f"{MARK}\a")),
        ("a line break in a title", "title", changed(REPORT, title=f"{MARK}\nb")),
        ("a surrogate in a text", "text", changed(REPORT, text=f"{MARK}\ud800")),
        ("half a channel", "channel", changed(REPORT, channel="we")),
        ("no region", "region", changed(REPORT, region="34152")),
        ("a region of letters", "region", changed(REPORT, region="abcdef")),
        ("NUL in a region", "region", changed(REPORT, region="34\x00523")),
        ("no attempt", "attempts", changed(REPORT, attempts=0)),
        ("a thousand attempts", "attempts", changed(REPORT, attempts=1000)),
        ("half an attempt", "attempts", changed(REPORT, attempts=1.5)),
        ("attempts as text", "attempts", changed(REPORT, attempts="2")),
        ("attempts a bool", "attempts", changed(REPORT, attempts=True)),
        ("attempts beyond a float", "attempts", raw(attempts="1e400")),
        ("attempts of thirty digits", "attempts", raw(attempts="9" * 30)),
        ("a time of no day", "received_at", changed(REPORT, received_at="2026-02-30T00:00:00Z")),
        ("a time without zone", "received_at", changed(REPORT, received_at="2026-01-05T09:00:00")),
        ("a time of 300 digits", "received_at", changed(REPORT, received_at=1e300)),
        ("no phone", "reporter.phone", reporter(phone=f"{MARK}")),
        ("a service's phone", "reporter.phone", reporter(phone="12345")),
        ("no id number", "reporter.id_number", reporter(id_number="341523199001011234")),
        ("no credit code", "reporter.id_number", reporter(kind="enterprise", id_number=MARK)),
        ("an unknown kind", "reporter.kind", reporter(kind=MARK)),
        ("a name of NUL", "reporter.name", reporter(name="\0")),
        ("a second phone", "reporter.phone2", reporter(phone2=MARK)),
        ("an agent of text", "agent", changed(REPORT, agent=MARK)),
        ("an agent without phone", "agent.phone", changed(REPORT, agent={"name": MARK})),
    )
    found = [
        Bad(f"report: {name}", "POST", "/api/v1/cases", 422, named, "", JSON, body)
        for name, named, body in reports
    ]
    others: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
        ("PUT", "/api/v1/units/NEW", "system_administrator", "title", changed(UNIT, title="\0")),
        ("PUT", "/api/v1/units/NEW", "system_administrator", "region", changed(UNIT, region="1")),
        ("PUT", "/api/v1/units/NEW", "system_administrator", "phone", changed(UNIT, phone=MARK)),
        (
            "PUT",
            "/api/v1/units/NEW",
            "system_administrator",
            "active",
            changed(UNIT, active="yes"),
        ),
        (
            "PUT",
            "/api/v1/units/NEW",
            "system_administrator",
            "parent",
            changed(UNIT, parent="NOSUCH"),
        ),
        ("PUT", "/api/v1/items/NEW", "system_administrator", "unit_code", ITEM),
        (
            "PUT",
            "/api/v1/items/NEW",
            "system_administrator",
            "complexity",
            changed(ITEM, complexity=1),
        ),
        (
            "PUT",
            "/api/v1/places/341523",
            "system_administrator",
            "unit_code",
            {"unit_code": "NOSUCH"},
        ),
        ("PUT", "/api/v1/places/34152", "system_administrator", "region", {"unit_code": "NOSUCH"}),
        ("POST", "/api/v1/orders", "dispatcher", "case_id", changed(PLACING, case_id=MARK)),
        ("POST", "/api/v1/orders", "dispatcher", "because", without(PLACING, "because")),
        ("POST", "/api/v1/evaluations", "", "level", changed(RATING, level=6)),
        ("POST", "/api/v1/evaluations", "", "level", changed(RATING, level=True)),
        ("POST", "/api/v1/evaluations", "", "solved", changed(RATING, solved="yes")),
        ("POST", "/api/v1/evaluations", "", "reasons.0", changed(RATING, reasons=[MARK])),
        ("POST", "/api/v1/evaluations", "", "text", changed(RATING, text="长" * 501)),
        *account_faults(MARK),
    )
    found += [
        Bad(f"{named}: {method} {path} {body}"[:90], method, path, 422, named, role, JSON, body)
        for method, path, role, named, body in others
    ]
    return found


def wrong_addresses() -> list[Bad]:
    """What is wrong in paths, queries and headers."""
    due = "/api/v1/due-date"
    asked: tuple[tuple[str, int, str | None, str], ...] = (
        (f"{due}?start={MARK}", 422, "start", ""),
        (f"{due}?start=0001-01-01T00:00:00%2B08:00", 422, "start", ""),
        (f"{due}?start=9999-12-31T23:59:59Z", 422, "start", ""),
        (f"{due}?start=1e300", 422, "start", ""),
        (f"{due}?complexity={MARK}", 422, "complexity", ""),
        (f"{due}?kind=%00", 422, "kind", ""),
        (f"/api/v1/clocks?case_id={MARK}", 422, "case_id", "dispatcher"),
        ("/api/v1/clocks", 422, "case_id", "dispatcher"),
        ("/api/v1/clocks/foreseen?complexity=vast", 422, "case_id", "dispatcher"),
        (f"/api/v1/evaluations?case_id={MARK}%00", 422, "case_id", "dispatcher"),
        (f"/api/v1/messages?case_id={MARK}", 422, "case_id", "supervisor"),
        (f"/api/v1/messages?cursor={MARK}", 400, "cursor", "supervisor"),
        ("/api/v1/messages?cursor=WyJ4IiwieSJd", 400, "cursor", "supervisor"),
        (
            "/api/v1/messages?cursor=WyI5OTk5LTEyLTMxVDIzOjU5OjU5IiwieSJd",
            400,
            "cursor",
            "supervisor",
        ),
        (f"/api/v1/orders?state={MARK}", 422, "state", "dispatcher"),
        ("/api/v1/orders?unit=%00", 422, "unit", "dispatcher"),
        ("/api/v1/orders?cursor=%FF", 400, "cursor", "dispatcher"),
        (f"/api/v1/orders/{MARK}", 422, "order_id", "dispatcher"),
        (f"/api/v1/orders/{NOBODY}", 404, "order_id", "dispatcher"),
        ("/api/v1/units?cursor=WyJcdTAwMDAiXQ", 400, "cursor", ""),
        ("/api/v1/units?cursor=WyJcdWQ4MDAiXQ", 400, "cursor", ""),
        (f"/api/v1/units?cursor={'W' * 401}", 422, "cursor", ""),
        ("/api/v1/scope", 422, "item", ""),
        ("/api/v1/scope?item=a%00b", 422, "item", ""),
        ("/api/v1/scope?item=%FF%FE%07", 422, "item", ""),
        ("/api/v1/nothing", 404, None, ""),
        ("/api/v1/%00", 404, None, ""),
        ("/api/v1/cases/%00", 404, None, "dispatcher"),
        ("/api/v1/cases/" + "9" * 61, 422, "number", "dispatcher"),
        (f"/api/v1/cases/BCS-341523-20260101-00001-{MARK}", 404, None, "dispatcher"),
        ("/api/v1/cases/x?" + "&".join(f"a{n}=1" for n in range(99)), 404, None, ""),
        ("/api/v1/orders", 401, None, ""),
        ("/api/v1/messages", 403, None, "system_administrator"),
        ("/api/v1/messages", 403, None, "operator"),
        ("/api/v1/accounts", 403, None, "operator"),
        ("/api/v1/account", 401, None, ""),
        ("/api/v1/account/sessions", 401, None, ""),
        ("/api/v1/account-resets", 403, None, "dispatcher"),
    )
    found = [
        Bad(path[:80], "GET", path, status, named, role) for path, status, named, role in asked
    ]
    for method in ("DELETE", "PATCH", "TRACE", "OPTIONS", "FROB"):
        found.append(Bad(f"{method} a list", method, "/api/v1/cases", 405))
    for token in ("x", "a.b", "..", "=.=", "A" * 5_000):
        shown = {"authorization": f"Bearer {token}"}
        found.append(Bad(f"token {token[:9]}", "GET", "/api/v1/orders", 401, None, "", shown))
    for key in ("short", "k" * 101, "with space", "tab\there!"):
        found.append(
            Bad(
                f"key {key[:9]}",
                "POST",
                "/api/v1/cases",
                422,
                "Idempotency-Key",
                "",
                {**JSON, "Idempotency-Key": key},
                REPORT,
            )
        )
    return found


def forbidden() -> list[Bad]:
    """What is well formed and not for everybody."""
    cases = "/api/v1/cases"
    early, late = "2026-01-05T09:00:00+08:00", "2100-01-01T00:00:00+08:00"
    reports: tuple[tuple[str, int, str | None, str, dict[str, Any]], ...] = (
        ("a channel of staff", 401, None, "", changed(REPORT, channel="window")),
        ("another role's", 403, None, "window_officer", changed(REPORT, channel="hotline")),
        ("a past time", 401, None, "", changed(REPORT, received_at=early)),
        ("staff's past time", 403, None, "dispatcher", changed(REPORT, received_at=early)),
        ("a time to come", 422, "received_at", "importer", changed(REPORT, received_at=late)),
    )
    found = [
        Bad(name, "POST", cases, status, named, role, JSON, body)
        for name, status, named, role, body in reports
    ]
    for method, path, role, good in TAKERS:
        if role:
            found.append(Bad(f"nobody: {path}", method, path, 401, None, "", JSON, good))
    return [bad for bad in found if "/sign" not in bad.path or not bad.role]
