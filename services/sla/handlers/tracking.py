"""What goes on without a result: the next word has a day, and its own clock (S3-23).

The explanation keeps the promise of an answer in time; from then on the named day is promised.
"""

from datetime import datetime

from sqlalchemy import Connection

from services.sla import policy
from services.sla.handlers.clocks import Promise, Subject, start, under_notices
from services.sla.handlers.custody import clocks_of_order
from services.sla.handlers.stopping import stop_explained
from services.sla.policy import ClockKind, Complexity
from services.sla.repository import calendar as calendars
from shared.events.dispatch import TrackingReported
from shared.events.sla import WorkedYearTold
from shared.outbox import say


def start_tracking_clock(db: Connection, event: TrackingReported, promise: Promise) -> None:
    """Stop what the unit owed, met by its explanation; start what it owes now.

    Until it closes on the day that was named, or where that is no working day any more, on the
    next one.
    """
    owed = clocks_of_order(db, event.case_id, event.order_id)
    stop_explained(db, owed, event.occurred_at, promise)
    counted = under_notices(db, promise, hold=True)
    calendar = counted.calendar_for(ClockKind.TRACKING, event.unit_code, None)
    subject = Subject(
        event.case_id,
        ClockKind.TRACKING,
        event.round,
        Complexity(owed[0].complexity) if owed else Complexity.ORDINARY,
        event.occurred_at,
        event.report_id,
        event.unit_code,
        until=calendar.closing(calendar.working_day_from(event.next_on)),
    )
    start(db, [subject], promise)


def tell_worked_years(db: Connection, promise: Promise, now: datetime) -> None:
    """Tell the other services on which days this year and the next are worked, once each."""
    calendar = under_notices(db, promise).calendar
    this_year = policy.local_time(now).year
    for year in (this_year, this_year + 1):
        if calendars.note_told(db, year, calendar.version):
            worked = calendar.working_days_of(year)
            say(db, WorkedYearTold(occurred_at=now, year=year, worked=worked))
