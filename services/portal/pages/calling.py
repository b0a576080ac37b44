"""Call the public API as the person whose form was posted; pages change nothing themselves."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from services.portal.handlers import BROWSER_COOKIE, SESSION_COOKIE
from services.portal.pages.language import language_now
from services.portal.pages.rendering import language_of
from shared.errors import Refused
from shared.security.numbers import is_case_pass

UNREACHED = 503
HANDED_ON = ("content-type", "content-disposition", "content-security-policy", "cache-control")
STREAMED = "streamed"
"""The mark of a request whose answer is wanted piece by piece."""
HANDED_OUT = (*HANDED_ON, "content-length")
PASSED_ON = (SESSION_COOKIE, BROWSER_COOKIE)
"""The cookies that show who asks, and from which browser."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API said: a body, or a problem with its sentences."""

    status: int
    body: Any = field(default_factory=dict)
    cookies: tuple[str, ...] = ()
    """`Set-Cookie` lines, to be handed on as they are."""

    @property
    def ok(self) -> bool:
        """Whether it was done."""
        return self.status < httpx.codes.BAD_REQUEST

    def says(self, language: str | None = None) -> str:
        """Return the problem's sentence for people."""
        chosen = language or language_now()
        return str(self.body.get("detail_en" if chosen == "en" else "detail", ""))

    def errors(self, language: str | None = None) -> dict[str, str]:
        """Return what is wrong, by the API's field names."""
        return {
            error["field"]: error["en" if (language or language_now()) == "en" else "zh"]
            for error in self.body.get("errors", ())
        }


@dataclass(frozen=True, slots=True)
class Holder:
    """Number and query code, or pass, of the case that a citizen has opened."""

    number: str
    code: str = field(repr=False)

    @property
    def has_pass(self) -> bool:
        """Whether it was opened by a one-time code: then there may be a new query code."""
        return is_case_pass(self.code)


@dataclass(frozen=True, slots=True)
class Link:
    """What an outside party has opened: the token of its link, and the code it was told."""

    token: str = field(repr=False)
    code: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Mine:
    """What a one-time code opened: a pass, and the numbers for which it holds."""

    case_pass: str = field(repr=False)
    numbers: tuple[str, ...]

    def holder(self, number: str) -> Holder | None:
        """Return the holder of one of the cases; None for any other number."""
        return Holder(number, self.case_pass) if number in self.numbers else None


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that somebody sent, and what they chose beside it."""

    name: str
    data: bytes = field(repr=False)
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ask:
    """What goes with a call; `holder` acts for a citizen, `link` for an outside party.

    `once` is the idempotency key.
    """

    body: Mapping[str, Any] | None = None
    holder: Holder | None = None
    once: str | None = None
    file: Sent | None = None
    link: Link | None = None


NOTHING = Ask()


def refused(answer: Answer, known: Mapping[int, str]) -> Refused:
    """Return as what a page refuses what the API refused; a field of the address is named."""
    if answer.status == httpx.codes.UNPROCESSABLE_ENTITY:
        return Refused("bad_address", field=next(iter(answer.errors("zh")), None))
    return Refused(known.get(answer.status, "unavailable"))


async def hand_out(request: Request, path: str) -> Response | Answer:
    """Hand on a large file of the API as it comes; else answer what the API said instead."""
    api: httpx.AsyncClient = request.app.state.api
    headers = _headers(request, NOTHING)
    asking = api.build_request("POST", path, headers=headers, extensions={STREAMED: True})
    try:
        answer = await api.send(asking, stream=True)
    except httpx.TransportError:
        return Answer(UNREACHED, _AWAY)
    if answer.is_error:
        await answer.aread()
        await answer.aclose()
        return Answer(answer.status_code, answer.json())
    kept = {name: answer.headers[name] for name in HANDED_OUT if name in answer.headers}
    return StreamingResponse(_taken(answer), headers=kept)


async def _taken(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for piece in answer.aiter_raw():
            yield piece
    finally:  # also where nobody reads on
        await answer.aclose()


async def call(request: Request, method: str, path: str, ask: Ask = NOTHING) -> Answer:
    """Call the API as the one who sent this request, or as the holder of a query code."""
    answer = await _asked(request, method, path, ask)
    if answer is None:
        return Answer(UNREACHED, _AWAY)
    told = answer.json() if answer.content else {}
    return Answer(answer.status_code, told, tuple(answer.headers.get_list("set-cookie")))


async def hand_on(
    request: Request, path: str, holder: Holder | None = None, link: Link | None = None
) -> Response:
    """Hand on what the API hands out at a path, with what it says a browser may do with it."""
    answer = await _asked(request, "GET", path, Ask(holder=holder, link=link))
    if answer is None:
        raise Refused("unavailable")
    if not answer.is_success:
        raise Refused(str(answer.json().get("code", "not_found")))
    kept = {name: answer.headers[name] for name in HANDED_ON if name in answer.headers}
    return Response(answer.content, headers=kept)


@dataclass(frozen=True, slots=True)
class Passing:
    """Which headers go on to the API with a request, and which come back with the answer."""

    sent: tuple[str, ...]
    told: tuple[str, ...]


async def relay(request: Request, path: str, holder: Holder | None, passing: Passing) -> Response:
    """Pass a request with its body on to the API as who sent it; return what it answered."""
    api: httpx.AsyncClient = request.app.state.api
    sent = {name: request.headers[name] for name in passing.sent if name in request.headers}
    headers = {**sent, **_headers(request, Ask(holder=holder))}
    body = await request.body()
    try:
        answer = await api.request(request.method, path, headers=headers, content=body)
    except httpx.TransportError as error:
        raise Refused("unavailable") from error
    kept = {name: answer.headers[name] for name in passing.told if name in answer.headers}
    if not answer.content:  # as to HEAD: then it is of no kind
        kept.pop("content-type", None)
    return Response(answer.content, answer.status_code, {**kept, "cache-control": "no-store"})


async def _asked(request: Request, method: str, path: str, ask: Ask) -> httpx.Response | None:
    api: httpx.AsyncClient = request.app.state.api
    told: dict[str, Any] = {"json": ask.body}
    if ask.file is not None:
        named = {"file": (ask.file.name or "file", ask.file.data)}
        told = {"files": named, "data": ask.file.fields}
    try:
        return await api.request(method, path, headers=_headers(request, ask), **told)
    except httpx.TransportError:
        return None


_AWAY = {
    "code": "unavailable",
    "detail": "系统暂时忙，请稍后再试；您填写的内容还没有提交。",
    "detail_en": "Temporarily unavailable: try again shortly; nothing was saved.",
}


def _headers(request: Request, ask: Ask) -> dict[str, str]:
    headers = {"accept": "application/json", "accept-language": language_of(request)}
    agent = request.headers.get("user-agent", "")
    headers["user-agent"] = agent if agent.isascii() else ""
    if ask.link is not None:
        told = {"backstop-link": ask.link.token, "backstop-link-code": ask.link.code}
        headers |= {name: value for name, value in told.items() if value.isascii()}
    elif ask.holder is not None:
        headers |= {"backstop-number": ask.holder.number, "backstop-code": ask.holder.code}
    elif shown := _cookies(request):
        headers["cookie"] = shown
    if ask.once is not None and ask.once.isascii():
        headers["idempotency-key"] = ask.once
    return headers


def _cookies(request: Request) -> str:
    held = {name: request.cookies.get(name, "") for name in PASSED_ON}
    return "; ".join(f"{name}={told}" for name, told in held.items() if told and told.isascii())
