"""The operations port of a bus process: /healthz, /readyz and /metrics, over eventlet's server."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import eventlet
from eventlet import wsgi
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from backstop.node import Node
from backstop.readiness import bus_answers, database_answers
from services.link.handlers import Look, look_at_links
from shared.clock import utcnow

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Backlog(Collector):
    """Counts, when asked, what waits in the tables of one node: unsent, kept, parked."""

    def __init__(self, node: Node, services: Sequence[str]) -> None:
        self._node = node
        self._services = services

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Promise nothing, so that registering asks no database."""
        return ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Count; a database that is away yields no sample rather than a wrong one."""
        labels = ["node", "service"]
        families = {
            name: GaugeMetricFamily(f"backstop_{name}", help_, labels=labels)
            for name, help_ in (
                ("outbox_unsent", "Facts written and not yet confirmed by the bus."),
                ("events_waiting", "Events kept until their prerequisite is heard."),
                ("messages_parked", "Messages parked for a person to look at."),
            )
        }
        try:
            for service in self._services:
                for name, number in self._counts(service).items():
                    families[name].add_metric([self._node.code, service], number)
        except SQLAlchemyError:
            # Not asked again for each service: every try may take seconds.
            return
        yield from families.values()

    def _counts(self, service: str) -> dict[str, int]:
        plumbing = self._node.unit(service).plumbing
        outbox, inbox = plumbing.outbox.rows, plumbing.inbox
        queries = {
            "outbox_unsent": select(func.count())
            .select_from(outbox)
            .where(outbox.c.sent_at.is_(None)),
            "events_waiting": select(func.count()).select_from(inbox.waiting),
            "messages_parked": select(func.count())
            .select_from(inbox.parked)
            .where(inbox.parked.c.ended_at.is_(None)),
        }
        with self._node.unit(service).transaction() as db:
            return {name: db.scalar(query) or 0 for name, query in queries.items()}


class Links(Collector):
    """Tells, when asked, how the link to each neighbour is doing."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Promise nothing, so that registering asks no database."""
        return ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Look at each link; a database that is away yields no sample rather than a wrong one."""
        now, pace = utcnow(), self._node.settings.link.pace
        try:
            with self._node.unit("link").transaction() as db:
                looks = look_at_links(db, self._node.neighbours, now, pace)
        except SQLAlchemyError:
            return
        for name, help_, measure in LINK_GAUGES:
            family = GaugeMetricFamily(f"backstop_link_{name}", help_, labels=["node", "peer"])
            for look in looks:
                family.add_metric([self._node.code, look.neighbour.code], measure(look, now))
            yield family


def _silent(look: Look, now: datetime) -> float:
    heard = look.link.last_heard_at if look.link else None
    return (now - heard).total_seconds() if heard else float("inf")


LINK_GAUGES: Sequence[tuple[str, str, Callable[[Look, datetime], float]]] = (
    ("silent_seconds", "Seconds since the neighbour was heard last.", _silent),
    (
        "unreceipted",
        "Parcels that the neighbour has not receipted.",
        lambda look, _now: look.backlog.unreceipted,
    ),
    (
        "held",
        "Parcels of the neighbour that wait for one that is missing.",
        lambda look, _now: look.backlog.held,
    ),
)
"""What is measured of each link: name, sentence, how."""


def serve_operations(node: Node, services: Sequence[str], port: int) -> None:
    """Answer on the operations port, in a greenlet, until the process ends."""
    REGISTRY.register(Backlog(node, services))
    if "link" in services:
        REGISTRY.register(Links(node))

    def app(environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
        status, kind, body = _answer(environ["PATH_INFO"], node, services)
        start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    listener = eventlet.listen((node.settings.host, port), reuse_addr=True)
    eventlet.spawn_n(wsgi.server, listener, app, log_output=False, max_size=16)


def _answer(path: str, node: Node, services: Sequence[str]) -> tuple[str, str, bytes]:
    if path == "/healthz":
        return "200 OK", "text/plain", b"alive\n"
    if path == "/metrics":
        return "200 OK", CONTENT_TYPE_LATEST, generate_latest()
    if path == "/readyz":
        ready = database_answers(node) and bus_answers(node, services)
        return (
            ("200 OK" if ready else "503 Service Unavailable"),
            "text/plain",
            (b"ready\n" if ready else b"not ready: database or bus away\n"),
        )
    return "404 Not Found", "text/plain", b"healthz, readyz or metrics\n"
