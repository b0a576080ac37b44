"""The broker in memory: where a message goes, in which order, and when its receipt is settled."""

import pytest
from amqp.exceptions import InvalidCommand, NotFound, PreconditionFailed
from hypothesis import given
from hypothesis import strategies as st

from shared.bus.memory import Broker, Content, Copy, Queue

SINGLE = {"x-single-active-consumer": True}


class Ear:
    """A listener that counts how often it was woken."""

    def __init__(self) -> None:
        self.woken = 0

    def wake(self) -> None:
        self.woken += 1


@pytest.mark.parametrize(
    ("pattern", "key", "fits"),
    [
        ("sla.0", "sla.0", True),
        ("sla.0", "sla.1", False),
        ("sla.*", "sla.1", True),
        ("sla.*", "sla", False),
        ("sla.*", "sla.1.2", False),
        ("sla.#", "sla", True),
        ("sla.#", "sla.1.2", True),
        ("#", "anything.at.all", True),
        ("#.0", "intake.0", True),
        ("#.0", "intake.1", False),
        ("*.*.x", "a.b.x", True),
    ],
)
def test_a_topic_reaches_the_queues_whose_pattern_fits(pattern: str, key: str, fits: bool) -> None:
    broker = topic_broker(q=[pattern])

    assert broker.publish(said(key), None) is fits


def test_a_fanout_reaches_every_bound_queue() -> None:
    broker = Broker()
    broker.declare_exchange("all", "fanout")
    for name in ("a", "b"):
        broker.declare_queue(name, {})
        broker.bind(name, "all", "")

    broker.publish(Content(b"", {}, "all", "whatever"), None)

    assert [len(broker.queues[name]) for name in ("a", "b")] == [1, 1]


def test_a_direct_exchange_takes_the_key_literally() -> None:
    broker = Broker()
    broker.declare_exchange("one", "direct")
    broker.declare_queue("q", {})
    broker.bind("q", "one", "*")

    assert not broker.publish(Content(b"", {}, "one", "k"), None)
    assert broker.publish(Content(b"", {}, "one", "*"), None)


def test_without_an_exchange_the_key_names_the_queue() -> None:
    broker = topic_broker(q=[])

    assert broker.publish(Content(b"", {}, "", "q"), None)
    assert not broker.publish(Content(b"", {}, "", "nobody"), None)


def test_a_queue_that_is_bound_twice_over_gets_one_copy() -> None:
    broker = topic_broker(q=["sla.*", "*.0"])

    broker.publish(said("sla.0"), None)

    assert len(broker.queues["q"]) == 1


def test_a_binding_made_after_a_publish_counts_for_the_next() -> None:
    broker = topic_broker(q=[], late=[])
    assert not broker.publish(said("sla.0"), None)

    broker.bind("late", "events", "sla.0")
    assert broker.publish(said("sla.0"), None)

    broker.unbind("late", "events", "sla.0")
    assert not broker.publish(said("sla.0"), None)


def test_an_unknown_exchange_is_an_error() -> None:
    with pytest.raises(NotFound):
        Broker().publish(said("sla.0"), None)


def test_an_unknown_queue_cannot_be_bound() -> None:
    broker = topic_broker()

    with pytest.raises(NotFound):
        broker.bind("nobody", "events", "#")


def test_a_queue_cannot_be_declared_again_with_other_arguments() -> None:
    broker = topic_broker(q=[])

    assert broker.declare_queue("q", {}) is broker.queues["q"]
    with pytest.raises(PreconditionFailed):
        broker.declare_queue("q", SINGLE)


def test_an_exchange_cannot_be_declared_again_as_another_kind() -> None:
    with pytest.raises(PreconditionFailed):
        topic_broker().declare_exchange("events", "direct")


def test_a_kind_of_exchange_that_nobody_needs_is_refused() -> None:
    with pytest.raises(InvalidCommand):
        Broker().declare_exchange("events", "headers")


def test_what_is_published_first_is_taken_first() -> None:
    broker = topic_broker(q=["#"])
    for number in range(5):
        broker.publish(said("sla.0", b"%d" % number), None)

    assert bodies(broker.queues["q"]) == [b"0", b"1", b"2", b"3", b"4"]


@given(st.permutations(range(8)), st.integers(0, 8))
def test_copies_put_back_in_any_order_are_in_their_old_order(order: list[int], taken: int) -> None:
    broker = topic_broker(q=["#"])
    for number in range(8):
        broker.publish(said("sla.0", b"%d" % number), None)
    copies = [take(broker.queues["q"]) for _ in range(taken)]

    for number in order:
        if number < taken:
            copies[number].put_back()

    assert bodies(broker.queues["q"]) == [b"%d" % number for number in range(8)]


def test_a_copy_goes_back_to_its_own_queue_only() -> None:
    broker = topic_broker(a=["#"], b=["#"])
    broker.publish(said("sla.0"), None)

    copy = take(broker.queues["a"])
    copy.put_back()

    assert [len(broker.queues[name]) for name in ("a", "b")] == [1, 1]
    assert copy.redelivered


def test_a_receipt_is_settled_when_the_last_copy_has_ended() -> None:
    broker = topic_broker(a=["#"], b=["#"])
    settled: list[str] = []
    broker.publish(said("sla.0"), lambda: settled.append("settled"))

    take(broker.queues["a"]).end()
    assert not settled
    take(broker.queues["b"]).end()
    assert settled == ["settled"]


def test_purging_and_deleting_settle_what_they_drop() -> None:
    broker = topic_broker(a=["#"], b=["#"])
    settled: list[str] = []
    broker.publish(said("sla.0"), lambda: settled.append("settled"))

    assert broker.queues["a"].clear() == 1
    assert broker.delete_queue("b") == 1

    assert settled == ["settled"]


def test_a_deleted_queue_is_reached_no_more() -> None:
    broker = topic_broker(q=["#"])

    broker.delete_queue("q")

    assert not broker.publish(said("sla.0"), None)


def test_a_single_active_consumer_is_followed_by_the_next_when_it_leaves() -> None:
    broker = topic_broker()
    queue = broker.declare_queue("one", SINGLE)
    first, second = Ear(), Ear()
    queue.listen(first)
    queue.listen(second)
    for _ in range(2):
        broker.publish(Content(b"", {}, "", "one"), None)

    assert queue.take(second) is None
    assert queue.take(first) is not None
    queue.leave(first)
    assert queue.take(second) is not None


def test_only_the_active_consumer_is_woken() -> None:
    broker = topic_broker()
    queue = broker.declare_queue("one", SINGLE)
    first, second = Ear(), Ear()
    queue.listen(first)
    queue.listen(second)
    first.woken = second.woken = 0

    broker.publish(Content(b"", {}, "", "one"), None)

    assert (first.woken, second.woken) == (1, 0)


def topic_broker(**patterns: list[str]) -> Broker:
    broker = Broker()
    broker.declare_exchange("events", "topic")
    for queue, bound in patterns.items():
        broker.declare_queue(queue, {})
        for pattern in bound:
            broker.bind(queue, "events", pattern)
    return broker


def said(key: str, body: bytes = b"") -> Content:
    return Content(body, {}, "events", key)


def take(queue: Queue) -> Copy:
    copy = queue.take()
    assert copy is not None
    return copy


def bodies(queue: Queue) -> list[bytes | str]:
    return [take(queue).content.body for _ in range(len(queue))]
