"""The dispatch catalogue over HTTP: versions, the draft, its check, its signatures."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from sqlalchemy import Connection

from services.dispatch.api.orders import DispatchDoor
from services.dispatch.api.rule_bodies import (
    CatalogueView,
    ChangeView,
    CheckView,
    DraftBody,
    DraftedView,
    MoveBody,
    PeriodBody,
    RuleBody,
    RuleView,
    SignCatalogueBody,
    SimulationView,
    TrialBody,
)
from services.dispatch.handlers import Caller, drafting, signing, simulate
from services.dispatch.policy.rule_changes import changes_between
from services.dispatch.repository import rules as repository
from services.dispatch.repository import simulations
from services.dispatch.repository.rules import Catalogue
from services.dispatch.tables import idempotency
from shared.errors import Refused
from shared.http import ApiRoute, Code, Cursor, IdempotencyKey, Once, Page, Who, cursor_after
from shared.http.demands import demands
from shared.http.paging import MOST_PER_PAGE, cursor_for
from shared.security.policy import Action, Resource

router = APIRouter(route_class=ApiRoute)

AT = "/dispatch-catalogues"
MOST_SIMULATIONS = 20
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
RuleCode = Annotated[Code, Path()]


@router.get(AT)
@demands(Action.CATALOGUE_READ)
def list_catalogues(door: DispatchDoor, actor: Who, cursor: Cursor = None) -> Page[CatalogueView]:
    """List the versions of the dispatch catalogue, the newest first."""
    door.demand(actor, Action.CATALOGUE_READ, Resource(node=door.node.code))
    before = _number_of(cursor)
    with door.unit.transaction() as db:
        found = repository.catalogues_before(db, before, MOST_PER_PAGE + 1)
        live = repository.in_force(db, door.now())
    shown = found[:MOST_PER_PAGE]
    following = cursor_for(shown[-1].number) if len(found) > MOST_PER_PAGE else None
    return Page(items=[CatalogueView.of(one, live) for one in shown], next=following)


@router.post(AT, status_code=201)
@demands(Action.CATALOGUE_WRITE)
def begin_draft(
    body: DraftBody, door: DispatchDoor, actor: Who, key: IdempotencyKey = None
) -> CatalogueView:
    """Open a draft with all that the version signed last has."""
    door.demand(actor, Action.CATALOGUE_WRITE, Resource(node=door.node.code))
    caller = Caller(actor, door.now())
    once = Once(idempotency, door.keys, actor, key, caller.now)
    with door.unit.begin() as work:
        return once.run(
            work.db,
            body,
            CatalogueView,
            lambda: CatalogueView.of(drafting.begin_draft(work.db, body.note, caller), None),
        )


@router.get(f"{AT}/{{number}}")
@demands(Action.CATALOGUE_READ)
def show_catalogue(number: Number, door: DispatchDoor, actor: Who) -> CatalogueView:
    """Show one version, without its rules."""
    door.demand(actor, Action.CATALOGUE_READ, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        return CatalogueView.of(_known(db, number), repository.in_force(db, door.now()))


@router.get(f"{AT}/{{number}}/rules")
@demands(Action.CATALOGUE_READ)
def list_rules(
    number: Number, door: DispatchDoor, actor: Who, cursor: Cursor = None
) -> Page[RuleView]:
    """List the rules of a version in their order."""
    door.demand(actor, Action.CATALOGUE_READ, Resource(node=door.node.code))
    after = _number_of(cursor)
    with door.unit.transaction() as db:
        catalogue = _known(db, number)
        start = 0 if after is None else after + 1
        found = repository.rules_from(db, catalogue.catalogue_id, start, MOST_PER_PAGE + 1)
    shown = found[:MOST_PER_PAGE]
    following = cursor_for(shown[-1].position) if len(found) > MOST_PER_PAGE else None
    return Page(items=RuleView.all_of(shown), next=following)


@router.get(f"{AT}/{{number}}/rules/{{code}}")
@demands(Action.CATALOGUE_READ)
def show_rule(number: Number, code: RuleCode, door: DispatchDoor, actor: Who) -> RuleView:
    """Show one rule of a version."""
    door.demand(actor, Action.CATALOGUE_READ, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        found = repository.find_rule(db, _known(db, number).catalogue_id, code)
    if found is None:
        raise Refused("unknown_rule", field="code")
    return RuleView.of(found.rule, found.position)


@router.get(f"{AT}/{{number}}/check")
@demands(Action.CATALOGUE_READ)
def check(number: Number, door: DispatchDoor, actor: Who) -> CheckView:
    """Check a version: what is wrong with its rules, and where its test cases go."""
    door.demand(actor, Action.CATALOGUE_READ, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        return CheckView.of(signing.check_catalogue(db, _known(db, number), door.now()))


@router.get(f"{AT}/{{number}}/changes")
@demands(Action.CATALOGUE_READ)
def changes(number: Number, door: DispatchDoor, actor: Who) -> list[ChangeView]:
    """Show how a version differs from the one it is based on."""
    door.demand(actor, Action.CATALOGUE_READ, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        catalogue = _known(db, number)
        base = catalogue.based_on
        before = [one.rule for one in repository.rules_in(db, base)] if base else []
        after = [one.rule for one in repository.rules_in(db, catalogue.catalogue_id)]
    return [ChangeView.of(one) for one in changes_between(before, after)]


@router.delete(f"{AT}/draft")
@demands(Action.CATALOGUE_WRITE)
def discard(door: DispatchDoor, actor: Who) -> CatalogueView:
    """Throw the draft away."""
    door.demand(actor, Action.CATALOGUE_WRITE, Resource(node=door.node.code))
    with door.unit.begin() as work:
        draft = drafting.discard_draft(work.db, Caller(actor, door.now()))
        return CatalogueView.of(draft, None)


@router.post(f"{AT}/draft/rules", status_code=201)
@demands(Action.CATALOGUE_WRITE)
def add_rule(
    body: RuleBody, door: DispatchDoor, actor: Who, key: IdempotencyKey = None
) -> DraftedView:
    """Add a rule to the draft; it gets the next free code."""
    door.demand(actor, Action.CATALOGUE_WRITE, Resource(node=door.node.code))
    caller = Caller(actor, door.now())
    once = Once(idempotency, door.keys, actor, key, caller.now)
    with door.unit.begin() as work:
        return once.run(
            work.db,
            body,
            DraftedView,
            lambda: DraftedView.of(drafting.enter_rule(work.db, body.entry(None), caller)),
        )


@router.put(f"{AT}/draft/rules/{{code}}")
@demands(Action.CATALOGUE_WRITE)
def put_rule(code: RuleCode, body: RuleBody, door: DispatchDoor, actor: Who) -> DraftedView:
    """Enter a rule of the draft under a code, or change it."""
    door.demand(actor, Action.CATALOGUE_WRITE, Resource(node=door.node.code))
    with door.unit.begin() as work:
        caller = Caller(actor, door.now())
        return DraftedView.of(drafting.enter_rule(work.db, body.entry(code), caller))


@router.delete(f"{AT}/draft/rules/{{code}}")
@demands(Action.CATALOGUE_WRITE)
def delete_rule(code: RuleCode, door: DispatchDoor, actor: Who) -> DraftedView:
    """Take a rule out of the draft."""
    door.demand(actor, Action.CATALOGUE_WRITE, Resource(node=door.node.code))
    with door.unit.begin() as work:
        return DraftedView.of(drafting.remove_rule(work.db, code, Caller(actor, door.now())))


@router.post(f"{AT}/draft/rules/{{code}}/move")
@demands(Action.CATALOGUE_WRITE)
def move_rule(code: RuleCode, body: MoveBody, door: DispatchDoor, actor: Who) -> DraftedView:
    """Put a rule of the draft at another position."""
    door.demand(actor, Action.CATALOGUE_WRITE, Resource(node=door.node.code))
    with door.unit.begin() as work:
        caller = Caller(actor, door.now())
        return DraftedView.of(drafting.move_rule(work.db, code, body.position, caller))


@router.post(f"{AT}/draft/tests", status_code=201)
@demands(Action.CATALOGUE_WRITE)
def add_test(
    body: TrialBody, door: DispatchDoor, actor: Who, key: IdempotencyKey = None
) -> DraftedView:
    """Add a test case to the draft: a matter, and the unit it must come to."""
    door.demand(actor, Action.CATALOGUE_WRITE, Resource(node=door.node.code))
    caller = Caller(actor, door.now())
    once = Once(idempotency, door.keys, actor, key, caller.now)
    with door.unit.begin() as work:
        return once.run(
            work.db,
            body,
            DraftedView,
            lambda: DraftedView.of(drafting.enter_trial(work.db, body.entry(), caller)),
        )


@router.delete(f"{AT}/draft/tests/{{test_id}}")
@demands(Action.CATALOGUE_WRITE)
def delete_test(test_id: UUID, door: DispatchDoor, actor: Who) -> DraftedView:
    """Take a test case out of the draft."""
    door.demand(actor, Action.CATALOGUE_WRITE, Resource(node=door.node.code))
    with door.unit.begin() as work:
        caller = Caller(actor, door.now())
        return DraftedView.of(drafting.remove_trial(work.db, test_id, caller))


@router.post(f"{AT}/draft/sign")
@demands(Action.CATALOGUE_SIGN)
def sign(body: SignCatalogueBody, door: DispatchDoor, actor: Who) -> CatalogueView:
    """Sign the draft; the second person's signature puts it in force."""
    door.demand(actor, Action.CATALOGUE_SIGN, Resource(node=door.node.code))
    with door.unit.begin() as work:
        caller = Caller(actor, door.now())
        signed = signing.sign_catalogue(work.db, body.signing(), caller)
        return CatalogueView.of(signed, repository.in_force(work.db, door.now()))


@router.post(f"{AT}/draft/simulations", status_code=201)
@demands(Action.CATALOGUE_WRITE)
def ask_simulation(
    body: PeriodBody, door: DispatchDoor, actor: Who, key: IdempotencyKey = None
) -> SimulationView:
    """Ask for a replay of the cases accepted in a period under the draft as it stands."""
    door.demand(actor, Action.CATALOGUE_WRITE, Resource(node=door.node.code))
    caller = Caller(actor, door.now())
    period = simulate.Period(body.since, body.until)
    once = Once(idempotency, door.keys, actor, key, caller.now)
    with door.unit.begin() as work:
        return once.run(
            work.db,
            body,
            SimulationView,
            lambda: SimulationView.of(simulate.ask_simulation(work.db, period, caller)),
        )


@router.get(f"{AT}/{{number}}/simulations")
@demands(Action.CATALOGUE_READ)
def list_simulations(number: Number, door: DispatchDoor, actor: Who) -> list[SimulationView]:
    """List the replays under a version, the newest first; examples are case numbers."""
    door.demand(actor, Action.CATALOGUE_READ, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        catalogue = _known(db, number)
        found = simulations.simulations_of(db, catalogue.catalogue_id, MOST_SIMULATIONS)
        return [SimulationView.of(simulations.shown_report(db, one, actor)) for one in found]


def _known(db: Connection, number: int) -> Catalogue:
    found = repository.find_catalogue(db, number)
    if found is None:
        raise Refused("unknown_catalogue", field="number")
    return found


def _number_of(cursor: str | None) -> int | None:
    key = cursor_after(cursor, 1)
    if key is None:
        return None
    if not key[0].isascii() or not key[0].isdigit() or len(key[0]) > 9:
        raise Refused("bad_cursor", field="cursor")
    return int(key[0])
