"""Find out in time that nobody will be on duty, say so, and say when it is over (N24)."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.dispatch.handlers.duty_told import tell_who_is_on_duty
from services.dispatch.policy.rota import CHINA, Span, gaps, open_days, span_of
from services.dispatch.repository import rota as repository
from services.dispatch.repository.rota import Gap, PostKey
from shared.clock import new_id
from shared.events.dispatch import DutyGapEnded, DutyGapFound
from shared.outbox import say
from shared.security.caller import Caller


@dataclass(frozen=True, slots=True)
class Watch:
    """Who changes the rota, and how long before a door opens a gap is told."""

    caller: Caller
    notice: timedelta


def look_for_gaps(db: Connection, now: datetime, notice: timedelta) -> None:
    """Compare known gaps with those until the end of the notice; say who is on duty by now."""
    repository.lock_gaps(db)
    there = set(_gaps_ahead(db, now, notice))
    known = {gap.key: gap for gap in repository.open_gaps(db)}
    for key, gap in known.items():
        if key not in there:
            _end(db, gap, now)
    fresh = sorted(there - known.keys(), key=lambda each: (each[1].begins, each[0]))
    titles = repository.titles(db, [unit for (_kind, unit), _span in fresh]) if fresh else {}
    for (kind, unit), span in fresh:
        gap = Gap(gap_id=new_id(), kind=kind, unit_code=unit, begins=span.begins, ends=span.ends)
        repository.add_gap(db, gap, now)
        say(db, DutyGapFound(**asdict(gap), unit_name=titles.get(unit, unit), occurred_at=now))
    tell_who_is_on_duty(db, now)


def _gaps_ahead(
    db: Connection, now: datetime, notice: timedelta
) -> Iterator[tuple[PostKey, Span]]:
    horizon = now + notice
    first, last = now.astimezone(CHINA).date(), horizon.astimezone(CHINA).date()
    watched = repository.posts(db)
    whole = Span(now - timedelta(days=1), horizon + timedelta(days=1))
    rota = repository.rota_of(db, whole)
    for post in watched:
        for day in open_days(post.hours, first, last):
            hours = span_of(post.hours, day)
            if hours.begins > horizon:
                continue
            for gap in gaps(rota.of(post.key), rota.absences, hours):
                if gap.ends > now:
                    yield post.key, gap


def _end(db: Connection, gap: Gap, now: datetime) -> None:
    filled = now < gap.ends
    repository.end_gap(db, gap.gap_id, now, filled=filled)
    say(db, DutyGapEnded(gap_id=gap.gap_id, filled=filled, occurred_at=now))
