"""The names on the Prometheus side: every metric this project exports, in one place.

Labels are bounded: a node's code, a service, an event name, an outcome. Never an id, never a text.
"""

from typing import NamedTuple

from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily


class Asked(NamedTuple):
    """A gauge that nobody keeps: it is measured when Prometheus asks."""

    name: str
    about: str
    labels: tuple[str, ...] = ("node", "service")

    def family(self) -> GaugeMetricFamily:
        """Return it without samples, for one answer."""
        return GaugeMetricFamily(self.name, self.about, labels=self.labels)


FAST_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

EVENTS_HEARD = Counter(
    "backstop_events_heard_total",
    "Events that a service took from its queue, by what became of them.",
    ["node", "service", "event", "outcome"],
)
HEARING_SECONDS = Histogram(
    "backstop_hearing_seconds",
    "Seconds that one batch of events took, from the first statement to the commit.",
    ["node", "service"],
    buckets=FAST_SECONDS,
)
EVENTS_SENT = Counter(
    "backstop_events_sent_total",
    "Events that the relay published and the bus confirmed.",
    ["node", "service"],
)
RELAY_LEADS = Gauge(
    "backstop_relay_leads",
    "Whether this process holds the relay's lock of a service (1) or not (0).",
    ["node", "service"],
    multiprocess_mode="max",
)
BUS_CONNECTED = Gauge(
    "backstop_bus_connected",
    "Whether the consumer of a service holds a connection to the bus (1) or not (0).",
    ["node", "service"],
    multiprocess_mode="max",
)
REQUEST_SECONDS = Histogram(
    "backstop_request_seconds",
    "Seconds that the web process took to answer, by route template and status class.",
    ["node", "method", "route", "status"],
    buckets=FAST_SECONDS,
)
STORE_BYTES = Counter(
    "backstop_store_bytes_total",
    "Sealed bytes of files that went into the store (put) or came out of it (read).",
    ["node", "way"],
)
STORE_FAILURES = Counter(
    "backstop_store_failures_total",
    "What the store of files could not do, and bytes of which a row tells that are not there "
    "(lost).",
    ["node", "doing"],
)
PARCELS_REFUSED = Counter(
    "backstop_parcels_refused_total",
    "Parcels of neighbours that were not believed, by the reason.",
    ["node", "reason"],
)
LINK_QUEUED = Gauge(
    "backstop_link_queued",
    "Letters on the node's own broker that wait to be taken to the neighbour.",
    ["node", "peer"],
    multiprocess_mode="max",
)
LINK_TAKERS = Gauge(
    "backstop_link_takers",
    "Shovels that take letters from the node's own broker to the neighbour.",
    ["node", "peer"],
    multiprocess_mode="max",
)
LINK_UNROUTED = Gauge(
    "backstop_link_unrouted",
    "Messages that came over a link and had nowhere to go.",
    ["node"],
    multiprocess_mode="max",
)
REFUSED_CODES = Counter(
    "backstop_query_codes_refused_total",
    "Wrong query codes, by whether they were refused or throttled.",
    ["node", "outcome"],
)
REFUSED_LINKS = Counter(
    "backstop_outside_links_refused_total",
    "Links of outside parties that opened nothing, by whether they were refused or throttled.",
    ["node", "outcome"],
)
REQUESTS_LIMITED = Counter(
    "backstop_requests_limited_total",
    "Requests refused because their asker had asked too often, by the budget that was used up.",
    ["node", "budget"],
)
TOKEN_USES = Counter(
    "backstop_token_uses_total",
    "Tokens of other systems that were shown, by what became of it.",
    ["node", "outcome"],
)
SMS_HANDED = Counter(
    "backstop_sms_handed_total",
    "Short messages that the gateway handed on, by what became of them.",
    ["node", "outcome"],
)
PERSON_LOOKS = Counter(
    "backstop_person_looks_total",
    "Persons that staff looked at in the clear (shown), searched for, or were refused.",
    ["node", "outcome"],
)
LOOK_OUTCOMES = ("shown", "searched", "refused")
"""Each is exported at 0: the first refusal of a node must be an increase."""
REPORTS_AVOIDED = Counter(
    "backstop_reports_avoided_total",
    "Reports that nobody had to make, for a precedent answered it; at the desk or for a citizen.",
    ["node", "where"],
)
WITHDRAWALS = Counter(
    "backstop_withdrawals_total",
    "Cases that were withdrawn, by their person or by staff for them, and what was taken back.",
    ["node", "what"],
)
SUGGESTIONS_TAKEN = Counter(
    "backstop_suggestions_taken_total",
    "Cases given from the pool by hand, by what was taken of the suggestions and how sure the "
    "first one was.",
    ["node", "taken", "confidence"],
)
BOARD_STREAMS = Gauge(
    "backstop_board_streams",
    "Boards that are open and sent their numbers by this process.",
    ["node"],
    multiprocess_mode="livesum",
)
BOARD_STREAMS_REFUSED = Counter(
    "backstop_board_streams_refused_total",
    "Boards that were sent no numbers, because the account or the process had too many open.",
    ["node", "reason"],
)
RESEALED = Counter(
    "backstop_rows_resealed_total",
    "Rows that were brought under the node's present keys after one of them was renewed.",
    ["node"],
)
RESEALING_FAILED = Counter(
    "backstop_rows_not_resealed_total",
    "Rows that cannot be opened, so that they stay under an earlier key; once for each try.",
    ["node"],
)
REFUSALS = (
    "size",
    "no_neighbour",
    "exchange",
    "account",
    "card_set_back",
    "signature",
    "malformed",
    "addressee",
    "not_theirs",
    "not_granted",
    "ahead",
    "broken_seal",
)
"""Why a parcel or a fact is refused: each is exported at 0, for a first one is an incident."""

DATABASE_ANSWERS = Asked(
    "backstop_database_answers",
    "Whether the node's database answered when it was asked for the other gauges.",
    ("node",),
)
OUTBOX_UNSENT = Asked("backstop_outbox_unsent", "Facts written and not yet confirmed by the bus.")
OUTBOX_OLDEST = Asked(
    "backstop_outbox_oldest_seconds", "Age of the oldest fact that the bus has not confirmed."
)
EVENTS_WAITING = Asked("backstop_events_waiting", "Events kept until their prerequisite is heard.")
WAITING_OLDEST = Asked(
    "backstop_events_waiting_oldest_seconds", "Age of the oldest event that is kept."
)
MESSAGES_PARKED = Asked("backstop_messages_parked", "Messages parked for a person to look at.")
SWEEP_LAG = Asked(
    "backstop_sweep_lag_seconds", "How long the oldest lamp that has to change waits.", ("node",)
)
CLOCKS_RUNNING = Asked(
    "backstop_clocks_running", "Clocks that run, by their lamp.", ("node", "lamp")
)
SWEEP_TO_CATCH_UP = Asked(
    "backstop_sweep_to_catch_up",
    "Clocks whose lamp has to change and has not: what is left to catch up after a stop.",
    ("node",),
)
KEYS_USABLE = Asked(
    "backstop_keys_usable",
    "Whether the node's key file and the algorithms can be used: without them nobody can report.",
    ("node",),
)
ROWS_TO_RESEAL = Asked(
    "backstop_rows_to_reseal", "Rows that are still under an earlier key of the node.", ("node",)
)
LINK_SILENT = Asked(
    "backstop_link_silent_seconds", "Seconds since the neighbour was heard last.", ("node", "peer")
)
LINK_UNRECEIPTED = Asked(
    "backstop_link_unreceipted", "Parcels that the neighbour has not receipted.", ("node", "peer")
)
LINK_OLDEST = Asked(
    "backstop_link_oldest_seconds",
    "Age of the oldest parcel that the neighbour has not receipted.",
    ("node", "peer"),
)
LINK_HELD = Asked(
    "backstop_link_held",
    "Parcels of the neighbour that wait for one that is missing.",
    ("node", "peer"),
)
CUSTODY_DIFFERENCES = Asked(
    "backstop_custody_differences",
    "Cases whose custody a neighbour's ledger tells otherwise than this node's.",
    ("node", "peer"),
)
DUTY_GAPS = Asked(
    "backstop_duty_gaps",
    "Posts and times, open or about to open, at which nobody is on duty.",
    ("node",),
)
OUTSIDE_OPEN = Asked(
    "backstop_outside_questions_open",
    "Questions to outside parties that wait for an answer.",
    ("node",),
)
OUTSIDE_OVERDUE = Asked(
    "backstop_outside_questions_overdue",
    "Questions to outside parties whose time is over and that nobody renewed or withdrew.",
    ("node",),
)
OUTSIDE_OVERDUE_OLDEST = Asked(
    "backstop_outside_questions_overdue_seconds",
    "How long the time of the oldest such question has been over; 0 without one.",
    ("node",),
)
LINK_UNSENT = Asked(
    "backstop_link_unsent", "Parcels for the neighbour that have not left yet.", ("node", "peer")
)
LINK_GAP = Asked(
    "backstop_link_gap_seconds",
    "How long parcels of the neighbour have waited for one that is missing; 0 without a gap.",
    ("node", "peer"),
)
ORDERS_OWED = Asked(
    "backstop_data_orders_owed",
    "Erasures and corrections that another node was told of and has not acknowledged in time.",
    ("node", "peer"),
)
CERTIFICATE_LEFT = Asked(
    "backstop_link_certificate_left",
    "Which part of its life a certificate of the links has left, from 1 to 0: the authority, the "
    "broker's, the own one at the tier above, and that of each node below by its code.",
    ("node", "certificate"),
)
FILES_AWAITED = Asked(
    "backstop_files_awaited",
    "Files that a neighbour offered and that are not whole yet.",
    ("node", "peer"),
)
FILES_OLDEST = Asked(
    "backstop_files_awaited_oldest_seconds",
    "Seconds since the oldest file was offered that is not whole yet.",
    ("node", "peer"),
)
FILES_NOT_KEPT = Asked(
    "backstop_files_not_kept",
    "Files of a neighbour that are not kept: of another kind than told, too large, or broken.",
    ("node", "peer"),
)
TOKENS_ENDING = Asked(
    "backstop_tokens_ending",
    "Tokens of other systems that end within the days of warning and were not renewed.",
    ("node",),
)
AUDIT_OLDEST = Asked(
    "backstop_audit_unsealed_oldest_seconds",
    "Age of the oldest row of an audit without a seal.",
)
AUDIT_BROKEN = Asked(
    "backstop_audit_broken",
    "Whether something was found (1) when an audit was last gone through.",
)
AUDIT_VERIFIED = Asked(
    "backstop_audit_verified_seconds", "Seconds since an audit was last gone through as a whole."
)
ANCHOR_AGE = Asked(
    "backstop_anchor_age_seconds",
    "Seconds since the last anchor of the audits: the own one, or that of a node below.",
    ("node", "peer"),
)
ANCHORS_CONTRADICTED = Asked(
    "backstop_anchors_contradicted",
    "Anchors within seven days that do not fit those before them, or that the tier above says so.",
    ("node", "peer"),
)
