"""Say of each unit who is on duty now, as often as that changes, so that they are told."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.dispatch.policy.rota import Span, crew_there
from services.dispatch.repository import duty_told as repository
from services.dispatch.repository import rota
from services.dispatch.repository.duty_told import Crews
from shared.events.dispatch import DutyChanged
from shared.outbox import say

DAY = timedelta(days=1)


def tell_who_is_on_duty(db: Connection, now: datetime) -> None:
    """Say whose crews are others than was said last."""
    there, told = _crews_now(db, now), repository.told(db)
    changed = {unit: there.get(unit, ()) for unit in {*there, *told}}
    news = {unit: crews for unit, crews in changed.items() if told.get(unit, ()) != crews}
    ids = repository.unit_ids(db, news) if news else {}
    for unit, crews in sorted(news.items()):
        repository.keep(db, unit, crews)
        told_of = {"unit_id": ids[unit], "unit_code": unit, "crews": crews}
        say(db, DutyChanged(**told_of, occurred_at=now))


def _crews_now(db: Connection, now: datetime) -> Mapping[str, Crews]:
    watched = rota.posts(db)
    known = rota.rota_of(db, Span(now - DAY, now + DAY)) if watched else None
    found: dict[str, Crews] = {}
    for post in watched if known else ():
        crew = crew_there(known.of(post.key), known.absences, now) if known else ()
        if crew:
            found[post.unit_code] = (*found.get(post.unit_code, ()), crew)
    return found
