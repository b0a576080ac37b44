"""A hand between a neighbour's way in and link's queue: it deals out twice and out of order.

What it takes off the broker it gives back only after the broker has confirmed the copies, so that
whatever ends it, nothing is left behind but more copies.
"""

import json
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import kombu
from amqp import Message

from shared.bus.topology import INBOUND, inbound_exchange

HAND = 40
"""Messages that are shuffled together."""
PAUSE_SECONDS = 0.05
KEPT_PROPERTIES = ("content_type", "content_encoding", "delivery_mode", "application_headers")


class Shuffler:
    """Deals out what one neighbour sends to the bus of a node."""

    def __init__(self, bus_url: str, neighbour: str, chance: random.Random) -> None:
        self._url = bus_url
        self._way_in = inbound_exchange(neighbour)
        self._own = f"shuffled.{neighbour}"
        self._chance = chance
        self._over = threading.Event()
        self._begun = threading.Event()
        self._hand: list[Any] = []
        self.taken = 0
        self.dealt = 0

    @contextmanager
    def dealing(self) -> Iterator["Shuffler"]:
        """Stand in the way while the block runs; afterwards everything flows as before."""
        thread = threading.Thread(target=self._deal_on_and_on)
        thread.start()
        self._begun.wait(30)
        try:
            yield self
        finally:
            self._over.set()
            thread.join()

    def _deal_on_and_on(self) -> None:
        with kombu.Connection(self._url, transport_options={"confirm_publish": True}) as bus:
            channel = bus.channel()
            channel.queue_declare(self._own, durable=True, auto_delete=False)
            channel.queue_bind(self._own, self._way_in)
            while not self._over.is_set():
                # Who connects anew declares the straight way anew.
                channel.queue_unbind(INBOUND, self._way_in)
                self._begun.set()
                self._deal(channel)
                self._over.wait(PAUSE_SECONDS)
            channel.queue_bind(INBOUND, self._way_in)
            channel.queue_unbind(self._own, self._way_in)
            while self._deal(channel, keeps=False):
                pass
            channel.queue_delete(self._own)

    def _deal(self, channel: Any, *, keeps: bool = True) -> bool:
        while len(self._hand) < HAND and (message := channel.basic_get(self._own)) is not None:
            self._hand.append(message)
            self.taken += 1
        kept = [one for one in self._hand if keeps and self._chance.random() < 1 / 3]
        going = [one for one in self._hand if one not in kept]
        copies = [(one, how) for one in going for how in (_as_it_is, _as_another)]
        self._chance.shuffle(copies)
        for message, how in copies:
            channel.basic_publish(how(message), routing_key=INBOUND)
            self.dealt += 1
        for message in going:
            channel.basic_ack(message.delivery_tag)
        self._hand = kept
        return bool(going)


def _as_it_is(message: Any) -> Message:
    # The same message again: for the inbox.
    return _message(message, message.body)


def _as_another(message: Any) -> Message:
    # The same letter in a message of its own, as a carrier that sends it once more: for link.
    [envelope] = json.loads(message.body)
    parcel = str(uuid4())
    data = {**envelope["data"], "parcel_id": parcel}
    told = {**envelope, "id": str(uuid4()), "subject": parcel, "data": data}
    return _message(message, json.dumps([told]).encode())


def _message(like: Any, body: Any) -> Message:
    kept = {name: like.properties[name] for name in KEPT_PROPERTIES if name in like.properties}
    return Message(body, **kept)
