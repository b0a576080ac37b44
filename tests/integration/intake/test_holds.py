"""A legal hold is told to whoever shows the case."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from services.intake.handlers import Caller, Holding, hold_case, release_case
from shared.events.intake import CaseHeld, HoldReleased
from shared.outbox import said
from shared.security.actor import Role
from shared.security.sealing import NodeKeys
from tests.integration.intake.stories import NINE, OFFICER, register

pytestmark = pytest.mark.integration

HEAD = Caller(replace(OFFICER.actor, id="head", roles=frozenset({Role.WINDOW_HEAD})), NINE)


def test_a_hold_and_its_release_are_said_without_names(db: Connection, keys: NodeKeys) -> None:
    told = register(db, keys)
    hold_case(db, told.number, Holding("张晓明 13800006160 诉讼"), HEAD)
    release_case(db, told.number, "诉讼结束", HEAD)

    held, released = said(db)[-2:]
    assert isinstance(held, CaseHeld)
    assert isinstance(released, HoldReleased)
    assert (held.by.role, released.by.role) == ("window_head", "window_head")
    assert "13800006160" not in held.because
    assert released.because == "诉讼结束"
