"""Give a neighbour the pieces of a file that it asks for, each sealed for it alone (ADR 22).

Only a node that took the case from here, or gave it, gets any.
"""

import logging
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from services.intake.handlers.attached import place_of
from services.intake.handlers.offering import FileHouse, goes_out, is_withheld
from services.intake.handlers.safe import bytes_of_file
from services.intake.policy.coming import HEAD, bytes_of, piece_count
from services.intake.policy.files import Kind
from services.intake.policy.names import bare_name
from services.intake.repository.attachments import FILE, Attachment, attachment_of
from services.intake.repository.coming import legs_of
from shared.events.intake import FileAsked, FileSettled
from shared.events.link import FactRelayed
from shared.security.letters import Card, seal_for
from shared.security.pieces import Piece, Shelf, Way, clear, label_of, lay
from shared.security.sealing import KeyDestroyed, Sealer, sm3
from shared.security.vault import sealer_for

log = logging.getLogger(__name__)


class Spot(BaseModel):
    """Where a photograph was taken, in degrees."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)


class Head(BaseModel):
    """Piece 0 of a file: what it is called, and what it must be."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str = Field(max_length=200)
    digest: str = Field(pattern="^[0-9a-f]{64}$")
    """SM3 of its bytes."""
    place: Spot | None = None


def give_asked(db: Connection, event: FactRelayed, house: FileHouse) -> None:
    """Lay out what a neighbour asks for, if it shares the case and the file lies here whole."""
    asked, peer = event.fact.open(FileAsked), event.fact.node
    if asked.to_node != house.node or peer != event.via:
        return
    card = house.cards.get(peer)
    if card is None or peer not in legs_of(db, asked.case_id):
        log.warning("asked for a file of others", extra={"node": house.node, "peer": peer})
        return
    attachment = attachment_of(db, asked.case_id, asked.file_id)
    if attachment is None or not goes_out(db, attachment, house.node):
        return
    try:
        sealer = sealer_for(db, house.keys, attachment.key_id)
    except KeyDestroyed:
        return
    data = bytes_of_file(db, house.store, sealer, attachment, FILE)
    is_bare = is_withheld(db, asked.case_id)
    head = _head(_bare(attachment) if is_bare else _told(sealer, attachment), data)
    lay(db, Way.OUT, peer, _pieces(attachment, head, data, asked, card))


def forget_settled(db: Connection, event: FactRelayed, node: str) -> None:
    """A neighbour has a file whole, or does not keep it: nothing of it need go any more."""
    settled = event.fact.open(FileSettled)
    if settled.to_node == node:
        clear(db, Shelf(Way.OUT, event.fact.node, settled.file_id))


def _told(sealer: Sealer, attachment: Attachment) -> tuple[str, Spot | None]:
    place = place_of(sealer, attachment)
    return sealer.open(attachment.name), None if place is None else Spot(**place)


def _bare(attachment: Attachment) -> tuple[str, None]:
    # What it is called may name somebody, and where it was taken tells where they live.
    return bare_name(Kind(attachment.kind)), None


def _head(told: tuple[str, Spot | None], data: bytes) -> bytes:
    name, spot = told
    return Head(name=name, digest=sm3(data), place=spot).model_dump_json().encode()


def _pieces(
    attachment: Attachment, head: bytes, data: bytes, asked: FileAsked, card: Card
) -> Iterator[Piece]:
    there = range(HEAD, piece_count(len(data)) + 1)
    for number in sorted(set(asked.pieces) & set(there)):
        plain = head if number == HEAD else data[bytes_of(number)]
        label = label_of(attachment.case_id, attachment.attachment_id, number)
        box = seal_for(card, plain, label)
        yield Piece(attachment.case_id, attachment.attachment_id, number, box)
