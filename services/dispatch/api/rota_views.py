"""The rota as it is shown: what the rows and the policy say, put together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from services.dispatch.api.rota_bodies import (
    AbsenceView,
    DutyDay,
    GapView,
    OnDutyView,
    PersonView,
    PostView,
    RotaView,
    SpanView,
)
from services.dispatch.policy.rota import (
    CHINA,
    Span,
    gaps,
    is_open,
    local_day,
    on_duty,
    open_days,
    span_of,
)
from services.dispatch.repository import rota as repository
from services.dispatch.repository.rota import Away, Person, Post, Rota
from services.dispatch.tables.rota import phone_label
from shared.security.policy import Resource
from shared.security.reach import Within
from shared.security.sealing import NodeKeys

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Known:
    rota: Rota
    people: Mapping[str, Person]
    names: Mapping[str, str]
    keys: NodeKeys
    now: datetime


def rota_view(db: Connection, first: date, last: date, now: datetime, kept: Within) -> RotaView:
    """Return the rota of the days from the first to the last; the reader keeps that of `kept`."""
    posts, people = repository.posts(db), repository.people(db)
    begins = datetime.combine(first, datetime.min.time(), CHINA)
    whole = Span(begins, begins + (last - first + DAY))
    rota = repository.rota_of(db, whole)
    names = repository.titles(db, [post.unit_code for post in posts])
    days = [_day(post, rota, day, now) for post in posts for day in _days(first, last)]
    return RotaView(
        people=[PersonView.model_validate(each, from_attributes=True) for each in people.values()],
        posts=[_post(post, names) for post in posts],
        days=days,
        absences=[
            _absence(each, people.get(each.login), kept)
            for each in repository.away_within(db, Span(now, max(whole.ends, now + DAY)))
        ],
        gaps=[_gap(each, names) for each in repository.open_gaps(db)],
    )


def _absence(away: Away, person: Person | None, kept: Within) -> AbsenceView:
    told = AbsenceView.model_validate(away, from_attributes=True)
    # Of within, only the unit counts: all of these are this node's.
    theirs = Resource(node="", unit=person.unit_code if person else None)
    return told if kept.has(theirs) else told.model_copy(update={"ground": None})


def on_duty_today(db: Connection, keys: NodeKeys, now: datetime) -> list[OnDutyView]:
    """Return who is on duty at each post that is open now or opens today."""
    posts, today = repository.posts(db), now.astimezone(CHINA).date()
    known = _Known(
        rota=repository.rota_of(db, Span(now - DAY, now + DAY)),
        people=repository.people(db),
        names=repository.titles(db, [post.unit_code for post in posts]),
        keys=keys,
        now=now,
    )
    spans = [
        (post, span_of(post.hours, day))
        for post in posts
        for day in open_days(post.hours, today, today)
    ]
    return [_on_duty(post, span, known) for post, span in spans if now < span.ends]


def _on_duty(post: Post, span: Span, known: _Known) -> OnDutyView:
    rota = known.rota
    there = on_duty(rota.of(post.key), rota.absences, max(known.now, span.begins))
    person = None if there is None else known.people.get(there.person)
    other = None if there is None else known.people.get(there.instead_of or "")
    return OnDutyView(
        kind=post.kind,
        unit_code=post.unit_code,
        unit_name=known.names.get(post.unit_code, post.unit_code),
        begins=span.begins,
        ends=span.ends,
        login=None if person is None else person.login,
        name=None if person is None else person.name,
        phone=_phone(person, known.keys),
        instead_of=None if other is None else other.name,
    )


def _phone(person: Person | None, keys: NodeKeys) -> str | None:
    if person is None or person.phone is None:
        return None
    return keys.open_bytes(person.phone, phone_label(person.login)).decode()


def _days(first: date, last: date) -> Iterator[date]:
    return (first + each * DAY for each in range((last - first).days + 1))


def _day(post: Post, rota: Rota, day: date, now: datetime) -> DutyDay:
    span, opened = span_of(post.hours, day), is_open(post.hours, day)
    shifts = rota.of(post.key)
    named = next((each.crew for each in shifts if _touch(each.span, span)), None)
    at = min(max(now, span.begins), span.ends - timedelta(minutes=1))
    there = on_duty(shifts, rota.absences, at)
    lacking = gaps(shifts, rota.absences, span) if opened else []
    return DutyDay(
        kind=post.kind,
        unit_code=post.unit_code,
        day=day,
        is_open=opened,
        person=None if named is None else named.person,
        substitutes=() if named is None else named.substitutes,
        there=None if there is None else there.person,
        gaps=[SpanView(begins=each.begins, ends=each.ends) for each in lacking],
        local=_local(post, day),
    )


def _local(post: Post, day: date) -> list[time] | None:
    if local_day(post.hours, day) is None:
        return None
    span = span_of(post.hours, day)
    return [span.begins.time(), span.ends.time()] if is_open(post.hours, day) else []


def _touch(one: Span, other: Span) -> bool:
    return one.begins < other.ends and other.begins < one.ends


def _post(post: Post, names: Mapping[str, str]) -> PostView:
    told = {name: getattr(post, name) for name in PostView.model_fields if name != "unit_name"}
    return PostView(**told, unit_name=names.get(post.unit_code, post.unit_code))


def _gap(gap: repository.Gap, names: Mapping[str, str]) -> GapView:
    told = {name: getattr(gap, name) for name in ("kind", "unit_code", "begins", "ends")}
    return GapView(**told, unit_name=names.get(gap.unit_code, gap.unit_code))
