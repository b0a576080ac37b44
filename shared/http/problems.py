"""Errors as RFC 9457 problems: which field, what is wrong, how to go on, in Chinese and English.

No problem repeats a value that was sent: an error must not carry personal data into a log.
"""

import logging
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from shared.errors import NotYet, Refused, Unavailable
from shared.http.sentences import FIELDS, REFUSALS, STATUSES

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


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


PageOfProblem = Callable[[Request, Problem], Response]


def answer(problem: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return a problem as a response."""
    return JSONResponse(
        problem.model_dump(), problem.status, media_type=MEDIA_TYPE, headers=headers
    )


def problem_of(refused: Refused) -> Problem:
    """Translate a refusal; an unknown code is a 409 that says so in general words."""
    status, zh, en = REFUSALS.get(refused.code, (409, "现在不能这样做。", "Not possible now."))
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


def field_problem(error: dict[str, Any]) -> FieldProblem:
    """Translate one pydantic error without repeating the input."""
    place = [str(part) for part in error["loc"] if part not in {"body", "query", "path", "header"}]
    zh, en = FIELDS.get(error["type"], ("内容不符合要求，请检查后重填。", error["msg"]))
    limits = {key: value for key, value in error.get("ctx", {}).items() if key != "error"}
    return FieldProblem(
        field=".".join(place) or "body",
        code=error["type"],
        zh=zh.format_map(_Known(limits)),
        en=en.format_map(_Known(limits)),
    )


class _Known(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def invalid(errors: list[FieldProblem]) -> Problem:
    """Return the problem of a request whose fields are wrong."""
    return Problem(
        title=STATUSES[422],
        status=422,
        code="invalid_fields",
        detail="；".join(f"{error.field}：{error.zh}" for error in errors[:5]),
        detail_en="; ".join(f"{error.field}: {error.en}" for error in errors[:5]),
        errors=errors,
    )


def render(request: Request, problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """Answer a person with a page, where the application has one, and a program with JSON."""
    page: PageOfProblem | None = getattr(request.app.state, "problem_page", None)
    if page is None or request.url.path.startswith(API_PATHS):
        return answer(problem, headers)
    shown = page(request, problem)
    shown.headers.update(headers or {})
    return shown


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused), "registered for Refused only"  # noqa: S101
    headers = {"Retry-After": error.detail} if error.code.startswith("too_many") else None
    return render(request, problem_of(error), headers)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError), "registered for it only"  # noqa: S101
    return render(request, invalid([field_problem(dict(found)) for found in error.errors()]))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException), "registered for HTTPException only"  # noqa: S101
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


async def _bug(request: Request, error: Exception) -> Response:
    log.error("request failed", exc_info=error)
    return render(request, problem_of(Refused("internal_error")))


def install_problems(app: FastAPI) -> None:
    """Make every error of this application leave it as a problem."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DataError, _unstorable)
    for away in (OperationalError, InterfaceError, PoolTimeout, Unavailable, NotYet):
        app.add_exception_handler(away, _away)
    app.add_exception_handler(Exception, _bug)
