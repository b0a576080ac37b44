"""The rows dispatch owns: units, items and places; cases, orders, disputes; who is on duty."""

from services.dispatch.tables.authority import authority
from services.dispatch.tables.base import metadata
from services.dispatch.tables.cases import cases
from services.dispatch.tables.catalogue import items, places, units
from services.dispatch.tables.disputes import arbitrations, opinions, searchers
from services.dispatch.tables.hand_overs import custody_differences, custody_talks, hand_overs
from services.dispatch.tables.life import extensions, material_requests, work_log
from services.dispatch.tables.meetings import (
    meeting_duties,
    meeting_minutes,
    meeting_parties,
    meeting_presences,
    meeting_rounds,
    meetings,
)
from services.dispatch.tables.orders import contacts, orders
from services.dispatch.tables.outside import (
    loose_bytes,
    outside_files,
    outside_parties,
    outside_questions,
    outside_tries,
    sealed_parties,
)
from services.dispatch.tables.parts import parts
from services.dispatch.tables.reference import reference_items
from services.dispatch.tables.rota import (
    absences,
    duty_gaps,
    duty_people,
    duty_posts,
    duty_told,
    local_years,
    sealed_phones,
    shifts,
)
from services.dispatch.tables.rules import (
    catalogue_rules,
    catalogue_tests,
    catalogues,
    order_rules,
)
from services.dispatch.tables.simulations import simulation_ways, simulations
from services.dispatch.tables.suggestions import (
    lesson_counts,
    lessons,
    lessons_due,
    order_suggestions,
    suggestion_choices,
    suggestion_tracks,
)
from services.dispatch.tables.tracking import tracking_consents, tracking_reports, worked_years
from services.dispatch.tables.withdrawals import withdrawals
from shared.complaints import complaints_table
from shared.idempotency import idempotency_table, sealed_answers
from shared.unit import plumbing_tables

complaints = complaints_table(metadata)
plumbing = plumbing_tables(metadata)
idempotency = idempotency_table(metadata)

sealed = (sealed_answers(idempotency), sealed_phones, *sealed_parties)
"""What the node's own key seals: sealed anew when that key is renewed."""

__all__ = [
    "absences",
    "arbitrations",
    "authority",
    "cases",
    "catalogue_rules",
    "catalogue_tests",
    "catalogues",
    "complaints",
    "contacts",
    "custody_differences",
    "custody_talks",
    "duty_gaps",
    "duty_people",
    "duty_posts",
    "duty_told",
    "extensions",
    "hand_overs",
    "idempotency",
    "items",
    "lesson_counts",
    "lessons",
    "lessons_due",
    "local_years",
    "loose_bytes",
    "material_requests",
    "meeting_duties",
    "meeting_minutes",
    "meeting_parties",
    "meeting_presences",
    "meeting_rounds",
    "meetings",
    "metadata",
    "opinions",
    "order_rules",
    "order_suggestions",
    "orders",
    "outside_files",
    "outside_parties",
    "outside_questions",
    "outside_tries",
    "parts",
    "places",
    "plumbing",
    "reference_items",
    "sealed",
    "searchers",
    "shifts",
    "simulation_ways",
    "simulations",
    "suggestion_choices",
    "suggestion_tracks",
    "tracking_consents",
    "tracking_reports",
    "units",
    "withdrawals",
    "work_log",
    "worked_years",
]
