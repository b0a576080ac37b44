"""The same handlers as a Celery chain of four tasks with one commit each; no portal, no journal.

`BENCH_NODE_FILE` names the node. `python -m tests.bench._chain CASES` sends the chains.
"""

import os
import sys
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from celery import Celery, chain
from sqlalchemy import Connection

from backstop.node import Node
from services.dispatch.handlers import route_cases
from services.intake.handlers import Caller, register_case
from services.notify.handlers import confirm_registrations, tell_dispatched, tell_promises
from services.sla.handlers import start_citizen_clocks, start_custody_clocks
from shared.clock import utcnow
from shared.db import transaction
from shared.events.base import Event
from shared.events.dispatch import OrderDispatched
from shared.events.intake import CaseAccepted, CaseRegistered
from shared.events.sla import ClockStarted
from shared.outbox import forget, said
from shared.security.actor import anonymous
from tests.bench._load import load_node, report_of

Told = list[tuple[str, str]]
"""Events by name, as JSON."""


@cache
def node() -> Node:
    """Return the node, put together once in each process of the pool."""
    return load_node(os.environ["BENCH_NODE_FILE"])


app = Celery("tests.bench._chain", broker=os.environ.get("BENCH_BUS_URL"))
app.conf.update(
    task_ignore_result=True,
    task_acks_late=True,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
)


def _commit(service: str, act: Callable[[Connection], None], told: Told) -> Told:
    with transaction(node().engine, service) as db:
        forget(db)
        act(db)
        facts: Sequence[Event] = said(db)
        forget(db)
    return told + [(fact.name, fact.model_dump_json()) for fact in facts]


def _of(told: Told, kind: type[Event]) -> list[Any]:
    return [kind.model_validate_json(body) for name, body in told if name == kind.name]


@app.task
def register(number: int) -> Told:
    """Register one case."""
    caller = Caller(anonymous(node().code), utcnow())
    report = report_of(node().code, number)
    return _commit(
        "intake", lambda db: _discard(register_case(db, node().keys, report, caller)), []
    )


@app.task
def dispatch(told: Told) -> Told:
    """Find its unit."""
    return _commit("dispatch", lambda db: route_cases(db, _of(told, CaseAccepted)), told)


@app.task
def sla(told: Told) -> Told:
    """Start its three clocks."""
    promise = node().settings.service("sla").promise

    def act(db: Connection) -> None:
        start_citizen_clocks(db, _of(told, CaseAccepted), promise)
        start_custody_clocks(db, _of(told, OrderDispatched), promise, utcnow())

    return _commit("sla", act, told)


@app.task
def notify(told: Told) -> None:
    """Queue its three messages."""
    house = node().settings.service("notify").house(node().keys)

    def act(db: Connection) -> None:
        confirm_registrations(db, _of(told, CaseRegistered), house)
        tell_promises(db, _of(told, ClockStarted), house)
        tell_dispatched(db, _of(told, OrderDispatched), house)

    _commit("notify", act, told)


def _discard(_result: object) -> None:
    return None


if __name__ == "__main__":
    for each in range(int(sys.argv[1])):
        chain(register.s(each), dispatch.s(), sla.s(), notify.s()).apply_async()
