"""Each way in which a connection to the tier above fails is told with what to do about it."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from backstop.links.authority import Authority, Pair, certificate_pem
from backstop.links.books import Address
from backstop.links.places import put
from backstop.links.site import dial_of
from backstop.links.wire import at_home, dialled
from backstop.progress import Trouble
from backstop.servers.ports import LOOPBACK, free_port

HOST, NAME, DAY = "localhost", "341500.backstop.internal", timedelta(days=1)


@contextmanager
def serving(folder: Path, pair: Pair) -> Iterator[int]:
    """Answer one who dials under a certificate, and say nothing more; yield the port."""
    put(folder / "server.pem", pair.pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")

    def answer() -> None:
        near, _from = listening.accept()
        with suppress(OSError), near, context.wrap_socket(near, server_side=True) as spoken:
            spoken.recv(8)

    with socket.create_server((LOOPBACK, 0)) as listening:
        server = Thread(target=answer)
        server.start()
        yield int(listening.getsockname()[1])
        server.join()


def dial(folder: Path, authority: Authority, port: int, now: datetime) -> None:
    put(folder / "parent.pem", certificate_pem(authority.certificate))
    put(folder / "own.pem", authority.client("node-341523", now, DAY).pem)
    address = Address(host=HOST, port=port, vhost="341500", name=NAME)
    with dialled(dial_of(address, folder / "parent.pem", folder / "own.pem")):
        pass


@pytest.mark.parametrize(
    ("case", "told"),
    [
        ("another authority", "is not signed by the tier above that we know"),
        ("ended", "has ended, or the clock here is wrong"),
        ("another name", "is not made out to 341500.backstop.internal"),
        ("no broker", "localhost"),
    ],
)
def test_a_server_that_is_not_what_it_should_be_is_told(
    tmp_path: Path, now: datetime, case: str, told: str
) -> None:
    known, other = (Authority.create("341500", now - 9 * DAY, 99 * DAY) for _ in range(2))
    begun = now - 3 * DAY if case == "ended" else now
    name = "elsewhere.example.gov.cn" if case == "another name" else NAME
    by = other if case == "another authority" else known

    with (
        serving(tmp_path, by.server([name], begun, DAY)) as port,
        pytest.raises(Trouble, match=told),
    ):
        dial(tmp_path, known, port, now)


def test_a_parent_that_cannot_be_reached_is_told(tmp_path: Path, now: datetime) -> None:
    authority = Authority.create("341500", now, DAY)

    with pytest.raises(Trouble, match="cannot be reached at localhost"):
        dial(tmp_path, authority, free_port(), now)


def test_the_own_broker_is_told_apart_from_the_one_above() -> None:
    with (
        pytest.raises(Trouble, match="own RabbitMQ does not answer"),
        at_home(f"amqp://backstop:x@{LOOPBACK}:{free_port()}/341523"),
    ):
        pass


def test_a_bus_within_a_process_has_no_links_of_this_kind() -> None:
    with pytest.raises(Trouble, match="links need RabbitMQ"), at_home("bus://localhost/341523"):
        pass
