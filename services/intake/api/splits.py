"""Reports that tell of several matters over HTTP: look, preview, take apart, take a part back."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.intake import handlers
from services.intake.api.answers import WrittenAnswer
from services.intake.api.bodies import Body, Region
from services.intake.api.cases import IntakeDoor, Number, looked_up
from services.intake.api.groupings import locked_pair
from services.intake.handlers import Caller, Look, Matter, SeenMatter
from services.intake.policy.grouping import Kind
from services.intake.policy.progress import Status
from services.intake.policy.splitting import MOST_MATTERS, Objection
from services.intake.repository.cases import Case, case_of
from services.intake.repository.groupings import led_by
from services.intake.repository.splits import split_of
from services.intake.tables import idempotency
from shared.errors import Refused
from shared.http import ApiRoute, Door, IdempotencyKey, LongText, Once, ShortText, Who
from shared.http.demands import demands
from shared.security.actor import Actor
from shared.security.policy import Action, Resource, may
from shared.unit import Work

router = APIRouter(route_class=ApiRoute)


class MatterBody(Body):
    """One further matter, in words of whoever takes the report apart."""

    title: ShortText
    text: LongText
    region: Region | None = None
    """Where it was; the place of the report if none is named."""
    item: ShortText | None = None

    def matter(self) -> Matter:
        """Return it as the handlers take it."""
        return Matter(**self.model_dump())


class SplitBody(Body):
    """The further matters of a report; the first one stays in the report."""

    matters: list[MatterBody] = Field(min_length=1, max_length=MOST_MATTERS - 1)

    def told(self) -> list[Matter]:
        """Return them as the handlers take them."""
        return [each.matter() for each in self.matters]


class BackBody(Body):
    """Why a part is no matter of its own."""

    because: ShortText


class PartView(BaseModel):
    """A case of a report; its words only for who may read it."""

    number: str
    status: Status
    due_at: datetime | None
    split_at: datetime | None
    """None for the report itself."""
    joined: bool
    """It is dealt with in the report again."""
    title_masked: str | None


class SplitView(BaseModel):
    """What came of one report, and whether more can be split off the case that is asked for."""

    number: str
    region: str
    title_masked: str
    text_masked: str
    report: PartView | None
    """None for whoever may not see it."""
    parts: list[PartView]
    objection: Objection | None
    more: int
    """So many further matters it may have."""


class SeenView(BaseModel):
    """A matter as it would be entered, masked."""

    title_masked: str
    text_masked: str
    item_code: str | None
    item_name: str | None
    accepted: bool
    """Otherwise an officer decides about its scope."""
    hint: str | None


class PreviewAnswer(BaseModel):
    """The matters in their order."""

    matters: list[SeenView]


class SplitAnswer(WrittenAnswer):
    """The report and what was made of it."""

    numbers: list[str]


@router.get("/cases/{number}/split")
@demands(Action.ORDER_READ)
def read_split(number: Number, door: IntakeDoor, actor: Who) -> SplitView:
    """Show what came of the report that a case belongs to."""
    with door.unit.begin() as work:
        look = looked_up(work, door, actor, number, Action.ORDER_READ)
        return _view(work, door, actor, look)


@router.post("/cases/{number}/split/preview")
@demands(Action.CASE_SPLIT)
def preview_split(number: Number, body: SplitBody, door: IntakeDoor, actor: Who) -> PreviewAnswer:
    """Show how these matters would be entered; nothing is written."""
    with door.unit.begin() as work:
        look = looked_up(work, door, actor, number, Action.CASE_SPLIT)
        _demand_free(work, door, actor, look, body)
        seen = handlers.preview_split(work.db, door.keys, look, body.told())
    return PreviewAnswer(matters=[_seen(each) for each in seen])


@router.post("/cases/{number}/split")
@demands(Action.CASE_SPLIT)
def split_case(
    number: Number, body: SplitBody, door: IntakeDoor, actor: Who, key: IdempotencyKey = None
) -> SplitAnswer:
    """Enter further matters of a report as cases of their own; once for one key."""
    once = Once(idempotency, door.keys, actor, key, door.now())
    with door.unit.begin() as work:
        look = looked_up(work, door, actor, number, Action.CASE_SPLIT)
        return once.run(work.db, body, SplitAnswer, lambda: _split(work, door, actor, look, body))


@router.post("/cases/{number}/take-back")
@demands(Action.CASE_SPLIT)
def take_back(number: Number, body: BackBody, door: IntakeDoor, actor: Who) -> WrittenAnswer:
    """Deal with a part in its report again, while no unit has begun to work on it."""
    with door.unit.begin() as work:
        look = looked_up(work, door, actor, number, Action.CASE_SPLIT)
        numbers = (number, _report_of(work, look).number)
        part, report = locked_pair(work, door, actor, numbers, Action.CASE_SPLIT)
        handlers.take_back(work.db, part, report, body.because, Caller(actor, door.now()))
        work.speak()
        case_id = part.case.case_id
        return WrittenAnswer(case_id=case_id, version=work.versions[case_id])


def _report_of(work: Work, look: Look) -> Case:
    split = split_of(work.db, look.case.case_id)
    report = None if split is None else case_of(work.db, split.first_id)
    if report is None:
        raise Refused("split_is_no_part")
    return report


def _split(work: Work, door: Door, actor: Actor, look: Look, body: SplitBody) -> SplitAnswer:
    case_id = look.case.case_id
    handlers.lock_both(work.db, case_id, case_id)
    still = looked_up(work, door, actor, look.case.number, Action.CASE_SPLIT)
    _demand_free(work, door, actor, still, body)
    caller = Caller(actor, door.now())
    parts = handlers.split_case(work.db, door.keys, still, body.told(), caller)
    work.speak()
    numbers = [part.number for part in parts]
    return SplitAnswer(case_id=case_id, version=work.versions[case_id], numbers=numbers)


def _demand_free(work: Work, door: Door, actor: Actor, look: Look, body: SplitBody) -> None:
    more, dispatches = len(body.matters), _dispatches(door, actor)
    objection = handlers.objection_now(work.db, look, more, dispatches=dispatches)
    if objection is not None:
        raise Refused(objection, field="matters")


def _dispatches(door: Door, actor: Actor) -> bool:
    return may(actor, Action.ORDER_DISPATCH, Resource(node=door.node.code)).allowed


def _view(work: Work, door: Door, actor: Actor, look: Look) -> SplitView:
    case, together = look.case, handlers.together_with(work.db, look)
    report = together.report
    led = led_by(work.db, report.case.case_id)
    joined = {each.case_id for each in led if each.kind == Kind.JOINED}
    objection = handlers.objection_now(work.db, look, 1, dispatches=_dispatches(door, actor))
    shown = [each for each in together.parts if handlers.is_shown(each, actor)]
    return SplitView(
        number=case.number,
        region=case.region,
        title_masked=case.title_masked,
        text_masked=case.text_masked,
        report=_part(report, actor, joined) if handlers.is_shown(report, actor) else None,
        parts=[_part(each, actor, joined) for each in shown],
        objection=objection,
        more=0 if objection else MOST_MATTERS - 1 - len(together.parts),
    )


def _part(look: Look, actor: Actor, joined: set[UUID]) -> PartView:
    case, progress = look.case, look.progress
    may_read = may(actor, Action.ORDER_READ, look.resource_at(actor.node)).allowed
    return PartView(
        number=case.number,
        status=progress.status,
        due_at=datetime.fromisoformat(progress.due_at) if progress.due_at else None,
        split_at=case.registered_at if case.promised_from else None,
        joined=case.case_id in joined,
        title_masked=case.title_masked if may_read else None,
    )


def _seen(seen: SeenMatter) -> SeenView:
    return SeenView(
        title_masked=seen.title_masked,
        text_masked=seen.text_masked,
        item_code=seen.item.code if seen.item else None,
        item_name=seen.item.title if seen.item else None,
        accepted=seen.accepted,
        hint=seen.hint,
    )
