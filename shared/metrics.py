"""The names on the Prometheus side: every metric this project exports, in one place.

Labels are bounded: a node's code, a service, an event name, an outcome. Never an id, never a text.
"""

from prometheus_client import Counter, Gauge, Histogram

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
PARCELS_REFUSED = Counter(
    "backstop_parcels_refused_total",
    "Parcels of neighbours that were not believed, by the reason.",
    ["node", "reason"],
)
REFUSED_CODES = Counter(
    "backstop_query_codes_refused_total",
    "Wrong query codes, by whether they were refused or throttled.",
    ["node", "outcome"],
)
