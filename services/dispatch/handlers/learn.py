"""Learn from orders as they end, and forget what must not be remembered.

Cases that are due stand in a table, written in the transaction in which an order ended. They are
learned in pieces; each is a transaction, so learning survives whatever ends the process.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.trace import Trace, leave_trace
from services.dispatch.policy.suggesting import (
    CASES,
    FEATURES,
    MOST_SHOWN,
    Ledger,
    Lesson,
    Track,
    rank,
    weight_at,
)
from services.dispatch.repository.catalogue import heirs_today
from services.dispatch.repository.lessons import (
    Taught,
    add_counts,
    add_tracks,
    counts_for,
    forget_due,
    learn_all_anew,
    lessons_of,
    lock_lessons,
    replace_lessons,
    take_due,
    taught_by,
)
from shared.security.caller import Caller
from shared.security.policy import Action

AT_ONCE = 100
"""Cases in one piece."""


def learn_some(db: Connection) -> bool:
    """Learn one piece of the cases that are due; tell whether there was anything to do."""
    lock_lessons(db)
    due = take_due(db, AT_ONCE)
    if not due:
        return False
    before, taught = lessons_of(db, due), taught_by(db, due)
    ledger = Ledger(counts_for(db, _features(before, taught)))
    heirs, tracks = heirs_today(db), dict[int, Track]()
    for lesson in (each for told in before.values() for each in told):
        ledger.learn(lesson, -1)
    for case in taught:
        if case.case_id not in before:
            _try(case, ledger, heirs, tracks)
        for lesson in case.lessons:
            ledger.learn(lesson)
    replace_lessons(db, due, {case.case_id: case.lessons for case in taught})
    add_counts(db, ledger.changed)
    add_tracks(db, tracks)
    return True


def forget_case(db: Connection, case_id: UUID) -> None:
    """Take away what a case has taught, as if it had never been."""
    lock_lessons(db)
    ledger = Ledger()
    for lesson in lessons_of(db, [case_id]).get(case_id, ()):
        ledger.learn(lesson, -1)
    add_counts(db, ledger.changed)
    replace_lessons(db, [case_id], {})
    forget_due(db, case_id)


def learn_anew(db: Connection, caller: Caller) -> int:
    """Forget everything and have all ended orders learned; return how many cases are due."""
    lock_lessons(db)
    due = learn_all_anew(db)
    leave_trace(db, caller, Trace(Action.CATALOGUE_WRITE, "lessons", "all", {"due": due}))
    return due


def _try(
    case: Taught, ledger: Ledger, heirs: Mapping[str, str | None], tracks: dict[int, Track]
) -> None:
    """Ask before learning: what would have been suggested, and whether that is who finished it."""
    finished = [each for each in case.lessons if each.finished]
    if not finished:
        return
    last = finished[-1]
    right, weight = heirs.get(last.unit), weight_at(last.at)
    for one in rank(last.features, ledger.counts, last.at, heirs)[:MOST_SHOWN]:
        known = tracks.get(one.odds, Track())
        hit = weight if one.unit == right else 0.0
        tracks[one.odds] = Track(known.right + hit, known.asked + weight)


def _features(before: Mapping[UUID, Sequence[Lesson]], taught: Sequence[Taught]) -> set[str]:
    told = [lesson for each in before.values() for lesson in each]
    told += [lesson for case in taught for lesson in case.lessons]
    return {CASES, FEATURES}.union(*(lesson.features for lesson in told))
