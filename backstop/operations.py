"""The operations port of a bus process: /healthz, /readyz and /metrics, over eventlet's server."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

import eventlet
from eventlet import wsgi
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Column, Float, Select, cast, extract, func, literal, select
from sqlalchemy.exc import SQLAlchemyError

from backstop.links.ends import endings
from backstop.links.places import Places
from backstop.node import Node
from backstop.progress import Trouble
from backstop.readiness import bus_answers, database_answers
from backstop.renewing import left
from services.dispatch.handlers import House, custody_states
from services.dispatch.repository.outside import count_open
from services.dispatch.repository.rota import count_gaps
from services.intake.repository.coming import Awaited, awaited
from services.intake.repository.orders import laggards
from services.link.handlers import AnchorState, Look, anchor_states, look_at_links
from services.portal.handlers import tokens_ending_soon
from services.sla.handlers import clock_standing
from shared.audit.searching import ChainState, chain_states
from shared.clock import utcnow
from shared.metrics import (
    ANCHOR_AGE,
    ANCHORS_CONTRADICTED,
    AUDIT_BROKEN,
    AUDIT_OLDEST,
    AUDIT_VERIFIED,
    CERTIFICATE_LEFT,
    CLOCKS_RUNNING,
    CUSTODY_DIFFERENCES,
    DATABASE_ANSWERS,
    DUTY_GAPS,
    EVENTS_WAITING,
    FILES_AWAITED,
    FILES_NOT_KEPT,
    FILES_OLDEST,
    KEYS_USABLE,
    LINK_GAP,
    LINK_HELD,
    LINK_OLDEST,
    LINK_SILENT,
    LINK_UNRECEIPTED,
    LINK_UNSENT,
    LOOK_OUTCOMES,
    MESSAGES_PARKED,
    ORDERS_OWED,
    OUTBOX_OLDEST,
    OUTBOX_UNSENT,
    OUTSIDE_OPEN,
    OUTSIDE_OVERDUE,
    OUTSIDE_OVERDUE_OLDEST,
    PARCELS_REFUSED,
    PERSON_LOOKS,
    REFUSALS,
    ROWS_TO_RESEAL,
    SWEEP_LAG,
    SWEEP_TO_CATCH_UP,
    TOKENS_ENDING,
    WAITING_OLDEST,
    Asked,
)
from shared.security.sealing import VaultUnavailable, can_seal

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Measured(Collector):
    """Measures a node when Prometheus asks: what waits in its tables, and how long."""

    def __init__(self, node: Node, services: Sequence[str]) -> None:
        self._node = node
        self._services = services

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Promise nothing, so that registering asks no database."""
        return ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Measure; a database that is away yields no sample rather than a wrong one."""
        measured: list[GaugeMetricFamily] = []
        # At the first failure nothing more is asked: every try may take seconds.
        with suppress(SQLAlchemyError, VaultUnavailable):
            measured = [*self._backlog(), *self._links(), *self._sweep()]
            measured += [*self._audits(), *self._anchors()]
            measured += [*self._tokens(), *self._keys(), *self._orders()]
            measured += [*self._custody(), *self._duty(), *self._files()]
        answers = DATABASE_ANSWERS.family()
        answers.add_metric([self._node.code], float(bool(measured)))
        yield from (answers, self._usable(), self._certificates(), *measured)

    def _usable(self) -> GaugeMetricFamily:
        family = KEYS_USABLE.family()
        family.add_metric([self._node.code], float(can_seal(self._node.keys)))
        return family

    def _certificates(self) -> GaugeMetricFamily:
        family = CERTIFICATE_LEFT.family()
        # Files that cannot be read are told by who needs them; here they leave no sample.
        if "link" in self._services:
            with suppress(Trouble):
                for ending in endings(Places(self._node.settings.links)):
                    family.add_metric([self._node.code, ending.what], ending.left(utcnow()))
        return family

    def _backlog(self) -> Iterable[GaugeMetricFamily]:
        families: dict[Asked, GaugeMetricFamily] = {}
        for service in self._services:
            for asked, number in self._waiting(service):
                family = families.setdefault(asked, asked.family())
                family.add_metric([self._node.code, service], number)
        return families.values()

    def _waiting(self, service: str) -> Iterator[tuple[Asked, float]]:
        unit = self._node.unit(service)
        outbox, inbox = unit.plumbing.outbox.rows, unit.plumbing.inbox
        unsent = _count_and_age(outbox.c.written_at).where(outbox.c.sent_at.is_(None))
        kept = _count_and_age(inbox.waiting.c.kept_at)
        parked = (
            select(func.count()).select_from(inbox.parked).where(inbox.parked.c.ended_at.is_(None))
        )
        with unit.transaction() as db:
            yield from zip((OUTBOX_UNSENT, OUTBOX_OLDEST), db.execute(unsent).one(), strict=True)
            yield from zip((EVENTS_WAITING, WAITING_OLDEST), db.execute(kept).one(), strict=True)
            yield MESSAGES_PARKED, db.scalar(parked) or 0

    def _links(self) -> Iterator[GaugeMetricFamily]:
        if "link" not in self._services:
            return
        now, pace = utcnow(), self._node.settings.link.pace
        with self._node.unit("link").transaction() as db:
            looks = look_at_links(db, self._node.neighbours, now, pace)
        for asked, measure in LINK_GAUGES.items():
            family = asked.family()
            for look in looks:
                family.add_metric([self._node.code, look.neighbour.code], measure(look, now))
            yield family

    def _audits(self) -> Iterator[GaugeMetricFamily]:
        states = chain_states(replace(self._node.books, schemas=self._services))
        for asked, measure in AUDIT_GAUGES.items():
            family = asked.family()
            for state in states:
                family.add_metric([self._node.code, state.schema], measure(state, utcnow()))
            yield family

    def _anchors(self) -> Iterator[GaugeMetricFamily]:
        if "link" not in self._services:
            return
        now, node = utcnow(), self._node
        with node.unit("link").transaction() as db:
            states = anchor_states(db, node.code, node.neighbours, now)
        for asked, measure in ANCHOR_GAUGES.items():
            family = asked.family()
            for state in states:
                family.add_metric([node.code, state.node], measure(state, now))
            yield family

    def _sweep(self) -> Iterator[GaugeMetricFamily]:
        if "sla" not in self._services:
            return
        with self._node.unit("sla").transaction() as db:
            standing = clock_standing(db, utcnow())
        lag, waiting, lamps = (
            each.family() for each in (SWEEP_LAG, SWEEP_TO_CATCH_UP, CLOCKS_RUNNING)
        )
        lag.add_metric([self._node.code], standing.lag.total_seconds())
        waiting.add_metric([self._node.code], standing.to_catch_up)
        for lamp, count in standing.lamps.items():
            lamps.add_metric([self._node.code, lamp], count)
        yield from (lag, waiting, lamps)

    def _tokens(self) -> Iterator[GaugeMetricFamily]:
        if "portal" not in self._services:
            return
        rules = self._node.settings.portal.token_rules
        with self._node.unit("portal").transaction() as db:
            ending = tokens_ending_soon(db, utcnow(), rules)
        family = TOKENS_ENDING.family()
        family.add_metric([self._node.code], ending)
        yield family

    def _orders(self) -> Iterator[GaugeMetricFamily]:
        if "intake" not in self._services:
            return
        before = utcnow() - self._node.settings.intake.patience
        with self._node.unit("intake").transaction() as db:
            owed = laggards(db, before)
        family = ORDERS_OWED.family()
        for peer, orders in owed.items():
            family.add_metric([self._node.code, peer], orders)
        yield family

    def _custody(self) -> Iterator[GaugeMetricFamily]:
        if "dispatch" not in self._services:
            return
        house = House(self._node.code, self._node.neighbours)
        with self._node.unit("dispatch").transaction() as db:
            states = custody_states(db, house)
        family = CUSTODY_DIFFERENCES.family()
        for state in states:
            family.add_metric([self._node.code, state.peer], state.count)
        yield family

    def _duty(self) -> Iterator[GaugeMetricFamily]:
        if "dispatch" not in self._services:
            return
        now = utcnow()
        with self._node.unit("dispatch").transaction() as db:
            lacking, outside = count_gaps(db), count_open(db, now)
        since = outside.overdue_since or now
        told = {
            DUTY_GAPS: float(lacking),
            OUTSIDE_OPEN: float(outside.waiting),
            OUTSIDE_OVERDUE: float(outside.overdue),
            OUTSIDE_OVERDUE_OLDEST: (now - since).total_seconds(),
        }
        for asked, count in told.items():
            family = asked.family()
            family.add_metric([self._node.code], count)
            yield family

    def _files(self) -> Iterator[GaugeMetricFamily]:
        if "intake" not in self._services:
            return
        with self._node.unit("intake").transaction() as db:
            owed, now = awaited(db), utcnow()
        for asked, measure in FILE_GAUGES.items():
            family = asked.family()
            for peer in sorted({*self._node.neighbours, *owed}):
                files = owed.get(peer, NO_FILES)
                family.add_metric([self._node.code, peer], measure(files, now))
            yield family

    def _keys(self) -> Iterator[GaugeMetricFamily]:
        if "intake" not in self._services:
            return
        family = ROWS_TO_RESEAL.family()
        family.add_metric([self._node.code], sum(left(self._node).values()))
        yield family


def _count_and_age(since: Column[datetime]) -> Select[int, float]:
    age = extract("epoch", literal(utcnow()) - func.min(since))
    return select(func.count(), func.coalesce(cast(age, Float), 0.0)).select_from(since.table)


def _silent(look: Look, now: datetime) -> float:
    heard = look.link.last_heard_at if look.link else None
    return (now - heard).total_seconds() if heard else float("inf")


def _oldest(look: Look, now: datetime) -> float:
    posted = look.backlog.oldest_at
    return (now - posted).total_seconds() if posted else 0.0


def _gap(look: Look, now: datetime) -> float:
    since = look.backlog.held_since
    return (now - since).total_seconds() if since else 0.0


LINK_GAUGES: Mapping[Asked, Callable[[Look, datetime], float]] = {
    LINK_SILENT: _silent,
    LINK_UNRECEIPTED: lambda look, _now: look.backlog.unreceipted,
    LINK_OLDEST: _oldest,
    LINK_HELD: lambda look, _now: look.backlog.held,
    LINK_UNSENT: lambda look, _now: look.backlog.unsent,
    LINK_GAP: _gap,
}


def _since(at: datetime | None, now: datetime) -> float:
    return (now - at).total_seconds() if at else float("inf")


AUDIT_GAUGES: Mapping[Asked, Callable[[ChainState, datetime], float]] = {
    AUDIT_OLDEST: lambda state, _now: state.oldest_seconds,
    AUDIT_BROKEN: lambda state, _now: float(state.is_whole is False),
    AUDIT_VERIFIED: lambda state, now: _since(state.verified_at, now),
}
ANCHOR_GAUGES: Mapping[Asked, Callable[[AnchorState, datetime], float]] = {
    ANCHOR_AGE: lambda state, now: _since(state.kept_at, now),
    ANCHORS_CONTRADICTED: lambda state, _now: max(state.contradictions, bool(state.contradicts)),
}


NO_FILES = Awaited(files=0, oldest_at=None, faulty=0)
FILE_GAUGES: Mapping[Asked, Callable[[Awaited, datetime], float]] = {
    FILES_AWAITED: lambda files, _now: files.files,
    FILES_OLDEST: lambda files, now: _since(files.oldest_at, now) if files.oldest_at else 0.0,
    FILES_NOT_KEPT: lambda files, _now: files.faulty,
}


def serve_operations(node: Node, services: Sequence[str], port: int) -> None:
    """Answer on the operations port, in a greenlet, until the process ends."""
    REGISTRY.register(Measured(node, services))
    for outcome in LOOK_OUTCOMES:
        PERSON_LOOKS.labels(node=node.code, outcome=outcome)
    for reason in REFUSALS:
        PARCELS_REFUSED.labels(node=node.code, reason=reason)

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
