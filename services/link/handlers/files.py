"""Pieces of files between the room they lie in and the parcels of a neighbour (ADR 22).

They are closed: only the intake of the addressee opens them, and it says when a file is whole.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from uuid import UUID

from sqlalchemy import Connection

from services.link.handlers.house import House
from services.link.handlers.letters import CarriedPiece, Content
from services.link.policy import may_go, may_tell
from services.link.repository.cases import lock_cases
from services.link.repository.links import Link, note_refused, post
from shared.events.link import PiecesArrived
from shared.metrics import PARCELS_REFUSED
from shared.outbox import nudge, say
from shared.security.pieces import Piece, Way, lay, lies, take_out
from shared.security.sealing import sm3

AT_ONCE = 20
"""So many pieces, 3.5 MB, are numbered in one transaction."""

OpenTransaction = Callable[[], AbstractContextManager[Connection]]


def post_pieces(db: Connection, link: Link, house: House) -> None:
    """Number as many pieces as the link has room for; each is a parcel of its own."""
    room = may_go(house.pace.window, link.said - link.received)
    if room:
        _post(db, link.peer, room, house)


def post_pieces_by_hand(open_transaction: OpenTransaction, house: House, peer: str) -> None:
    """Number the pieces that wait, as many as a bundle may hold: who carries it waits for none."""
    room = house.pace.by_hand
    while room > 0:
        with open_transaction() as db:
            posted = _post(db, peer, AT_ONCE, house)
        if not posted:
            return
        room -= sum(len(piece.box) for piece in posted)


def nudge_for_pieces(db: Connection, peer: str) -> None:
    """A receipt came, so that there is room again: go on at once if pieces wait for it."""
    if lies(db, Way.OUT, peer):
        nudge(db)


def take_pieces(db: Connection, peer: str, content: Content, house: House) -> None:
    """Lay a neighbour's pieces down for intake; none of a case that is not its business."""
    if not content.pieces:
        return
    cases = lock_cases(db, {piece.case_id for piece in content.pieces})
    taken = []
    for piece in content.pieces:
        case = cases.get(piece.case_id)
        if case is None or not may_tell(peer, case.known, house.parent):
            _refuse(db, peer, piece, house)
        elif case.erased_at is None:
            taken.append(Piece(piece.case_id, piece.file_id, piece.number, piece.box))
    lay(db, Way.IN, peer, taken)
    _say(db, peer, taken, house)


def _say(db: Connection, peer: str, taken: Sequence[Piece], house: House) -> None:
    files: dict[UUID, UUID] = {piece.file_id: piece.case_id for piece in taken}
    for file_id, case_id in files.items():
        arrived = PiecesArrived(case_id=case_id, occurred_at=house.now, file_id=file_id, via=peer)
        say(db, arrived)


def _refuse(db: Connection, peer: str, piece: CarriedPiece, house: House) -> None:
    reason = "not_theirs"
    note_refused(db, peer, reason, sm3(piece.box.encode()), house.now)
    PARCELS_REFUSED.labels(node=house.node, reason=reason).inc()


def _post(db: Connection, peer: str, limit: int, house: House) -> Sequence[Piece]:
    taken = take_out(db, peer, limit)
    if taken:
        post(db, peer, [_content(piece) for piece in taken], house.now)
    return taken


def _content(piece: Piece) -> str:
    carried = CarriedPiece(
        case_id=piece.case_id, file_id=piece.file_id, number=piece.number, box=piece.box
    )
    return f'{{"facts":[],"boxes":{{}},"pieces":[{carried.model_dump_json()}]}}'
