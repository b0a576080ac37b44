"""Files of neighbours: asked for piece by piece, kept when they are whole and fit to be kept.

A file is here when all its pieces open and the digest in its head is that of its bytes. Until
then it stays asked for, whatever gets lost; nobody sees anything of it (ADR 22).
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from io import BytesIO
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Connection

from services.intake.handlers.attach import Kept, Prepared, keep, lay_all
from services.intake.handlers.coming_released import pass_on, release_of, take_away
from services.intake.handlers.giving import Head, forget_settled, give_asked
from services.intake.handlers.offering import FileHouse, offer_to_legs
from services.intake.handlers.pictures import thumbnail_of
from services.intake.handlers.trace import leave_trace
from services.intake.policy.coming import (
    HEAD,
    MOST_WRONG,
    NOTHING,
    Fault,
    asks_again_after,
    fault_of_bytes,
    fault_of_offer,
    lacking,
    lot_of,
    next_lot,
)
from services.intake.policy.files import Kind, sniff
from services.intake.policy.names import file_name
from services.intake.repository.attachments import (
    attachment_of_content,
    case_of_attachment,
    count_attachments,
)
from services.intake.repository.cases import Case, case_of
from services.intake.repository.coming import (
    Coming,
    add_coming,
    change_coming,
    count_awaited,
    drop_coming,
    given_up,
    legs_of,
    lock_coming,
    overdue,
)
from services.intake.repository.releases import add_release, show_instead
from shared.errors import NotYet, Refused
from shared.events.intake import (
    FileAsked,
    FileFault,
    FileOffered,
    FileRecalled,
    FileSettled,
)
from shared.events.link import FactRelayed, PiecesArrived
from shared.outbox import say
from shared.security.actor import Actor, ActorKind
from shared.security.caller import Caller
from shared.security.letters import open_sealed
from shared.security.pieces import Shelf, Way, box_on, clear, label_of, numbers_on
from shared.security.sealing import KeyDestroyed, SealBroken, Sealer, sm3
from shared.security.vault import sealer_of_case

log = logging.getLogger(__name__)

OpenTransaction = Callable[[], AbstractContextManager[Connection]]


class NotWhole(Exception):
    """What came is not the file that its head tells of."""


def hear_of_file(db: Connection, event: FactRelayed, house: FileHouse) -> None:
    """Hear what a neighbour says of a file; what is about none passes by."""
    match event.fact.type:
        case FileOffered.name:
            expect_file(db, event, house)
        case FileAsked.name:
            give_asked(db, event, house)
        case FileSettled.name:
            forget_settled(db, event, house.node)
        case FileRecalled.name:
            take_away(db, event, house)
        case _:
            pass


def expect_file(db: Connection, event: FactRelayed, house: FileHouse) -> None:
    """A neighbour offers a file of a case that is here: ask for it, or say why it is not kept."""
    offered = event.fact.open(FileOffered)
    is_for_us = offered.to_node == house.node and event.fact.node == event.via
    case = case_of(db, event.case_id, lock=True) if is_for_us else None
    if case is None or case.erased_at is not None:
        return
    if event.via not in legs_of(db, case.case_id):
        raise NotYet("whoever offers it has not taken the case from here, as far as is known")
    # Who has the person releases: nobody else lets units see what lies here.
    release = None if case.origin is None else release_of(offered, event.via)
    is_news = release is not None and add_release(db, release)
    if _is_kept(db, case, offered.file_id, house):
        if is_news:
            pass_on(db, case, offered.file_id, house)
        return
    known = count_attachments(db, case.case_id) + count_awaited(db, case.case_id)
    coming = _coming(offered, event.via, house)
    if add_coming(db, coming):
        taking = _Taking(db, house, case, coming)
        fault = fault_of_offer(coming.offered, house.limits, known)
        taking.ask([HEAD]) if fault is None else taking.give_up(fault)


def _is_kept(db: Connection, case: Case, file_id: UUID, house: FileHouse) -> bool:
    holder = case_of_attachment(db, file_id)
    if holder not in (None, case.case_id):
        told = {"node": house.node, "case_id": str(case.case_id), "file_id": str(file_id)}
        log.warning("file of another case offered", extra=told)
    return holder is not None


def _coming(offered: FileOffered, via: str, house: FileHouse) -> Coming:
    return Coming(
        file_id=offered.file_id,
        case_id=offered.case_id,
        via=via,
        origin=offered.from_node,
        kind=offered.kind,
        bytes=offered.bytes,
        pieces=offered.pieces,
        added_at=offered.added_at,
        added_by_staff=offered.by_staff,
        offered_at=house.now,
    )


def take_pieces(db: Connection, events: Sequence[PiecesArrived], house: FileHouse) -> None:
    """Pieces came: go on with their files; what nobody asked for is thrown away."""
    for case_id, file_id, via in dict.fromkeys(
        (event.case_id, event.file_id, event.via) for event in events
    ):
        case = case_of(db, case_id, lock=True)
        coming = lock_coming(db, file_id)
        is_awaited = coming is not None and (coming.via, coming.case_id) == (via, case_id)
        if case is None or coming is None or coming.fault or not is_awaited:
            clear(db, Shelf(Way.IN, via, file_id))
        else:
            _Taking(db, house, case, coming).go_on()


def ask_again(open_transaction: OpenTransaction, house: FileHouse, limit: int) -> int:
    """Go on with files of which nothing came for too long; return how many there were.

    Each in a transaction of its own: one that fails is put off and holds up no other.
    """
    with open_transaction() as db:
        late = overdue(db, house.now, limit)
    for coming in late:
        try:
            with open_transaction() as db:
                _go_on_late(db, coming, house)
        except Exception:
            log.exception("late file failed", extra={"node": house.node, "peer": coming.via})
            with open_transaction() as db:
                _put_off(db, coming, house)
    return len(late)


def _go_on_late(db: Connection, late: Coming, house: FileHouse) -> None:
    case = case_of(db, late.case_id, lock=True)
    coming = lock_coming(db, late.file_id)
    if case is None or coming is None or coming.next_at is None or coming.next_at > house.now:
        return  # it went on meanwhile
    taking = _Taking(db, house, case, coming)
    missing = lacking(coming.pieces, numbers_on(db, taking.shelf))
    if missing:
        taking.ask(lot_of(missing), tries=coming.tries + 1)
    else:
        taking.go_on()


def _put_off(db: Connection, late: Coming, house: FileHouse) -> None:
    coming = lock_coming(db, late.file_id)
    if coming is not None and coming.next_at is not None:
        tries = coming.tries + 1
        next_at = house.now + asks_again_after(tries, house.patience)
        change_coming(db, coming.file_id, tries=tries, next_at=next_at)


def retry_given_up(
    open_transaction: OpenTransaction, house: FileHouse, peer: str, actor: Actor
) -> Counter[Fault | None]:
    """Ask a neighbour anew for its files that were not kept, where what stood in the way is gone.

    Return how many were asked for (None), and how many still are not to be kept for which reason.
    Each in a transaction of its own, with a line in the audit.
    """
    with open_transaction() as db:
        left = given_up(db, peer)
    told: Counter[Fault | None] = Counter()
    for each in left:
        with open_transaction() as db:
            told.update(_retry(db, each, house, Caller(actor, house.now)))
    return told


def _retry(
    db: Connection, left: Coming, house: FileHouse, caller: Caller
) -> Iterable[Fault | None]:
    case = case_of(db, left.case_id, lock=True)
    coming = lock_coming(db, left.file_id)
    if case is None or coming is None or coming.fault is None:
        return ()  # it was erased, or somebody else was quicker
    known = count_attachments(db, case.case_id) + count_awaited(db, case.case_id)
    fault = fault_of_offer(coming.offered, house.limits, known)
    if fault is None:
        fresh = {"fault": None, "wrong": 0, "here": 0, "offered_at": house.now}
        anew = replace(coming, asked_to=NOTHING)
        _ask(db, anew, [HEAD], house, **fresh)
        leave_trace(db, caller, "attachment.retry", case.number, reason=coming.fault)
    return (fault,)


def _ask(
    db: Connection, coming: Coming, wanted: Sequence[int], house: FileHouse, **changes: Any
) -> None:
    asked = FileAsked(
        case_id=coming.case_id,
        occurred_at=house.now,
        to_node=coming.via,
        file_id=coming.file_id,
        pieces=tuple(wanted),
    )
    say(db, asked)
    tries = changes.setdefault("tries", 0)
    asked_to = max(coming.asked_to, *wanted)
    next_at = house.now + asks_again_after(tries, house.patience)
    change_coming(db, coming.file_id, asked_to=asked_to, next_at=next_at, **changes)


def _shelf(coming: Coming) -> Shelf:
    return Shelf(Way.IN, coming.via, coming.file_id)


class _Taking:
    def __init__(self, db: Connection, house: FileHouse, case: Case, coming: Coming) -> None:
        self.db = db
        self.house = house
        self.case = case
        self.coming = coming
        self.shelf = _shelf(coming)

    def ask(self, wanted: Sequence[int], **changes: Any) -> None:
        _ask(self.db, self.coming, wanted, self.house, **changes)

    def go_on(self) -> None:
        here = numbers_on(self.db, self.shelf)
        try:
            if here == {HEAD} and self._is_known(self._head()):
                self._settle()
            elif lacking(self.coming.pieces, here):
                self._ask_on(here)
            else:
                self._finish()
        except (SealBroken, NotWhole):
            self._begin_again()

    def _ask_on(self, here: set[int]) -> None:
        wanted = next_lot(self.coming.pieces, here, self.coming.asked_to)
        if wanted:
            self.ask(wanted, here=len(here))
        else:
            next_at = self.house.now + self.house.patience
            change_coming(self.db, self.coming.file_id, here=len(here), tries=0, next_at=next_at)

    def _finish(self) -> None:
        head, data = self._head(), self._data()
        if len(data) != self.coming.bytes or sm3(data) != head.digest:
            raise NotWhole
        if self._is_known(head):
            self._settle()
            return
        fitted = self._fitted(head, data)
        if isinstance(fitted, Fault):
            self.give_up(fitted)
        else:
            self._keep(fitted)

    def _fitted(self, head: Head, data: bytes) -> Prepared | Fault:
        if count_attachments(self.db, self.case.case_id) >= self.house.limits.per_case:
            return Fault.FULL
        fault = fault_of_bytes(sniff(BytesIO(data)), self.coming.kind)
        if fault is not None:
            return fault
        try:
            return self._prepared(head, data)
        except Refused:
            return Fault.PICTURE

    def _prepared(self, head: Head, data: bytes) -> Prepared:
        limits, kind = self.house.limits, Kind(self.coming.kind)
        content = self.house.keys.keyed_hash("attachment", head.digest)
        kept = (BytesIO(data), len(data))
        told = (kind, file_name(head.name, kind), *kept, content, content, limits.per_case)
        thumbnail = thumbnail_of(data, limits.pixels) if kind is Kind.JPEG else None
        place = None if head.place is None else head.place.model_dump()
        return Prepared(*told, thumbnail, place)

    def _keep(self, file: Prepared) -> None:
        try:
            sealer: Sealer = sealer_of_case(self.db, self.house.keys, self.case.case_id)
        except KeyDestroyed:
            clear(self.db, self.shelf)
            drop_coming(self.db, self.coming.file_id)
            return
        coming = self.coming
        kept = Kept(
            attachment_id=coming.file_id,
            case_id=coming.case_id,
            added_at=coming.added_at,
            added_by_staff=coming.added_by_staff,
            origin=coming.origin,
        )
        places = lay_all(self.house.store, sealer, kept.attachment_id, file)
        attachment = keep(self.db, sealer, kept, file, places)
        actor = Actor(kind=ActorKind.SYSTEM, node=self.house.node, id=coming.via)
        caller = Caller(actor, self.house.now)
        leave_trace(self.db, caller, "attachment.arrive", self.case.number, after=file.digest)
        self._settle()
        offer_to_legs(self.db, attachment, self.house.node, self.house.now, coming.via)

    def give_up(self, fault: Fault) -> None:
        """Keep nothing of it, and say so here and there."""
        told = {"node": self.house.node, "peer": self.coming.via, "fault": fault.value}
        log.warning("file not kept", extra=told)
        change_coming(self.db, self.coming.file_id, fault=fault.value, next_at=None, here=0)
        self._say(FileFault(fault.value))

    def _settle(self) -> None:
        drop_coming(self.db, self.coming.file_id)
        self._say(None)

    def _say(self, fault: FileFault | None) -> None:
        clear(self.db, self.shelf)
        settled = FileSettled(
            case_id=self.coming.case_id,
            occurred_at=self.house.now,
            to_node=self.coming.via,
            file_id=self.coming.file_id,
            fault=fault,
        )
        say(self.db, settled)

    def _begin_again(self) -> None:
        wrong = self.coming.wrong + 1
        if wrong >= MOST_WRONG:
            self.give_up(Fault.BROKEN)
            return
        clear(self.db, self.shelf)
        change_coming(self.db, self.coming.file_id, asked_to=NOTHING, here=0)
        self.coming = lock_coming(self.db, self.coming.file_id) or self.coming
        self.ask([HEAD], wrong=wrong)

    def _is_known(self, head: Head) -> bool:
        digests = self.house.keys.keyed_hashes("attachment", head.digest)
        known = attachment_of_content(self.db, self.case.case_id, digests)
        if known is not None:
            show_instead(self.db, self.coming.file_id, known.attachment_id)
        return known is not None

    def _head(self) -> Head:
        box = box_on(self.db, self.shelf, HEAD)
        if box is None:
            raise NotWhole
        try:
            return Head.model_validate_json(self._opened(HEAD, box))
        except ValidationError as error:
            raise NotWhole from error

    def _data(self) -> bytes:
        numbers = range(HEAD + 1, self.coming.pieces + 1)
        # One box after the other: all of them together are larger than the file.
        boxes = ((number, box_on(self.db, self.shelf, number)) for number in numbers)
        return b"".join(self._opened(number, box or "") for number, box in boxes)

    def _opened(self, number: int, box: str) -> bytes:
        label = label_of(self.coming.case_id, self.coming.file_id, number)
        return open_sealed(self.house.keys, box, label)
