"""Compare the ledger of custody with a neighbour's: what differs is named (N4, ADR 21).

    asker                        neighbour
    one digest of all ────────►  the same: “agrees”, and that is all
                     ◄────────   else the digests of its days
    lines of those
    that differ ──────────────►  compares, and keeps what differs
    compares,        ◄────────   its lines of the same cases
    keeps what differs

What is told goes the way of the facts, behind all that were said before it. So whoever hears it
has heard those, and knows by `heard_at` up to when the teller had heard the other side. What
changed later, on either side, is on its way and is compared another time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta, timezone
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.ledger import (
    briefly,
    day_of,
    days_of,
    digest_of,
    line_from,
    span_of,
)
from services.dispatch.handlers.offers import House
from services.dispatch.policy.ledger import Line, differing, is_settled
from services.dispatch.repository.ledger import (
    Difference,
    Talk,
    change_talk,
    clear_differences,
    differing_cases,
    find_talk,
    keep_differences,
    lines_between,
    lock_talk,
    shares_cases,
)
from shared.clock import new_id
from shared.events.dispatch import CustodyLine, CustodyTold
from shared.events.link import CustodyHeard
from shared.outbox import say

CHINA = timezone(timedelta(hours=8))
ASKS_AGAIN = timedelta(days=7)
"""A link may be down for days: one question is enough for it to carry."""
MOST_LINES = 2000
"""So many lines in one telling, half a megabyte."""


def reconcile_nightly(db: Connection, house: House, hour: int, now: datetime) -> None:
    """Ask each neighbour about the shared ledger, once a night from an hour of China on."""
    for peer in sorted(house.neighbours):
        if _is_due(find_talk(db, peer), hour, now) and shares_cases(db, peer):
            ask_custody(db, peer, house, now)


def ask_custody(db: Connection, peer: str, house: House, now: datetime) -> None:
    """Tell a neighbour what this node's ledger says, by one digest, and ask for its own."""
    digest = digest_of(days_of(db, (house.node, peer)).values())
    lock_talk(db, peer)
    change_talk(db, peer, asked_at=now)
    _Teller(db, peer, now).tell(asks=True, digest=digest)


def hear_custody(db: Connection, event: CustodyHeard, house: House, now: datetime) -> None:
    """Compare what a neighbour told of its ledger with this one; answer as far as it asks."""
    told, peer = event.told, event.via
    if peer not in house.neighbours or told.to_node != house.node:
        return
    talk = lock_talk(db, peer)
    if not _is_news(talk, told):
        return
    change_talk(db, peer, heard=told.number, heard_at=told.occurred_at)
    answering = _Answering(db, (house.node, peer), told, now)
    if told.agrees:
        answering.agreed()
    elif told.first is not None and told.last is not None:
        answering.lines(told.first, told.last)
    elif told.days:
        answering.days()
    else:
        answering.whole()


def _is_due(talk: Talk | None, hour: int, now: datetime) -> bool:
    if talk is None or talk.asked_at is None:
        return True
    is_open = talk.compared_at is None or talk.compared_at < talk.asked_at
    if is_open and now - talk.asked_at < ASKS_AGAIN:
        return False
    return _night(talk.asked_at, hour) < _night(now, hour)


def _night(at: datetime, hour: int) -> date:
    return (at.astimezone(CHINA) - timedelta(hours=hour)).date()


def _is_news(talk: Talk, told: CustodyTold) -> bool:
    # A node that was restored counts anew, but later.
    if talk.heard_at is None:
        return True
    return (told.occurred_at, told.number) > (talk.heard_at, talk.heard)


@dataclass(frozen=True, slots=True)
class _Teller:
    db: Connection
    peer: str
    now: datetime

    def tell(self, **what: Any) -> None:
        """Say it to the neighbour under the next number, with how far it has been heard."""
        talk = lock_talk(self.db, self.peer)
        change_talk(self.db, self.peer, told=talk.told + 1)
        about = {"telling_id": new_id(), "occurred_at": self.now, "to_node": self.peer}
        heard_at = talk.heard_at
        say(self.db, CustodyTold(**about, number=talk.told + 1, heard_at=heard_at, **what))


@dataclass(frozen=True, slots=True)
class _Answering:
    db: Connection
    ends: tuple[str, str]
    told: CustodyTold
    now: datetime

    @property
    def peer(self) -> str:
        return self.ends[1]

    @property
    def teller(self) -> _Teller:
        return _Teller(self.db, self.peer, self.now)

    def agreed(self) -> None:
        clear_differences(self.db, self.peer, self.now)
        change_talk(self.db, self.peer, compared_at=self.now)

    def whole(self) -> None:
        days = days_of(self.db, self.ends)
        if digest_of(days.values()) == self.told.digest:
            self.agreed()
            self.teller.tell(agrees=True)
        else:
            self.teller.tell(asks=True, days=tuple(days.values()))

    def days(self) -> None:
        mine = days_of(self.db, self.ends)
        theirs = {day.day: day for day in self.told.days}
        every = sorted({*mine, *theirs})
        if mine == theirs:
            self.agreed()
            self.teller.tell(agrees=True)
            return
        # What differed before is looked at again, so that it is cleared once it does no more.
        before = {day_of(case_id) for case_id in differing_cases(self.db, self.peer)}
        differ = {day for day in every if mine.get(day) != theirs.get(day)} | before
        for is_told, days in groupby(every, differ.__contains__):
            if is_told:
                self._tell_lines(*span_of(list(days)), asks=True)

    def lines(self, first: UUID, last: UUID) -> None:
        theirs = {line.case_id: line_from(line) for line in self.told.lines}
        mine = {line.case_id: briefly(line) for line in self._between(first, last)}
        self._compare(mine, theirs)
        change_talk(self.db, self.peer, compared_at=self.now)
        if self.told.asks:
            self._tell_lines(first, last, asks=False)

    def _compare(self, mine: Mapping[UUID, Line], theirs: Mapping[UUID, Line]) -> None:
        found: list[Difference] = []
        same: list[UUID] = []
        for case_id in sorted({*mine, *theirs}):
            pair = mine.get(case_id), theirs.get(case_id)
            differs = differing(*pair)
            if not differs:
                same.append(case_id)
            elif self._is_settled(pair):
                found.append(self._difference(pair, differs))
        keep_differences(self.db, found)
        clear_differences(self.db, self.peer, self.now, same)

    def _is_settled(self, pair: Sequence[Line | None]) -> bool:
        heard = self.told.heard_at
        known_until = min(self.told.occurred_at, heard) if heard else None
        return is_settled(pair, known_until, self.now)

    def _difference(
        self, pair: tuple[Line | None, Line | None], differs: Sequence[str]
    ) -> Difference:
        mine, theirs = pair
        line = mine or theirs
        assert line is not None, "one of them has it"  # noqa: S101
        return Difference(
            peer=self.peer,
            case_id=line.case_id,
            number=line.number,
            differs=differs,
            epoch_here=None if mine is None else mine.epoch,
            epoch_there=None if theirs is None else theirs.epoch,
            holder_here=None if mine is None else mine.holder,
            holder_there=None if theirs is None else theirs.holder,
            found_at=self.now,
        )

    def _tell_lines(self, first: UUID, last: UUID, *, asks: bool) -> None:
        some: list[CustodyLine] = []
        for line in self._between(first, last):
            if len(some) == MOST_LINES:
                upto = some[-1].case_id
                self.teller.tell(asks=asks, first=first, last=upto, lines=tuple(some))
                first, some = UUID(int=upto.int + 1), []
            some.append(CustodyLine(**asdict(briefly(line))))
        self.teller.tell(asks=asks, first=first, last=last, lines=tuple(some))

    def _between(self, first: UUID, last: UUID) -> Iterator[Line]:
        return lines_between(self.db, self.ends, first, last)
