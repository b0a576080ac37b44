"""The form by which a program reports, as a report of this system."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from services.intake.api.bodies import ReportBody
from services.intake.api.open311.services import OTHER
from shared.errors import Refused
from shared.events.words import Channel
from shared.security.actor import Actor, ActorKind

MOST_FIELDS = 60
BY_NAMES = "application/x-www-form-urlencoded"
LONGEST_TITLE = 40
BY_DEFAULT = "app"
"""The channel of a program that nobody gave one of its own."""
OF_CHANNEL = "channel:"
NAMES = {
    "reporter.name": "last_name",
    "reporter.phone": "phone",
    "reporter.kind": "attribute[kind]",
    "reporter.id_number": "attribute[id_number]",
    "reporter.language": "attribute[language]",
    "title": "attribute[title]",
    "text": "description",
    "region": "jurisdiction_id",
    "demand": "attribute[demand]",
    "attempts": "attribute[attempts]",
    "channel_fields.lat": "lat",
    "channel_fields.lon": "long",
}
"""What a field of a report is called in the form."""
FIELDS = (
    *("service_code", "api_key", "jurisdiction_id", "address_string", "lat", "long", "media_url"),
    *("first_name", "last_name", "phone", "description"),
    *("attribute[title]", "attribute[attempts]", "attribute[demand]"),
    *("attribute[kind]", "attribute[id_number]", "attribute[language]"),
)
REPORT_FORM: Mapping[str, Any] = {
    "required": True,
    "content": {
        BY_NAMES: {
            "schema": {
                "type": "object",
                "required": ["service_code", "last_name", "phone", "description"],
                "properties": {name: {"type": "string"} for name in FIELDS},
            }
        }
    },
}
"""The form as the document of the API describes it; fields that it does not name are let pass."""


async def read_form(request: Request) -> Mapping[str, str]:
    """Return the fields of a form, each once; Refused for files and for a field twice."""
    if request.headers.get("content-type", "").lower().startswith(BY_NAMES):
        told = _pairs(await request.body())
    else:
        told = await _parts(request)
    if len(told) != len({name for name, _ in told}):
        raise Refused("field_twice", field="body")
    return dict(told)


async def _parts(request: Request) -> Sequence[tuple[str, str]]:
    async with request.form(max_fields=MOST_FIELDS, max_files=1) as form:
        sent = form.multi_items()
    for name, value in sent:
        if not isinstance(value, str):
            raise Refused("file_apart", field=name)
    return [(name, str(value)) for name, value in sent]


def _pairs(body: bytes) -> Sequence[tuple[str, str]]:
    # Programs send UTF-8 without escaping it, which the framework takes for Latin-1.
    try:
        text = body.decode()
        if text.count("&") >= MOST_FIELDS:
            raise Refused("bad_request", field="body")
        return parse_qsl(text, keep_blank_values=True, errors="strict")
    except UnicodeError as error:
        raise Refused("not_utf8", field="body") from error


def channel_of(actor: Actor) -> str:
    """Return the one channel of a system's token, else that of programs of anybody."""
    scopes = actor.scopes if actor.kind is ActorKind.SYSTEM else frozenset()
    mine = [scope.removeprefix(OF_CHANNEL) for scope in scopes if scope.startswith(OF_CHANNEL)]
    return mine[0] if len(mine) == 1 else BY_DEFAULT


def report_of(told: Mapping[str, str], actor: Actor, node: str) -> ReportBody:
    """Return the report that a form makes; RequestValidationError names its fields."""
    if not told.get("service_code"):
        raise Refused("service_needed", field="service_code")
    text = _text(told)
    report = {
        "region": told.get("jurisdiction_id") or node,
        "channel": channel_of(actor),
        "reporter": _reporter(told),
        "title": told.get("attribute[title]") or _first_line(told.get("description", "")),
        "text": text,
        "item": None if told["service_code"] == OTHER else told["service_code"],
    }
    if demand := told.get("attribute[demand]"):
        report["demand"] = demand
    return _checked({**report, **_attempts(told), **_position(told, str(report["channel"]))})


def _checked(report: Mapping[str, Any]) -> ReportBody:
    try:
        return ReportBody.model_validate(report)
    except ValidationError as error:
        told = [{**each, "loc": (_name(each["loc"]),)} for each in error.errors()]
        raise RequestValidationError(told) from error


def _name(place: tuple[int | str, ...]) -> str:
    path = ".".join(map(str, place))
    return NAMES.get(path, path)


def _reporter(told: Mapping[str, str]) -> dict[str, Any]:
    # Family name first, as in Chinese; a name in Latin letters keeps its own order.
    first, last = told.get("first_name", "").strip(), told.get("last_name", "").strip()
    name = f"{first} {last}".strip() if (first + last).isascii() else last + first
    known = {"name": name, "phone": told.get("phone", "")}
    more = {each: told.get(f"attribute[{each}]") for each in ("kind", "id_number", "language")}
    return known | {key: value for key, value in more.items() if value}


def _text(told: Mapping[str, str]) -> str:
    said = [told.get("description", "").strip()]
    if where := told.get("address_string", "").strip():
        said.append(f"地点：{where}")
    if told.get("lat") and told.get("long"):
        said.append(f"坐标：{told['lat']}，{told['long']}")
    if link := told.get("media_url", "").strip():
        said.append(f"照片链接：{link}")
    return "\n".join(said)


def _first_line(text: str) -> str:
    line = next(iter(text.strip().splitlines()), "")
    return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1]}…"


def _position(told: Mapping[str, str], channel: str) -> dict[str, Any]:
    if channel != Channel.SNAP:
        return {}
    degrees = {"lat": told.get("lat"), "lon": told.get("long")}
    return {"channel_fields": {name: _degrees(text) for name, text in degrees.items() if text}}


def _degrees(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text


def _attempts(told: Mapping[str, str]) -> dict[str, Any]:
    count = told.get("attribute[attempts]", "")
    if not count:
        return {}
    return {"attempts": int(count) if count.isascii() and count.isdecimal() else count}
