"""What a posted form holds, and whether it came from a page of ours."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import Request

from services.portal.pages.language import speak
from services.portal.pages.rendering import language_of
from shared.errors import Refused
from shared.http.demands import turn_away
from shared.http.origin import OWN_SITES, host_of
from shared.security.actor import Actor, ActorKind

MOST_FIELDS = 60
MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Form:
    """The text fields of one form; `many` keeps every value of a repeated one."""

    values: Mapping[str, str]
    many: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """Return a field without the spaces around it, empty where it is missing."""
        return self.values.get(name, "").strip()

    def optional(self, name: str) -> str | None:
        """Return a field, or None where nothing was typed."""
        return self.get(name) or None

    def all(self, name: str) -> list[str]:
        """Return every value of a repeated field."""
        return list(self.many.get(name, ()))


async def read_form(request: Request, most_fields: int = MOST_FIELDS) -> Form:
    """Read the form of a request; files are no part of it, nor is any encoding but UTF-8."""
    try:
        sent = await request.form(max_files=0, max_fields=most_fields)
        texts = [(name, value) for name, value in sent.multi_items() if isinstance(value, str)]
        "".join(name + value for name, value in texts).encode()
    except UnicodeError as error:
        raise Refused("not_utf8", field="body") from error
    many: dict[str, tuple[str, ...]] = {}
    for name, value in texts:
        many[name] = (*many.get(name, ()), value)
    return Form(dict(texts), many)


async def read_staff_form(request: Request) -> Form:
    """Read the form of somebody signed in; Refused (`not_allowed`) without their token."""
    form = await read_form(request)
    if not fits_session(request, form):
        raise Refused("not_allowed", "csrf")
    return form


def fits_session(request: Request, form: Form) -> bool:
    """Tell in constant time whether a form carries the token of the session that sends it."""
    expected = request.scope.get("session") or ""
    return bool(expected) and hmac.compare_digest(expected.encode(), form.get("csrf").encode())


def number_in(text: str) -> int | None:
    """Return a small whole number as it was typed or chosen, None where it is something else."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None


def open_to_reader(request: Request) -> None:
    """Refuse somebody signed in what they can have nothing to do with, whatever they sent."""
    actor: Actor = request.scope["actor"]
    if actor.kind is ActorKind.STAFF:
        turn_away(request.scope["endpoint"], actor, request.path_params)


async def in_their_language(request: Request) -> None:
    """Speak the reader's language in what is put together for them."""
    speak(language_of(request))


def from_our_pages(request: Request) -> None:
    """Refuse a change that another site's page asks for; browsers say where a form stands."""
    if request.method in {"GET", "HEAD"}:
        return
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in OWN_SITES:
        raise Refused("not_allowed", "another site")
    origin = request.headers.get("origin")
    if origin is None or origin == "null" or site is not None:
        return
    if host_of(origin) != request.headers.get("host"):
        raise Refused("not_allowed", "another origin")
