"""A channel of the bus in one process, in the shape of py-amqp's channels.

What it hands over and answers are py-amqp's own objects: a message means the same on both buses.
"""

from collections import defaultdict, deque
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

import amqp
from amqp.exceptions import ChannelError, PreconditionFailed, ResourceLocked
from amqp.protocol import queue_declare_ok_t
from kombu.transport import base
from kombu.transport.pyamqp import Message

from shared.bus.memory import Content, Copy, Queue

if TYPE_CHECKING:
    from shared.bus.embedded import Session


class Consumer:
    """One subscription of a channel to a queue."""

    def __init__(self, channel: "Channel", queue: Queue, tag: str, no_ack: bool) -> None:
        self.channel = channel
        self.queue = queue
        self.tag = tag
        self.no_ack = no_ack

    def wake(self) -> None:
        """Let the connection look again."""
        self.channel.connection.wake()


class Channel(base.StdChannel):
    """A channel in the shape of py-amqp's."""

    no_ack_consumers: set[str]  # type: ignore[assignment]  # kombu's base says None

    def __init__(self, connection: "Session", number: int) -> None:
        self.connection = connection
        self.channel_id = number
        self.is_open = True
        self.events: defaultdict[str, set[Callable[..., None]]] = defaultdict(set)
        self.no_ack_consumers = set()
        self._broker = connection.broker
        self._consumers: dict[str, tuple[Consumer, Callable[[amqp.Message], None]]] = {}
        self._unacknowledged: dict[int, Copy] = {}
        self._answers: deque[tuple[str, tuple[object, ...]]] = deque()
        self._delivered = count(1)
        self._published = count(1)
        self._confirming = False
        self._prefetch = 0

    def exchange_declare(
        self, exchange: str, type: str = "direct", passive: bool = False, **_: object
    ) -> None:
        """Create an exchange; with `passive` only check that it exists."""
        if passive:
            self._broker.exchange(exchange)
        else:
            self._broker.declare_exchange(exchange, type)

    def exchange_delete(self, exchange: str, **_: object) -> None:
        """Remove an exchange and its bindings."""
        self._broker.delete_exchange(exchange)

    def queue_declare(
        self,
        queue: str = "",
        passive: bool = False,
        arguments: dict[str, Any] | None = None,
        **_: object,
    ) -> queue_declare_ok_t:
        """Create a queue; with `passive` only check that it exists."""
        name = queue or f"amq.gen-{self.channel_id}-{id(self):x}-{next(self._delivered)}"
        known = (
            self._broker.queue(name)
            if passive
            else self._broker.declare_queue(name, arguments or {})
        )
        return queue_declare_ok_t(name, len(known), len(known.listeners))

    def queue_bind(
        self, queue: str, exchange: str = "", routing_key: str = "", **_: object
    ) -> None:
        """Bind a queue to an exchange."""
        self._broker.bind(queue, exchange, routing_key)

    def queue_unbind(
        self, queue: str, exchange: str = "", routing_key: str = "", **_: object
    ) -> None:
        """Undo a binding."""
        self._broker.unbind(queue, exchange, routing_key)

    def queue_purge(self, queue: str, **_: object) -> int:
        """Drop what waits in a queue; return how many messages."""
        return self._broker.queue(queue).clear()

    def queue_delete(
        self, queue: str, if_unused: bool = False, if_empty: bool = False, **_: object
    ) -> int:
        """Remove a queue; return how many messages it dropped."""
        known = self._broker.queues.get(queue)
        if known is not None and ((if_unused and known.listeners) or (if_empty and len(known))):
            raise PreconditionFailed(f"PRECONDITION_FAILED - queue {queue!r} in use or not empty")
        return self._broker.delete_queue(queue)

    def confirm_select(self, nowait: bool = False) -> None:
        """Answer every publish from now on, by `events`: basic_return, then basic_ack."""
        self._confirming = True

    def prepare_message(  # noqa: PLR0913, PLR0917 - kombu passes these by position
        self,
        body: bytes | str,
        priority: int | None = None,
        content_type: str | None = None,
        content_encoding: str | None = None,
        headers: dict[str, Any] | None = None,
        properties: dict[str, Any] | None = None,
    ) -> amqp.Message:
        """Make what `basic_publish` takes."""
        return amqp.Message(
            body,
            priority=priority,
            content_type=content_type,
            content_encoding=content_encoding,
            application_headers=headers or {},
            **properties or {},
        )

    def basic_publish(
        self,
        message: amqp.Message,
        exchange: str = "",
        routing_key: str = "",
        mandatory: bool = False,
        **_: object,
    ) -> None:
        """Put a copy into every queue that the key reaches."""
        content = Content(message.body, message.properties, exchange, routing_key)
        settle = None
        if self._confirming:
            settle = partial(self._answer, "basic_ack", next(self._published), False)
        if self._broker.publish(content, settle):
            return
        if mandatory:
            self._return(message, exchange, routing_key)
        if settle is not None:
            settle()

    def _return(self, message: amqp.Message, exchange: str, routing_key: str) -> None:
        error = ChannelError(f"NO_ROUTE - {exchange}/{routing_key}", reply_code=312)
        if not self.events["basic_return"]:
            raise error
        self._answer("basic_return", error, exchange, routing_key, message)

    def _answer(self, event: str, *details: object) -> None:
        if self.is_open:
            self._answers.append((event, details))
            self.connection.wake()

    def basic_qos(self, prefetch_size: int, prefetch_count: int, a_global: bool) -> None:
        """Limit how many messages may be unacknowledged; 0 is no limit."""
        self._prefetch = prefetch_count
        self.connection.wake()

    def basic_consume(
        self,
        queue: str,
        no_ack: bool = False,
        consumer_tag: str = "",
        callback: Callable[[amqp.Message], None] | None = None,
        **_: object,
    ) -> str:
        """Subscribe to a queue; `callback` runs in the greenlet that drains."""
        tag = consumer_tag or f"ctag-{self.channel_id}-{len(self._consumers)}"
        if callback is None or tag in self._consumers:
            raise PreconditionFailed(f"a callback and a fresh consumer tag are needed: {tag!r}")
        consumer = Consumer(self, self._broker.queue(queue), tag, no_ack)
        self._consumers[tag] = (consumer, callback)
        if no_ack:
            self.no_ack_consumers.add(tag)
        consumer.queue.listen(consumer)
        return tag

    def basic_cancel(self, consumer_tag: str, **_: object) -> None:
        """End a subscription; what it has delivered stays to be acknowledged."""
        if consumer_tag in self._consumers:
            consumer, _callback = self._consumers.pop(consumer_tag)
            self.no_ack_consumers.discard(consumer_tag)
            consumer.queue.leave(consumer)

    def basic_get(self, queue: str, no_ack: bool = False, **_: object) -> amqp.Message | None:
        """Take the oldest message of a queue, or none; refused where one consumer is active."""
        known = self._broker.queue(queue)
        if known.single_active:
            raise ResourceLocked(f"RESOURCE_LOCKED - queue {queue!r} has a single active consumer")
        copy = known.take()
        return None if copy is None else self._hand_over(copy, no_ack)

    def basic_ack(self, delivery_tag: int, multiple: bool = False) -> None:
        """End a delivery; with `multiple` also those before it."""
        for copy in self._settled(delivery_tag, multiple):
            copy.end()
        self.connection.wake()

    def basic_reject(self, delivery_tag: int, requeue: bool = False) -> None:
        """Put a delivery back to where it was, or drop it."""
        for copy in self._settled(delivery_tag, multiple=False):
            if requeue:
                copy.put_back()
            else:
                copy.end()
        self.connection.wake()

    def basic_recover(self, requeue: bool = True) -> None:
        """Put all deliveries back."""
        # From the last to the first: each then goes straight to the front.
        while self._unacknowledged:
            self._unacknowledged.popitem()[1].put_back()

    def message_to_python(self, raw: amqp.Message) -> Message:
        """Wrap a delivery for kombu."""
        return Message(raw, channel=self)

    def step(self) -> bool:
        """Give one answer or deliver one message; tell whether there was one."""
        if self._answers:
            event, details = self._answers.popleft()
            for callback in self.events[event]:
                callback(*details)
            return True
        return any(self._deliver(*each) for each in list(self._consumers.values()))

    def close(self) -> None:
        """Cancel the consumers, put back what is not acknowledged, and leave."""
        if not self.is_open:
            return
        self.is_open = False
        for tag in list(self._consumers):
            self.basic_cancel(tag)
        self.basic_recover()
        self.connection.forget(self)

    def _deliver(self, consumer: Consumer, callback: Callable[[amqp.Message], None]) -> bool:
        full = 0 < self._prefetch <= len(self._unacknowledged)
        copy = None if full and not consumer.no_ack else consumer.queue.take(consumer)
        if copy is None:
            return False
        # To the end of the line, so that the next delivery is another consumer's.
        self._consumers[consumer.tag] = self._consumers.pop(consumer.tag)
        message = self._hand_over(copy, consumer.no_ack)
        message.delivery_info["consumer_tag"] = consumer.tag
        callback(message)
        return True

    def _hand_over(self, copy: Copy, no_ack: bool) -> amqp.Message:
        tag = next(self._delivered)
        if no_ack:
            copy.end()
        else:
            self._unacknowledged[tag] = copy
        headers = dict(copy.content.properties.get("application_headers") or {})
        properties = dict(copy.content.properties, application_headers=headers)
        message = amqp.Message(copy.content.body, channel=self, **properties)
        message.delivery_info = {
            "delivery_tag": tag,
            "redelivered": copy.redelivered,
            "exchange": copy.content.exchange,
            "routing_key": copy.content.routing_key,
        }
        return message

    def _settled(self, tag: int, multiple: bool) -> list[Copy]:
        if multiple:
            tags = [each for each in self._unacknowledged if each <= tag]
        else:
            tags = [tag] if tag in self._unacknowledged else []
        if not tags:
            raise PreconditionFailed(f"PRECONDITION_FAILED - unknown delivery tag {tag}")
        return [self._unacknowledged.pop(each) for each in tags]
