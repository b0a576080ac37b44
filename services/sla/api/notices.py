"""The endpoints of notices: take one down, look at what it changes, sign it, follow what moves."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import Connection

from services.sla import handlers, policy
from services.sla.api.doors import SlaDoor
from services.sla.api.notice_bodies import (
    ChangeView,
    DigestBody,
    FileBody,
    FoundView,
    MoveView,
    NoticeBody,
    NoticesView,
    NoticeView,
    ProgressView,
    ReasonBody,
    ReportView,
    moves_of,
)
from services.sla.handlers import Forecast
from services.sla.policy import OPEN, IssuedNotice, NoticeState
from services.sla.repository import notices as repository
from services.sla.repository.limit_sets import set_by_id
from services.sla.repository.notices import KeptNotice
from services.sla.repository.recomputes import open_recompute, recompute_of, shown_cases
from shared.errors import Refused
from shared.http import ApiRoute, Door, Who
from shared.http.demands import demands
from shared.security.actor import Actor
from shared.security.caller import Caller
from shared.security.policy import Action, Resource, may

router = APIRouter(route_class=ApiRoute)

AT = "/calendar-notices"
BY_FORM, BY_FILE = "form", "file"


@router.get(AT)
@demands(Action.NOTICE_READ)
def list_notices(door: SlaDoor, actor: Who) -> NoticesView:
    """List all notices, also those that never counted, and how far clocks have been moved."""
    door.demand(actor, Action.NOTICE_READ, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        found = repository.all_notices(db)
        progress = _under_way(db)
    return NoticesView(items=[_view(each, found) for each in found], progress=progress)


@router.post(AT)
@demands(Action.NOTICE_DRAFT)
def draft(body: NoticeBody, door: SlaDoor, actor: Who) -> NoticeView:
    """Take down a notice day by day; it counts when a second person has signed it.

    Sent again it is the same notice, for its days and words name it.
    """
    door.demand(actor, Action.NOTICE_DRAFT, Resource(node=door.node.code))
    return _drafted(door, body.issued(), BY_FORM, actor)


@router.post(f"{AT}/file")
@demands(Action.NOTICE_DRAFT)
def import_file(body: FileBody, door: SlaDoor, actor: Who) -> NoticeView:
    """Take down the notice in a JSON, CSV or xlsx file."""
    door.demand(actor, Action.NOTICE_DRAFT, Resource(node=door.node.code))
    issued = handlers.read_notice(body.data, body.heading)
    return _drafted(door, issued, BY_FILE, actor)


@router.get(f"{AT}/{{notice_id}}")
@demands(Action.NOTICE_READ)
def show(notice_id: UUID, door: SlaDoor, actor: Who) -> NoticeView:
    """Show one notice."""
    door.demand(actor, Action.NOTICE_READ, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        return _view(_one(db, notice_id), repository.signed_notices(db))


@router.get(f"{AT}/{{notice_id}}/report")
@demands(Action.NOTICE_READ)
def report(notice_id: UUID, door: SlaDoor, actor: Who) -> ReportView:
    """Tell which days a notice changes, what looks wrong, and which due dates it would move."""
    here = Resource(node=door.node.code)
    door.demand(actor, Action.NOTICE_READ, here)
    promise = door.settings.promise
    with door.unit.transaction() as db:
        kept = _one(db, notice_id)
        before, after = handlers.calendars_with(db, kept.issued, promise)
        counted = handlers.under_notices(db, promise)
        turns = handlers.turning(db, kept.issued, before, after)
        told = handlers.forecast(db, counted, after, turns, door.now())
        cases = _cases(db, actor, told) if may(actor, Action.CASE_READ, here).allowed else None
    was, will = (each.of(kept.issued.scope) for each in (before, after))
    is_local = kept.issued.scope.is_local
    return ReportView(
        notice_id=notice_id,
        digest=kept.digest,
        calendar_before=was.version,
        calendar_after=will.version,
        was_provisional=not is_local and kept.issued.year not in was.published,
        changes=[ChangeView.of(each) for each in policy.changes(was, will, kept.issued)],
        findings=[FoundView.of(each) for each in policy.findings(kept.issued)],
        running=told.running,
        examined=told.examined,
        moves={kind: dict(counts) for kind, counts in told.moves.items()},
        stays=told.stays,
        cases=cases,
    )


@router.get(f"{AT}/{{notice_id}}/progress")
@demands(Action.NOTICE_READ)
def progress(notice_id: UUID, door: SlaDoor, actor: Who) -> ProgressView:
    """Tell how many clocks were gone through since a notice was signed, and how many moved."""
    door.demand(actor, Action.NOTICE_READ, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        _one(db, notice_id)
        told = ProgressView.of(recompute_of(db, notice_id))
    if told is None:
        raise Refused("notice_state")
    return told


@router.post(f"{AT}/{{notice_id}}/review")
@demands(Action.NOTICE_DRAFT, Action.NOTICE_SIGN)
def review(notice_id: UUID, body: DigestBody, door: SlaDoor, actor: Who) -> NoticeView:
    """Put a notice up for signature, after looking at its report."""
    _demand_either(door, actor)
    with door.unit.transaction() as db:
        handlers.review_notice(db, notice_id, body.digest, Caller(actor, door.now()))
        return _view(_one(db, notice_id), repository.signed_notices(db))


@router.post(f"{AT}/{{notice_id}}/sign")
@demands(Action.NOTICE_SIGN)
def sign(notice_id: UUID, body: DigestBody, door: SlaDoor, actor: Who) -> NoticeView:
    """Let a notice count that somebody else took down; the clocks it moves follow in batches."""
    door.demand(actor, Action.NOTICE_SIGN, Resource(node=door.node.code))
    caller = Caller(actor, door.now())
    with door.unit.transaction() as db:
        handlers.sign_notice(db, notice_id, body.digest, door.settings.promise, caller)
        return _view(_one(db, notice_id), ())


@router.post(f"{AT}/{{notice_id}}/reject")
@demands(Action.NOTICE_SIGN)
def reject(notice_id: UUID, body: ReasonBody, door: SlaDoor, actor: Who) -> NoticeView:
    """Reject a notice; it stays visible and counts for nothing."""
    door.demand(actor, Action.NOTICE_SIGN, Resource(node=door.node.code))
    return _ended(door, notice_id, NoticeState.REJECTED, body.reason, actor)


@router.post(f"{AT}/{{notice_id}}/withdraw")
@demands(Action.NOTICE_DRAFT)
def withdraw(notice_id: UUID, body: ReasonBody, door: SlaDoor, actor: Who) -> NoticeView:
    """Take back a notice that one took down oneself and nobody has signed."""
    door.demand(actor, Action.NOTICE_DRAFT, Resource(node=door.node.code))
    return _ended(door, notice_id, NoticeState.WITHDRAWN, body.reason, actor)


def _under_way(db: Connection) -> ProgressView | None:
    done = open_recompute(db)
    if done is None:
        return None
    kept = set_by_id(db, done.notice_id)
    return ProgressView.of(done, kept.number if kept else None)


def _demand_either(door: Door, actor: Actor) -> None:
    here = Resource(node=door.node.code)
    signs = may(actor, Action.NOTICE_SIGN, here).allowed
    door.demand(actor, Action.NOTICE_SIGN if signs else Action.NOTICE_DRAFT, here)


def _drafted(door: Door, issued: IssuedNotice, source: str, actor: Actor) -> NoticeView:
    issued = handlers.placed(issued, door.settings.promise.home)
    with door.unit.transaction() as db:
        kept = handlers.draft_notice(db, issued, source, Caller(actor, door.now()))
    return NoticeView.of(kept)


def _ended(
    door: Door, notice_id: UUID, state: NoticeState, reason: str, actor: Actor
) -> NoticeView:
    with door.unit.transaction() as db:
        handlers.end_notice(db, notice_id, state, reason, Caller(actor, door.now()))
        return _view(_one(db, notice_id), ())


def _one(db: Connection, notice_id: UUID) -> KeptNotice:
    kept = repository.notice_of(db, notice_id)
    if kept is None:
        raise Refused("unknown_notice")
    return kept


def _cases(db: Connection, actor: Actor, told: Forecast) -> list[MoveView]:
    listed = {each.clock.case_id for each in told.listed}
    return list(moves_of(told, shown_cases(db, actor, listed)))


def _view(kept: KeptNotice, known: Sequence[KeptNotice]) -> NoticeView:
    standing = [
        each.notice_id
        for each in known
        if each.state is NoticeState.SIGNED and each.from_node is None
        if (each.issued.year, each.issued.scope) == (kept.issued.year, kept.issued.scope)
    ]
    from_above = kept.from_node is not None and kept.state in OPEN
    return NoticeView.of(kept, standing[0] if from_above and standing else None)
