"""Whole nodes without processes: dispatch and link of each on its own database, and the post.

Events go from outbox to inbox through the real hearing; what goes between nodes lies on the desk
of a carrier that the test may double, shuffle, lose or stop.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, func, select, text

from services.dispatch import handlers as dispatch
from services.dispatch import tables as dispatch_tables
from services.dispatch.handlers import Caller
from services.link import handlers as link
from services.link import tables as link_tables
from services.link.carriers import Letter
from services.link.policy import Pace
from shared.chassis.hearing import Cue, Hearing, Manner
from shared.clock import new_id
from shared.events.base import Envelope, Event
from shared.events.dispatch import CustodyTold
from shared.events.intake import (
    CaseAccepted,
    CaseAmended,
    CaseRegistered,
    CaseWithdrawn,
    ComplaintMarked,
)
from shared.events.link import CustodyHeard, FactRelayed, ParcelArrived
from shared.events.review import CaseReopened
from shared.events.sealed import PartyKind, PartyRole
from shared.events.words import By, Channel, Complexity, Disclosure, Language
from shared.neighbours import Neighbour, Neighbours, Relation
from shared.outbox import mark_sent, unsent
from shared.security import vault
from shared.security.actor import Actor, ActorKind, Role
from shared.security.letters import Card, HeldCards
from shared.security.parties import Party, sealed_party
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.schemas import empty

NINE = datetime(2030, 1, 2, 1, tzinfo=UTC)
PACE = Pace(
    beat=timedelta(seconds=30),
    resend=timedelta(seconds=60),
    longest=timedelta(hours=1),
    down_after=timedelta(minutes=10),
    orders_again=timedelta(days=3_650),  # ids are given by the real clock
)
NAMES = {"341523": "舒城县", "341500": "六安市", "340000": "安徽省"}
PARENTS = {"341523": "341500", "341500": "340000"}
TABLES = {"dispatch": dispatch_tables, "link": link_tables}
SOMEBODY = By(kind="anonymous")


@dataclass(slots=True)
class Post:
    """What lies between nodes: letters that were handed over and have not been delivered."""

    lying: list[tuple[str, Letter]] = field(default_factory=list)
    is_open: bool = True
    carried: int = 0

    def rests(self, peer: str) -> bool:
        return False

    def carry(self, peer: str, letters: Sequence[Letter]) -> int:
        if not self.is_open:
            return 0
        self.lying += [(peer, letter) for letter in letters]
        self.carried += len(letters)
        return len(letters)


@dataclass(slots=True)
class Clock:
    """The time of all nodes."""

    now: datetime = NINE

    def pass_(self, span: timedelta) -> None:
        self.now += span


@dataclass
class Node:
    """One node: its database, its keys, its two services and who is next to it."""

    code: str
    engine: Engine
    keys: NodeKeys
    post: Post
    clock: Clock
    neighbours: Neighbours = field(default_factory=dict)
    cards: HeldCards = field(default_factory=HeldCards)
    heard: list[FactRelayed] = field(default_factory=list)
    """Everything link said here, for the test to look at."""
    level: Disclosure = Disclosure.VIEW
    """What its settings let the tier above see."""
    is_deaf: bool = False
    """Nobody hears what is said here."""

    def __post_init__(self) -> None:
        self.start()
        self.units = {
            name: Unit(self.engine, self.code, name, tables.plumbing, wake=lambda: None)
            for name, tables in TABLES.items()
        }
        self.hearings = {
            "dispatch": Hearing(self.units["dispatch"], self._cues()),
            "link": Hearing(self.units["link"], [self._everything()]),
        }

    @property
    def house(self) -> dispatch.House:
        return dispatch.House(self.code, self.neighbours)

    def link_house(self) -> link.House:
        known = (self.code, self.keys, self.neighbours, self.cards)
        return link.House(*known, PACE, self.clock.now, level=self.level)

    def caller(self, role: Role = Role.DISPATCHER) -> Caller:
        kind = ActorKind.STAFF
        actor = Actor(kind=kind, node=self.code, id="u", roles=frozenset({role}), unit="gjj")
        return Caller(actor, self.clock.now)

    @contextmanager
    def at_desk(self) -> Iterator[Connection]:
        """A transaction of dispatch, as its door opens one."""
        with self.units["dispatch"].transaction() as db:
            yield db

    @contextmanager
    def in_link(self) -> Iterator[Connection]:
        """A transaction of link, to look into."""
        with self.units["link"].transaction() as db:
            yield db

    def settle(self) -> None:
        """Let the bus of this node run until everything that was said has been heard."""
        while not self.is_deaf and sum(self._relay(name) for name in TABLES) > 0:
            pass

    def send(self) -> None:
        """Let link hand what waits to the carrier."""
        for peer in self.neighbours:
            while self._carry(peer):
                pass

    def start(self) -> None:
        """Let another process than before be the one that sends."""
        self.term = new_id()

    def _carry(self, peer: str) -> bool:
        opening, house = self.units["link"].transaction, self.link_house()
        return link.carry(opening, self.post, house, peer, self.term)

    def deliver(self, *letters: Letter) -> None:
        """Put letters into the queue of this node's link, each as a message of its own."""
        parcels = [
            ParcelArrived(
                occurred_at=self.clock.now,
                parcel_id=new_id(),
                body=letter.body,
                signature=letter.signature,
            )
            for letter in letters
        ]
        self.hearings["link"].hear([self._wrapped(parcel, "link") for parcel in parcels])
        self.settle()

    def say(
        self,
        event: Event,
        speaker: str,
        node: str | None = None,
        version: int = 1,
        to: Sequence[str] = tuple(TABLES),
    ) -> None:
        """Let a service that is not here say something, perhaps in the name of another node.

        Of the services here those in `to` hear it.
        """
        body = self._wrapped(event, speaker, node, version)
        for hearer in to:
            self.hearings[hearer].hear([body])

    def _wrapped(
        self, event: Event, speaker: str, node: str | None = None, version: int = 1
    ) -> bytes:
        envelope = Envelope(
            id=new_id(),
            source=f"/nodes/{node or self.code}/{speaker}",
            type=event.name,
            time=event.occurred_at,
            subject=event.subject_id,
            version=version,
            data=event.model_dump(mode="json"),
        )
        return envelope.model_dump_json(exclude_none=True).encode()

    def count(self, table: Any, *where: Any) -> int:
        """Count rows of a table, as the owner of the database."""
        with self.engine.begin() as db:
            query = select(func.count()).select_from(table)
            return db.scalar(query.where(*where)) or 0

    def empty(self) -> None:
        """Throw away all that this node knows."""
        empty(self.engine, *(tables.metadata for tables in TABLES.values()), kept={"units"})
        self.heard.clear()
        self.level = Disclosure.VIEW

    def back_up(self) -> None:
        """Keep all that this node knows now."""
        with self.engine.begin() as db:
            db.execute(text("DROP SCHEMA IF EXISTS backup CASCADE"))
            db.execute(text("CREATE SCHEMA backup"))
            for copy, table in self._backed_up():
                db.execute(text(f"CREATE TABLE {copy} AS TABLE {table}"))

    def restore(self) -> None:
        """Go back to what was kept, and start."""
        with self.engine.begin() as db:
            # As pg_restore does: what a trigger wrote is among what was kept.
            db.execute(text("SET LOCAL session_replication_role = replica"))
            for copy, table in self._backed_up():
                db.execute(text(f"TRUNCATE {table} CASCADE"))
                kept = f"OVERRIDING SYSTEM VALUE SELECT * FROM {copy}"  # noqa: S608
                db.execute(text(f"INSERT INTO {table} {kept}"))
        self.start()
        self.settle()

    @staticmethod
    def _backed_up() -> list[tuple[str, str]]:
        owned = [t.fullname for each in TABLES.values() for t in each.metadata.sorted_tables]
        return [(f'backup."{name}"', name) for name in [*owned, "vault.case_keys"]]

    def _relay(self, name: str) -> int:
        outbox = self.units[name].plumbing.outbox
        with self.units[name].transaction() as db:
            rows = unsent(db, outbox, 200)
        if not rows:
            return 0
        for row in rows:
            self._remember(name, row.body)
        for hearer, hearing in self.hearings.items():
            if hearer != name:
                hearing.hear([row.body.encode() for row in rows])
        with self.units[name].transaction() as db:
            mark_sent(db, outbox, [row.position for row in rows])
        return len(rows)

    def _remember(self, name: str, body: str) -> None:
        if name != "link":
            return
        envelope = Envelope.model_validate_json(body)
        if envelope.type == FactRelayed.name:
            self.heard.append(envelope.open(FactRelayed))

    def _cues(self) -> list[Cue]:
        return [
            Cue((CaseAccepted,), dispatch.route_cases, Manner.MANY),
            Cue((CaseReopened,), lambda db, event: dispatch.reopen_case(db, event, self.house)),
            Cue((CaseAmended,), dispatch.amend_case),
            Cue((CaseWithdrawn,), self._hear_withdrawn),
            Cue((ComplaintMarked,), lambda db, e: dispatch.hear_complaint(db, e, self.code)),
            Cue((FactRelayed,), self._hear_relayed),
            Cue((CustodyHeard,), self._hear_custody),
        ]

    def _everything(self) -> Cue:
        told = (*link.NOTED.values(), *link.NODE_FACTS.values())
        kinds: tuple[type[Event], ...] = (*told, CustodyTold, ParcelArrived)
        return Cue(kinds, self._hear_all, Manner.ENVELOPES)

    def _hear_relayed(self, db: Connection, event: FactRelayed) -> None:
        dispatch.hear_neighbour(db, event, self.house)
        dispatch.hear_tracked_elsewhere(db, event)
        dispatch.hear_reclassified_elsewhere(db, event)
        dispatch.hear_withdrawn_elsewhere(db, event, self.house)

    def _hear_withdrawn(self, db: Connection, event: CaseWithdrawn) -> None:
        dispatch.hear_withdrawn(db, event, self.house)

    def _hear_custody(self, db: Connection, event: CustodyHeard) -> None:
        dispatch.hear_custody(db, event, self.house, self.clock.now)

    def _hear_all(self, db: Connection, heard: Sequence[tuple[Envelope, Event]]) -> None:
        link.hear(db, heard, self.link_house())


def acquaint(nodes: Sequence[Node]) -> None:
    """Show each node the cards of those next to it."""
    by_code = {node.code: node for node in nodes}
    for node in nodes:
        for other in nodes:
            if PARENTS.get(node.code) == other.code or PARENTS.get(other.code) == node.code:
                is_above = PARENTS.get(node.code) == other.code
                relation = Relation.ABOVE if is_above else Relation.BELOW
                neighbour = Neighbour(other.code, NAMES[other.code], "city", relation)
                node.neighbours = {**node.neighbours, other.code: neighbour}
                card = Card.of(by_code[other.code].keys, other.code, NAMES[other.code], "city")
                node.cards[other.code] = card


def new_keys(folder: Path, code: str) -> NodeKeys:
    return NodeKeys.create(folder / f"{code}.json")


def furnish(node: Node) -> None:
    """Give a node one unit, which takes nothing by rule: every case waits in the pool."""
    with node.at_desk() as db:
        listing = dispatch.UnitListing(
            code="gjj", title=f"{NAMES[node.code]}公积金中心", region="34"
        )
        dispatch.list_unit(db, listing, node.caller(Role.SYSTEM_ADMINISTRATOR))
    node.settle()


def register(node: Node, name: str = "王小明") -> UUID:
    """Register and accept a case at a node, with its person sealed in its vault."""
    case_id = new_id()
    with node.engine.begin() as db:
        sealer = vault.create_key(db, node.keys, case_id, node.clock.now)
    party = Party(kind=PartyKind.PERSON, name=name, phone="13800001234", language=Language.EN)
    number = f"BCS-{node.code}-20300102-{case_id.int % 100000:05d}-X"
    told = {
        "case_id": case_id,
        "occurred_at": node.clock.now,
        "number": number,
        "region": node.code,
        "channel": Channel.WEB,
        "item_name": "公积金提取",
        "title_masked": "公积金一直提不出来",
        "text_masked": "窗口说要等市里",
        "by": SOMEBODY,
    }
    registered = CaseRegistered(
        **told,
        title=sealer.seal("title", "公积金一直提不出来"),
        text=sealer.seal("text", f"我叫{name}，窗口说要等市里"),
        complainant=sealed_party(sealer, party, PartyRole.COMPLAINANT),
        query_code=sealer.seal("query_code", "ABCDEFGHJK"),
        query_code_hash="x",
    )
    node.say(registered, "intake")
    node.say(CaseAccepted(**told, complexity=Complexity.ORDINARY), "intake")
    node.settle()
    return case_id
