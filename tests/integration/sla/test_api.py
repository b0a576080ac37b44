from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from services.sla import api, handlers
from services.sla.settings import Settings
from services.sla.tables import metadata, plumbing
from shared.events.dispatch import PartEnd, PartWithdrawn
from shared.security.actor import Role
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.doorway import NODE, Call, calling, door_to, staff
from tests.integration.sla.stories import CASE, MONDAY_TEN, PROMISE, dispatched, taken
from tests.integration.sla.test_parts import of_part, opened

pytestmark = pytest.mark.integration

DISPATCHER = staff(Role.DISPATCHER)


@pytest.fixture
def unit(service_database: Callable[..., Engine]) -> Unit:
    return Unit(service_database(metadata), NODE, "sla", plumbing, wake=lambda: None)


@pytest.fixture
def call(unit: Unit, tmp_path: Path) -> Call:
    with unit.transaction() as db:
        handlers.start_leg_clock(db, taken(1), PROMISE)
        handlers.start_custody_clocks(db, [dispatched()], PROMISE, MONDAY_TEN)
    keys = NodeKeys.create(tmp_path / "node.json")
    return calling(api.router, door_to(unit, keys, Settings(), lambda: MONDAY_TEN))


def test_a_leg_is_shown_among_the_clocks_of_its_case(call: Call) -> None:
    shown = call(DISPATCHER, "GET", f"/clocks?case_id={CASE}").json()

    assert sorted(clock["kind"] for clock in shown) == ["contact", "leg", "resolve"]


def test_who_helps_sees_the_clocks_of_the_case_until_its_part_is_taken_back(
    call: Call, unit: Unit
) -> None:
    helper, path = staff(Role.DISPOSAL_OFFICER, unit="CGZ"), f"/clocks?case_id={CASE}"
    assert call(helper, "GET", path).status_code == 403

    with unit.begin() as work:
        handlers.start_part_clock(work.db, opened(), PROMISE, MONDAY_TEN)
    kinds = {one["kind"] for one in call(helper, "GET", path).json()}
    assert kinds == {"contact", "leg", "resolve", "co_handle"}
    with unit.begin() as work:
        handlers.end_part_clock(work.db, of_part(PartWithdrawn, why=PartEnd.WITHDRAWN), PROMISE)
    assert call(helper, "GET", path).status_code == 403


def test_anybody_may_ask_what_a_leg_may_take(call: Call) -> None:
    about = {"start": MONDAY_TEN.isoformat(), "complexity": "complex"}

    leg = call(DISPATCHER, "GET", "/due-date", params={**about, "kind": "leg"}).json()
    resolve = call(DISPATCHER, "GET", "/due-date", params={**about, "kind": "resolve"}).json()

    assert leg["due_at"] == resolve["due_at"]
