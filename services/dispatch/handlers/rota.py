"""Keep the rota: people, posts, shifts and absences; each change looks for gaps at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.duty_gaps import Watch, look_for_gaps
from services.dispatch.handlers.trace import Trace, leave_trace
from services.dispatch.policy.rota import (
    Crew,
    DutyKind,
    Shift,
    Span,
    Turn,
    shifts_by_pattern,
    span_of,
)
from services.dispatch.repository import rota as repository
from services.dispatch.repository.catalogue import find_unit
from services.dispatch.repository.rota import Away, Person, Post, PostKey
from services.dispatch.tables.rota import phone_label
from shared.clock import new_id
from shared.errors import Refused
from shared.security.actor import Actor
from shared.security.masking import mask_text
from shared.security.policy import Action, Resource
from shared.security.reach import within
from shared.security.sealing import NodeKeys

LONGEST_PLAN = timedelta(days=62)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonListing:
    """A person on duty as somebody enters them; without a telephone the known one stays."""

    login: str
    name: str
    unit_code: str
    duties: tuple[DutyKind, ...]
    phone: str | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """A pattern for the open days from the first to the last; what was planned there is gone."""

    post: PostKey
    crews: tuple[Crew, ...]
    turn: Turn
    first: date
    last: date


def list_person(db: Connection, keys: NodeKeys, listing: PersonListing, watch: Watch) -> None:
    """Enter a person with their telephone sealed."""
    if find_unit(db, listing.unit_code) is None:
        raise Refused("unknown_unit", field="unit")
    known = repository.people(db, [listing.login]).get(listing.login)
    phone = known.phone if known is not None else None
    if listing.phone is not None:
        phone = keys.seal_bytes(listing.phone.encode(), phone_label(listing.login))
    told = {"name": listing.name, "unit_code": listing.unit_code, "active": listing.active}
    duties = [str(each) for each in listing.duties]
    repository.put_person(db, Person(login=listing.login, phone=phone, duties=duties, **told))  # type: ignore[arg-type]
    _trace(db, watch, "duty_person", listing.login, told | {"duties": duties})


def list_post(db: Connection, post: Post, watch: Watch) -> None:
    """Enter a post with its hours, or change them."""
    if find_unit(db, post.unit_code) is None:
        raise Refused("unknown_unit", field="unit")
    if post.closes <= post.opens:
        raise Refused("post_closes_before_it_opens", field="closes")
    repository.put_post(db, replace(post, weekdays=sorted(set(post.weekdays))))
    _trace(db, watch, "duty_post", "/".join(post.key), {"hours": repr(post.hours)})


def plan_shifts(db: Connection, plan: Plan, watch: Watch) -> int:
    """Write shifts by a pattern; return how many."""
    if not plan.first <= plan.last <= plan.first + LONGEST_PLAN:
        raise Refused("plan_too_long", field="last")
    post = _known_post(db, plan.post)
    _check_crews(db, plan.post, plan.crews, watch)
    made = shifts_by_pattern(post.hours, plan.crews, plan.turn, plan.first, plan.last)
    whole = Span(span_of(post.hours, plan.first).begins, span_of(post.hours, plan.last).ends)
    repository.replace_shifts(db, plan.post, [whole], [(new_id(), each) for each in made])
    told = {"first": plan.first, "last": plan.last, "shifts": _told(made)}
    _trace(db, watch, "duty_plan", "/".join(plan.post), told)
    return len(made)


def set_day(db: Connection, key: PostKey, day: date, crew: Crew | None, watch: Watch) -> None:
    """Put a crew on duty on one day, for the hours of the post; None takes who is there away."""
    post = _known_post(db, key)
    crews = () if crew is None else (crew,)
    _check_crews(db, key, crews, watch)
    span = span_of(post.hours, day)
    made = [Shift(span, each) for each in crews]
    repository.replace_shifts(db, key, [span], [(new_id(), each) for each in made])
    _trace(db, watch, "duty_day", f"{'/'.join(key)}/{day}", {"shifts": _told(made)})


def mark_away(db: Connection, login: str, span: Span, ground: str, watch: Watch) -> UUID:
    """Record that a person is away: their substitute is on duty from that moment."""
    if span.ends <= span.begins:
        raise Refused("absence_ends_before_it_begins", field="ends")
    absence_id = new_id()
    told = {"login": login, "begins": span.begins, "ends": span.ends, "ground": mask_text(ground)}
    repository.add_away(db, Away(absence_id=absence_id, **told))  # type: ignore[arg-type]
    _trace(db, watch, "absence", str(absence_id), dict(told))
    return absence_id


def mark_back(db: Connection, absence_id: UUID, watch: Watch) -> None:
    """Let an absence end now."""
    repository.end_away(db, absence_id, watch.caller.now)
    _trace(db, watch, "absence", str(absence_id), {"ends": watch.caller.now})


def _known_post(db: Connection, key: PostKey) -> Post:
    post = repository.lock_post(db, key)
    if post is None:
        raise Refused("unknown_post", field="kind")
    return post


def _check_crews(db: Connection, key: PostKey, crews: Sequence[Crew], watch: Watch) -> None:
    actor = watch.caller.actor
    reach = within(actor, Action.ROTA_WRITE, actor.node)
    known = repository.people(db, {login for crew in crews for login in crew.everybody})
    for crew in crews:
        for nth, login in enumerate(crew.everybody):
            person = known.get(login)
            field = "substitutes" if nth else "person"
            # Who keeps the rota of one unit puts only its people on duty.
            if person is None or not person.active or not reach.has(_of(person, actor)):
                raise Refused("unknown_person_on_duty", field=field)
            if key[0] not in person.duties:
                raise Refused("not_their_duty", field=field)
        if len(set(crew.everybody)) < len(crew.everybody):
            raise Refused("substitute_twice", field="substitutes")


def _of(person: Person, actor: Actor) -> Resource:
    return Resource(node=actor.node, unit=person.unit_code)


def _told(made: Sequence[Shift]) -> list[tuple[datetime, tuple[str, ...]]]:
    return [(each.span.begins, each.crew.everybody) for each in made]


def _trace(db: Connection, watch: Watch, kind: str, about: str, told: dict[str, object]) -> None:
    leave_trace(db, watch.caller, Trace(Action.ROTA_WRITE, kind, about, told))
    look_for_gaps(db, watch.caller.now, watch.notice)
