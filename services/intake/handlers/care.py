"""Who needs care: why is sealed with the person, what is done for them is told."""

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from services.intake.handlers.amend import open_case, restate
from services.intake.handlers.trace import leave_trace
from services.intake.handlers.words import demand_own
from services.intake.policy.care import measures_of
from services.intake.policy.days import day_in_china
from services.intake.repository.care import count_care
from services.intake.repository.cases import Case
from shared.events.sealed import Sealed
from shared.security.caller import Caller
from shared.security.sealing import NodeKeys, Sealer

CARE = "care"


def sealed_care(sealer: Sealer, grounds: Collection[str]) -> Sealed | None:
    """Return the grounds under the key of their case; None where there are none."""
    told = json.dumps(sorted(set(grounds)))
    return sealer.seal(CARE, told) if grounds else None


def opened_care(sealer: Sealer, sealed: Sealed | None) -> tuple[str, ...]:
    """Return the grounds as they were told."""
    return () if sealed is None else tuple(json.loads(sealer.open(sealed)))


def counted_care(db: Connection, at: datetime, grounds: Collection[str]) -> None:
    """Count those who need care; nothing leads from the number to them."""
    if grounds:
        count_care(db, day_in_china(at), set(grounds))


def change_care(
    db: Connection, keys: NodeKeys, case: Case, grounds: Collection[str], caller: Caller
) -> bool:
    """Write down why the person of a locked case needs care; tell whether it was not known so."""
    demand_own(case)
    told = open_case(db, keys, case)
    before = frozenset(opened_care(told.sealer, case.care))
    if before == frozenset(grounds):
        return False
    care, measures = sealed_care(told.sealer, grounds), measures_of(grounds)
    amended = replace(case, care=care, measures=measures, amendment=case.amendment + 1)
    restate(db, (case, amended), (CARE,), caller)
    counted_care(db, caller.now, frozenset(grounds) - before)
    leave_trace(db, caller, "care.write", case.number)
    return True
