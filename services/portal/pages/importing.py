"""Rooms into which a file is read: a template, a look at what would change, all or nothing."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from services.portal.pages.calling import Ask, call
from services.portal.pages.desk import staff_of
from services.portal.pages.forms import Form, fits_session, read_staff_form
from services.portal.pages.language import language_now
from services.portal.pages.language import later as _
from services.portal.pages.rendering import UNFINISHED
from services.portal.pages.sheets import SheetLine, lines_of, template_of
from shared.errors import Refused
from shared.http.files import read_upload
from shared.http.problems import problem_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHANGES: Mapping[str, str] = MappingProxyType(
    {"new": _("新增"), "changed": _("修改"), "ended": _("停用"), "same": _("不变")}
)
YES_NO: Mapping[str, bool] = MappingProxyType(
    {"是": True, "yes": True, "true": True, "否": False, "no": False, "false": False}
)


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said beside a list: a preview with the lines it is of, and what is wrong."""

    preview: Mapping[str, Any] | None = None
    lines: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    told: str = ""
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRoom:
    """A room with a file: where it is, what its columns are, how a line goes to the API."""

    here: str
    api: str
    columns: Mapping[str, str]
    """Headings that people see → fields of the API."""
    example: Sequence[str]
    told: Callable[[Mapping[str, str]], Mapping[str, Any]]
    """Cells in the words of people → cells in the words of the API."""
    show: Callable[[Request, Beside], Awaitable[Response]]

    def template(self) -> Response:
        """Return an empty file with the headings."""
        name = self.here.rpartition("/")[2]
        told = {"content-disposition": f'attachment; filename="{name}.xlsx"'}
        made = template_of(list(self.columns), self.example)
        return Response(made, media_type=XLSX, headers=told)

    async def read(self, request: Request) -> Response:
        """Read a file and show what it would change, line by line."""
        staff_of(request)
        try:
            upload = await read_upload(request)
            found = await run_in_threadpool(lines_of, upload.data, self.columns)
        except Refused as refused:
            problem = problem_of(refused)
            errors = {
                each.field: getattr(each, language_now())
                for each in problem.errors
                if each.field == "file"
            }
            told = "" if errors else problem.detail
            return await self.show(request, Beside(errors=errors, told=told, status=UNFINISHED))
        if not fits_session(request, Form(upload.fields)):
            raise Refused("not_allowed", "csrf")
        return await self._preview(request, [self._line(line) for line in found])

    async def keep(self, request: Request) -> Response:
        """Write what the preview showed, if it still holds."""
        staff_of(request)
        form = await read_staff_form(request)
        try:
            lines = json.loads(form.get("lines"))
        except ValueError as error:
            raise Refused("not_found") from error
        answer = await call(request, "POST", self.api, Ask({"lines": lines, "keep": True}))
        if not answer.ok:
            wrong = Beside(told=answer.says(), status=answer.status)
            return await self.show(request, wrong)
        if not answer.body["kept"]:
            return await self._preview(request, lines)
        return RedirectResponse(f"{self.here}?done=1", 303)

    async def _preview(self, request: Request, lines: Sequence[Mapping[str, Any]]) -> Response:
        answer = await call(request, "POST", self.api, Ask({"lines": list(lines)}))
        if not answer.ok:
            wrong = Beside(told=answer.says(), status=answer.status)
            return await self.show(request, wrong)
        status = UNFINISHED if answer.body["errors"] else 200
        told = json.dumps(lines, ensure_ascii=False)
        return await self.show(request, Beside(answer.body, told, status=status))

    def _line(self, line: SheetLine) -> dict[str, Any]:
        return {"line": line.line, "cells": self.told(line.cells)}


def yes_or_no(text: str) -> bool | str:
    """Return what a word in a cell means; the API refuses what means neither."""
    return YES_NO.get(text.lower(), text)
