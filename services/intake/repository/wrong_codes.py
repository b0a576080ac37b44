"""Wrong query codes, counted per number and per address in windows of fixed length."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, case, delete, select
from sqlalchemy.dialects.postgresql import insert

from services.intake.policy.guesses import Wrong
from services.intake.tables import wrong_codes


def counted(db: Connection, keys: Sequence[str]) -> Mapping[str, Wrong]:
    """Return what is counted under these keys, without locking."""
    rows = db.execute(select(wrong_codes).where(wrong_codes.c.key.in_(keys)))
    return {row.key: Wrong(row.since, row.wrong) for row in rows}


def count_wrong(
    db: Connection, keys: Sequence[str], now: datetime, window_began: datetime
) -> Mapping[str, Wrong]:
    """Count one more under each key and return the counts; one before the window begins anew."""
    # In the order of the keys: two guesses that share keys then wait instead of deadlocking.
    rows = [{"key": key, "since": now, "wrong": 1} for key in sorted(keys)]
    counting = insert(wrong_codes).values(rows)
    is_over = wrong_codes.c.since <= window_began
    counted = counting.on_conflict_do_update(
        index_elements=[wrong_codes.c.key],
        set_={
            "since": case((is_over, now), else_=wrong_codes.c.since),
            "wrong": case((is_over, 1), else_=wrong_codes.c.wrong + 1),
        },
    )
    counts = db.execute(counted.returning(*wrong_codes.c))
    return {row.key: Wrong(row.since, row.wrong) for row in counts}


def forget_counts_before(db: Connection, moment: datetime) -> int:
    """Delete the counts that began before `moment`; return how many."""
    return db.execute(delete(wrong_codes).where(wrong_codes.c.since < moment)).rowcount
