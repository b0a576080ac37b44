"""Errors as RFC 9457 problems: which field, what is wrong, how to go on, in Chinese and English.

No problem repeats a value that was sent: an error must not carry personal data into a log.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from math import ceil
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from shared.errors import NotYet, Refused, Unavailable, Verdict, verdict
from shared.http import georeport
from shared.http.field_sentences import BY_PATTERN, FIELDS, OTHER
from shared.http.sentences import REFUSALS, STATUSES
from shared.security.sealing import VaultUnavailable

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

SOURCES = frozenset({"body", "query", "path", "header"})
LONGEST_PLACE = 100
MOST_ERRORS = 20
API_PATHS = ("/api/", "/open311/", "/openapi.json", "/healthz", "/readyz", "/metrics")


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: str
    code: str
    zh: str
    en: str


class Problem(BaseModel):
    """The body of every answer that is an error."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    """Chinese."""
    detail_en: str
    errors: list[FieldProblem] = []


SOON, MINUTE = 120, 60
Units = Mapping[str, str]
WAITS: tuple[Units, Units] = (
    {"second": " {} 秒", "minute": " {} 分钟"},
    {"second": "{} s", "minute": "{} min"},
)
"""How a wait is said, in Chinese and in English."""

PageOfProblem = Callable[[Request, Problem], Response]


def answer(problem: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return a problem as a response."""
    return JSONResponse(
        problem.model_dump(), problem.status, media_type=MEDIA_TYPE, headers=headers
    )


def problem_of(refused: Refused) -> Problem:
    """Translate a refusal; an unknown code is a 409 that says so in general words."""
    status, *said = REFUSALS.get(refused.code, (409, "现在不能这样做。", "Not possible now."))
    zh, en = (
        _told(str(sentence), refused, words) for sentence, words in zip(said, WAITS, strict=True)
    )
    named = (
        []
        if refused.field is None
        else [FieldProblem(field=refused.field, code=refused.code, zh=zh, en=en)]
    )
    return Problem(
        title=STATUSES[status],
        status=status,
        code=refused.code,
        detail=zh,
        detail_en=en,
        errors=named,
    )


def _told(sentence: str, refused: Refused, units: Units) -> str:
    wait = waiting(int(refused.detail), units) if refused.detail.isdecimal() else "…"
    return sentence.replace("{detail}", refused.detail).replace("{wait}", wait)


def waiting(seconds: int, units: Units) -> str:
    """Return a wait as people say it: seconds below two minutes, else minutes, rounded up."""
    unit, size = ("second", 1) if seconds < SOON else ("minute", MINUTE)
    return units[unit].format(ceil(seconds / size))


def field_problem(error: dict[str, Any]) -> FieldProblem:
    """Translate one pydantic error without repeating the input."""
    # Its own message is not passed on: some of them quote what was sent.
    limits = {key: value for key, value in error.get("ctx", {}).items() if key != "error"}
    known = BY_PATTERN.get(str(limits.get("pattern")))
    zh, en = known or FIELDS.get(error["type"], OTHER)
    if "expected" in limits:
        limits["expected_zh"] = _listed(str(limits["expected"]))
    return FieldProblem(
        field=_place(error["type"], error["loc"]),
        code=error["type"],
        zh=zh.format_map(_Known(limits)),
        en=en.format_map(_Known(limits)),
    )


def _listed(expected: str) -> str:
    # Pydantic lists what it expects as 'a', 'b' or 'c'.
    return expected.replace("'", "").replace(" or ", "、").replace(", ", "、")


def _place(kind: str, loc: Sequence[int | str]) -> str:
    if kind == "json_invalid":  # what stands there is a position in the text, no field
        return "body"
    place = ".".join(str(part) for part in loc if part not in SOURCES)
    return place[:LONGEST_PLACE] or "body"


class _Known(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def invalid(errors: list[FieldProblem]) -> Problem:
    """Return the problem of a request whose fields are wrong; the first twenty are enough."""
    return Problem(
        title=STATUSES[422],
        status=422,
        code="invalid_fields",
        detail="；".join(f"{error.field}：{error.zh}" for error in errors[:5]),
        detail_en="; ".join(f"{error.field}: {error.en}" for error in errors[:5]),
        errors=errors[:MOST_ERRORS],
    )


def render(request: Request, problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """Answer a person with a page, where the application has one, and a program with JSON."""
    if request.url.path.startswith(georeport.PREFIX):
        return _neutral(request.url.path, problem, headers)
    page: PageOfProblem | None = getattr(request.app.state, "problem_page", None)
    if page is None or request.url.path.startswith(API_PATHS):
        return answer(problem, headers)
    try:
        shown = page(request, problem)
    except Exception:  # an error must never hide behind the error of its page
        log.exception("problem page failed")
        return answer(problem, headers)
    shown.headers.update(headers or {})
    return shown


def _neutral(path: str, problem: Problem, headers: dict[str, str] | None) -> Response:
    shown = georeport.refused(problem.status, _sentences(problem), georeport.form_of(path))
    shown.headers.update(headers or {})
    return shown


def _sentences(problem: Problem) -> Sequence[tuple[str, str]]:
    if not problem.errors:
        return [(problem.code, f"{problem.detail} {problem.detail_en}")]
    return [(each.code, f"{each.field}: {each.zh} {each.en}") for each in problem.errors]


async def explained(request: Request, error: Exception) -> Response:
    """Return the answer to whatever was raised, also where no application catches it."""
    known = next(kind for kind in type(error).__mro__ if kind in ANSWERS)
    return await ANSWERS[known](request, error)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused), "registered for Refused only"  # noqa: S101
    headers = {"Retry-After": error.detail} if error.code.startswith("too_many") else None
    return render(request, problem_of(error), headers)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError), "registered for it only"  # noqa: S101
    if isinstance(error.body, bytes):
        return render(request, problem_of(Refused("not_json", field="body")))
    return render(request, invalid([field_problem(dict(found)) for found in error.errors()]))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException), "registered for HTTPException only"  # noqa: S101
    if isinstance(error.__cause__, Refused):  # raised while the framework read the body
        return await _refused(request, error.__cause__)
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "bad_request")
    problem = problem_of(Refused(code)).model_copy(
        update={"status": error.status_code, "title": STATUSES.get(error.status_code, "Error")}
    )
    return render(request, problem, dict(error.headers or {}))


async def _unstorable(request: Request, _error: Exception) -> Response:
    # A character PostgreSQL cannot store (NUL) or a number out of range slipped through a door.
    return render(request, problem_of(Refused("bad_request")))


async def _away(request: Request, error: Exception) -> Response:
    log.warning("not available", extra={"error": type(error).__name__})
    return render(request, problem_of(Refused("unavailable")), {"Retry-After": "5"})


async def _sealing_away(request: Request, error: Exception) -> Response:
    log.error("nothing can be sealed", extra={"error": str(error)})
    return render(request, problem_of(Refused("sealing_away")), {"Retry-After": "60"})


async def _database(request: Request, error: Exception) -> Response:
    answered = _away if verdict(error) is Verdict.WAIT else _bug
    return await answered(request, error)


async def _bug(request: Request, error: Exception) -> Response:
    log.error("request failed", exc_info=error)
    return render(request, problem_of(Refused("internal_error")))


ANSWERS: Mapping[type, Callable[[Request, Exception], Awaitable[Response]]] = {
    Refused: _refused,
    RequestValidationError: _invalid,
    HTTPException: _http,
    DataError: _unstorable,
    DBAPIError: _database,
    **dict.fromkeys((PoolTimeout, Unavailable, NotYet), _away),
    VaultUnavailable: _sealing_away,
    Exception: _bug,
}


def install_problems(app: FastAPI) -> None:
    """Make every error of this application leave it as a problem."""
    for kind, respond in ANSWERS.items():
        app.add_exception_handler(kind, respond)
