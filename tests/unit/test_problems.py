"""Whatever goes wrong inside, the answer says that it did, and nothing of what it was."""

import asyncio
from typing import Any, Literal

import pytest
from fastapi import FastAPI, HTTPException
from httpx import ASGITransport, AsyncClient, Response
from pydantic import BaseModel
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.errors import BadMessage, Permanent, Unavailable
from shared.http import Code, install_problems
from shared.security.sealing import KeyDestroyed, SealBroken, VaultUnavailable

SECRET = "张晓明13812345678"


class Inner(BaseModel):
    number: int


def broken_inside() -> None:
    Inner.model_validate({"number": SECRET})


RAISED: tuple[tuple[Exception, int], ...] = (
    (RuntimeError(SECRET), 500),
    (KeyError(SECRET), 500),
    (AssertionError(SECRET), 500),
    (Permanent(SECRET), 500),
    (BadMessage(SECRET), 500),
    (SealBroken(SECRET), 500),
    (KeyDestroyed(SECRET), 500),
    (IntegrityError(f"INSERT {SECRET}", {"name": SECRET}, Exception(SECRET)), 500),
    (ProgrammingError(f"SELECT {SECRET}", {"name": SECRET}, Exception(SECRET)), 500),
    (DataError(f"SELECT {SECRET}", {"name": SECRET}, Exception(SECRET)), 400),
    (OperationalError(f"SELECT {SECRET}", {"name": SECRET}, Exception(SECRET)), 503),
    (PoolTimeout(SECRET), 503),
    (Unavailable(SECRET), 503),
    (VaultUnavailable(SECRET), 503),
    (HTTPException(418, SECRET), 418),
)


@pytest.mark.parametrize(("error", "status"), RAISED, ids=lambda it: type(it).__name__)
def test_an_error_tells_the_asker_nothing_of_itself(error: Exception, status: int) -> None:
    def fail() -> None:
        raise error

    answer = asked(fail)

    assert answer.status_code == status
    assert_says_nothing(answer)


def test_a_model_that_breaks_inside_is_an_error_of_ours_and_quotes_nothing() -> None:
    answer = asked(broken_inside)

    assert answer.status_code == 500
    assert_says_nothing(answer)


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        ("place=340000&item=食品经营许可", "请填编码，不填名称", "A code, not a name"),
        ("place=省&item=SPJY", "请从 340000、341500、341523 中选一个。", "or '341523'"),
    ],
    ids=["name-for-code", "none-of-these"],
)
def test_who_is_refused_is_told_in_plain_words_how_to_go_on(value: str, zh: str, en: str) -> None:
    told = asked(chosen, f"?{value}").json()

    assert zh in told["errors"][0]["zh"]
    assert en in told["errors"][0]["en"]


def chosen(place: Literal["340000", "341500", "341523"], item: Code) -> str:
    return place + item


def assert_says_nothing(answer: Response) -> None:
    told: dict[str, Any] = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(told) == {"type", "title", "status", "code", "detail", "detail_en", "errors"}
    whole = answer.text + str(dict(answer.headers))
    for trace in (SECRET, "张晓明", "Traceback", ".py", "SELECT", "INSERT", "psycopg", "Error("):
        assert trace not in whole


def asked(endpoint: Any, query: str = "") -> Response:
    app = FastAPI()
    install_problems(app)
    app.get("/api/v1/x")(endpoint)

    async def send() -> Response:
        transport = ASGITransport(app, raise_app_exceptions=False)
        async with AsyncClient(transport=transport, base_url="http://node") as client:
            return await client.get(f"/api/v1/x{query}")

    return asyncio.run(send())
