"""Every query of sla, one function each, and the published calendar."""

from services.sla.repository.calendar import load_calendar
from services.sla.repository.clocks import (
    Case,
    Clock,
    add_clocks,
    clocks_of_case,
    clocks_with_a_step_due,
    lock_case,
    lock_cases,
    mark_missed,
    move_clock,
    next_step_due,
    note_epoch,
    note_rounds,
    rest_clock,
    resume_clock,
    show_lamps,
    stop_clock,
)
from services.sla.repository.terms import (
    Term,
    add_terms,
    end_terms,
    note_step,
    terms_with_a_step_due,
)

__all__ = [
    "Case",
    "Clock",
    "Term",
    "add_clocks",
    "add_terms",
    "clocks_of_case",
    "clocks_with_a_step_due",
    "end_terms",
    "load_calendar",
    "lock_case",
    "lock_cases",
    "mark_missed",
    "move_clock",
    "next_step_due",
    "note_epoch",
    "note_rounds",
    "note_step",
    "rest_clock",
    "resume_clock",
    "show_lamps",
    "stop_clock",
    "terms_with_a_step_due",
]
