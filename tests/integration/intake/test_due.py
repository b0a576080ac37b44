"""What falls due by time, and what is looked at again: each is walked by once, not for ever."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from services.intake.handlers import (
    Holding,
    Registered,
    approve_erasure,
    ask_erasure,
    ask_for_due,
    erase_again,
    follow,
    hold_case,
    refuse_erasure,
)
from services.intake.tables import timeline
from shared.events.intake import CaseErased
from shared.events.review import CaseClosed, CaseReopened
from shared.outbox import said
from shared.security.sealing import KeyDestroyed, NodeKeys
from shared.security.vault import create_key, sealer_of_case
from tests.integration.intake.stories import NINE, NODE, register
from tests.integration.intake.test_erasure import (
    ASKING,
    HEAD,
    KEEPING,
    LATER,
    SECURITY,
    close,
    order_of,
)

pytestmark = pytest.mark.integration

MANY = 1_000


@pytest.fixture
def told(db: Connection, keys: NodeKeys) -> Registered:
    told = register(db, keys)
    close(db, told)
    return told


def test_time_asks_for_what_was_kept_long_enough_and_for_nothing_else(
    db: Connection, keys: NodeKeys, told: Registered
) -> None:
    held, young = register(db, keys), register(db, keys)
    close(db, held)
    close(db, young, timedelta(days=50))
    hold_case(db, held.number, Holding("诉讼"), HEAD)
    now = NINE + timedelta(days=101)

    assert ask_for_due(db, KEEPING, NODE, now, 10) == 1
    assert ask_for_due(db, KEEPING, NODE, now, 10) == 0

    order = order_of(db, told)
    assert (order.state, order.asked_by, order.ground) == ("asked", "retention", "retention")
    refuse_erasure(db, order.order_id, "还要用", SECURITY)
    assert ask_for_due(db, KEEPING, NODE, now, 10) == 0


def test_what_a_backup_brings_back_is_erased_again(
    db: Connection, keys: NodeKeys, told: Registered
) -> None:
    asked = ask_erasure(db, told.number, ASKING, HEAD)
    approve_erasure(db, asked.order_id, SECURITY)
    create_key(db, keys, told.case_id, NINE)

    assert erase_again(db, NODE, LATER, MANY) >= 1
    assert erase_again(db, NODE, LATER, MANY) == 0
    event = said(db)[-1]
    assert isinstance(event, CaseErased)
    assert event.order_id == asked.order_id


def test_an_erased_case_is_looked_at_again_after_a_day(
    db: Connection, keys: NodeKeys, told: Registered
) -> None:
    asked = ask_erasure(db, told.number, ASKING, HEAD)
    approve_erasure(db, asked.order_id, SECURITY)
    all_of_them = erase_again(db, NODE, LATER, MANY)
    create_key(db, keys, told.case_id, NINE)

    assert erase_again(db, NODE, LATER + timedelta(hours=23), MANY) == 0
    assert erase_again(db, NODE, LATER + timedelta(hours=25), MANY) == all_of_them >= 1
    with pytest.raises(KeyDestroyed):
        sealer_of_case(db, keys, told.case_id)


def test_what_falls_due_no_more_is_walked_by_once(
    db: Connection, keys: NodeKeys, told: Registered
) -> None:
    gone, again = register(db, keys), register(db, keys)
    for each in (gone, again):
        close(db, each)
    asked = ask_erasure(db, gone.number, ASKING, HEAD)
    approve_erasure(db, asked.order_id, SECURITY)
    reopened = CaseReopened(
        case_id=again.case_id, occurred_at=NINE + timedelta(hours=4), round=2, because="没解决"
    )
    follow(db, [reopened])
    now = NINE + timedelta(days=101)

    assert ask_for_due(db, KEEPING, NODE, now, 10) == 1
    assert ask_for_due(db, KEEPING, NODE, now, 10) == 0

    ends = (timeline.c.event == CaseClosed.name, timeline.c.passed)
    assert set(db.scalars(select(timeline.c.case_id).where(*ends))) == {
        each.case_id for each in (told, gone, again)
    }
