"""A notice of the working calendar: taken down, reviewed, signed by a second person, told below.

It counts from the signature on. The clocks that it moves are gone through after that in batches
(`recompute`); what starts meanwhile is counted by it already.
"""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import Connection

from services.sla.handlers.clocks import Promise
from services.sla.handlers.recompute import Turning, begin, differs_from
from services.sla.handlers.telling import known_as, telling, told_notice
from services.sla.handlers.trace import leave_trace
from services.sla.policy import OPEN, ZONE, Calendars, IssuedNotice, NoticeState, Scope
from services.sla.repository import calendar as calendars
from services.sla.repository import counted_by
from services.sla.repository import notices as repository
from services.sla.repository.notices import Hand, KeptNotice
from shared.clock import new_id
from shared.errors import Refused
from shared.events.link import NodeFactRelayed
from shared.events.sla import LocalNoticeSigned, NoticeSigned
from shared.outbox import say
from shared.security.actor import Actor, ActorKind
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.sealing import sm3

TELL_AGAIN = timedelta(days=1)
TELL_BATCH = 20
COUNT = "count"
LINK = "link"


def draft_notice(db: Connection, issued: IssuedNotice, source: str, caller: Caller) -> KeptNotice:
    """Take down a notice; it counts for nothing until a second person has signed it.

    The same one taken down again by the same person is the one that is there.
    """
    kept = KeptNotice(
        notice_id=new_id(),
        issued=issued,
        digest=digest_of(issued),
        source=source,
        from_node=None,
        state=NoticeState.DRAFTED,
        drafted=_hand(caller),
    )
    standing = repository.signed_in_place_of(db, issued)
    if standing and standing.digest == kept.digest:
        raise Refused("notice_known")
    if not repository.add_notice(db, kept):
        return _drafted_before(db, kept)
    leave_trace(db, caller, "notice.draft", kept)
    return kept


def review_notice(db: Connection, notice_id: UUID, digest: str, caller: Caller) -> None:
    """Put a notice up for signature, after looking at what it changes."""
    kept = _at(db, notice_id, {NoticeState.DRAFTED}, digest)
    reviewed = _hand(caller)
    repository.step_notice(db, notice_id, NoticeState.REVIEWED, reviewed=reviewed)
    leave_trace(db, caller, "notice.review", kept)


def sign_notice(
    db: Connection, notice_id: UUID, digest: str, promise: Promise, caller: Caller
) -> None:
    """Let a notice count from now on, in the place of what counted for its year.

    Of one that was taken down here somebody else than who drafted it decides.
    """
    calendars.hold_calendar(db)
    kept = _at(db, notice_id, {NoticeState.REVIEWED, NoticeState.ARRIVED}, digest)
    if kept.from_node is None and kept.drafted.by == caller.actor.id:
        raise Refused("notice_second_person")
    _count(db, kept, promise, caller)


def end_notice(
    db: Connection, notice_id: UUID, state: NoticeState, reason: str, caller: Caller
) -> None:
    """Reject a notice, or take back one's own; it stays visible and counts for nothing."""
    kept = _at(db, notice_id, OPEN)
    is_own = kept.drafted.by == caller.actor.id
    if state is NoticeState.WITHDRAWN and not is_own:
        raise Refused("notice_not_yours")
    ended, told = _hand(caller), mask_text(reason)
    repository.step_notice(db, notice_id, state, ended=ended, reason=told)
    action = "notice.withdraw" if state is NoticeState.WITHDRAWN else "notice.reject"
    leave_trace(db, caller, action, kept)


def hear_notice(
    db: Connection, event: NodeFactRelayed, promise: Promise, mode: str, caller: Caller
) -> None:
    """Take in a notice that a tier above has signed; what contradicts it here waits for people.

    A local one by which nobody of this node counts is kept as it is signed: it moves nothing here.
    """
    if event.fact.type not in (NoticeSigned.name, LocalNoticeSigned.name):
        return
    told = event.fact.open(known_as(event.fact.type))
    issued = told_notice(told)
    if issued is None or repository.is_known(db, digest_of(issued)):
        return
    kept = KeptNotice(
        notice_id=new_id(),
        issued=issued,
        digest=digest_of(issued),
        source=told.node,
        from_node=told.node,
        state=NoticeState.ARRIVED,
        drafted=Hand(told.node, "", event.fact.time),
    )
    calendars.hold_calendar(db)
    if not repository.add_notice(db, kept):
        return
    repository.replace_arrivals(db, kept, _hand(caller))
    leave_trace(db, caller, "notice.arrive", kept)
    standing = repository.signed_in_place_of(db, issued)
    waits = mode != COUNT and concerns(issued.scope, promise.home)
    if not waits and (standing is None or standing.from_node is not None):
        _count(db, kept, promise, caller)


def tell_notices(db: Connection, node: str, now: datetime) -> int:
    """Tell the tiers below again of the notices that this node signed; return how many.

    Each day, for one of them may be new, or was restored from a backup.
    """
    untold = repository.untold_notices(db, now.date(), now - TELL_AGAIN, TELL_BATCH)
    for kept in untold:
        _tell(db, kept, node, now)
    return len(untold)


def calendars_with(
    db: Connection, issued: IssuedNotice, promise: Promise
) -> tuple[Calendars, Calendars]:
    """Return by which calendars is counted now, and by which with this notice."""
    signed = [(each.issued, each.digest) for each in repository.signed_notices(db)]
    place = (issued.year, issued.scope)
    others = [each for each in signed if (each[0].year, each[0].scope) != place]
    known = (*others, (issued, digest_of(issued)))
    before, _book = counted_by(db, promise.shelf)
    return before, calendars.load_calendars(promise.shelf.hours, known)


def turning(db: Connection, issued: IssuedNotice, before: Calendars, after: Calendars) -> Turning:
    """Return from when on due dates may differ with a notice, and whose.

    A local one and the one that it replaces say nothing of an earlier day than their first.
    """
    if not issued.scope.is_local:
        return Turning(differs_from(before.national, after.national, [issued.year]))
    standing = repository.signed_in_place_of(db, issued)
    firsts = [issued.first_day, *([standing.issued.first_day] if standing else [])]
    return Turning(datetime.combine(min(firsts), time(), ZONE), issued.scope)


def concerns(scope: Scope, home: str) -> bool:
    """Tell whether anybody of a node counts by what is named for a scope."""
    if scope.unit:
        return scope.region == home
    return scope.covers(Scope(home)) or scope.region.startswith(home)


def digest_of(issued: IssuedNotice) -> str:
    """Return the SM3 of what is in a notice: equal notices have equal digests at every node."""
    return sm3(issued.text.encode())


def by_time(node: str, now: datetime) -> Caller:
    """Return who acts where a tier above has decided."""
    return Caller(Actor(kind=ActorKind.SYSTEM, node=node, id=LINK), now)


def _drafted_before(db: Connection, kept: KeptNotice) -> KeptNotice:
    known = repository.open_notice(db, kept.digest)
    is_mine = known is not None and known.drafted.by == kept.drafted.by
    if known is None or not is_mine or known.state is not NoticeState.DRAFTED:
        raise Refused("notice_known")
    return known


def _count(db: Connection, kept: KeptNotice, promise: Promise, caller: Caller) -> None:
    before, after = calendars_with(db, kept.issued, promise)
    turns = turning(db, kept.issued, before, after)
    standing = repository.signed_in_place_of(db, kept.issued)
    hand = _hand(caller)
    if standing is not None:
        repository.step_notice(db, standing.notice_id, NoticeState.REPLACED, ended=hand)
    repository.step_notice(db, kept.notice_id, NoticeState.SIGNED, signed=hand)
    digests = [each.digest for each in repository.signed_notices(db)]
    calendars.count_by(db, digests, caller.now)
    begin(db, kept.notice_id, turns, caller.now, promise.home)
    leave_trace(db, caller, "notice.sign", kept, standing.digest if standing else None)
    if kept.from_node is None:
        _tell(db, kept, caller.actor.node, caller.now)


def _tell(db: Connection, kept: KeptNotice, node: str, now: datetime) -> None:
    say(db, telling(kept.issued, kept.digest, node, now))
    repository.note_told(db, kept.notice_id, now)


def _at(
    db: Connection, notice_id: UUID, states: Collection[NoticeState], digest: str = ""
) -> KeptNotice:
    kept = repository.lock_notice(db, notice_id)
    if kept is None:
        raise Refused("unknown_notice")
    if kept.state not in states:
        raise Refused("notice_state")
    if digest and digest != kept.digest:
        raise Refused("notice_digest", field="digest")
    return kept


def _hand(caller: Caller) -> Hand:
    return Hand(caller.actor.id, caller.actor.name, caller.now)
