"""A city with a broker that children dial, two counties, and their operators, in one process."""

import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import amqp
from typer.testing import CliRunner

from backstop.cli import EXPECTED
from backstop.commands.link import app
from backstop.links.admitting import Request, believe
from backstop.links.authority import Authority, new_key, request_for
from backstop.links.books import Address
from backstop.links.definitions import Dial, account_of
from backstop.links.listener import PLUGINS, Listener, configuration
from backstop.links.opening import Opening, open_for_children
from backstop.links.places import Places, put
from backstop.links.site import Site, dial_of, server_name
from backstop.links.wire import Channel, at_home, dialled
from backstop.servers.accounts import write_secret
from backstop.servers.ports import LOOPBACK, free_port
from backstop.servers.rabbitmq import USER, RabbitServer
from backstop.settings import NodeSettings
from shared.security.sealing import NodeKeys
from tests.conftest import go_without

CITY, COUNTY, SIBLING, LEAVER = "341500", "341523", "341525", "341524"
HOST = "localhost"
SOMEWHERE = "192.0.2.1"
"""An address of nobody (RFC 5737): asked for the way there, the machine names its own."""
NAMES = {CITY: "六安市", COUNTY: "舒城县", SIBLING: "霍山县", LEAVER: "金寨县"}


class DialledBroker(RabbitServer):
    """A private broker that listens for children with the files of one node."""

    def __init__(self, folder: Path, places: Places) -> None:
        super().__init__(folder, list(NAMES), plugins=PLUGINS)
        self.places = places
        self.tls_port = free_port()

    def _write_configuration(self) -> None:
        super()._write_configuration()
        file = self.folder / "rabbitmq.conf"
        listener = Listener(self.places, port=self.tls_port, local_accounts=[USER])
        write_secret(file, file.read_text() + configuration(listener), self.account)


@dataclass(frozen=True)
class Family:
    """The nodes by their code, and the one broker that they share, each in its own corner."""

    sites: dict[str, Site]
    broker: DialledBroker

    @property
    def city(self) -> Site:
        return self.sites[CITY]

    @property
    def county(self) -> Site:
        return self.sites[COUNTY]

    @property
    def address(self) -> Address:
        return Address(host=HOST, port=self.broker.tls_port, vhost=CITY, name=server_name(CITY))

    def says(self, code: str, *words: str, typed: str = "") -> "Said":
        """Run `backstop link WORDS` for a node as its operator does."""
        file = self.sites[code].settings.links.parent / f"{code}.toml"
        done = CliRunner().invoke(app, [*words, "--node", str(file)], input=typed)
        if isinstance(done.exception, EXPECTED):
            return Said(1, done.output + str(done.exception))
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Said(done.exit_code, done.output)

    def let_in(self, code: str, now: datetime) -> None:
        """Let a county in, as when its fingerprint was found to fit."""
        self.vouch(code, now)
        self.city.load_definitions()

    def vouch(self, code: str, now: datetime) -> None:
        """Give a county its next certificate."""
        request = request_for(new_key(), account_of(code))
        believe(self.city, Request(self.sites[code].card, request, now), now)

    def from_outside(self, pair: Path | None, **login: Any) -> None:
        """Log in from an address that is not the loopback, and leave; amqp tells a refusal."""
        files = {} if pair is None else {"certfile": str(pair), "keyfile": str(pair)}
        connection = amqp.Connection(
            f"{own_address()}:{self.broker.tls_port}",
            virtual_host=CITY,
            ssl={
                "ca_certs": str(self.city.places.trust),
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

    @contextmanager
    def at_home(self, code: str = CITY) -> Iterator[Channel]:
        with at_home(self.broker.url(code)) as channel:
            yield channel

    def dial(self, pair: Path) -> Dial:
        return dial_of(self.address, self.city.places.trust, pair)

    def attempts(self, pair: Path) -> "Attempts":
        return Attempts(self.dial(pair))

    def vouched(self, account: str, now: datetime, folder: Path) -> Path:
        """Return key and certificate of an account, as the city's authority makes them."""
        file = folder / f"{account}.pem"
        authority = Authority.read(self.city.places.authority.read_bytes())
        put(file, authority.client(account, now, timedelta(days=1)).pem)
        return file


class Said(NamedTuple):
    """How a command ended, and what it told the operator."""

    status: int
    text: str


def own_address() -> str:
    """Return an address of this machine that is not its loopback; the loopback if it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((SOMEWHERE, 9))
        except OSError:
            return LOOPBACK
        return str(probe.getsockname()[0])


def demand_an_outside() -> None:
    """Go without a test that needs an address from which local accounts may not log in."""
    if own_address() == LOOPBACK:
        go_without("this machine has no address but its loopback")


class Attempts:
    """What somebody tries who dials with a certificate; each on a channel of its own."""

    def __init__(self, dial: Dial) -> None:
        self._dial = dial

    def __enter__(self) -> "Attempts":
        self._within = dialled(self._dial)
        self._channel: Any = self._within.__enter__()._channel
        return self

    def __exit__(self, *error: Any) -> None:
        self._within.__exit__(*error)

    def refused(self, what: str, *arguments: Any, **named: Any) -> int:
        """Try something on a channel of its own; return the code under which it was refused."""
        channel = self._channel.connection.channel()
        try:
            getattr(channel, what)(*arguments, **named)
        except amqp.exceptions.AMQPError as error:
            return int(error.code)
        return 0

    def publish(self, exchange: str, key: str = "", **properties: Any) -> int:
        message = amqp.Message(b"{}", **properties)
        return self.refused("basic_publish_confirm", message, exchange, key)


def family_of(folder: Path, broker_folder: Path, now: datetime) -> Family:
    """Start the broker and furnish the nodes; the city is open for children."""
    places = Places(folder / CITY)
    broker = DialledBroker(broker_folder, places)
    told: dict[str, tuple[str, dict[str, Any]]] = {
        CITY: ("city", {"children": [COUNTY, SIBLING, LEAVER]}),
        COUNTY: ("county", {"parent": CITY}),
        SIBLING: ("county", {"parent": CITY}),
        LEAVER: ("county", {"parent": CITY}),
    }
    _folder_for_broker(broker, places)
    before = _site(folder, CITY, *told[CITY], bus_url="amqp://not-yet/341500", control="true")
    address = Address(host=HOST, port=broker.tls_port, vhost=CITY, name=server_name(CITY))
    open_for_children(before, Opening(address, (own_address(),)), now)
    broker.start()
    control = broker.control_command()
    sites = {}
    for code, (tier, related) in told.items():
        _folder_for_broker(broker, Places(folder / code))
        url = broker.url(code)
        sites[code] = _site(folder, code, tier, related, bus_url=url, control=control)
    family = Family(sites, broker)
    family.vouch(SIBLING, now)  # its objects are made with the next that is let in
    return family


def _folder_for_broker(broker: DialledBroker, places: Places) -> None:
    places.broker.mkdir(parents=True, exist_ok=True)
    for folder in (places.folder.parent, places.folder):
        folder.chmod(0o711)
    if broker.account is not None:
        os.chown(places.broker, broker.account.uid, broker.account.gid)


def _site(
    folder: Path, code: str, tier: str, related: dict[str, Any], *, bus_url: str, control: str
) -> Site:
    lines = {
        "code": code,
        "tier": tier,
        "name": NAMES[code],
        "web_port": 8001,
        "database_url": "x",
        "bus_url": bus_url,
        "broker_control": control,
        "key_file": str(folder / f"{code}.keys.json"),
        "cards": str(folder / f"{code}.cards"),
        "links": str(folder / code),
        **related,
    }
    file = folder / f"{code}.toml"
    text = "\n".join(f"{name} = {_toml(value)}" for name, value in lines.items())
    file.write_text(text, encoding="utf-8")
    settings = NodeSettings.load(file, {})
    if not settings.key_file.exists():
        NodeKeys.create(settings.key_file)
    return Site.of(settings)


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(f'"{each}"' for each in value) + "]"
    return str(value) if isinstance(value, int) else f'"{value}"'
