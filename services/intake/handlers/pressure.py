"""A person says that somebody wants them to withdraw: kept off the story, told to supervisors."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from services.intake.handlers.counting import too_often
from services.intake.handlers.look import Look
from services.intake.handlers.trace import leave_trace
from services.intake.handlers.words import demand_own, sealed_words
from services.intake.repository.pressures import Pressure, add_pressure
from shared.clock import new_id
from shared.errors import Refused
from shared.events.intake import PressureTold
from shared.events.words import Channel
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.sealing import NodeKeys

TEXT = "pressure"
A_DAY = 5
"""So often a case takes it in a day; more tells nobody more."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What somebody says of it, by which channel, and how long they may then change their mind."""

    text: str
    channel: Channel | None
    term: timedelta


def tell_pressure(
    db: Connection, keys: NodeKeys, look: Look, telling: Telling, caller: Caller
) -> PressureTold:
    """Keep it beside a locked case and say it to this node alone."""
    case = look.case
    demand_own(case)
    most = {keys.keyed_hash("pressed_number", case.number): A_DAY}
    wait = too_often(db, most, DAY, caller.now)
    if wait:
        raise Refused("pressed_too_often", str(wait))
    text, masked = sealed_words(db, keys, case, TEXT, telling.text)
    told = PressureTold(
        case_id=case.case_id,
        occurred_at=caller.now,
        pressure_id=new_id(),
        round=look.progress.round,
        take_back_by=caller.now + telling.term,
        text=text,
        text_masked=masked,
        channel=telling.channel,
        by=caller.by,
    )
    add_pressure(db, _row(told))
    say(db, told)
    leave_trace(db, caller, "pressure.tell", case.number, after=str(told.pressure_id))
    return told


def _row(told: PressureTold) -> Pressure:
    return Pressure(
        pressure_id=told.pressure_id,
        case_id=told.case_id,
        round=told.round,
        text=None if told.text is None else told.text.model_dump(mode="json"),
        text_masked=told.text_masked,
        told_at=told.occurred_at,
        take_back_by=told.take_back_by,
    )
