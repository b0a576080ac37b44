"""The endpoints of the limits: versions, the draft, its check, its replays, its signatures."""

from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy import Connection

from services.sla.api.doors import SlaDoor
from services.sla.api.ladder_bodies import BuiltInView
from services.sla.api.limit_bodies import (
    MovesBody,
    MovesView,
    OpenSetBody,
    PastBody,
    ReplayView,
    RowBody,
    RowCode,
    RowsBody,
    SetCheckView,
    SetLine,
    SetView,
    ShippedView,
    SignSetBody,
)
from services.sla.api.notice_bodies import moves_of
from services.sla.handlers import forecast_limits, limit_replays, limit_sets, under_notices
from services.sla.policy.limit_checks import row_changes
from services.sla.policy.shipped import SHIPPED
from services.sla.repository import limit_replays as replays
from services.sla.repository import limit_sets as repository
from services.sla.repository.limit_sets import KeptSet
from services.sla.repository.recomputes import shown_cases
from shared.errors import Refused
from shared.http import ApiRoute, Cursor, Page, Who, cursor_after
from shared.http.demands import demands
from shared.http.paging import MOST_PER_PAGE, cursor_for
from shared.security.caller import Caller
from shared.security.policy import Action, Resource, may

router = APIRouter(route_class=ApiRoute)

AT = "/limit-sets"
MOST_REPLAYS = 20
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
ByCode = Annotated[RowCode, Path()]


@router.get(AT)
@demands(Action.LIMITS_READ)
def list_sets(door: SlaDoor, actor: Who, cursor: Cursor = None) -> Page[SetLine]:
    """List the versions of the limits, the newest first."""
    door.demand(actor, Action.LIMITS_READ, Resource(node=door.node.code))
    before = _number_of(cursor)
    with door.unit.transaction() as db:
        found = repository.sets_before(db, before, MOST_PER_PAGE + 1)
        live = repository.in_force(db, door.now())
    shown = found[:MOST_PER_PAGE]
    following = cursor_for(shown[-1].number) if len(found) > MOST_PER_PAGE else None
    return Page(items=[SetLine.of(one, live) for one in shown], next=following)


@router.post(AT)
@demands(Action.LIMITS_WRITE)
def begin_set(body: OpenSetBody, door: SlaDoor, actor: Who) -> SetView:
    """Open a draft with a set that comes with the program, else with what was signed last.

    `built_in` begins with what the settings of the node say. Sent again before anything was
    changed it is the same draft.
    """
    door.demand(actor, Action.LIMITS_WRITE, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        caller, limits = Caller(actor, door.now()), door.settings.promise.limits
        return SetView.of(limit_sets.begin_set(db, body.beginning, limits, caller), None)


@router.get(f"{AT}/shipped")
@demands(Action.LIMITS_READ)
def shipped_sets(door: SlaDoor, actor: Who) -> list[ShippedView]:
    """List the sets that come with the program."""
    door.demand(actor, Action.LIMITS_READ, Resource(node=door.node.code))
    return [ShippedView.of(one) for one in SHIPPED.values()]


@router.get(f"{AT}/built-in")
@demands(Action.LIMITS_READ)
def built_in_set(door: SlaDoor, actor: Who) -> BuiltInView:
    """Show what holds where no signed version says anything: the settings, as rows."""
    door.demand(actor, Action.LIMITS_READ, Resource(node=door.node.code))
    return BuiltInView.of(door.settings.promise.limits)


@router.get(f"{AT}/{{number}}")
@demands(Action.LIMITS_READ)
def show_set(number: Number, door: SlaDoor, actor: Who) -> SetView:
    """Show one version with its rows."""
    door.demand(actor, Action.LIMITS_READ, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        return SetView.of(known_set(db, number), repository.in_force(db, door.now()))


@router.get(f"{AT}/{{number}}/check")
@demands(Action.LIMITS_READ)
def check_set(number: Number, door: SlaDoor, actor: Who) -> SetCheckView:
    """Say what is wrong with a version, and how it differs from the one it is based on."""
    door.demand(actor, Action.LIMITS_READ, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        kept = known_set(db, number)
        base = repository.set_by_id(db, kept.based_on) if kept.based_on else None
    found = limit_sets.check_draft(kept, door.now())
    return SetCheckView.of(found, row_changes(base.rows if base else (), kept.rows))


@router.get(f"{AT}/{{number}}/moves")
@demands(Action.LIMITS_READ)
def show_moves(number: Number, door: SlaDoor, actor: Who) -> MovesView:
    """Tell which limits of open cases would move to a version; nothing is changed."""
    here = Resource(node=door.node.code)
    door.demand(actor, Action.LIMITS_READ, here)
    with_cases = may(actor, Action.CASE_READ, here).allowed
    with door.unit.transaction() as db:
        counted = under_notices(db, door.settings.promise)
        tried = repository.tried_set(known_set(db, number))
        told = forecast_limits(db, counted, tried, door.now())
        shown = shown_cases(db, actor, {each.clock.case_id for each in told.listed})
    return MovesView(
        running=told.running,
        examined=told.examined,
        moves={kind: dict(counts) for kind, counts in told.moves.items()},
        stays=told.stays,
        cases=list(moves_of(told, shown)) if with_cases else None,
    )


@router.get(f"{AT}/{{number}}/replays")
@demands(Action.LIMITS_READ)
def list_replays(number: Number, door: SlaDoor, actor: Who) -> list[ReplayView]:
    """List the replays under a version, the newest first."""
    here = Resource(node=door.node.code)
    door.demand(actor, Action.LIMITS_READ, here)
    with_cases = may(actor, Action.CASE_READ, here).allowed
    with door.unit.transaction() as db:
        found = replays.replays_of(db, known_set(db, number).set_id, MOST_REPLAYS)
        shown = [replays.shown_examples(db, one, actor) for one in found]
    return [ReplayView.of(one, with_cases=with_cases) for one in shown]


@router.delete(f"{AT}/draft")
@demands(Action.LIMITS_WRITE)
def discard_set(door: SlaDoor, actor: Who) -> SetLine:
    """Throw the draft away."""
    door.demand(actor, Action.LIMITS_WRITE, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        return SetLine.of(limit_sets.discard_set(db, Caller(actor, door.now())), None)


@router.put(f"{AT}/draft/rows")
@demands(Action.LIMITS_WRITE)
def put_rows(body: RowsBody, door: SlaDoor, actor: Who) -> SetView:
    """Put other rows in the place of all rows of the draft, as from a file."""
    door.demand(actor, Action.LIMITS_WRITE, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        caller = Caller(actor, door.now())
        return SetView.of(limit_sets.replace_rows(db, body.coded, caller), None)


@router.put(f"{AT}/draft/rows/{{code}}")
@demands(Action.LIMITS_WRITE)
def put_row(code: ByCode, body: RowBody, door: SlaDoor, actor: Who) -> SetView:
    """Enter a row of the draft under a code, or change it."""
    door.demand(actor, Action.LIMITS_WRITE, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        caller = Caller(actor, door.now())
        return SetView.of(limit_sets.enter_row(db, body.row(code), caller), None)


@router.delete(f"{AT}/draft/rows/{{code}}")
@demands(Action.LIMITS_WRITE)
def delete_row(code: ByCode, door: SlaDoor, actor: Who) -> SetView:
    """Take a row out of the draft."""
    door.demand(actor, Action.LIMITS_WRITE, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        return SetView.of(limit_sets.remove_row(db, code, Caller(actor, door.now())), None)


@router.put(f"{AT}/draft/moves")
@demands(Action.LIMITS_WRITE)
def put_moves(body: MovesBody, door: SlaDoor, actor: Who) -> SetView:
    """Say whether open cases move to the draft once it is in force, or keep what they have."""
    door.demand(actor, Action.LIMITS_WRITE, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        caller = Caller(actor, door.now())
        return SetView.of(limit_sets.say_moving(db, caller, moves=body.moves), None)


@router.post(f"{AT}/draft/replays")
@demands(Action.LIMITS_WRITE)
def ask_replay(body: PastBody, door: SlaDoor, actor: Who) -> ReplayView:
    """Ask for a replay of the clocks of a period under the draft as it stands.

    Sent again before it is done it is the same replay.
    """
    door.demand(actor, Action.LIMITS_WRITE, Resource(node=door.node.code))
    past = limit_replays.Past(body.since, body.until)
    with door.unit.transaction() as db:
        asked = limit_replays.ask_replay(db, past, Caller(actor, door.now()))
        return ReplayView.of(asked, with_cases=False)


@router.post(f"{AT}/draft/sign")
@demands(Action.LIMITS_SIGN)
def sign_set(body: SignSetBody, door: SlaDoor, actor: Who) -> SetView:
    """Sign the draft; the second person's signature puts it in force."""
    door.demand(actor, Action.LIMITS_SIGN, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        signed = limit_sets.sign_set(db, body.signing, Caller(actor, door.now()))
        return SetView.of(signed, repository.in_force(db, door.now()))


def known_set(db: Connection, number: int) -> KeptSet:
    """Return a version; Refused if there is none of this number."""
    found = repository.find_set(db, number)
    if found is None:
        raise Refused("unknown_limit_set", field="number")
    return found


def _number_of(cursor: str | None) -> int | None:
    key = cursor_after(cursor, 1)
    if key is None:
        return None
    if not key[0].isascii() or not key[0].isdigit() or len(key[0]) > 9:
        raise Refused("bad_cursor", field="cursor")
    return int(key[0])
