"""An answer to what a unit asked for: it goes to that request alone, and what was typed stays."""

from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.testclient import TestClient

from services.portal.pages import wanted
from services.portal.pages.calling import Answer, Ask, Holder
from services.portal.pages.follow import Beside
from shared.http import install_problems

ID = UUID(int=31)
TOO_LONG = {"field": "text", "zh": "最多 2000 个字。", "en": "At most 2000 characters."}


class Pages:
    """The page with the API and the page of the case replaced by what they were given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, answer: Answer) -> None:
        self.asked: list[str] = []
        self.shown: list[tuple[str, Beside]] = []
        self.answer = answer
        monkeypatch.setattr(wanted, "recall", lambda _request: Holder("BCS-1", "CODE"))
        monkeypatch.setattr(wanted, "call", self.call)
        monkeypatch.setattr(wanted, "case_page", self.case_page)
        app = FastAPI()
        app.include_router(wanted.router)
        install_problems(app)
        self.client = TestClient(app, follow_redirects=False)

    async def call(self, _request: Request, _method: str, path: str, _ask: Ask) -> Answer:
        self.asked.append(path)
        return self.answer

    async def case_page(
        self, _request: Request, told: str, status: int, beside: Beside
    ) -> Response:
        self.shown.append((told, beside))
        return Response(status_code=status)

    def send(self, **form: str) -> int:
        return self.client.post("/follow/materials", data=form).status_code


def refused(**body: Any) -> Answer:
    return Answer(422, {"detail": "请检查", "errors": [], **body})


@pytest.mark.parametrize("request_id", ["", "x", "../../one-time-codes", f"{ID}/../x"])
def test_what_is_no_id_never_becomes_a_path(
    monkeypatch: pytest.MonkeyPatch, request_id: str
) -> None:
    pages = Pages(monkeypatch, Answer(200))

    assert pages.send(request_id=request_id, text="补好了") == 404
    assert (pages.asked, pages.shown) == ([], [])


def test_what_was_typed_stays_with_its_request_and_the_fault_with_its_field(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pages = Pages(monkeypatch, refused(errors=[TOO_LONG]))

    assert pages.send(request_id=str(ID), text="长") == 422
    assert pages.shown == [("", Beside(ID, {"text": "长"}, {"text": TOO_LONG["zh"]}))]
    assert pages.send(request_id=str(ID), text=" ") == 422
    assert pages.shown[1] == ("", Beside(ID, {"text": ""}, {"text": str(wanted.NO_ANSWER)}))
    pages.answer = refused(detail="已经答复过了")
    assert pages.send(request_id=str(ID), text="补好了") == 422
    assert pages.shown[2] == ("已经答复过了", Beside(ID, {"text": "补好了"}, {}))
    pages.answer = Answer(200)
    assert pages.send(request_id=str(ID), text="补好了") == 303
    assert pages.asked == [f"/api/v1/cases/BCS-1/materials/{ID}"] * 3
