"""What somebody may do at the broker of the tier above: with a certificate, and without one."""

import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import amqp
import pytest

from backstop.links.authority import Authority, Pair, certificate_pem
from backstop.links.definitions import account_of
from backstop.links.places import put
from backstop.links.wire import Shut, dialled
from backstop.progress import Trouble
from backstop.servers.ports import LOOPBACK
from backstop.servers.rabbitmq import USER
from shared.bus.topology import INBOUND
from tests.conftest import go_without
from tests.integration.backstop.links.family import (
    CITY,
    COUNTY,
    SIBLING,
    Attempts,
    Family,
    own_address,
)

ALLOWED, ACCESS_REFUSED, FOREIGN_USER = 0, 403, 406


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pairs")


@pytest.fixture(scope="module")
def child(linked: Family, keys: Path, now: datetime) -> Iterator[Attempts]:
    with linked.attempts(linked.vouched(account_of(COUNTY), now, keys)) as attempts:
        yield attempts


def test_a_child_writes_into_its_own_way_in_under_its_own_name(child: Attempts) -> None:
    assert child.publish(f"in.{COUNTY}", user_id=account_of(COUNTY)) == ALLOWED
    assert child.publish(f"in.{COUNTY}", user_id=account_of(SIBLING)) == FOREIGN_USER


@pytest.mark.parametrize(
    ("exchange", "key"),
    [
        (f"in.{SIBLING}", ""),
        ("link.out", f"down.{SIBLING}.x"),
        ("events", "intake.0"),
        ("", f"down.{SIBLING}"),
        ("", "link.in"),
        ("from.parent", ""),
        ("link.unrouted", ""),
        (f"papers.{COUNTY}", ""),
        (f"join.{SIBLING}", ""),
        ("amq.topic", "x"),
    ],
)
def test_a_child_writes_nowhere_else(child: Attempts, exchange: str, key: str) -> None:
    assert child.publish(exchange, key) == ACCESS_REFUSED


@pytest.mark.parametrize("header", ["CC", "BCC"])
def test_no_header_leads_a_message_into_the_queue_of_another(
    linked: Family, child: Attempts, header: str
) -> None:
    # With one topic exchange for all, this is how a child wrote into its sibling's queue.
    queues = [f"down.{SIBLING}", f"papers.{SIBLING}"]
    elsewhere = {header: [*queues, f"down.{SIBLING}.x"]}

    with linked.at_home(CITY) as channel:
        before = channel.waiting(INBOUND)
        assert before is not None
        lay_there = [channel.waiting(queue) for queue in queues]
        assert child.publish(f"in.{COUNTY}", application_headers=elsewhere) == ALLOWED

        assert channel.waiting(INBOUND) == before + 1
        assert [channel.waiting(queue) for queue in queues] == lay_there


@pytest.mark.parametrize("queue", [f"down.{SIBLING}", "link.in", "uplink", f"papers.{COUNTY}"])
def test_a_child_reads_no_queue_but_its_own(child: Attempts, queue: str) -> None:
    assert child.refused("basic_get", queue) == ACCESS_REFUSED
    assert child.refused("basic_consume", queue) == ACCESS_REFUSED
    assert child.refused("queue_purge", queue) == ACCESS_REFUSED


@pytest.mark.parametrize(
    ("what", "arguments"),
    [
        ("queue_declare", ["mine"]),
        ("queue_declare", [""]),
        ("queue_delete", [f"down.{COUNTY}"]),
        ("queue_bind", [f"down.{COUNTY}", "link.out", "#"]),
        ("exchange_declare", ["mine", "topic"]),
        ("exchange_delete", [f"in.{COUNTY}"]),
    ],
)
def test_a_child_makes_and_removes_nothing(
    child: Attempts, what: str, arguments: list[str]
) -> None:
    assert child.refused(what, *arguments) == ACCESS_REFUSED


def test_a_name_without_an_account_is_not_let_in(
    linked: Family, keys: Path, now: datetime
) -> None:
    stranger = linked.vouched("node-999999", now, keys)

    with pytest.raises(Shut, match="lets it not in"), dialled(linked.dial(stranger)):
        pass


@pytest.mark.parametrize("account", ["shovel", USER])
def test_no_certificate_makes_a_local_account_of_a_child(
    linked: Family, keys: Path, now: datetime, account: str
) -> None:
    if own_address() == LOOPBACK:
        go_without("this machine has no address but its loopback, from where accounts may log in")
    pair = linked.vouched(account, now, keys)

    with pytest.raises(amqp.AccessRefused):
        _from_outside(linked, pair, login_method="EXTERNAL")


def test_the_password_of_a_local_account_is_of_no_use_outside(
    linked: Family, keys: Path, now: datetime
) -> None:
    if own_address() == LOOPBACK:
        go_without("this machine has no address but its loopback, from where accounts may log in")
    pair = linked.vouched(account_of(COUNTY), now, keys)
    password = (linked.broker.folder / "password").read_text()

    for user, secret in ((USER, password), (account_of(SIBLING), ""), ("guest", "guest")):
        with pytest.raises(amqp.AccessRefused):
            _from_outside(linked, pair, login_method="PLAIN", userid=user, password=secret)


def test_who_shows_no_certificate_is_not_listened_to(linked: Family) -> None:
    with pytest.raises((ssl.SSLError, OSError)):
        _from_outside(linked, None, login_method="EXTERNAL")


@pytest.mark.parametrize("of", ["another authority", "a server", "what has ended"])
def test_a_certificate_that_is_not_meant_for_this_is_not_accepted(
    linked: Family, keys: Path, now: datetime, of: str
) -> None:
    day, account = timedelta(days=1), account_of(COUNTY)
    rogue = Authority.create(CITY, now, day)
    authority = linked.city.authority()
    pairs: dict[str, Pair] = {
        "another authority": rogue.client(account, now, day),
        "a server": authority.server([account], now, day),
        "what has ended": authority.client(account, now - 2 * day, day),
    }
    put(keys / "wrong.pem", pairs[of].pem)

    with pytest.raises(Trouble), dialled(linked.dial(keys / "wrong.pem")):
        pass


def test_a_server_of_another_authority_is_told_nothing(
    linked: Family, keys: Path, now: datetime
) -> None:
    put(keys / "rogue.pem", certificate_pem(Authority.create(CITY, now, timedelta(1)).certificate))
    dial = linked.dial(linked.vouched(account_of(COUNTY), now, keys))
    wrong = type(dial)(dial.host, dial.port, dial.vhost, dial.name, keys / "rogue.pem", dial.pair)

    with pytest.raises(Trouble, match="Nothing was sent"), dialled(wrong):
        pass


def _from_outside(family: Family, pair: Path | None, **login: Any) -> None:
    files = {} if pair is None else {"certfile": str(pair), "keyfile": str(pair)}
    connection = amqp.Connection(
        f"{own_address()}:{family.broker.tls_port}",
        virtual_host=CITY,
        ssl={
            "ca_certs": str(family.city.places.trust),
            "cert_reqs": ssl.CERT_REQUIRED,
            "server_hostname": own_address(),
            **files,
        },
        connect_timeout=10,
        read_timeout=10,
        **login,
    )
    connection.connect()
    connection.close()
