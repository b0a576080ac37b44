"""From when a limit counts that counts from the signature of a unit (签收).

A unit that signs in time has its whole limit from then on. One that does not has it from the end
of the time that it had for signing: who never signs, or signs late, gains nothing by it. Until a
signature is heard the limit lies where it lies at the latest, so that it can only come nearer.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.sla.policy.calendar import WorkingCalendar, local_time
from services.sla.policy.due import Due, due_at
from services.sla.policy.explanation import Rule, step
from services.sla.policy.limits import Limit, StartRule

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Signing:
    """Of an order: until when its unit signs, and when it did; None where that is not known."""

    by: datetime | None = None
    at: datetime | None = None


UNHEARD = Signing()


def counted_from(start: datetime, limit: Limit, signing: Signing) -> datetime:
    """Return from when a limit counts: from the start, or later from the signature.

    Where nothing is known of any signature, as of what nobody signs for, it is the start.
    """
    told = [each for each in (signing.by, signing.at) if each is not None]
    return max(start, min(told)) if limit.by_signature and told else start


def due_signed(start: datetime, limit: Limit, calendar: WorkingCalendar, signing: Signing) -> Due:
    """Compute when a limit ends that began at an instant, with the signature explained first."""
    since = counted_from(start, limit, signing)
    if since == start:
        return due_at(start, limit, calendar)
    in_time = signing.by is None or since < signing.by
    rule = Rule.SIGNED if in_time else Rule.UNSIGNED
    signed = step(rule, local_time(start), local_time(since))
    begun = since if in_time else _in_time(since, limit, calendar)
    return due_at(begun, limit, calendar, (signed,))


def _in_time(by: datetime, limit: Limit, calendar: WorkingCalendar) -> datetime:
    """Return from when counts who signs at the last moment: closing itself is the next day's."""
    day = local_time(by).date()
    is_closing = calendar.is_working_day(day) and by == calendar.closing(day)
    return by - SECOND if is_closing and limit.start is not StartRule.INSTANT else by


def resigned(
    signing: Signing, start: datetime, within: Limit, calendar: WorkingCalendar, now: datetime
) -> Signing:
    """Return until when is signed by another limit or calendar, as the terms move with these.

    Who signed has signed, and a limit that has passed, or would have, is put on nobody.
    """
    if signing.at is not None or signing.by is None or signing.by < now:
        return signing
    by = due_at(start, within, calendar).at
    return signing if by < now else replace(signing, by=by)
