"""The private brokers of a suite: one for each node, joined by shovels as between hosts."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from backstop.links.owned import Owned, link_together
from backstop.links.places import Places
from backstop.servers.accounts import make_folder, write_secret
from backstop.servers.rabbitmq import RabbitServer
from shared.clock import utcnow

FOLDER_FOR_PASSING = 0o711
"""A broker's own user passes through to the folder that is its own."""


def private_brokers(
    folder: Path, codes: Iterable[str], *, small: bool = False
) -> dict[str, RabbitServer]:
    """Return the broker of each node, not started; its links lie beside it."""
    return {code: _broker(folder, code, is_small=small) for code in codes}


def join_brokers(
    brokers: Mapping[str, RabbitServer],
    parents: Mapping[str, str | None],
    doors: Mapping[str, int] | None = None,
) -> None:
    """Give each broker keys, certificates and shovels; call it before they start.

    `parents` names each node's tier above, if that is among them. `doors` is where children dial
    a node, if not at its broker itself.
    """
    owned = {}
    for code, broker in brokers.items():
        assert broker.links is not None, "made by private_brokers"  # noqa: S101
        port = (doors or {}).get(code, broker.link_port)
        owned[code] = Owned(broker.links, parents[code], port, broker.link_host)
    link_together(owned, utcnow())


def places_in(folder: Path, code: str) -> Places:
    """Return where what belongs to a node's links lies."""
    return Places(folder / f"links-{code}")


def folder_of(folder: Path, code: str) -> Path:
    """Return where a node's broker keeps its data."""
    return folder / f"rabbitmq-{code}"


def write_addresses(folder: Path, brokers: Mapping[str, RabbitServer]) -> str:
    """Write where each node's broker is, for the node alone; return the files' common name."""
    for code, broker in brokers.items():
        write_secret(folder / f"{code}.bus_url", broker.url(code), account=None)
    return str(folder / "{node}.bus_url")


def _broker(folder: Path, code: str, *, is_small: bool) -> RabbitServer:
    places = places_in(folder, code)
    broker = RabbitServer(folder_of(folder, code), [code], links=places)
    broker.is_small = is_small
    places.folder.mkdir(mode=FOLDER_FOR_PASSING, parents=True, exist_ok=True)
    make_folder(places.broker, broker.account)
    return broker
