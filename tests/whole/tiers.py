"""Province, city and county as whole nodes next to each other, and the way between them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backstop.migrate import migrate
from backstop.neighbours import write_card
from services.link.carriers import Letter
from services.link.handlers import House, carry
from shared.clock import new_id, utcnow
from shared.events.base import Envelope
from shared.events.link import ParcelArrived
from tests.whole.node import CITY, COUNTY, PROVINCE, WholeNode, settings_of

MakeDatabase = Callable[[str, str | None], str]
"""Make a database of a name, as a copy of another one or empty; return its address."""
NEXT_TO = {PROVINCE: (CITY,), CITY: (PROVINCE, COUNTY), COUNTY: (CITY,)}


@dataclass
class WholeTiers:
    """The nodes by code."""

    nodes: dict[str, WholeNode]

    @property
    def below(self) -> "WholeTiers":
        """City and county alone: what the province is told gets lost."""
        return WholeTiers({code: self.nodes[code] for code in (CITY, COUNTY)})

    @property
    def city(self) -> WholeNode:
        """The one between the others."""
        return self.nodes[CITY]

    @property
    def county(self) -> WholeNode:
        """The one below."""
        return self.nodes[COUNTY]

    @property
    def province(self) -> WholeNode:
        """The one above."""
        return self.nodes[PROVINCE]

    def settle(self) -> None:
        """Let all be heard at every node until nobody has anything to say any more."""
        moved = True
        while moved:
            for each in self.nodes.values():
                each.settle()
            moved = sum(self.exchange(each) for each in self.nodes.values()) > 0

    def exchange(self, sender: WholeNode) -> bool:
        """Bring what a node's link has for its neighbours; tell whether there was anything."""
        letters = self.send(sender)
        for peer, letter in letters:
            self.bring(peer, letter)
        return bool(letters)

    def send(self, sender: WholeNode) -> list[tuple[str, Letter]]:
        """Let a node's link write to its neighbours; return the letters."""
        unit, term = sender.units["link"], sender.term
        for peer in sender.node.neighbours:
            while carry(unit.transaction, sender, house_of(sender), peer, term):
                pass
        letters, sender.letters = sender.letters, []
        return letters

    def bring(self, peer: str, letter: Letter) -> None:
        """Put a letter into the queue of the node that it is for."""
        if peer not in self.nodes:
            return
        arrived = ParcelArrived(
            occurred_at=utcnow(),
            parcel_id=new_id(),
            body=letter.body,
            signature=letter.signature,
        )
        self.nodes[peer].hearings["link"].hear([_parcel(peer, arrived)])

    def close(self) -> None:
        """End all connections."""
        for each in self.nodes.values():
            each.close()


def house_of(whole: WholeNode) -> House:
    """Return what link knows of its node now."""
    node, told = whole.node, whole.settings.link
    known = (node.code, node.keys, node.neighbours, node.cards)
    return House(*known, told.pace, utcnow(), level=told.disclosure)


def _parcel(node: str, arrived: ParcelArrived) -> bytes:
    envelope = Envelope(
        id=arrived.parcel_id,
        source=f"/nodes/{node}/link",
        type=arrived.name,
        time=arrived.occurred_at,
        subject=arrived.subject_id,
        version=1,
        data=arrived.model_dump(mode="json"),
    )
    return envelope.model_dump_json(exclude_none=True).encode()


@contextmanager
def whole_tiers(folder: Path, make_database: MakeDatabase) -> Iterator[WholeTiers]:
    """Build the three nodes in a folder, each on its database; end their connections after."""
    first = make_database(f"whole_{CITY}", None)
    settings = {CITY: settings_of(CITY, folder / CITY, first)}
    migrate(settings[CITY].database_url)
    for code in (PROVINCE, COUNTY):
        copied = make_database(f"whole_{code}", f"whole_{CITY}")
        settings[code] = settings_of(code, folder / code, copied)
    for code, others in NEXT_TO.items():
        for other in others:
            write_card(settings[other], settings[code].cards)
    tiers = WholeTiers({code: WholeNode(each) for code, each in settings.items()})
    yield tiers
    tiers.close()
