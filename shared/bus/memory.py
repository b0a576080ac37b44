"""A message broker in the memory of one process: exchanges, queues, copies and receipts.

It keeps what the services need of a real broker: first in, first out in every queue, also when
copies are put back, and one active consumer where the queue asks for it. One promise is stronger:
a receipt is settled when every copy of the message has ended, not when it is stored, because
nothing here outlives the process.

Left out because nothing in the house uses it: expiry, length limits, dead letters, priorities,
automatic deletion. All calls come from one thread; no call waits.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Protocol

from amqp.exceptions import InvalidCommand, NotFound, PreconditionFailed

EXCHANGE_KINDS = frozenset({"direct", "topic", "fanout"})


class Listener(Protocol):
    """Somebody who takes copies from a queue."""

    def wake(self) -> None:
        """Learn that there may be something to take."""


@dataclass(frozen=True, slots=True)
class Content:
    """A message as it was published."""

    body: bytes | str
    properties: Mapping[str, Any]
    exchange: str
    routing_key: str


@dataclass(slots=True, eq=False)
class Receipt:
    """A publish of which some copies have not ended yet."""

    remaining: int
    settle: Callable[[], None]

    def end_one(self) -> None:
        """Count one copy as ended; the last one settles."""
        self.remaining -= 1
        if not self.remaining:
            self.settle()


@dataclass(slots=True, eq=False)
class Copy:
    """One message in one queue."""

    position: int
    queue: "Queue"
    content: Content
    receipt: Receipt | None
    redelivered: bool = False

    def end(self) -> None:
        """Count the copy as heard or dropped: it never comes back."""
        if self.receipt is not None:
            self.receipt.end_one()

    def put_back(self) -> None:
        """Return the copy to the place in its own queue where it was."""
        self.redelivered = True
        self.queue.put_back(self)


class Queue:
    """Copies in the order of their publication, and those who listen for them."""

    def __init__(self, name: str, arguments: Mapping[str, Any]) -> None:
        self.name = name
        self.arguments = dict(arguments)
        self.listeners: list[Listener] = []
        self._ready: deque[Copy] = deque()
        self.single_active = bool(arguments.get("x-single-active-consumer"))

    def __len__(self) -> int:
        return len(self._ready)

    def listen(self, listener: Listener) -> None:
        """Add a listener; under a single active consumer it waits for those before it."""
        self.listeners.append(listener)
        listener.wake()

    def leave(self, listener: Listener) -> None:
        """Remove a listener; the next one may become the active one."""
        self.listeners.remove(listener)
        self._wake()

    def put(self, copy: Copy) -> None:
        """Append a new copy."""
        self._ready.append(copy)
        self._wake()

    def put_back(self, copy: Copy) -> None:
        """Insert a copy by its position, so that any order of putting back ends in the old one."""
        ahead: list[Copy] = []
        while self._ready and self._ready[0].position < copy.position:
            ahead.append(self._ready.popleft())
        self._ready.appendleft(copy)
        self._ready.extendleft(reversed(ahead))
        self._wake()

    def take(self, listener: Listener | None = None) -> Copy | None:
        """Remove and return the oldest copy, unless another listener is the active one."""
        if listener is not None and self.single_active and self.listeners[0] is not listener:
            return None
        return self._ready.popleft() if self._ready else None

    def clear(self) -> int:
        """Drop the copies that wait; return how many."""
        dropped = list(self._ready)
        self._ready.clear()
        for copy in dropped:
            copy.end()
        return len(dropped)

    def _wake(self) -> None:
        for listener in self.listeners[:1] if self.single_active else self.listeners:
            listener.wake()


@dataclass(slots=True)
class Exchange:
    """A named point of publication with its bindings: pattern and queue name."""

    kind: str
    bindings: dict[tuple[str, str], None] = field(default_factory=dict)

    def route(self, key: str) -> list[str]:
        """Return the names of the queues that a key reaches; one may come twice."""
        return [queue for pattern, queue in self.bindings if self._fits(pattern, key)]

    def _fits(self, pattern: str, key: str) -> bool:
        if self.kind == "topic":
            return _matches(pattern.split("."), key.split("."))
        return self.kind == "fanout" or pattern == key


def _matches(pattern: list[str], words: list[str]) -> bool:
    if not pattern:
        return not words
    first, rest = pattern[0], pattern[1:]
    if first == "#":
        return any(_matches(rest, words[start:]) for start in range(len(words) + 1))
    return bool(words) and first in {"*", words[0]} and _matches(rest, words[1:])


class Broker:
    """One virtual host: it sees no exchange or queue of another one."""

    def __init__(self) -> None:
        self.exchanges: dict[str, Exchange] = {}
        self.queues: dict[str, Queue] = {}
        self._routes: dict[tuple[str, str], tuple[Queue, ...]] = {}
        self._positions = count()

    def declare_exchange(self, name: str, kind: str) -> None:
        """Create an exchange; one of that name and another kind is an error."""
        if kind not in EXCHANGE_KINDS:
            raise InvalidCommand(f"COMMAND_INVALID - unknown exchange type {kind!r}")
        if self.exchanges.setdefault(name, Exchange(kind)).kind != kind:
            raise PreconditionFailed(f"PRECONDITION_FAILED - exchange {name!r} has another type")

    def declare_queue(self, name: str, arguments: Mapping[str, Any]) -> Queue:
        """Create a queue; one of that name with other arguments is an error."""
        known = self.queues.get(name)
        if known is None:
            known = self.queues[name] = Queue(name, arguments)
            self._routes.clear()
        if known.arguments != dict(arguments):
            raise PreconditionFailed(f"PRECONDITION_FAILED - queue {name!r} has other arguments")
        return known

    def exchange(self, name: str) -> Exchange:
        """Return an exchange that exists."""
        try:
            return self.exchanges[name]
        except KeyError:
            raise NotFound(f"NOT_FOUND - no exchange {name!r}") from None

    def queue(self, name: str) -> Queue:
        """Return a queue that exists."""
        try:
            return self.queues[name]
        except KeyError:
            raise NotFound(f"NOT_FOUND - no queue {name!r}") from None

    def bind(self, queue: str, exchange: str, pattern: str) -> None:
        """Let the messages of an exchange whose key fits the pattern reach a queue."""
        self.exchange(exchange).bindings[pattern, self.queue(queue).name] = None
        self._routes.clear()

    def unbind(self, queue: str, exchange: str, pattern: str) -> None:
        """Undo `bind`; what is not bound is no error."""
        self.exchange(exchange).bindings.pop((pattern, queue), None)
        self._routes.clear()

    def delete_exchange(self, name: str) -> None:
        """Remove an exchange and its bindings, if it exists."""
        self.exchanges.pop(name, None)
        self._routes.clear()

    def delete_queue(self, name: str) -> int:
        """Remove a queue and drop its copies; return how many."""
        queue = self.queues.pop(name, None)
        for exchange in self.exchanges.values():
            for binding in [each for each in exchange.bindings if each[1] == name]:
                del exchange.bindings[binding]
        self._routes.clear()
        return queue.clear() if queue is not None else 0

    def publish(self, content: Content, settle: Callable[[], None] | None) -> bool:
        """Put a copy into every queue that is reached; tell whether there is one.

        `settle` is called once, when the last copy has ended; never when there is no copy.
        """
        reached = self._reached(content.exchange, content.routing_key)
        receipt = Receipt(len(reached), settle) if settle is not None else None
        for queue in reached:
            queue.put(Copy(next(self._positions), queue, content, receipt))
        return bool(reached)

    def _reached(self, exchange: str, key: str) -> tuple[Queue, ...]:
        if not exchange:
            return (self.queues[key],) if key in self.queues else ()
        route = self._routes.get((exchange, key))
        if route is None:
            # A queue that is bound twice over gets one copy.
            names = dict.fromkeys(self.exchange(exchange).route(key))
            route = self._routes[exchange, key] = tuple(self.queues[name] for name in names)
        return route
