"""Errors as RFC 9457 problems: which field, what is wrong, how to go on, in Chinese and English.

No problem repeats a value that was sent: an error must not carry personal data into a log.
"""

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import InterfaceError, OperationalError
from starlette.exceptions import HTTPException

from shared.errors import NotYet, Refused, Unavailable
from shared.http.sentences import FIELDS, REFUSALS, STATUSES

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


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


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused), "registered for Refused only"  # noqa: S101
    headers = {"Retry-After": error.detail} if error.code == "too_many_attempts" else None
    return answer(problem_of(error), headers)


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError), "registered for it only"  # noqa: S101
    return answer(invalid([field_problem(dict(found)) for found in error.errors()]))


async def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException), "registered for HTTPException only"  # noqa: S101
    code = {400: "bad_request", 404: "not_found", 405: "method_not_allowed"}.get(
        error.status_code, "bad_request"
    )
    problem = problem_of(Refused(code)).model_copy(
        update={"status": error.status_code, "title": STATUSES.get(error.status_code, "Error")}
    )
    return answer(problem, dict(error.headers or {}))


async def _away(_request: Request, error: Exception) -> JSONResponse:
    log.warning("database away", extra={"error": type(error).__name__})
    return answer(problem_of(Refused("unavailable")), {"Retry-After": "5"})


async def _bug(_request: Request, error: Exception) -> JSONResponse:
    log.error("request failed", exc_info=error)
    return answer(problem_of(Refused("internal_error")))


def install_problems(app: FastAPI) -> None:
    """Make every error of this application leave it as a problem."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for away in (OperationalError, InterfaceError, Unavailable, NotYet):
        app.add_exception_handler(away, _away)
    app.add_exception_handler(Exception, _bug)
