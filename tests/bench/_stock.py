"""The same handlers under stock Nameko: its event handlers, one commit a message, its dispatcher.

No outbox and no inbox: what a crash loses or doubles here is not counted, so it does less than we.
`python -m tests.bench._stock serve NODE_FILE` hears; `… load NODE_FILE CASES` registers.
"""

import warnings

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

import eventlet  # noqa: E402

# Before the patch, as in backstop.bus_main.
import psycopg  # noqa: E402, F401

eventlet.monkey_patch()

import inspect  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable, Iterator, Sequence  # noqa: E402
from typing import Any  # noqa: E402

from nameko.events import EventDispatcher, event_handler  # noqa: E402
from nameko.extensions import DependencyProvider  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402
from nameko.standalone.events import event_dispatcher  # noqa: E402
from sqlalchemy import Connection  # noqa: E402

from backstop.bus import BusProcess  # noqa: E402
from backstop.node import Node  # noqa: E402
from backstop.suite import MEMBERS  # noqa: E402
from services.intake.handlers import Caller, register_case  # noqa: E402
from shared.chassis.hearing import Manner  # noqa: E402
from shared.chassis.hears import Hears  # noqa: E402
from shared.chassis.relay import Relay  # noqa: E402
from shared.chassis.runtime import CONFIG_KEY  # noqa: E402
from shared.clock import new_id, utcnow  # noqa: E402
from shared.db import transaction  # noqa: E402
from shared.events.base import Envelope, Event  # noqa: E402
from shared.logs import new_traceparent  # noqa: E402
from shared.outbox import forget, said  # noqa: E402
from shared.security.actor import anonymous  # noqa: E402
from tests.bench._load import load_node, paced, report_of  # noqa: E402

Act = Callable[[Connection, Any], object]


def wrapped(node: str, event: Event) -> dict[str, Any]:
    """Return an event as it travels; its version only has to grow."""
    now = utcnow()
    speaker = event.name.partition(".")[0]
    envelope = Envelope(
        id=new_id(),
        source=f"/nodes/{node}/{speaker}",
        type=event.name,
        time=event.occurred_at,
        subject=event.subject_id,
        traceparent=new_traceparent(),
        version=int(now.timestamp() * 1_000_000),
        data=event.model_dump(mode="json"),
    )
    return envelope.model_dump(mode="json", exclude_none=True)


def stock_class(product: type) -> type:
    """Return a class that hears with stock entrypoints what a service of ours hears."""
    body: dict[str, Any] = {"name": product.name, "dispatcher": EventDispatcher()}  # type: ignore[attr-defined]
    body |= dict(_dependencies(product))
    for method, hearer in _hearers(product):
        for kind in hearer.kinds:
            body[f"on_{kind.name.replace('.', '_')}"] = _entrypoint(product, method, hearer, kind)
    return type(f"Stock{product.__name__}", (), body)


def _dependencies(product: type) -> Iterator[tuple[str, DependencyProvider]]:
    for name, value in vars(product).items():
        if isinstance(value, DependencyProvider) and not isinstance(value, Relay):
            yield name, value


def _hearers(product: type) -> Iterator[tuple[str, Hears]]:
    for name, method in inspect.getmembers(product, inspect.isfunction):
        for entrypoint in getattr(method, "nameko_entrypoints", ()):
            if isinstance(entrypoint, Hears):
                yield name, entrypoint


def _entrypoint(product: type, method: str, hearer: Hears, kind: type[Event]) -> Any:
    speaker = kind.name.partition(".")[0]

    def on_event(self: Any, payload: dict[str, Any]) -> None:
        envelope = Envelope.model_validate(payload)
        taken = _taken(hearer.manner, envelope, envelope.open(kind))
        ours = product()
        for name, _provider in _dependencies(product):
            setattr(ours, name, getattr(self, name))
        for event in _run(self.unit, getattr(ours, method), taken):
            self.dispatcher(event.name, wrapped(self.unit.node, event))

    return event_handler(speaker, kind.name, requeue_on_error=True)(on_event)


def _taken(manner: Manner, envelope: Envelope, event: Event) -> Any:
    taken = {Manner.ONE: event, Manner.MANY: [event], Manner.ENVELOPES: [(envelope, event)]}
    return taken[manner]


def _run(unit: Any, act: Act, taken: Any) -> Sequence[Event]:
    with transaction(unit.engine, unit.service) as db:
        forget(db)
        act(db, taken)
        facts = said(db)
        forget(db)
    return facts


def serve(node: Node) -> None:
    """Hear until ended."""
    runtime = BusProcess([node], [], 0).runtime(node)
    runner = ServiceRunner({"AMQP_URI": node.settings.bus_url, CONFIG_KEY: runtime})
    for member in MEMBERS.values():
        runner.add_service(stock_class(member.service_class()))
    runner.start()
    runner.wait()


def load(node: Node, cases: int) -> None:
    """Register cases and dispatch what was said after each commit."""
    unit = node.unit("intake")
    dispatch = event_dispatcher({"AMQP_URI": node.settings.bus_url})
    for number in paced(cases, 0):
        report, caller = report_of(node.code, number), Caller(anonymous(node.code), utcnow())
        taken = (node.keys, report, caller)
        for event in _run(unit, lambda db, given: register_case(db, *given), taken):
            dispatch("intake", event.name, wrapped(node.code, event))


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(load_node(sys.argv[2]))
    else:
        load(load_node(sys.argv[2]), int(sys.argv[3]))
