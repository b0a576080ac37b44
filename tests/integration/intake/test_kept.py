"""What is kept beside cases goes when it is old, and only then."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select, update

from services.intake.handlers import forget_old_counts
from services.intake.tables import idempotency, plumbing
from shared.inbox import forget_ended_before, park
from tests.integration.intake.stories import NINE

pytestmark = pytest.mark.integration

DAY = timedelta(days=1)


def parked(db: Connection, name: str, ended_at: datetime | None) -> None:
    row = {"message_id": None, "name": name, "subject_id": None, "body": b"", "reason": "r"}
    park(db, plumbing.inbox, {**row, "traceback": ""})
    table = plumbing.inbox.parked
    db.execute(update(table).where(table.c.name == name).values(ended_at=ended_at))


def test_a_parked_message_goes_after_its_end_and_an_open_one_stays(db: Connection) -> None:
    for name, ended_at in (("old", NINE - DAY), ("new", NINE), ("open", None)):
        parked(db, name, ended_at)

    assert forget_ended_before(db, plumbing.inbox, NINE, 100) == 1

    names = plumbing.inbox.parked.c.name
    left = select(names).where(names.in_(("old", "new", "open")))
    assert set(db.scalars(left)) == {"new", "open"}


def test_an_answer_is_forgotten_after_a_day_though_nobody_asks_again(db: Connection) -> None:
    for key, at in (("old", NINE - DAY - DAY), ("new", NINE - DAY)):
        row = {"actor": "staff:li", "key": key, "digest": "", "at": at}
        db.execute(idempotency.insert().values(row))

    forget_old_counts(db, DAY, NINE)

    keys = select(idempotency.c.key).where(idempotency.c.actor == "staff:li")
    assert list(db.scalars(keys)) == ["new"]
