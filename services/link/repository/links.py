"""The state of each link, and the parcels on their way over it."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, Table, case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.link.policy import CLOCK_STEP, MOST_AGAIN, MOST_AHEAD, NOWHERE, Counting, Standing
from services.link.tables import bundles, held, links, outgoing, plumbing, refused
from shared.clock import new_id
from shared.db.bulk import insert_new

HEARING_LOCK = 0x0B57_0009
"""Of whoever hears: shared by those who hear the bus, alone with who takes a file in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """How far a link has come in both directions."""

    peer: str
    incarnation: UUID
    said: int
    received: int
    begun_after: int
    former: UUID | None
    former_said: int
    their_incarnation: UUID | None
    heard: int
    receipted: int
    last_heard_at: datetime | None
    last_sent_at: datetime | None
    restored_at: datetime | None
    they_restored_at: datetime | None

    @property
    def standing(self) -> Standing:
        """How far the neighbour's parcels have counted, in the words of the policy."""
        return Standing(self.their_incarnation, self.heard)

    @property
    def counting(self) -> Counting:
        """How far this node's parcels have come, in the words of the policy."""
        former = NOWHERE if self.former is None else (self.former, self.former_said)
        said = (self.incarnation, self.number_of(self.said))
        return Counting(said, self.number_of(self.received), former)

    def number_of(self, sequence: int) -> int:
        """Return the number by which the neighbour knows a parcel of this incarnation."""
        return sequence - self.begun_after


@dataclass(frozen=True, slots=True)
class Parcel:
    """What waits for a neighbour: its number, its content as JSON, how often it went."""

    sequence: int
    content: str
    tries: int

    @property
    def facts(self) -> int:
        """How many facts it holds."""
        return len(json.loads(self.content).get("facts", ()))


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits at one link."""

    unsent: int = 0
    unreceipted: int = 0
    oldest_at: datetime | None = None
    held: int = 0
    refused: int = 0
    held_since: datetime | None = None
    """When the first of those came that wait for one that is missing."""


def take_turn(db: Connection, *, alone: bool) -> None:
    """Wait until nobody hears alone, or `alone` until nobody hears: then no two lock crosswise."""
    lock = func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared
    db.execute(select(lock(HEARING_LOCK)))


def find_link(db: Connection, peer: str) -> Link | None:
    """Return a link as it stands, unlocked: nothing is written where nothing is to be done."""
    row = db.execute(select(links).where(links.c.peer == peer)).mappings().one_or_none()
    return None if row is None else Link(**row)


def lock_link(db: Connection, peer: str) -> Link:
    """Lock and return a link, made if it was missing."""
    row = insert(links).values(peer=peer, incarnation=new_id())
    locked = row.on_conflict_do_update(
        index_elements=[links.c.peer], set_={"peer": row.excluded.peer}
    ).returning(links)
    return Link(**db.execute(locked).mappings().one())


def change_link(db: Connection, peer: str, **changes: object) -> None:
    """Write columns of a locked link."""
    db.execute(update(links).where(links.c.peer == peer).values(changes))


def all_links(db: Connection) -> dict[str, Link]:
    """Return every link that was ever used, unlocked."""
    return {row["peer"]: Link(**row) for row in db.execute(select(links)).mappings()}


def post(db: Connection, peer: str, contents: Sequence[str], now: datetime) -> None:
    """Put parcels behind those that wait for a neighbour, each under the next number."""
    link = lock_link(db, peer)
    rows = [
        {"peer": peer, "sequence": link.said + place, "content": content}
        | {"posted_at": now, "next_at": now}
        for place, content in enumerate(contents, start=1)
    ]
    db.execute(outgoing.insert(), rows)
    change_link(db, peer, said=link.said + len(rows))


def post_before(db: Connection, link: Link, contents: Sequence[str], now: datetime) -> None:
    """Put parcels before those that wait at a locked link, and count from there anew.

    Their numbers are those of parcels that the neighbour had, and that were dropped for it.
    """
    begins_after = link.received - len(contents)
    rows = [
        {"peer": link.peer, "sequence": begins_after + place, "content": content}
        | {"posted_at": now, "next_at": now}
        for place, content in enumerate(contents, start=1)
    ]
    if rows:
        db.execute(outgoing.insert(), rows)
    change_link(db, link.peer, received=begins_after)
    count_anew(db, replace(link, received=begins_after), now)


def facts_on_their_way(db: Connection, peer: str) -> set[str]:
    """Return the ids of the facts in what waits for a neighbour."""
    waiting = db.scalars(select(outgoing.c.content).where(outgoing.c.peer == peer))
    return {fact["id"] for content in waiting for fact in json.loads(content).get("facts", ())}


def due_parcels(db: Connection, link: Link, now: datetime, limit: int) -> list[Parcel]:
    """Return the parcels that may go, in their order."""
    number = outgoing.c.sequence
    # What went under a clock that was ahead waits for no time that is still to come.
    is_time = (outgoing.c.next_at <= now) | (outgoing.c.sent_at > now + CLOCK_STEP)
    again = is_time & (number <= link.received + MOST_AGAIN)
    is_near = number <= link.received + MOST_AHEAD
    query = (
        select(number, outgoing.c.content, outgoing.c.tries)
        .where(outgoing.c.peer == link.peer, is_near, outgoing.c.sent_at.is_(None) | again)
        .order_by(number)
        .limit(limit)
    )
    return [Parcel(*row) for row in db.execute(query)]


def mark_carried(
    db: Connection, peer: str, waits: Collection[tuple[int, timedelta]], now: datetime
) -> None:
    """Record that parcels went, and how long each now waits for its receipt."""
    if not waits:
        return
    next_at = {sequence: now + wait for sequence, wait in waits}
    mine = (outgoing.c.peer == peer) & outgoing.c.sequence.in_(next_at)
    changed = {
        "sent_at": now,
        "tries": outgoing.c.tries + 1,
        "next_at": case(next_at, value=outgoing.c.sequence),
    }
    db.execute(update(outgoing).where(mine).values(changed))


def forget_received(db: Connection, peer: str, up_to: int) -> None:
    """Drop the parcels that the neighbour has."""
    db.execute(delete(outgoing).where(outgoing.c.peer == peer, outgoing.c.sequence <= up_to))


def count_anew(db: Connection, link: Link, now: datetime) -> None:
    """Begin a new incarnation of a locked link with what the neighbour has not receipted."""
    went = (outgoing.c.peer == link.peer) & outgoing.c.sent_at.is_not(None)
    db.execute(update(outgoing).where(went).values(sent_at=None, tries=0, next_at=now))
    former = {"former": link.incarnation, "former_said": link.number_of(link.said)}
    change_link(db, link.peer, incarnation=new_id(), begun_after=link.received, **former)


def waiting_parcels(db: Connection, peer: str, after: int, up_to: int, limit: int) -> list[Parcel]:
    """Return parcels that the neighbour has not receipted, in their order."""
    number = outgoing.c.sequence
    mine = (outgoing.c.peer == peer) & (number > after) & (number <= up_to)
    query = select(number, outgoing.c.content, outgoing.c.tries).where(mine)
    return [Parcel(*row) for row in db.execute(query.order_by(number).limit(limit))]


def note_bundle(db: Connection, link: Link, now: datetime) -> None:
    """Record that all that waits for a neighbour goes by hand under the incarnation of now."""
    row = {"peer": link.peer, "incarnation": link.incarnation, "begun_after": link.begun_after}
    db.execute(bundles.insert().values(**row, up_to=link.said, made_at=now))


def told_by_bundle(db: Connection, peer: str, incarnation: UUID, number: int) -> int:
    """Return up to which row a receipt of a bundle reaches; 0 for one of no bundle of here."""
    mine = (bundles.c.peer == peer) & (bundles.c.incarnation == incarnation)
    reaches = func.least(bundles.c.begun_after + number, bundles.c.up_to)
    return db.scalar(select(reaches).where(mine)) or 0


def forget_bundles(db: Connection, peer: str, up_to: int) -> None:
    """Drop the bundles in which nothing is that the neighbour has not receipted."""
    db.execute(delete(bundles).where(bundles.c.peer == peer, bundles.c.up_to <= up_to))


def waiting_with(db: Connection, words: str) -> list[tuple[Table, str, int, str]]:
    """Return table, neighbour, number and content of the parcels in which some words stand."""
    found = []
    for table in (outgoing, held):
        c = table.c
        query = select(c.peer, c.sequence, c.content).where(c.content.contains(words))
        rows = db.execute(query.order_by(c.peer, c.sequence).with_for_update())
        found += [(table, row.peer, row.sequence, row.content) for row in rows]
    return found


def rewrite(db: Connection, table: Table, peer: str, sequence: int, content: str) -> None:
    """Give a parcel that has not been receipted, or not counted, another content."""
    mine = (table.c.peer == peer) & (table.c.sequence == sequence)
    db.execute(update(table).where(mine).values(content=content))


def hold(db: Connection, peer: str, parcels: Mapping[int, str], now: datetime) -> None:
    """Keep parcels, content by number, until those before them have come."""
    rows = [
        {"peer": peer, "sequence": sequence, "content": content, "arrived_at": now}
        for sequence, content in parcels.items()
    ]
    insert_new(db, held, rows, "sequence")


def first_held(db: Connection, peer: str) -> int | None:
    """Return the lowest number of those that wait for one before them."""
    lowest: int | None = db.scalar(select(func.min(held.c.sequence)).where(held.c.peer == peer))
    return lowest


def take_held(db: Connection, peer: str, first: int, limit: int) -> list[str]:
    """Remove and return the parcels that follow each other from a number on, so many at most."""
    sequence = held.c.sequence
    mine = (held.c.peer == peer) & sequence.between(first, first + limit - 1)
    found = db.scalars(select(sequence).where(mine).order_by(sequence))
    numbers = [number for place, number in enumerate(found) if number == first + place]
    taken = delete(held).where(mine, sequence < first + len(numbers))
    rows = db.execute(taken.returning(sequence, held.c.content)).all()
    return [row.content for row in sorted(rows)]


def drop_held(db: Connection, peer: str) -> None:
    """Drop what was held of an incarnation that has ended."""
    db.execute(delete(held).where(held.c.peer == peer))


def note_refused(db: Connection, peer: str, reason: str, digest: str, now: datetime) -> None:
    """Record that something was not believed."""
    db.execute(refused.insert().values(peer=peer, reason=reason, digest=digest, at=now))


def is_parked(db: Connection, parcel_id: UUID) -> bool:
    """Tell whether a parcel lies among what could not be read, and nobody has ended it."""
    parked = plumbing.inbox.parked
    mine = (parked.c.subject_id == parcel_id) & parked.c.ended_at.is_(None)
    return db.scalar(select(parked.c.position).where(mine).limit(1)) is not None


def forget_refused_before(db: Connection, moment: datetime, limit: int) -> int:
    """Forget what was not believed before a moment; return how much."""
    old = select(refused.c.position).where(refused.c.at < moment).limit(limit)
    return db.execute(delete(refused).where(refused.c.position.in_(old))).rowcount


def backlog_of(db: Connection, peer: str) -> Backlog:
    """Count what waits at a link."""
    unsent = func.count().filter(outgoing.c.sent_at.is_(None))
    waiting = select(unsent, func.count(), func.min(outgoing.c.posted_at))
    row = db.execute(waiting.where(outgoing.c.peer == peer)).one()
    early = select(func.count(), func.min(held.c.arrived_at)).where(held.c.peer == peer)
    held_now, held_since = db.execute(early).one()
    no = db.scalar(select(func.count()).select_from(refused).where(refused.c.peer == peer)) or 0
    return Backlog(row[0], row[1], row[2], held_now, no, held_since)
