"""The operations port of a bus process: /healthz, /readyz and /metrics, over eventlet's server."""

from collections.abc import Callable, Iterable, Iterator, Sequence
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


def serve_operations(node: Node, services: Sequence[str], port: int) -> None:
    """Answer on the operations port, in a greenlet, until the process ends."""
    REGISTRY.register(Backlog(node, services))

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
