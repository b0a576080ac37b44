"""The rules of sla: which days are worked, how long a promise may take, when a lamp changes.

Standard library only. `hours` and `notices` make the `calendar`; `limits` are the promises; `due`
puts a limit on the calendar and `explanation` says how; `clocks` tells what a due date looks like.
`notices` are notices as issued, `drafts` reads them, `reviewing` says what one changes, and
`moving` where a due date goes under another calendar. `pauses` moves it. `limit_sets` are versions
of the limits in rows, `limit_checks` says what is wrong with one, `shipped` has some that come
with the program, and `replay` counts what one would have changed. `ladders` are what follows
before and after a limit; `limit_book` knows which version decides for a case, and `signing` from
when a limit counts that counts from a signature. `scopes` says whose calendar counts, `local` lays
what is local over the country's, `explanation_local` tells of it.
"""

from services.sla.policy.calendar import (
    ZONE,
    OutsideCalendar,
    WorkingCalendar,
    build_calendar,
    local_time,
)
from services.sla.policy.clocks import (
    YELLOW_BEFORE,
    ClockKind,
    Lamp,
    is_missed,
    lamp_at,
    next_step_at,
)
from services.sla.policy.drafts import Heading, notice_of_csv, notice_of_json, notice_of_rows
from services.sla.policy.due import Due, due_agreed, due_at
from services.sla.policy.explanation import Rule, Step, digest_of, explanation_text
from services.sla.policy.hours import DEFAULT_HOURS, WorkingHours
from services.sla.policy.issued import OPEN, BadNotice, IssuedNotice, NamedDay, NoticeState
from services.sla.policy.ladders import (
    REMINDERS,
    Ladder,
    LadderRow,
    LadderTable,
    QuietHours,
    Side,
    Standing,
    StepKind,
    Times,
    Whom,
    is_late,
    next_step,
    passed_over,
    steps_until,
)
from services.sla.policy.limit_book import (
    BUILT_IN,
    NAMED,
    LimitBook,
    LimitSet,
    Ruled,
    ruled_by,
    warns_before,
)
from services.sla.policy.limit_sets import (
    Demand,
    LimitKind,
    LimitRow,
    LimitTable,
    Matter,
    Tier,
    Urgency,
    When,
    next_code,
    place_of,
    tier_of,
)
from services.sla.policy.limits import (
    SAME_WORKING_DAY,
    Complexity,
    CountsFrom,
    EndRule,
    Limit,
    Limits,
    LimitUnit,
    StartRule,
)
from services.sla.policy.local import Calendars, LocalCalendar, days_apart
from services.sla.policy.moving import Move, Promised, moved
from services.sla.policy.notices import Notice, presumed_notice, statutory_names
from services.sla.policy.pauses import (
    PauseRules,
    Rest,
    due_after_rest,
    due_extended,
    is_unsure,
    may_rest,
)
from services.sla.policy.reviewing import (
    Change,
    Day,
    DayKind,
    Finding,
    Found,
    changes,
    findings,
    usual_hours,
    year_of,
)
from services.sla.policy.scopes import NATION, Scope, WeekRow, whose
from services.sla.policy.shipped_ladders import SHIPPED_LADDERS
from services.sla.policy.signing import UNHEARD, Signing, counted_from, due_signed, resigned

__all__ = [
    "BUILT_IN",
    "DEFAULT_HOURS",
    "NAMED",
    "NATION",
    "OPEN",
    "REMINDERS",
    "SAME_WORKING_DAY",
    "SHIPPED_LADDERS",
    "UNHEARD",
    "YELLOW_BEFORE",
    "ZONE",
    "BadNotice",
    "Calendars",
    "Change",
    "ClockKind",
    "Complexity",
    "CountsFrom",
    "Day",
    "DayKind",
    "Demand",
    "Due",
    "EndRule",
    "Finding",
    "Found",
    "Heading",
    "IssuedNotice",
    "Ladder",
    "LadderRow",
    "LadderTable",
    "Lamp",
    "Limit",
    "LimitBook",
    "LimitKind",
    "LimitRow",
    "LimitSet",
    "LimitTable",
    "LimitUnit",
    "Limits",
    "LocalCalendar",
    "Matter",
    "Move",
    "NamedDay",
    "Notice",
    "NoticeState",
    "OutsideCalendar",
    "PauseRules",
    "Promised",
    "QuietHours",
    "Rest",
    "Rule",
    "Ruled",
    "Scope",
    "Side",
    "Signing",
    "Standing",
    "StartRule",
    "Step",
    "StepKind",
    "Tier",
    "Times",
    "Urgency",
    "WeekRow",
    "When",
    "Whom",
    "WorkingCalendar",
    "WorkingHours",
    "build_calendar",
    "changes",
    "counted_from",
    "days_apart",
    "digest_of",
    "due_after_rest",
    "due_agreed",
    "due_at",
    "due_extended",
    "due_signed",
    "explanation_text",
    "findings",
    "is_late",
    "is_missed",
    "is_unsure",
    "lamp_at",
    "local_time",
    "may_rest",
    "moved",
    "next_code",
    "next_step",
    "next_step_at",
    "notice_of_csv",
    "notice_of_json",
    "notice_of_rows",
    "passed_over",
    "place_of",
    "presumed_notice",
    "resigned",
    "ruled_by",
    "statutory_names",
    "steps_until",
    "tier_of",
    "usual_hours",
    "warns_before",
    "whose",
    "year_of",
]
