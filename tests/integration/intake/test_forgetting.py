from uuid import uuid4

import pytest
from sqlalchemy import Connection, text

from services.intake.tables import plumbing
from shared.forgetting import forget_said

pytestmark = pytest.mark.integration


def test_a_long_outbox_is_read_through_with_patience_and_only_then(db: Connection) -> None:
    allowed = text("SHOW statement_timeout")
    before = db.scalar(allowed)

    with db.begin_nested() as step:
        forget_said(db, plumbing, uuid4())
        during = db.scalar(allowed)
        step.rollback()

    assert during == "5min" != before
    assert db.scalar(allowed) == before
