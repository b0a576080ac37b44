"""What every endpoint owes its callers, read from the OpenAPI document of a node."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from backstop.suite import MEMBERS
from tests.contract.tree import SERVICES

NEEDS_NO_KEY = {
    "/api/v1/sessions": "a second sign-in is a second session, and harmless",
    "/api/v1/sessions/code": "a code opens one session and no other",
    "/api/v1/account/second-factor": "the last secret that was offered is the one to confirm",
    "/api/v1/account/second-factor/confirmation": "a code confirms once",
    "/api/v1/account-resets": "the same wish again is the proposal that waits already",
    "/api/v1/sso/sessions": "the code of the provider opens one session and no other",
    "/api/v1/snippets": "the same text under its abbreviation again is the snippet that is there",
    "/api/v1/cases/{number}/uploads": "its address is told once; a second one ends by itself",
    "/api/v1/tokens": "an answer kept for its key would keep the token; the name is taken instead",
}
"""Creating POSTs without Idempotency-Key, each with its reason."""

Operation = tuple[str, str, dict[str, Any]]


def operations() -> Iterator[Operation]:
    app = FastAPI()
    for member in MEMBERS.values():
        app.include_router(member.router())
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


OPERATIONS = list(operations())
IDS = [f"{method} {path}" for path, method, _ in OPERATIONS]


@pytest.mark.parametrize(("path", "_method", "operation"), OPERATIONS, ids=IDS)
def test_an_endpoint_says_in_a_sentence_what_it_does(
    path: str, _method: str, operation: dict[str, Any]
) -> None:
    assert path.startswith(("/api/v1/", "/open311/v2/"))
    assert operation["summary"]
    assert operation.get("description", "").rstrip().endswith(".")
    assert operation["tags"][0] in SERVICES


CREATING = [
    pytest.param(path, operation, id=path)
    for path, method, operation in OPERATIONS
    if method == "post" and "201" in operation["responses"] and path not in NEEDS_NO_KEY
]


@pytest.mark.parametrize(("path", "operation"), CREATING)
def test_a_post_that_creates_takes_an_idempotency_key(
    path: str, operation: dict[str, Any]
) -> None:
    headers = {
        parameter["name"]
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "header"
    }

    assert "Idempotency-Key" in headers, path


def test_there_are_posts_that_create() -> None:
    assert len(CREATING) >= 2


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS, ids=IDS)
def test_a_body_refuses_fields_that_it_does_not_know(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    content = operation.get("requestBody", {}).get("content", {})
    names = [media["schema"].get("$ref", "").rpartition("/")[2] for media in content.values()]

    for name in filter(None, names):
        assert SCHEMAS[name].get("additionalProperties") is False, f"{method} {path}: {name}"


def _schemas() -> dict[str, Any]:
    app = FastAPI()
    for member in MEMBERS.values():
        app.include_router(member.router())
    found: dict[str, Any] = app.openapi().get("components", {}).get("schemas", {})
    return found


SCHEMAS = _schemas()
