"""The rules of sla: which days are worked, how long a promise may take, when a lamp changes.

Standard library only. `hours` and `notices` make the `calendar`; `limits` are the promises; `due`
puts a limit on the calendar and `explanation` says how; `pauses` moves it; `clocks` tells what a
due date looks like.
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
from services.sla.policy.due import Due, due_at
from services.sla.policy.explanation import Rule, Step, digest_of, explanation_text
from services.sla.policy.hours import DEFAULT_HOURS, WorkingHours
from services.sla.policy.limits import (
    SAME_WORKING_DAY,
    Complexity,
    EndRule,
    Limit,
    Limits,
    LimitUnit,
    StartRule,
)
from services.sla.policy.notices import Notice, presumed_notice
from services.sla.policy.pauses import PauseRules, Rest, due_after_rest, due_extended, may_rest

__all__ = [
    "DEFAULT_HOURS",
    "SAME_WORKING_DAY",
    "YELLOW_BEFORE",
    "ZONE",
    "ClockKind",
    "Complexity",
    "Due",
    "EndRule",
    "Lamp",
    "Limit",
    "LimitUnit",
    "Limits",
    "Notice",
    "OutsideCalendar",
    "PauseRules",
    "Rest",
    "Rule",
    "StartRule",
    "Step",
    "WorkingCalendar",
    "WorkingHours",
    "build_calendar",
    "digest_of",
    "due_after_rest",
    "due_at",
    "due_extended",
    "explanation_text",
    "is_missed",
    "lamp_at",
    "local_time",
    "may_rest",
    "next_step_at",
    "presumed_notice",
]
