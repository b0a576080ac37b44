"""The ladders of the draft of the limits: entered and removed step by step, signed with it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from services.sla import policy
from services.sla.handlers.limit_sets import (
    MOST_ROWS,
    clean_when,
    entered_among,
    ladders_of,
    the_draft,
    trace_set,
    unsigned,
)
from services.sla.policy import LadderRow
from services.sla.repository import limit_sets as repository
from services.sla.repository.limit_sets import KeptSet
from shared.errors import Refused
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.policy import Action

LETTER = "S"


def enter_step(db: Connection, row: LadderRow, caller: Caller) -> KeptSet:
    """Enter a step of the draft under its code, or a new one with the next free code."""
    draft = the_draft(db)
    steps = ladders_of(draft)
    code = row.code or policy.next_code({each.code for each in steps}, LETTER)
    entered = replace(row, code=code, when=clean_when(row.when), basis=mask_text(row.basis))
    return _write(db, draft, entered_among(steps, entered), caller, entered.as_record())


def remove_step(db: Connection, code: str, caller: Caller) -> KeptSet:
    """Take a step out of the draft; Refused (`unknown_row`)."""
    draft = the_draft(db)
    steps = ladders_of(draft)
    kept = [each for each in steps if each.code != code]
    if len(kept) == len(steps):
        raise Refused("unknown_row", field="code")
    return _write(db, draft, kept, caller, {"removed": code})


def _write(
    db: Connection,
    draft: KeptSet,
    steps: Sequence[LadderRow],
    caller: Caller,
    told: dict[str, Any],
) -> KeptSet:
    if len(steps) > MOST_ROWS:
        raise Refused("limit_rows_full")
    repository.touch(db, draft, ladders=steps)
    trace_set(db, caller, Action.LIMITS_WRITE, draft, {"ladders": told})
    return unsigned(replace(draft, ladders=tuple(steps)))
