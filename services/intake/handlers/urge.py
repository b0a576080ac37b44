"""A person urges their case, or staff does for them: counted, shown to whoever has it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from services.intake.handlers.follow import tell
from services.intake.handlers.group_lead import lead_of
from services.intake.handlers.look import Look
from services.intake.handlers.trace import leave_trace
from services.intake.handlers.words import demand_own, sealed_words
from services.intake.policy.days import CHINA
from services.intake.policy.urging import Objection, UrgeRules, next_urge_at, objection_to_urge
from shared.clock import new_id
from shared.errors import Refused
from shared.events.intake.afterwards import CaseUrged
from shared.events.words import Channel
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.sealing import NodeKeys

TEXT = "urge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Urging:
    """What somebody adds to an urge, by which channel it came, and how the node counts."""

    rules: UrgeRules
    text: str = ""
    channel: Channel | None = None


def urge_case(
    db: Connection, keys: NodeKeys, look: Look, urging: Urging, caller: Caller
) -> CaseUrged:
    """Count an urge of a locked case; whoever works on the lead of its group sees it, too."""
    case = look.case
    demand_own(case)
    _demand_time(look, urging.rules, caller.now)
    text, masked = sealed_words(db, keys, case, TEXT, urging.text)
    facts: dict[str, Any] = {
        "occurred_at": caller.now,
        "urge_id": new_id(),
        "round": look.progress.round,
        "urges": look.progress.urges + 1,
        "often_from": urging.rules.often_from,
        "text_masked": masked,
        "channel": urging.channel,
        "by": caller.by,
    }
    urged = CaseUrged(**facts, case_id=case.case_id, text=text)
    tell(db, urged)
    lead = lead_of(db, case)
    if lead is not None:
        say(db, CaseUrged(**facts, case_id=lead.case_id, for_number=case.number))
    leave_trace(db, caller, "case.urge", case.number)
    return urged


def _demand_time(look: Look, rules: UrgeRules, now: datetime) -> None:
    objection = objection_to_urge(look.progress, now, rules)
    if objection is None:
        return
    following = next_urge_at(look.progress, rules)
    is_early = objection is Objection.URGED_LATELY and following is not None
    told = f"{following.astimezone(CHINA):%Y-%m-%d %H:%M}" if is_early and following else ""
    raise Refused(objection, told)
