"""The rows of the authority table."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date

from sqlalchemy import Connection, delete, select, text, tuple_

from services.dispatch.policy.authority import Grant
from services.dispatch.tables import authority
from shared.db.bulk import among_codes, insert_rows

Key = tuple[str, str, str, date]
KEY = (authority.c.item_code, authority.c.tier, authority.c.region, authority.c.valid_from)


def grants_for(db: Connection, items: Collection[str]) -> dict[str, list[Grant]]:
    """Return the rows of these items, of any day."""
    found: dict[str, list[Grant]] = {}
    if items:
        query = select(authority).where(among_codes(authority.c.item_code, items))
        for row in db.execute(query).mappings():
            found.setdefault(row["item_code"], []).append(Grant(**row))
    return found


def lock_authority(db: Connection) -> None:
    """Let one import at a time through, until the transaction ends."""
    db.execute(text("LOCK TABLE dispatch.authority IN SHARE ROW EXCLUSIVE MODE"))


def all_grants(db: Connection) -> Sequence[Grant]:
    """Return the whole table in order."""
    rows = db.execute(select(authority).order_by(*KEY)).mappings()
    return [Grant(**row) for row in rows]


def grants_after(db: Connection, key: Key | None, limit: int) -> Sequence[Grant]:
    """Return rows in order, from the one after a key."""
    query = select(authority).order_by(*KEY).limit(limit)
    if key is not None:
        query = query.where(tuple_(*KEY) > tuple_(*key))
    return [Grant(**row) for row in db.execute(query).mappings()]


def replace_grants(db: Connection, grants: Sequence[Grant]) -> None:
    """Let the table be these rows and no others."""
    db.execute(delete(authority))
    insert_rows(db, authority, [asdict(grant) for grant in grants])
