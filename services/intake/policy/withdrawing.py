"""When a person may withdraw a case, who may for them, and how long they may change their mind.

To withdraw is the person's own right. Who gains by it may not do it in their place: no staff of a
unit that works on the case, and nobody of the staff while others need it (ADR 49).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique

from services.intake.policy.progress import Progress, Status

ENDED = frozenset({Status.DECLINED, Status.FINISHED, Status.CLOSED})
"""Statuses in which there is nothing left to withdraw: there is an answer."""


@unique
class Objection(StrEnum):
    """Why a case cannot be withdrawn, or that not be taken back; codes of the HTTP door."""

    WITHDRAWN_ALREADY = "withdrawn_already"
    NOTHING_TO_WITHDRAW = "nothing_to_withdraw"
    OWN_UNIT = "withdraw_own_unit"
    ON_HOLD = "withdraw_on_hold"
    NOT_WITHDRAWN = "not_withdrawn"
    TAKEN_BACK_ALREADY = "taken_back_already"
    TAKE_BACK_TOO_LATE = "take_back_too_late"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who wants to withdraw a case, as far as it matters."""

    is_staff: bool
    works_on_it: bool = False
    """Of a unit that has an order of the case, or a part of one."""


def objection_to_withdrawing(
    progress: Progress, asker: Asker, *, on_hold: bool = False
) -> Objection | None:
    """Return why a case may not be withdrawn, or None if it may; on hold by its person alone."""
    if progress.status is Status.WITHDRAWN:
        return Objection.WITHDRAWN_ALREADY
    if progress.status in ENDED:
        return Objection.NOTHING_TO_WITHDRAW
    if asker.works_on_it:
        return Objection.OWN_UNIT
    return Objection.ON_HOLD if asker.is_staff and on_hold else None


def take_back_by(progress: Progress, now: datetime, term: timedelta) -> datetime:
    """Return until when one who withdraws now may change their mind: once, in the term."""
    return now if progress.taken_back else now + term


def objection_to_taking_back(
    progress: Progress, now: datetime, pressed_until: datetime | None = None
) -> Objection | None:
    """Return why a withdrawal may not be taken back, or None; on its last moment it may.

    Who was pressed may dare it later only: until then, whatever they were told.
    """
    if progress.withdrawn is None:
        return Objection.NOT_WITHDRAWN
    if progress.coming_back or progress.taken_back:
        return Objection.TAKEN_BACK_ALREADY
    until = datetime.fromisoformat(progress.withdrawn.params["take_back_by"])
    until = max(until, pressed_until or until)
    return Objection.TAKE_BACK_TOO_LATE if now > until or progress.closed else None
