"""The rota over HTTP: who is on duty, and the changes of those who keep it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from sqlalchemy import Connection

from services.dispatch import handlers
from services.dispatch.api.rota_bodies import (
    AbsenceBody,
    DayBody,
    Login,
    OnDutyView,
    PersonBody,
    PlanBody,
    Planned,
    PostBody,
    RotaView,
    Saved,
)
from services.dispatch.api.rota_views import on_duty_today, rota_view
from services.dispatch.handlers import Caller, PersonListing, Plan, Watch
from services.dispatch.policy.rota import DutyKind, Span, may_be_listed
from services.dispatch.repository import rota as repository
from services.dispatch.repository.rota import Post, PostKey
from services.dispatch.tables import idempotency
from shared.errors import Refused
from shared.http import ApiRoute, Code, Day, Door, IdempotencyKey, Once, Who, door_of
from shared.http.demands import demands
from shared.http.staff import Staff, StaffAccount
from shared.security.actor import Actor
from shared.security.policy import Action, Resource
from shared.security.reach import Within, within

router = APIRouter(prefix="/rota", route_class=ApiRoute)

DispatchDoor = Annotated[Door, Depends(door_of("dispatch"))]
Unit = Annotated[Code, Path()]
LONGEST = timedelta(days=62)


@dataclass(frozen=True, slots=True)
class OfPost:
    """Which post an address names."""

    kind: Annotated[DutyKind, Path()]
    unit: Annotated[Code, Path()]

    @property
    def key(self) -> PostKey:
        """The same as the repository knows it."""
        return self.kind.value, self.unit


@dataclass(frozen=True, slots=True)
class OfPerson:
    """Whose entry an address names, and at which unit."""

    unit: Unit
    login: Annotated[Login, Path()]


ThisPost = Annotated[OfPost, Depends()]
ThisPerson = Annotated[OfPerson, Depends()]


@router.get("")
@demands(Action.ROTA_READ)
def read_rota(
    door: DispatchDoor,
    actor: Who,
    first: Annotated[Day, Query()],
    last: Annotated[Day, Query()],
) -> RotaView:
    """Return posts, people, days, absences and gaps; at most 62 days."""
    _may_read(door, actor)
    if not first <= last <= first + LONGEST:
        raise Refused("plan_too_long", field="last")
    with door.unit.transaction() as db:
        kept = within(actor, Action.ROTA_WRITE, door.node.code)
        return rota_view(db, first, last, door.now(), kept)


@router.get("/now")
@demands(Action.ROTA_READ)
def read_now(
    door: DispatchDoor,
    actor: Who,
    unit: Annotated[Code | None, Query()] = None,
    mine: Annotated[bool, Query()] = False,
) -> list[OnDutyView]:
    """Return who is on duty at each post now, or at its next opening today."""
    _may_read(door, actor)
    with door.unit.transaction() as db:
        found = on_duty_today(db, door.keys, door.now())
    chosen = [each for each in found if unit is None or each.unit_code == unit]
    return [each for each in chosen if not mine or each.login == actor.id]


@router.put("/units/{unit}/people/{login}")
@demands(Action.ROTA_WRITE)
def put_person(
    of: ThisPerson, body: PersonBody, door: DispatchDoor, actor: Who, staff: Staff
) -> Saved:
    """Enter or change a person of a unit who can be on duty; who comes from another leaves it.

    Whose account is of another unit is on duty there; somebody without an account may be entered.
    """
    unit, login = of.unit, of.login
    watch = _watch(door, actor, unit)
    _refuse_others(staff.account(login), unit, within(actor, Action.ROTA_WRITE, door.node.code))
    with door.unit.begin() as work:
        known = repository.people(work.db, [login]).get(login)
        if known is not None:
            _watch(door, actor, known.unit_code)
        listing = PersonListing(login=login, unit_code=unit, **body.model_dump())
        handlers.list_person(work.db, door.keys, listing, watch)
        work.speak()
    return Saved()


@router.put("/posts/{kind}/{unit}")
@demands(Action.ROTA_WRITE)
def put_post(of: ThisPost, body: PostBody, door: DispatchDoor, actor: Who) -> Saved:
    """Enter a post, or change when it is open."""
    watch = _watch(door, actor, of.unit)
    with door.unit.begin() as work:
        post = Post(kind=of.kind, unit_code=of.unit, **body.model_dump())
        handlers.list_post(work.db, post, watch)
        work.speak()
    return Saved()


@router.put("/posts/{kind}/{unit}/days/{day}")
@demands(Action.ROTA_WRITE)
def put_day(of: ThisPost, day: Day, body: DayBody, door: DispatchDoor, actor: Who) -> Saved:
    """Name who is on duty on one day, or nobody."""
    watch = _watch(door, actor, of.unit)
    crew = None if body.crew is None else body.crew.crew()
    with door.unit.begin() as work:
        handlers.set_day(work.db, of.key, day, crew, watch)
        work.speak()
    return Saved()


@router.post("/posts/{kind}/{unit}/plan")
@demands(Action.ROTA_WRITE)
def plan(of: ThisPost, body: PlanBody, door: DispatchDoor, actor: Who) -> Planned:
    """Plan the open days of some weeks by a pattern, in place of what was planned there."""
    watch = _watch(door, actor, of.unit)
    crews = tuple(each.crew() for each in body.crews)
    wanted = Plan(of.key, crews, body.turn, body.first, body.last)
    with door.unit.begin() as work:
        count = handlers.plan_shifts(work.db, wanted, watch)
        work.speak()
    return Planned(shifts=count)


@router.post("/units/{unit}/absences", status_code=201)
@demands(Action.ROTA_WRITE)
def mark_away(
    unit: Unit, body: AbsenceBody, door: DispatchDoor, actor: Who, key: IdempotencyKey = None
) -> Saved:
    """Record that a person of a unit is away: the substitute is on duty from that moment."""
    watch = _watch(door, actor, unit)
    once = Once(idempotency, door.keys, actor, key, watch.caller.now)
    with door.unit.begin() as work:
        _their_own(work.db, unit, body.login)
        saved = once.run(work.db, body, Saved, lambda: _marked(work.db, body, watch))
        work.speak()
    return saved


@router.post("/units/{unit}/absences/{absence_id}/end")
@demands(Action.ROTA_WRITE)
def mark_back(unit: Unit, absence_id: UUID, door: DispatchDoor, actor: Who) -> Saved:
    """Record that a person of a unit is back."""
    watch = _watch(door, actor, unit)
    with door.unit.begin() as work:
        away = repository.find_away(work.db, absence_id)
        if away is None or not _is_of(work.db, unit, away.login):
            raise Refused("unknown_absence", field="absence_id")
        handlers.mark_back(work.db, absence_id, watch)
        work.speak()
    return Saved(id=absence_id)


def _marked(db: Connection, body: AbsenceBody, watch: Watch) -> Saved:
    span = Span(body.begins, body.ends)
    return Saved(id=handlers.mark_away(db, body.login, span, body.ground, watch))


def _may_read(door: Door, actor: Actor) -> None:
    door.demand(actor, Action.ROTA_READ, Resource(node=door.node.code, unit=actor.unit))


def _watch(door: Door, actor: Actor, unit: str | None) -> Watch:
    door.demand(actor, Action.ROTA_WRITE, Resource(node=door.node.code, unit=unit))
    return Watch(Caller(actor, door.now()), door.settings.duty_gap_notice)


def _refuse_others(account: StaffAccount | None, unit: str, reach: Within) -> None:
    if account and not may_be_listed(account.unit, unit, keeps_all=reach.everything):
        raise Refused("account_of_other_unit", field="login")


def _their_own(db: Connection, unit: str, login: str) -> None:
    if not _is_of(db, unit, login):
        raise Refused("unknown_person_on_duty", field="login")


def _is_of(db: Connection, unit: str, login: str) -> bool:
    person = repository.people(db, [login]).get(login)
    return person is not None and person.unit_code == unit
