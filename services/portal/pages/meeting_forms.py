"""What the forms of a meeting ask of the API: paths, bodies, and whose errors are whose."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from services.portal.pages.forms import Form
from shared.security.policy import Action

API = "/api/v1/meetings"
SEEN, SUBSTITUTE = "seen-", "substitute-"
"""Before the id of a party: how it was there, and who came for it."""
DUTY_FIELDS = ("duty_unit", "duty_company", "duty_words", "duty_days", "duty_due")
MOST_DUTIES = 10
MINUTE = 16
"""Characters of a moment as a browser sends it: 2030-01-04T09:00."""

ACTS: Mapping[str, Action] = MappingProxyType(
    {
        "convene": Action.MEETING_HOLD,
        "invite": Action.MEETING_HOLD,
        "heard": Action.MEETING_HEAR,
        "answer": Action.MEETING_ANSWER,
        "move": Action.MEETING_HOLD,
        "rounds": Action.MEETING_HOLD,
        "take": Action.MEETING_HOLD,
        "cancel": Action.MEETING_HOLD,
        "minutes": Action.MEETING_HOLD,
        "confirm": Action.MEETING_HOLD,
    }
)
TAILS: Mapping[str, str] = MappingProxyType({"invite": "parties", "confirm": "minutes/confirm"})
"""What stands behind the address of a meeting where it is not the act's own name."""
NAMED: Mapping[str, str] = MappingProxyType(
    {"parties": "unit", "following": "starts_at", "party_id": "coming"}
)
"""Which field of a form the API means by another name."""


def method_of(act: str) -> str:
    """Return how the API is asked: a draft is put in place of the one before."""
    return "PUT" if act == "minutes" else "POST"


def path_of(act: str, form: Form) -> str:
    """Return the address of the API that does an act."""
    if act == "convene":
        return API
    here = f"{API}/{quote(form.get('meeting_id') or '-', safe='')}"
    if act == "answer":
        return f"{here}/parties/{quote(form.get('party_id') or '-', safe='')}/answer"
    return f"{here}/{TAILS.get(act, act)}"


def body_of(act: str, form: Form) -> dict[str, Any]:
    """Return what the API is told; what was not typed is not sent."""
    told = BODIES[act](form)
    return {name: value for name, value in told.items() if value not in (None, "")}


def field_of(name: str) -> str:
    """Return the field of a form that the API means."""
    head, _dot, tail = name.partition(".")
    if head == "duties":
        return "duties"
    if head == "seen":
        return "seen"
    if head == "following" and tail:
        return tail
    return NAMED.get(head, head)


def _sitting(form: Form) -> dict[str, Any]:
    return {
        "starts_at": moment(form.get("starts_at")),
        "place": form.get("place"),
        "agenda": form.get("agenda"),
    }


def _convene(form: Form) -> dict[str, Any]:
    return {
        **_sitting(form),
        "topic": form.get("topic"),
        "bring": form.get("bring"),
        "convenor_unit": form.get("convenor_unit"),
        "parties": [*_units(form), *_others(form)],
    }


def _units(form: Form) -> list[dict[str, Any]]:
    return [{"kind": "unit", "unit_code": code} for code in form.all("unit") if code]


def _others(form: Form) -> list[dict[str, Any]]:
    named = zip(form.all("other_kind"), form.all("other_name"), strict=False)
    others = [{"kind": kind, "name": name.strip()} for kind, name in named if name.strip()]
    person = [{"kind": "complainant"}] if form.get("person") else []
    return [*others, *person]


def _invite(form: Form) -> dict[str, Any]:
    kind = form.get("kind")
    told = {"kind": kind, "role": form.get("role")}
    named = {"unit_code": form.get("unit_code")} if kind == "unit" else {"name": form.get("name")}
    return told | named if kind != "complainant" else told


def _round(form: Form) -> dict[str, Any]:
    following = _sitting(form) if form.get("result") == "next" else None
    ids = [name.removeprefix(SEEN) for name in form.values if name.startswith(SEEN)]
    seen = [
        _dense(
            party_id=party_id,
            presence=form.get(SEEN + party_id),
            substitute=form.get(SUBSTITUTE + party_id),
        )
        for party_id in ids
    ]
    following = following and _dense(**following)
    told = {"seen": seen, "said": form.get("said"), "result": form.get("result")}
    return {**told, "following": following or None}


def _minutes(form: Form) -> dict[str, Any]:
    return {
        "conclusion": form.get("conclusion"),
        "amends_because": form.get("amends_because"),
        "duties": [_duty(row) for row in duty_rows(form)],
    }


def _duty(row: Mapping[str, str]) -> dict[str, Any]:
    days = row["duty_days"]
    return _dense(
        unit_code=row["duty_unit"],
        company=row["duty_company"],
        words=row["duty_words"],
        days=int(days) if days.isdecimal() and len(days) < 5 else days,
        due_on=row["duty_due"],
    )


def duty_rows(form: Form) -> list[dict[str, str]]:
    """Return the duties of a form as they were typed; empty rows are none."""
    columns = [form.all(name) for name in DUTY_FIELDS]
    rows = [
        dict(zip(DUTY_FIELDS, map(str.strip, row), strict=True))
        for row in zip(*columns, strict=False)
    ]
    return [row for row in rows if any(row.values())]


def moment(typed: str) -> str:
    """Return a moment as the API takes it: what a browser sends is the time of China."""
    return f"{typed}:00+08:00" if len(typed) == MINUTE else typed


def _dense(**told: Any) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value not in (None, "")}


def _fields(*names: str) -> Callable[[Form], dict[str, Any]]:
    return lambda form: {name: form.get(name) for name in names}


def _coming(form: Form) -> dict[str, Any]:
    yes_no = {"yes": True, "no": False}
    coming = yes_no.get(form.get("coming"), form.get("coming"))
    return {"coming": coming, "substitute": form.get("substitute")}


BODIES: Mapping[str, Callable[[Form], dict[str, Any]]] = MappingProxyType(
    {
        "convene": _convene,
        "invite": _invite,
        "heard": _fields("unit_code", "because"),
        "answer": _coming,
        "move": _sitting,
        "rounds": _round,
        "take": lambda _form: {},
        "cancel": _fields("because"),
        "minutes": _minutes,
        "confirm": lambda _form: {},
    }
)


def typed(form: Form) -> dict[str, Any]:
    """Return what was typed, for the form to show it again: repeated fields as lists."""
    many: Iterable[str] = ("unit", "other_kind", "other_name")
    return {**form.values, **{name: form.all(name) for name in many if form.all(name)}}
