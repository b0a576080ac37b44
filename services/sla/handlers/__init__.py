"""What sla does when it is woken: one function per use case, each inside one transaction."""

from services.sla.handlers.callbacks import (
    end_all_callbacks,
    end_by_rating,
    end_callbacks_of_before,
    meet_callback,
    start_callback_clocks,
)
from services.sla.handlers.citizen import (
    meet_by_explanation,
    meet_feedback,
    meet_promise,
    resume_promise,
    start_citizen_clocks,
)
from services.sla.handlers.clocks import Promise, under_notices
from services.sla.handlers.complaint import hear_complaint
from services.sla.handlers.custody import end_custody, meet_contact, start_custody_clocks
from services.sla.handlers.erase import erase_case
from services.sla.handlers.forecast import Forecast, forecast, forecast_limits
from services.sla.handlers.importing import placed, read_notice
from services.sla.handlers.lag import clock_standing, sweep_lag
from services.sla.handlers.legs import end_leg, meet_leg, start_leg_clock
from services.sla.handlers.limit_replays import replay_some
from services.sla.handlers.limit_sets import move_open_cases
from services.sla.handlers.local_days import tell_local_days
from services.sla.handlers.notices import (
    by_time,
    calendars_with,
    draft_notice,
    end_notice,
    hear_notice,
    review_notice,
    sign_notice,
    tell_notices,
    turning,
)
from services.sla.handlers.owed import (
    end_meeting_clock,
    end_supervision_clock,
    start_meeting_clock,
    start_supervision_clock,
)
from services.sla.handlers.parts import end_part_clock, start_part_clock
from services.sla.handlers.pauses import extend, pause, resume
from services.sla.handlers.reclassify import reclassify
from services.sla.handlers.recompute import recompute
from services.sla.handlers.reminders import drop_reminder, plan_reminder, sweep_reminders
from services.sla.handlers.signing import hear_signature
from services.sla.handlers.sweep import sweep
from services.sla.handlers.terms import (
    end_all_terms,
    start_search_term,
    sweep_terms,
)
from services.sla.handlers.tracking import start_tracking_clock, tell_worked_years
from services.sla.handlers.withdrawn import stop_all

__all__ = [
    "Forecast",
    "Promise",
    "by_time",
    "calendars_with",
    "clock_standing",
    "draft_notice",
    "drop_reminder",
    "end_all_callbacks",
    "end_all_terms",
    "end_by_rating",
    "end_callbacks_of_before",
    "end_custody",
    "end_leg",
    "end_meeting_clock",
    "end_notice",
    "end_part_clock",
    "end_supervision_clock",
    "erase_case",
    "extend",
    "forecast",
    "forecast_limits",
    "hear_complaint",
    "hear_notice",
    "hear_signature",
    "meet_by_explanation",
    "meet_callback",
    "meet_contact",
    "meet_feedback",
    "meet_leg",
    "meet_promise",
    "move_open_cases",
    "pause",
    "placed",
    "plan_reminder",
    "read_notice",
    "reclassify",
    "recompute",
    "replay_some",
    "resume",
    "resume_promise",
    "review_notice",
    "sign_notice",
    "start_callback_clocks",
    "start_citizen_clocks",
    "start_custody_clocks",
    "start_leg_clock",
    "start_meeting_clock",
    "start_part_clock",
    "start_search_term",
    "start_supervision_clock",
    "start_tracking_clock",
    "stop_all",
    "sweep",
    "sweep_lag",
    "sweep_reminders",
    "sweep_terms",
    "tell_local_days",
    "tell_notices",
    "tell_worked_years",
    "turning",
    "under_notices",
]
