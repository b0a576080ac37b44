from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from services.sla import api, handlers
from services.sla.settings import Settings
from services.sla.tables import metadata, plumbing
from shared.security.actor import Role
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.doorway import NODE, Call, calling, door_to, staff
from tests.integration.sla.stories import CASE, MONDAY_TEN, PROMISE, dispatched, taken

pytestmark = pytest.mark.integration

DISPATCHER = staff(Role.DISPATCHER)


@pytest.fixture
def call(service_database: Callable[..., Engine], tmp_path: Path) -> Call:
    unit = Unit(service_database(metadata), NODE, "sla", plumbing, wake=lambda: None)
    with unit.transaction() as db:
        handlers.start_leg_clock(db, taken(1), PROMISE)
        handlers.start_custody_clocks(db, [dispatched()], PROMISE, MONDAY_TEN)
    keys = NodeKeys.create(tmp_path / "node.json")
    return calling(api.router, door_to(unit, keys, Settings(), lambda: MONDAY_TEN))


def test_a_leg_is_shown_among_the_clocks_of_its_case(call: Call) -> None:
    shown = call(DISPATCHER, "GET", f"/clocks?case_id={CASE}").json()

    assert sorted(clock["kind"] for clock in shown) == ["contact", "leg", "resolve"]


def test_anybody_may_ask_what_a_leg_may_take(call: Call) -> None:
    about = {"start": MONDAY_TEN.isoformat(), "complexity": "complex"}

    leg = call(DISPATCHER, "GET", "/due-date", params={**about, "kind": "leg"}).json()
    resolve = call(DISPATCHER, "GET", "/due-date", params={**about, "kind": "resolve"}).json()

    assert leg["due_at"] == resolve["due_at"]
