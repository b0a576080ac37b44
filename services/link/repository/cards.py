"""How far the renewal of cards is with each neighbour."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert

from services.link.tables import boxes, cards


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The renewal with one neighbour: cards by their fingerprints, None where there was none."""

    peer: str
    told: str | None = None
    told_at: datetime | None = None
    acknowledged: str | None = None
    acknowledged_at: datetime | None = None
    ended: str | None = None
    word: str | None = None
    theirs: str | None = None
    placed_at: datetime | None = None
    answered: str | None = None


def standings(db: Connection) -> Mapping[str, Standing]:
    """Return how far it is with every neighbour that ever renewed, or was told of a renewal."""
    return {row["peer"]: Standing(**row) for row in db.execute(select(cards)).mappings()}


def lock_standing(db: Connection, peer: str) -> Standing:
    """Lock and return how far it is with a neighbour."""
    row = insert(cards).values(peer=peer)
    locked = row.on_conflict_do_update(
        index_elements=[cards.c.peer], set_={"peer": row.excluded.peer}
    ).returning(cards)
    return Standing(**db.execute(locked).mappings().one())


def change_standing(db: Connection, peer: str, **changes: object) -> None:
    """Write columns of a locked standing."""
    db.execute(update(cards).where(cards.c.peer == peer).values(changes))


def closed_boxes(db: Connection) -> list[tuple[UUID, str]]:
    """Return the case and the sealed person of each box that nobody has opened yet."""
    rows = db.execute(select(boxes.c.case_id, boxes.c.sealed).order_by(boxes.c.hand_over_id))
    return [(row.case_id, row.sealed) for row in rows]
