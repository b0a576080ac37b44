"""Many cases, one act: each is asked of the API by itself, under the rights of who presses on.

A run is written down before anything is done, under an id that its form carries: sent twice it is
one run. Its cases are done some at a time, each request a part, so that progress is seen and a
closed browser loses nothing; whoever began it goes on. Who may do what the API decides each time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from services.portal import repository
from services.portal.pages import expired
from services.portal.pages.calling import UNREACHED, Answer, Ask, call
from services.portal.pages.catalogue import unit_choices
from services.portal.pages.desk import staff_of, tools_of
from services.portal.pages.forms import Form, read_form
from services.portal.pages.language import later as _
from services.portal.pages.ledger_scope import MOST_AT_ONCE, scope_of
from services.portal.pages.rendering import UNFINISHED, door_here, page
from services.portal.policy.ledger import MOST_VALUES, Asked, NotOfTheLedger
from services.portal.repository import ListedCase
from services.portal.repository.runs import OPEN, Run, RunLine
from shared.errors import Refused
from shared.http.demands import Audience, demands
from shared.http.problems import problem_of
from shared.security.actor import Actor
from shared.security.masking import mask_text
from shared.security.policy import Action, Resource, may

router = APIRouter()

AT = "/desk/ledger/runs"
AT_A_TIME = 10
"""Cases of one request: about as much as a person waits for a page."""
STALE = timedelta(minutes=2)
"""Whoever took a case in hand so long ago is gone; it is asked again under the same key."""
MOST_SHOWN = 20
MOST_WORDS = 200
SIGNED_OUT = 401
NOT_YET = frozenset({SIGNED_OUT, 429, UNREACHED})
"""Answers that say nothing of the case: it waits for the next try."""
KEPT = ("run_id", "act", "numbers", "csrf")
NEEDED: Mapping[str, str] = {
    "unit_code": _("请选派给哪个单位。"),
    "because": _("请写派单理由。"),
}


@dataclass(frozen=True, slots=True)
class Many:
    """An act that may be done with many cases: its words, its right, its call of the API."""

    key: str
    title: str
    needs: Action
    about: str
    path: Callable[[ListedCase], str]
    body: Callable[[ListedCase, Mapping[str, str]], Mapping[str, Any]]
    fields: tuple[str, ...] = ()


def _urged(_case: ListedCase, _told: Mapping[str, str]) -> Mapping[str, Any]:
    return {}


def _placed(case: ListedCase, told: Mapping[str, str]) -> Mapping[str, Any]:
    return {"case_id": str(case.case_id), **told}


MANY: Mapping[str, Many] = MappingProxyType(
    {
        each.key: each
        for each in (
            Many(
                "urge",
                _("成批催办"),
                Action.CASE_URGE,
                _("每件催一次，承办单位看得到；时限不变。催得太密的会不成。"),
                lambda case: f"/api/v1/cases/{quote(case.number, safe='')}/urges",
                _urged,
            ),
            Many(
                "dispatch",
                _("成批派单"),
                Action.ORDER_DISPATCH,
                _("派单池里的每一件派给同一个单位；已经派出的会不成。"),
                lambda _case: "/api/v1/orders",
                _placed,
                ("unit_code", "because"),
            ),
            Many(
                "sign",
                _("成批签收"),
                Action.ORDER_SIGN,
                _("本单位还没有签收的工单，每件签收一次。请按时限联系诉求人。"),
                lambda case: f"/api/v1/orders/{case.order_id}/sign",
                _urged,
            ),
        )
    }
)


def may_do(actor: Actor, node: str, act: str) -> bool:
    """Tell whether an act is offered to somebody; of each case the API decides again."""
    return may(actor, MANY[act].needs, Resource(node=node, unit=actor.unit)).allowed


def acts_for(actor: Actor, node: str) -> list[tuple[str, str]]:
    """Return the acts that are offered to somebody, with their words."""
    return [(act, many.title) for act, many in MANY.items() if may_do(actor, node, act)]


def asking_values(
    act: str,
    numbers: Sequence[str],
    units: Sequence[tuple[str, str]],
    values: Mapping[str, str],
    errors: Mapping[str, str],
) -> dict[str, Any]:
    """Return what the page shows that asks how it shall be done."""
    shown = {"act": MANY[act], "numbers": numbers, "units": units}
    return {**shown, "values": values, "errors": errors, "told": ""}


@router.post(AT)
@demands(Action.DESK_READ, audience=Audience.STAFF)
async def begin(request: Request) -> Response:
    """Write a run down; nothing is done before its page goes on with it."""
    form = await read_form(request)
    if expired.is_over(request):
        return expired.keep(request, form)
    act, numbers = form.get("act"), _numbers_in(form)
    actor, door = staff_of(request), door_here(request)
    if act not in MANY:
        raise Refused("bad_address", field="act")
    if not may_do(actor, door.node.code, act):
        raise Refused("not_allowed")
    errors = {name: NEEDED[name] for name in MANY[act].fields if not form.get(name)}
    again = expired.is_of_before(request, form)
    if errors or again:
        units = await run_in_threadpool(unit_choices, door)
        values = asking_values(act, numbers, units, form.values, errors)
        told = {"tools": tools_of(actor, door), **values}
        told |= {"told": expired.ONCE_MORE if again else ""}
        return page(request, "desk/ledger_many.html", told, UNFINISHED)
    told = {name: mask_text(form.get(name)[:MOST_WORDS]) for name in MANY[act].fields}
    run_id = _id(form.get("run_id"))
    run = Run(run_id=run_id, login=actor.id, act=act, told=told, began_at=door.now())
    await run_in_threadpool(_write, request, run, numbers)
    return RedirectResponse(f"{AT}/{run_id}", 303)


def _numbers_in(form: Form) -> list[str]:
    numbers = list(dict.fromkeys(form.get("numbers").split()))
    if not 0 < len(numbers) <= MOST_AT_ONCE:
        raise Refused("bad_address", field="numbers")
    try:
        for first in range(0, len(numbers), MOST_VALUES):
            _asked(numbers[first : first + MOST_VALUES])
    except NotOfTheLedger as error:
        raise Refused("bad_address", field="numbers") from error
    return numbers


def _asked(numbers: Sequence[str]) -> Asked:
    return Asked.read(("number", number) for number in numbers)


def _write(request: Request, run: Run, numbers: Sequence[str]) -> None:
    with door_here(request).unit.transaction() as db:
        is_new = repository.add_run(db, run, numbers)
        if not is_new and repository.run_of(db, run.run_id, run.login) is None:
            raise Refused("not_found")


@router.get(AT)
@demands(Action.DESK_READ, audience=Audience.STAFF)
def runs(request: Request) -> Response:
    """List one's own runs, the latest first, and what of them waits."""
    actor, door = staff_of(request), door_here(request)
    with door.unit.transaction() as db:
        found = repository.runs_of(db, actor.id, MOST_SHOWN)
        left = repository.open_lines(db, [run.run_id for run in found])
    known = {"tools": tools_of(actor, door), "runs": found, "left": left, "many": MANY}
    return page(request, "desk/ledger_runs.html", known)


@router.get(f"{AT}/{{run_id}}")
@demands(Action.DESK_READ, audience=Audience.STAFF)
def run(request: Request, run_id: str) -> Response:
    """Show how far a run has come, and what became of each of its cases."""
    return _shown(request, _id(run_id))


@router.post(f"{AT}/{{run_id}}/on")
@demands(Action.DESK_READ, audience=Audience.STAFF)
async def go_on(request: Request, run_id: str) -> Response:
    """Do some more cases of a run, and show how far it has come."""
    form = await read_form(request)
    if expired.is_over(request):
        return expired.keep(request, form)
    if expired.is_of_before(request, form):
        return await run_in_threadpool(_shown, request, _id(run_id), expired.ONCE_MORE, UNFINISHED)
    told = ""
    run, lines = await run_in_threadpool(_claimed, request, _id(run_id))
    for line, case in lines:
        answer = await _done(request, run, line, case) if not told else None
        if answer is None or answer.status in NOT_YET:
            told = told or (answer.says() if answer else "")
            await run_in_threadpool(_settle, request, run, line, None)
        else:
            await run_in_threadpool(_settle, request, run, line, answer)
    if told:
        return await run_in_threadpool(_shown, request, run.run_id, told)
    return RedirectResponse(f"{AT}/{run.run_id}", 303)


async def _done(request: Request, run: Run, line: RunLine, case: ListedCase | None) -> Answer:
    if case is None:
        return _refused("unknown_case")
    many = MANY[run.act]
    if run.act == "sign" and case.order_id is None:
        return _refused("unknown_order")
    ask = Ask(many.body(case, run.told), once=f"{run.run_id}/{line.serial}")
    return await call(request, "POST", many.path(case), ask)


def _refused(code: str) -> Answer:
    problem = problem_of(Refused(code))
    return Answer(problem.status, problem.model_dump())


def _claimed(
    request: Request, run_id: UUID
) -> tuple[Run, Sequence[tuple[RunLine, ListedCase | None]]]:
    actor, door = staff_of(request), door_here(request)
    now = door.now()
    with door.unit.transaction() as db:
        found = _own(request, repository.run_of(db, run_id, actor.id))
        lines = repository.claim_lines(db, run_id, now, now - STALE, AT_A_TIME)
        seen = repository.ledger_list(
            db,
            scope_of(actor, door.node.code, _asked([line.number for line in lines])),
            None,
            AT_A_TIME,
        )
    cases = {case.number: case for case in seen.rows} if lines else {}
    return found, [(line, cases.get(line.number)) for line in lines]


def _settle(request: Request, run: Run, line: RunLine, answer: Answer | None) -> None:
    door = door_here(request)
    with door.unit.transaction() as db:
        if answer is None:
            repository.settle_line(db, run.run_id, line.serial, "waiting")
        elif answer.ok:
            repository.settle_line(db, run.run_id, line.serial, "done")
        else:
            said = next(iter(answer.errors().values()), "") or answer.says()
            repository.settle_line(db, run.run_id, line.serial, "refused", said)
        repository.end_run(db, run.run_id, door.now())


def _shown(request: Request, run_id: UUID, told: str = "", status: int = 200) -> Response:
    actor, door = staff_of(request), door_here(request)
    with door.unit.transaction() as db:
        found = _own(request, repository.run_of(db, run_id, actor.id))
        lines = repository.lines_of(db, run_id)
        titles: dict[str, str] = {}
        numbers = [line.number for line in lines]
        for first in range(0, len(numbers), MOST_VALUES):
            scope = scope_of(actor, door.node.code, _asked(numbers[first : first + MOST_VALUES]))
            seen = repository.ledger_list(db, scope, None, MOST_VALUES).rows
            titles |= {case.number: case.title_masked for case in seen}
    known = {"tools": tools_of(actor, door), **run_values(found, lines, titles)}
    return page(request, "desk/ledger_run.html", known | {"told": told}, status)


def run_values(run: Run, lines: Sequence[RunLine], titles: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page of a run shows."""
    return {
        "run": run,
        "act": MANY[run.act],
        "lines": lines,
        "titles": titles,
        "left": sum(line.state in OPEN for line in lines),
        "done": sum(line.state == "done" for line in lines),
        "refused": sum(line.state == "refused" for line in lines),
    }


def _own(request: Request, run: Run | None) -> Run:
    if run is None or run.act not in MANY:
        raise Refused("not_found")
    return run


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Refused("not_found") from error
