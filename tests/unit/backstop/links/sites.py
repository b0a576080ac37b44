"""Nodes with links whose broker is a list of what it was asked."""

from collections.abc import Sequence
from pathlib import Path

from backstop.links.books import Address
from backstop.links.broker import Broker, BrokerRefused
from backstop.links.site import Site
from backstop.settings import NodeSettings
from shared.security.sealing import NodeKeys

CITY, COUNTY, SIBLING = "341500", "341523", "341525"
ADDRESS = Address(
    host="links.example.gov.cn", port=5671, vhost=CITY, name="341500.backstop.internal"
)


class Asked(list[str]):
    """The commands that a broker was given, one that does what it is told, or that refuses."""

    def __init__(self, refuses: str = "", answers: str = "[]") -> None:
        super().__init__()
        self.refuses = refuses
        self.answers = answers

    def __call__(self, arguments: Sequence[str], told: str) -> str:
        if self.refuses:
            raise BrokerRefused(self.refuses)
        self.append(" ".join(arguments[1:]))
        return self.answers


class Waiting:
    """The own broker's queues, as far as these tests look at them."""

    def __init__(self, **messages: int) -> None:
        self.messages = messages

    def empty(self, queue: str) -> int:
        return self.messages.pop(queue, 0)

    def remove(self, *, queue: str = "", exchange: str = "") -> None:
        self.messages.pop(queue or exchange, None)


def site_of(folder: Path, code: str, asked: Asked | None = None, **told: str) -> Site:
    """Return a node with keys of its own; `told` are lines of its file."""
    related = f'children = ["{COUNTY}", "{SIBLING}"]' if code == CITY else f'parent = "{CITY}"'
    lines = {
        "code": code,
        "tier": "city" if code == CITY else "county",
        "name": f"节点{code}",
        "database_url": "x",
        "bus_url": f"amqp://backstop@127.0.0.1:5672/{code}",
        "key_file": str(folder / f"{code}.keys.json"),
        "cards": str(folder / f"{code}.cards"),
        "links": str(folder / code),
        **told,
    }
    file = folder / f"{code}.toml"
    text = "".join(f'{name} = "{value}"\n' for name, value in lines.items())
    file.write_text(f"{text}web_port = 8001\n{related}\n", encoding="utf-8")
    settings = NodeSettings.load(file, {})
    if not settings.key_file.exists():
        NodeKeys.create(settings.key_file)
    return Site(settings, Broker(Asked() if asked is None else asked, code))
