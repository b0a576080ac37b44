"""Many units at once over HTTP: a preview of what would change, then all or nothing."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field, StrictBool, ValidationError

from services.dispatch import handlers
from services.dispatch.api.bodies import Body, UnitBody
from services.dispatch.handlers import Caller
from services.dispatch.handlers.importing import Imported, Kind, Line
from shared.http import ApiRoute, Code, Door, Who, door_of
from shared.http.demands import demands
from shared.http.problems import FieldProblem, field_problem, problem_of
from shared.security.policy import Action, Resource

router = APIRouter(prefix="/unit-imports", route_class=ApiRoute)

DispatchDoor = Annotated[Door, Depends(door_of("dispatch"))]
MOST_LINES = 5_000


class UnitLine(UnitBody):
    """A unit with its code, as a line of a file tells it."""

    code: Code


class ImportLine(Body):
    """One line: its number in the file, and its cells by the names of the fields."""

    line: Annotated[int, Field(ge=1, le=1_000_000)]
    cells: Mapping[str, Any]


class ImportBody(Body):
    """The lines of a file; without `keep` nothing is written."""

    lines: Annotated[tuple[ImportLine, ...], Field(min_length=1, max_length=MOST_LINES)]
    keep: StrictBool = False


class ChangeView(BaseModel):
    """What a line does; `fields` are those that differ from what is there."""

    line: int
    code: str
    title: str
    kind: Kind
    fields: tuple[str, ...]


class LineProblem(FieldProblem):
    """What is wrong with a line, and in which field."""

    line: int


class ImportView(BaseModel):
    """What the lines do, or what is wrong with them; `kept` if it was written."""

    kept: bool
    changes: list[ChangeView]
    errors: list[LineProblem]


class _NotKept(Exception):
    """Nothing of this is to be written."""

    def __init__(self, view: ImportView) -> None:
        self.view = view


@router.post("")
@demands(Action.UNIT_WRITE)
def import_units(body: ImportBody, door: DispatchDoor, actor: Who) -> ImportView:
    """Say what a file would change; with `keep` and without errors, write it."""
    door.demand(actor, Action.UNIT_WRITE, Resource(node=door.node.code))
    lines, errors = _read(body.lines)
    try:
        with door.unit.begin() as work:
            imported = handlers.import_units(work.db, lines, Caller(actor, door.now()))
            view = _view(imported, errors, keep=body.keep)
            _check_kept(view)
            work.speak()
    except _NotKept as not_kept:
        return not_kept.view
    return view


def _check_kept(view: ImportView) -> None:
    if not view.kept:
        raise _NotKept(view)


def _read(told: Sequence[ImportLine]) -> tuple[list[Line], list[LineProblem]]:
    lines, errors = list[Line](), list[LineProblem]()
    for each in told:
        try:
            unit = UnitLine.model_validate(each.cells)
        except ValidationError as wrong:
            errors += [
                LineProblem(line=each.line, **field_problem(dict(found)).model_dump())
                for found in wrong.errors()
            ]
        else:
            lines.append(Line(each.line, handlers.UnitListing(**unit.model_dump())))
    return lines, errors


def _view(imported: Imported, errors: list[LineProblem], *, keep: bool) -> ImportView:
    refused = [
        LineProblem(line=line, **problem.model_dump())
        for line, refusal in imported.refused.items()
        for problem in problem_of(refusal).errors
    ]
    wrong = sorted([*errors, *refused], key=lambda each: each.line)
    changes = [ChangeView.model_validate(each, from_attributes=True) for each in imported.changes]
    return ImportView(kept=keep and not wrong, changes=changes, errors=wrong)
