"""Two nodes with a broker each, and shovels between these over mutual TLS."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import amqp
import kombu
import pytest

from backstop.commands.checks import Finding, check_ways
from backstop.servers.postgres import PostgresServer
from backstop.servers.server import start_together
from services.link.handlers.letters import MOST_BYTES
from shared.bus.depths import Depths
from shared.bus.topology import FROM_PARENT, INBOUND, OUT, UNROUTED, UPLINK, down_queue
from tests.system.every_story import EveryStory
from tests.system.harness import RunningNode, eventually
from tests.system.intruder import Intruder
from tests.system.link_books import balanced, stuck
from tests.system.linked import LinkedNodes, link_of
from tests.system.traffic import persist

pytestmark = [pytest.mark.system, pytest.mark.long]

CASES = 12
REFUSED = "SELECT reason FROM link.refused WHERE digest <> '' ORDER BY position DESC LIMIT 1"
PARKED = "SELECT reason FROM link.parked WHERE ended_at IS NULL ORDER BY position"
HEARD_AT = "SELECT last_heard_at FROM link.links"


@pytest.fixture(scope="module")
def linked(own_postgres: PostgresServer, scratch: Path) -> Iterator[LinkedNodes]:
    """County and city, running."""
    with (
        LinkedNodes.by_shovel(scratch / "shovelled", own_postgres) as built,
        built.running() as nodes,
    ):
        for node in nodes.both:
            eventually("the link is up", lambda n=node: link_of(n)["state"] == "up", 60)  # type: ignore[misc]
        yield nodes


@pytest.fixture
def intruder(linked: LinkedNodes) -> Iterator[Intruder]:
    """Somebody who has everything of the county."""
    own, above = (linked.brokers[node.settings.code] for node in linked.both)
    intruder = Intruder(*linked.both, own, above)
    yield intruder
    intruder.leave()


class TestShovel(EveryStory):
    """Taken along from broker to broker."""


def test_the_doctor_sees_that_shovels_take_from_both(linked: LinkedNodes) -> None:
    for node in linked.both:
        eventually("a shovel takes", lambda n=node: found_by_doctor(n).is_ok)  # type: ignore[misc]
        assert found_by_doctor(node).told.startswith("1 ")


def test_a_broker_above_that_was_away_gets_everything_when_it_is_back(
    linked: LinkedNodes,
) -> None:
    above = linked.brokers[linked.city.settings.code]
    above.stop()
    confirmed = [persist(linked.county) for _ in range(CASES)]
    uplink = Depths(linked.county.settings.bus_url)
    eventually("nobody takes from the uplink", lambda: uplink.of([UPLINK])[UPLINK].consumers == 0)
    eventually("it waits on the own broker", lambda: uplink.of([UPLINK])[UPLINK].ready)
    uplink.close()
    assert found_by_doctor(linked.county).told.endswith("no shovel takes: uplink")

    above.start()

    balanced(linked, confirmed)


def test_brokers_that_are_killed_at_once_lose_nothing_and_double_nothing(
    linked: LinkedNodes,
) -> None:
    confirmed = [persist(linked.county) for _ in range(CASES)]
    for broker in linked.brokers.values():
        broker.kill()
    confirmed += [persist(linked.county) for _ in range(2)]

    start_together(list(linked.brokers.values()))

    balanced(linked, confirmed)


def test_a_shovel_that_runs_and_carries_nothing_is_woken_by_the_next_beat(
    linked: LinkedNodes, intruder: Intruder
) -> None:
    city = linked.city
    with kombu.Connection(city.settings.bus_url) as bus:
        channel = bus.channel()
        channel.exchange_delete(intruder.way_in)
        confirmed = [persist(linked.county)]
        eventually("it is on its way", lambda: stuck(linked.county)["outgoing"])
        channel.exchange_declare(intruder.way_in, "fanout", durable=True, auto_delete=False)
        channel.queue_bind(INBOUND, intruder.way_in)

    balanced(linked, confirmed)


def test_a_letter_to_nobody_is_kept_beside(linked: LinkedNodes) -> None:
    city = linked.city.settings
    depths = Depths(city.bus_url)
    with kombu.Connection(city.bus_url, transport_options={"confirm_publish": True}) as bus:
        channel = bus.channel()
        channel.queue_purge(UNROUTED)
        message = channel.prepare_message(b"?", properties={"delivery_mode": 2})
        channel.basic_publish(message, OUT, f"{down_queue('999999')}.link", mandatory=True)

    eventually("it is kept", lambda: depths.of([UNROUTED])[UNROUTED].ready == 1)
    depths.close()


def test_a_later_minor_with_fields_that_nobody_knows_is_heard(
    linked: LinkedNodes, intruder: Intruder
) -> None:
    refused = stuck(linked.city)["refused"]
    content = json.dumps({"facts": [], "boxes": {}, "weather": ["fine"]})
    before = linked.city.rows(HEARD_AT)

    intruder.send(intruder.letter(content, colour="blue"))

    eventually("it was heard", lambda: linked.city.rows(HEARD_AT) > before)
    assert stuck(linked.city)["refused"] == refused


def test_a_letter_that_is_sent_again_by_somebody_else_counts_once(
    linked: LinkedNodes, intruder: Intruder
) -> None:
    [(sequence,)] = linked.city.rows("SELECT heard FROM link.links")
    before = linked.city.rows(HEARD_AT)

    intruder.send(intruder.letter(sequence=sequence))

    eventually("it was heard", lambda: linked.city.rows(HEARD_AT) > before)
    balanced(linked)


FORGERIES: dict[str, Callable[[Intruder], None]] = {
    "account": lambda one: one.send(one.letter(), user_id=None),
    "signature": lambda one: one.send(one.letter().replace(b"boxes", b"boxer")),
    "addressee": lambda one: one.send(one.letter(addressee="340000")),
    "no_neighbour": lambda one: one.send(one.letter(sender="341524")),
    "malformed": lambda one: one.send(one.letter(sequence=-1)),
    "size": lambda one: one.send(one.letter(json.dumps({"facts": [], "x": "x" * MOST_BYTES}))),
}


@pytest.mark.parametrize("reason", FORGERIES)
def test_a_letter_that_is_not_believed_is_counted_and_changes_nothing(
    linked: LinkedNodes, intruder: Intruder, reason: str
) -> None:
    before = stuck(linked.city)["refused"]

    FORGERIES[reason](intruder)

    eventually("it is refused", lambda: stuck(linked.city)["refused"] == before + 1)
    assert linked.city.rows(REFUSED) == [(reason,)]
    [(heard,)] = linked.city.rows("SELECT heard FROM link.links")
    [(said,)] = linked.county.rows("SELECT said - begun_after FROM link.links")
    assert heard <= said, "it counted beside what the county said"


def test_a_county_s_letter_that_comes_from_above_is_refused(
    linked: LinkedNodes, intruder: Intruder
) -> None:
    before = stuck(linked.city)["refused"]
    with kombu.Connection(linked.city.settings.bus_url) as bus:
        channel = bus.channel()
        channel.basic_publish(channel.prepare_message(intruder.letter()), FROM_PARENT)

    eventually("it is refused", lambda: stuck(linked.city)["refused"] == before + 1)
    assert linked.city.rows(REFUSED) == [("exchange",)]


def test_what_is_too_new_is_parked_once_and_may_be_read_by_a_later_release(
    linked: LinkedNodes, intruder: Intruder
) -> None:
    letter = json.loads(intruder.letter(version=2))
    letter[0]["subject"] = letter[0]["data"]["parcel_id"]

    for _ in range(2):
        [envelope] = letter
        again = {**envelope, "id": str(uuid4())}
        intruder.send(json.dumps([again]).encode())
    intruder.send(intruder.wrapped({"body": "?"}, "link.parcel_arrived.v2"))

    eventually("both are parked", lambda: len(linked.city.rows(PARKED)) == 2)
    reasons = [reason for (reason,) in linked.city.rows(PARKED)]
    assert "in form 2: this release reads 1" in reasons[0]
    assert reasons[1] == "unknown event link.parcel_arrived.v2"


def test_a_neighbour_cannot_speak_as_a_service_of_this_node(
    linked: LinkedNodes, intruder: Intruder
) -> None:
    said = linked.city.rows("SELECT count(*) FROM link.facts")
    case = {"case_id": str(uuid4()), "round": 1}
    source = f"/nodes/{linked.city.settings.code}/dispatch"

    intruder.send(intruder.wrapped(case, "dispatch.case_finished.v1", source=source))

    why = ("no neighbour may say dispatch.case_finished.v1",)
    eventually("it is parked", lambda: linked.city.rows(PARKED) == [why])
    assert linked.city.rows("SELECT count(*) FROM link.facts") == said


@pytest.mark.parametrize("exchange", ["", "in.341524", OUT, FROM_PARENT, "events", UNROUTED])
def test_a_child_may_write_to_its_own_way_in_alone(intruder: Intruder, exchange: str) -> None:
    with pytest.raises((amqp.AccessRefused, amqp.NotFound)):
        intruder.send(intruder.letter(), exchange)


def test_nobody_writes_under_another_s_name_nor_without_a_certificate(intruder: Intruder) -> None:
    with pytest.raises(amqp.PreconditionFailed):
        intruder.send(intruder.letter(), user_id="node-341524")
    with pytest.raises((OSError, amqp.AMQPError)):
        intruder.dial(certificate=False)


def found_by_doctor(node: RunningNode) -> Finding:
    """What the doctor says of a node's links."""
    [finding] = check_ways(node.settings)
    return finding
