"""One node as the commands of its links have it in hand: settings, keys, files and broker."""

import json
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from backstop.links.authority import (
    Authority,
    NotAccepted,
    Pair,
    certificate_pem,
    fingerprint,
)
from backstop.links.books import Address, Books, Parent, read_books, write_books
from backstop.links.broker import Broker
from backstop.links.definitions import Dial, Document, Plan, definitions
from backstop.links.listener import Listener, common, configuration, loading
from backstop.links.places import Places, put_for_broker
from backstop.links.wire import vhost_of
from backstop.progress import Trouble
from backstop.settings import NodeSettings
from shared.security.letters import Card
from shared.security.sealing import NodeKeys


@dataclass(frozen=True, slots=True)
class Site:
    """A node and its broker."""

    settings: NodeSettings
    broker: Broker

    @classmethod
    def of(cls, settings: NodeSettings) -> "Site":
        """Return the node of these settings, its broker as they say."""
        line, vhost = settings.broker_control, vhost_of(settings.bus_url)
        return cls(settings, Broker.by_command(line, vhost))

    @property
    def code(self) -> str:
        """The node's code."""
        return self.settings.code

    @property
    def vhost(self) -> str:
        """The node's virtual host on its broker."""
        return vhost_of(self.settings.bus_url)

    @property
    def places(self) -> Places:
        """Where its files are."""
        return Places(self.settings.links)

    @property
    def keys(self) -> NodeKeys:
        """The node's secrets."""
        return NodeKeys.load(self.settings.key_file)

    @property
    def card(self) -> Card:
        """What the node shows its neighbours."""
        told = (self.settings.code, self.settings.name, self.settings.tier)
        return Card.of(self.keys, *told)

    @property
    def books(self) -> Books:
        """What is known of its links."""
        return read_books(self.places.books)

    @property
    def certificate_lasts(self) -> timedelta:
        """So long a certificate holds."""
        return timedelta(days=self.settings.link.certificate_days)

    def know(self, **changed: Any) -> Books:
        """Write into the books what is known from now on; return them."""
        books = self.books.model_copy(update=changed)
        write_books(self.places.books, books)
        return books

    def authority(self) -> Authority:
        """Return the node's own authority; Trouble if it has none yet."""
        if not self.places.authority.is_file() or self.books.own is None:
            raise Trouble(
                f"节点 {self.code} 还不能接入下级：请先运行 backstop link init --address 地址\n"
                f"Node {self.code} cannot let children in yet: first run `backstop link init "
                "--address ADDRESS`"
            )
        return Authority(pair_in(self.places.authority))

    def address(self) -> Address:
        """Return where children dial; Trouble if that was never said."""
        self.authority()
        own = self.books.own
        assert own is not None, "looked at a line above"  # noqa: S101
        return own

    def dial(self, parent: Parent) -> Dial:
        """Return how the tier above is dialled."""
        return dial_of(parent.address, self.places.parent_authority, self.places.own)

    def plan(self) -> Plan:
        """Return whom the node's broker is linked to."""
        books = self.books
        accounts = {code: child.account for code, child in books.children.items()}
        if books.parent is not None:
            accounts[self.code] = books.parent.account
        return Plan(
            node=self.code,
            vhost=self.vhost,
            children=tuple(sorted(books.children)),
            parent=None if books.parent is None else self.dial(books.parent),
            accounts=accounts,
        )

    def write_definitions(self) -> Document:
        """Write what the broker loads, and return it."""
        document = definitions(self.plan())
        put_for_broker(self.places.definitions, json.dumps(document, indent=1).encode())
        return document

    def write_for_broker(self) -> None:
        """Write what the broker reads when it starts: definitions and its part of the settings."""
        self.write_definitions()
        put_for_broker(self.places.configuration, self._configuration().encode())

    def load_definitions(self) -> None:
        """Write what the broker loads, and have it load that now."""
        self.broker.load(self.write_definitions())

    def _configuration(self) -> str:
        return self._listening() + loading(self.places.definitions)

    def _listening(self) -> str:
        books, local = self.books, self.local_accounts()
        if books.own is None:
            return common(local)
        port = books.listens_at or books.own.port
        return configuration(Listener(self.places, books.listens_on, port, local))

    def local_accounts(self) -> tuple[str, ...]:
        """Return the account of the node's processes, if they are on the broker's own host."""
        url = urlsplit(self.settings.bus_url)
        return (unquote(url.username),) if url.username and is_near(url.hostname or "") else ()


def dial_of(address: Address, authority: Path, pair: Path) -> Dial:
    """Return how an address is dialled with these files."""
    return Dial(address.host, address.port, address.vhost, address.name, authority, pair)


def server_name(node: str) -> str:
    """Return the name that the certificate of a node's broker is made out to, wherever it is."""
    return f"{node}.backstop.internal"


def pair_in(file: Path) -> Pair:
    """Read a key and its certificate; Trouble names the file that does not hold them."""
    try:
        return Pair.read(file.read_bytes())
    except (OSError, NotAccepted) as error:
        raise Trouble(
            f"{file} 不能使用（{error}）：请从备份恢复它\n"
            f"{file} cannot be used ({error}): put it back from a copy"
        ) from error


def is_near(host: str) -> bool:
    """Tell whether a host name is this very host."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def mark_of(authority: Authority) -> str:
    """Return by what the books tell one authority of a node from the next."""
    return fingerprint(certificate_pem(authority.certificate))
