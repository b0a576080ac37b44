"""Tokens of other systems."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.portal.tables import tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What is known of a token: everything but the token."""

    id: str
    name: str
    about: str
    scopes: tuple[str, ...]
    networks: tuple[str, ...]
    """From where it may come; empty for everywhere."""
    secret_hash: str = field(repr=False)
    earlier_hash: str | None = field(default=None, repr=False)
    earlier_until: datetime | None = None
    created_at: datetime
    created_by: str
    expires_at: datetime
    rotated_at: datetime | None = None
    revoked_at: datetime | None = None
    used_at: datetime | None = None
    used_from: str | None = None


def add_token(db: Connection, token: Token) -> bool:
    """Insert a token; tell whether neither its id nor its name was taken by a living one."""
    row = {column.name: getattr(token, column.name) for column in tokens.c}
    row |= {"scopes": list(token.scopes), "networks": list(token.networks)}
    adding = insert(tokens).values(row).on_conflict_do_nothing()
    return db.scalar(adding.returning(tokens.c.id)) is not None


def token_of(db: Connection, token_id: str, *, lock: bool = False) -> Token | None:
    """Return the token of an id, whether it still holds or not; locked if asked."""
    query = select(tokens).where(tokens.c.id == token_id)
    row = db.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _token(row)


def tokens_by_end(db: Connection) -> list[Token]:
    """Return all tokens: those that hold first, what ends soonest before the others."""
    order = (tokens.c.revoked_at.desc().nulls_first(), tokens.c.expires_at, tokens.c.id)
    return [_token(row) for row in db.execute(select(tokens).order_by(*order))]


def change_token(db: Connection, token_id: str, changed: dict[str, Any]) -> None:
    """Write some columns of a token."""
    db.execute(update(tokens).where(tokens.c.id == token_id).values(changed))


def tokens_ending(db: Connection, after: datetime, before: datetime) -> int:
    """Return how many tokens that were not revoked end between two instants."""
    ending = (tokens.c.expires_at > after, tokens.c.expires_at <= before)
    query = select(func.count()).where(tokens.c.revoked_at.is_(None), *ending)
    return db.scalar(query) or 0


def _token(row: Any) -> Token:
    told = row._asdict()
    return Token(**told | {"scopes": tuple(row.scopes), "networks": tuple(row.networks)})
