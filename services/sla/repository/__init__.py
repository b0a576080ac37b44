"""Every query of sla, one function each: clocks, notices, the calendars made of them."""

from services.sla.repository.calendar import Shelf, calendar_in_force, load_calendar
from services.sla.repository.clocks import (
    Case,
    Clock,
    add_clocks,
    clocks_of_case,
    clocks_with_a_step_due,
    lock_case,
    lock_cases,
    mark_missed,
    next_step_due,
    note_epoch,
    note_rounds,
    resume_clock,
    show_lamps,
    stop_clock,
)

__all__ = [
    "Case",
    "Clock",
    "Shelf",
    "add_clocks",
    "calendar_in_force",
    "clocks_of_case",
    "clocks_with_a_step_due",
    "load_calendar",
    "lock_case",
    "lock_cases",
    "mark_missed",
    "next_step_due",
    "note_epoch",
    "note_rounds",
    "resume_clock",
    "show_lamps",
    "stop_clock",
]
