"""The one place that reads the wall clock, and the one that makes identifiers ordered by it."""

from datetime import UTC, datetime
from uuid import UUID

from uuid_utils.compat import uuid7


def utcnow() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def new_id() -> UUID:
    """Return a fresh UUIDv7 (RFC 9562): unique across nodes and nearly ordered by time."""
    return uuid7()


def id_at(moment: datetime) -> UUID:
    """Return what no id given since a moment is below."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def by_number(given: UUID) -> int:
    """Return what ids are sorted by, where many are: comparing the ids themselves takes longer."""
    return given.int
