"""The private brokers of a suite: one for each node, joined by shovels as on hosts of their own."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from backstop.links.owned import Owned, link_together
from backstop.links.places import Places
from backstop.servers.accounts import make_folder, write_secret
from backstop.servers.rabbitmq import RabbitServer
from shared.clock import utcnow

FOLDER_FOR_PASSING = 0o711
"""A broker's own user passes through to the folder that is its own."""


def start_brokers(
    folder: Path,
    parents: Mapping[str, str | None],
    servers: ExitStack,
    note: Callable[[RabbitServer], None] = lambda _server: None,
) -> dict[str, RabbitServer]:
    """Start the broker of each node, those above first: a shovel that finds nobody waits.

    `parents` names each node's tier above, if that is among them. Call `note` with each that is up.
    """
    brokers = {code: _broker(folder, code) for code in parents}
    owned = {
        code: Owned(places_in(folder, code), parents[code], broker.link_port)
        for code, broker in brokers.items()
    }
    link_together(owned, utcnow())
    for code in _from_above(parents):
        servers.enter_context(brokers[code])
        note(brokers[code])
    return brokers


def places_in(folder: Path, code: str) -> Places:
    """Return where what belongs to a node's links lies."""
    return Places(folder / f"links-{code}")


def write_addresses(folder: Path, brokers: Mapping[str, RabbitServer]) -> str:
    """Write where each node's broker is, for the node alone; return the files' common name."""
    for code, broker in brokers.items():
        write_secret(folder / f"{code}.bus_url", broker.url(code), account=None)
    return str(folder / "{node}.bus_url")


def _broker(folder: Path, code: str) -> RabbitServer:
    places = places_in(folder, code)
    broker = RabbitServer(folder / f"rabbitmq-{code}", [code], links=places)
    places.folder.mkdir(mode=FOLDER_FOR_PASSING, parents=True, exist_ok=True)
    make_folder(places.broker, broker.account)
    return broker


def _from_above(parents: Mapping[str, str | None]) -> list[str]:
    def depth(code: str | None) -> int:
        return 0 if code not in parents else 1 + depth(parents[code])

    return sorted(parents, key=depth)
