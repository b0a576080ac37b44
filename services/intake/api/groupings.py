"""Groups of cases over HTTP: put a case under a lead, take it out, look at who is together."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from services.intake import handlers
from services.intake.api.answers import WrittenAnswer
from services.intake.api.bodies import Body
from services.intake.api.cases import IntakeDoor, Number, looked_up
from services.intake.handlers import Caller, GroupAsking, Look
from services.intake.handlers.look import look_up
from services.intake.policy.grouping import Kind
from services.intake.repository.cases import case_of
from services.intake.repository.groupings import Grouping, grouping_of, led_by
from shared.errors import Refused
from shared.http import ApiRoute, Door, ShortText, Who
from shared.http.demands import demands
from shared.security.actor import Actor
from shared.security.policy import Action, may
from shared.unit import Work

router = APIRouter(route_class=ApiRoute)


class GroupBody(Body):
    """Under which case it goes, and how one knows that they are one matter."""

    lead: ShortText
    """The number of the lead."""
    kind: Kind
    because: ShortText


class UngroupBody(Body):
    """Why it stands for itself again."""

    because: ShortText


class GroupedView(BaseModel):
    """A case of a group; its words only for who may read it, or has the lead it is joined to."""

    number: str
    kind: Kind
    grouped_at: datetime
    because_masked: str
    title_masked: str | None
    text_masked: str | None


class GroupView(BaseModel):
    """What stands together with a case: the lead it is under, or the cases that it leads."""

    number: str
    under: GroupedView | None
    cases: list[GroupedView]


@router.get("/cases/{number}/group")
@demands(Action.ORDER_READ)
def read_group(number: Number, door: IntakeDoor, actor: Who) -> GroupView:
    """Show what stands together with a case."""
    with door.unit.begin() as work:
        look = looked_up(work, door, actor, number, Action.ORDER_READ)
        under = grouping_of(work.db, look.case.case_id)
        return GroupView(
            number=look.case.number,
            under=None if under is None else _lead(work, actor, under),
            cases=[_member(work, actor, each) for each in led_by(work.db, look.case.case_id)],
        )


@router.post("/cases/{number}/group")
@demands(Action.CASE_GROUP)
def group_case(number: Number, body: GroupBody, door: IntakeDoor, actor: Who) -> WrittenAnswer:
    """Put a case under the lead of another one."""
    asking = GroupAsking(body.kind, body.because)
    with door.unit.begin() as work:
        numbers = (number, body.lead)
        case, lead = locked_pair(work, door, actor, numbers, Action.CASE_GROUP)
        handlers.group_case(work.db, case, lead, asking, Caller(actor, door.now()))
        return _written(work, case)


@router.post("/cases/{number}/ungroup")
@demands(Action.CASE_GROUP)
def ungroup_case(number: Number, body: UngroupBody, door: IntakeDoor, actor: Who) -> WrittenAnswer:
    """Let a case stand for itself again."""
    with door.unit.begin() as work:
        look = looked_up(work, door, actor, number, Action.CASE_GROUP)
        under = grouping_of(work.db, look.case.case_id)
        if under is None:
            raise Refused("not_grouped")
        handlers.lock_both(work.db, under.case_id, under.lead_id)
        handlers.ungroup_case(work.db, look, body.because, Caller(actor, door.now()))
        return _written(work, look)


def _written(work: Work, look: Look) -> WrittenAnswer:
    work.speak()
    case_id = look.case.case_id
    return WrittenAnswer(case_id=case_id, version=work.versions[case_id])


def locked_pair(
    work: Work, door: Door, actor: Actor, numbers: tuple[str, str], action: Action
) -> list[Look]:
    """Lock two cases to which somebody may do this, and return them as they stand then."""
    seen = [looked_up(work, door, actor, each, action) for each in numbers]
    handlers.lock_both(work.db, seen[0].case.case_id, seen[1].case.case_id)
    # Again: only now do they stand still.
    return [looked_up(work, door, actor, each, action) for each in numbers]


def _lead(work: Work, actor: Actor, under: Grouping) -> GroupedView:
    lead = _look(work, under.lead_id)
    return _view(under, lead, shown=_may_read(actor, lead))


def _member(work: Work, actor: Actor, grouping: Grouping) -> GroupedView:
    # What is joined to a case belongs to it: its unit answers both.
    other, joined = _look(work, grouping.case_id), grouping.kind == Kind.JOINED
    return _view(grouping, other, shown=joined or _may_read(actor, other))


def _may_read(actor: Actor, look: Look) -> bool:
    return may(actor, Action.ORDER_READ, look.resource_at(actor.node)).allowed


def _view(grouping: Grouping, other: Look, *, shown: bool) -> GroupedView:
    return GroupedView(
        number=other.case.number,
        kind=Kind(grouping.kind),
        grouped_at=grouping.grouped_at,
        because_masked=grouping.because_masked,
        title_masked=other.case.title_masked if shown else None,
        text_masked=other.case.text_masked if shown else None,
    )


def _look(work: Work, case_id: UUID) -> Look:
    case = case_of(work.db, case_id)
    look = None if case is None else look_up(work.db, case.number)
    assert look is not None, "who is in a group is here"  # noqa: S101
    return look
