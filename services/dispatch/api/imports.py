"""Units and items from a file over HTTP: a preview of what would change, then all or nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field, StrictBool, ValidationError
from sqlalchemy import Connection, Table

from services.dispatch import handlers
from services.dispatch.api.bodies import Body, ItemBody, UnitBody
from services.dispatch.api.catalogue import DispatchDoor
from services.dispatch.api.items import listing_of
from services.dispatch.handlers import Caller, ItemListing, Listed, UnitListing
from services.dispatch.handlers.importing import Imported, Kind, Line
from services.dispatch.policy.items import Leaving
from services.dispatch.tables import items, units
from shared.http import ApiRoute, Code, Door, Who
from shared.http.demands import demands
from shared.http.problems import FieldProblem, field_problem, problem_of
from shared.neighbours import below
from shared.security.actor import Actor
from shared.security.policy import Action, Resource

router = APIRouter(route_class=ApiRoute)

MOST_LINES = 5_000


class UnitLine(UnitBody):
    """A unit with its code, as a line of a file tells it."""

    code: Code


class ItemLine(ItemBody):
    """An item with its code, as a line of a file tells it."""

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


@dataclass(frozen=True, slots=True)
class _Book:
    """A part of the catalogue, and how the lines of a file are read for it."""

    table: Table
    read: Callable[[ImportLine], Line]
    keep: bool


@router.post("/unit-imports")
@demands(Action.UNIT_WRITE)
def import_units(body: ImportBody, door: DispatchDoor, actor: Who) -> ImportView:
    """Say what a file of units would change; with `keep` and without errors, write it."""
    door.demand(actor, Action.UNIT_WRITE, Resource(node=door.node.code))
    return _imported(door, actor, body.lines, _Book(units, _unit, body.keep))


@router.post("/item-imports")
@demands(Action.ITEM_WRITE)
def import_items(body: ImportBody, door: DispatchDoor, actor: Who) -> ImportView:
    """Say what a file of items would change; with `keep` and without errors, write it."""
    door.demand(actor, Action.ITEM_WRITE, Resource(node=door.node.code))
    return _imported(door, actor, body.lines, _Book(items, _item, body.keep))


def _imported(door: Door, actor: Actor, told: Sequence[ImportLine], book: _Book) -> ImportView:
    lines, errors = _read(told, book.read)
    caller = Caller(actor, door.now())
    try:
        with door.unit.begin() as work:
            imported = handlers.import_lines(work.db, book.table, lines, caller)
            view = _view(imported, errors, keep=book.keep)
            _check_kept(view)
            if book.table is items and below(door.node.neighbours):
                handlers.share_items(work.db, caller, _moved(view))
            work.speak()
    except _NotKept as not_kept:
        return not_kept.view
    return view


def _moved(view: ImportView) -> list[str]:
    return [each.code for each in view.changes if each.kind is not Kind.SAME]


def _check_kept(view: ImportView) -> None:
    if not view.kept:
        raise _NotKept(view)


def _unit(line: ImportLine) -> Line:
    listing = handlers.UnitListing(**UnitLine.model_validate(line.cells).model_dump())
    return Line(line.line, listing, partial(_list_unit, listing))


def _item(line: ImportLine) -> Line:
    told = ItemLine.model_validate(line.cells)
    listing, leaving = listing_of(told.code, told)
    return Line(line.line, listing, partial(_list_item, listing, leaving))


def _list_unit(listing: UnitListing, db: Connection, caller: Caller) -> Listed:
    return handlers.list_unit(db, listing, caller)


def _list_item(listing: ItemListing, leaving: Leaving, db: Connection, caller: Caller) -> Listed:
    return handlers.list_item(db, listing, caller, leaving)


def _read(
    told: Sequence[ImportLine], read: Callable[[ImportLine], Line]
) -> tuple[list[Line], list[LineProblem]]:
    lines, errors = list[Line](), list[LineProblem]()
    for each in told:
        try:
            lines.append(read(each))
        except ValidationError as wrong:
            errors += [
                LineProblem(line=each.line, **field_problem(dict(found)).model_dump())
                for found in wrong.errors()
            ]
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
