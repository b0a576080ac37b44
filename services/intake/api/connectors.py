"""What other systems hold already becomes a case, filled by what they know, and once for each id.

An application that somebody left midway at the portal of services (S3-06, S3-14, N25), and a bad
review of the system of reviews (S2): nobody types them again. Both are reports of their channel,
under its rules: who may send them stands in `shared/security/channels.py`.
"""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from services.intake.api.answers import RegisteredAnswer
from services.intake.api.bodies import Body, PartyBody, Region, ReportBody
from services.intake.api.cases import IntakeDoor, take_down
from services.intake.api.channel_bodies import OutsideId
from services.intake.policy.days import day_in_china
from services.intake.policy.scope import normal_title
from services.intake.repository.catalogue import find_item
from shared.events.words import Channel, Level
from shared.http import ApiRoute, Code, Door, IdempotencyKey, LongText, ShortText, Who
from shared.http.demands import demands
from shared.security.policy import Action

router = APIRouter(route_class=ApiRoute)

LONGEST_TITLE = 200
REST_OF_TWELVE = "000000"
"""What portals add to the six digits of a region down to the county."""


def _six(region: object) -> object:
    is_twelve = isinstance(region, str) and len(region) == 12 and region.endswith(REST_OF_TWELVE)
    return str(region).removesuffix(REST_OF_TWELVE) if is_twelve else region


def _bad(level: Level) -> Level:
    if not level.is_bad:
        raise PydanticCustomError("not_bad", "only a bad review becomes a case")
    return level


OutsideRegion = Annotated[Region, BeforeValidator(_six)]
Said = Annotated[LongText, StringConstraints(max_length=4_000)]
"""As long as leaves room for what is said around it."""


class OutsideBody(Body):
    """What both know: of which item, where, of whom."""

    item_name: ShortText
    item_code: Code | None = None
    region: OutsideRegion
    """Six digits, or twelve of which the last six are zeros."""
    applicant: PartyBody

    def filled(self, item: str, channel: Channel, title: str, lines: list[str]) -> ReportBody:
        """Return the report that it makes."""
        named = self.model_dump(include={"region"}) | {"reporter": self.applicant, "item": item}
        told = {"title": title[:LONGEST_TITLE], "text": "\n".join(filter(None, lines))}
        return ReportBody.model_validate(
            {**named, **told, "channel": channel, "channel_fields": self.fields}
        )

    @property
    def fields(self) -> dict[str, str]:
        """What the channel takes beside."""
        return {}


class MidwayExitBody(OutsideBody):
    """An application that somebody began and left, as the portal keeps it."""

    application_id: OutsideId
    stuck_at: ShortText | None = None
    """The step at which it was left."""
    left_at: AwareDatetime | None = None
    said: Said | None = None
    """What the person said of it, in their words."""

    @property
    def fields(self) -> dict[str, str]:
        """Its number there, and the step."""
        step = {"stuck_at": self.stuck_at} if self.stuck_at else {}
        return {"application_id": self.application_id, **step}

    def report(self, item: str) -> ReportBody:
        """Return the report that it makes."""
        lines = [
            f"网上申报“{self.item_name}”没有办完就退出了。",
            f"卡在：{self.stuck_at}" if self.stuck_at else "",
            f"退出日期：{day_in_china(self.left_at).isoformat()}" if self.left_at else "",
            f"本人说：{self.said}" if self.said else "",
        ]
        return self.filled(item, Channel.MIDWAY_EXIT, f"网上申报中途退出：{self.item_name}", lines)


class BadReviewBody(OutsideBody):
    """A bad review of something else than a case of this system; its level is 1 or 2."""

    review_id: OutsideId
    level: Annotated[Level, AfterValidator(_bad)]
    reasons: Annotated[tuple[ShortText, ...], Field(max_length=5)] = ()
    """What was chosen from the list, in words."""
    said: Said | None = None

    @property
    def fields(self) -> dict[str, str]:
        """Its number there."""
        return {"review_id": self.review_id}

    def report(self, item: str) -> ReportBody:
        """Return the report that it makes."""
        lines = [
            f"办“{self.item_name}”后评价：{LEVELS[self.level]}。",
            f"原因：{'；'.join(self.reasons)}" if self.reasons else "",
            f"本人说：{self.said}" if self.said else "",
        ]
        return self.filled(item, Channel.EVALUATION, f"差评：{self.item_name}", lines)


LEVELS = {Level.VERY_DISSATISFIED: "非常不满意", Level.DISSATISFIED: "不满意"}


@router.post("/midway-exits", status_code=201)
@demands(Action.CASE_REGISTER)
def take_midway_exit(
    body: MidwayExitBody,
    door: IntakeDoor,
    actor: Who,
    response: Response,
    key: IdempotencyKey = None,
) -> RegisteredAnswer:
    """Fill a case from an abandoned application; 200 with the case there is if it came before."""
    answer = take_down(body.report(_item(door, body)), door, actor, key)
    return _answered(answer, response)


@router.post("/bad-reviews", status_code=201)
@demands(Action.CASE_REGISTER)
def take_bad_review(
    body: BadReviewBody,
    door: IntakeDoor,
    actor: Who,
    response: Response,
    key: IdempotencyKey = None,
) -> RegisteredAnswer:
    """Fill a case from a bad review; 200 with the case there is if it came before."""
    answer = take_down(body.report(_item(door, body)), door, actor, key)
    return _answered(answer, response)


def _item(door: Door, body: OutsideBody) -> str:
    # Portals have codes of their own; where the catalogue knows neither, the name is kept.
    with door.unit.transaction() as db:
        found = find_item(db, body.item_code or "", normal_title(body.item_name))
    return found.code if found else body.item_name


def _answered(answer: RegisteredAnswer, response: Response) -> RegisteredAnswer:
    if answer.query_code is None:
        response.status_code = 200
    return answer
