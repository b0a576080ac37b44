"""Files of a neighbour that were not kept, asked for once more by hand."""

from collections import Counter
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, update

from services.intake import handlers
from services.intake.handlers import FileHouse
from services.intake.policy.coming import Fault
from services.intake.policy.files import AttachmentLimits
from services.intake.repository.releases import standing
from services.intake.tables import cases, plumbing
from shared.clock import new_id
from shared.events.intake import ReleaseTold
from shared.security.actor import Role
from shared.security.letters import Card
from shared.security.sealing import NodeKeys, sm3
from shared.store.held import HeldStore
from tests.integration.doorway import staff
from tests.integration.intake.coming import LIMITS, LONG, PATIENCE, Giver
from tests.integration.intake.stories import CITY, NINE, NODE, received

pytestmark = pytest.mark.integration


@pytest.fixture
def giver(db: Connection, keys: NodeKeys, tmp_path: Path) -> Giver:
    """The city, which gave this node a case, and has a file of it."""
    city = Card.of(NodeKeys.create(tmp_path / "city.json"), CITY, "六安", "city")
    leg = received(db, keys).model_copy(update={"given_by": CITY})
    handlers.receive_case(db, keys, leg, NODE)
    return Giver(
        db, FileHouse(NODE, keys, {CITY: city}, LIMITS, PATIENCE, NINE, HeldStore()), leg, LONG
    )


def retry(giver: Giver, limits: AttachmentLimits = LIMITS) -> Counter[Fault | None]:
    house, by = replace(giver.house, limits=limits), staff(Role.OPERATOR)
    return handlers.retry_given_up(lambda: nullcontext(giver.db), house, CITY, by)


def test_a_file_that_was_too_large_is_asked_for_again_once_it_fits(giver: Giver) -> None:
    giver.house = replace(giver.house, limits=replace(LIMITS, bytes=100_000))
    giver.offer()
    assert giver.asked() == []

    assert retry(giver, giver.house.limits) == {Fault.TOO_LARGE: 1}
    assert giver.asked() == []
    assert giver.fault == "too_large"

    giver.house = replace(giver.house, limits=LIMITS)
    assert retry(giver) == {None: 1}
    giver.bring_all()
    assert giver.kept() == [LONG]
    assert retry(giver) == {}
    query = select(plumbing.audit.c.reason).where(plumbing.audit.c.action == "attachment.retry")
    assert list(giver.db.scalars(query)) == ["too_large"]


def test_a_file_that_came_broken_is_asked_for_as_if_for_the_first_time(giver: Giver) -> None:
    right, giver.digest = giver.digest, sm3(b"something else")
    giver.offer()
    giver.bring_all()
    assert giver.fault == "broken"

    giver.digest = right
    assert retry(giver) == {None: 1}
    giver.bring_all()

    assert giver.kept() == [LONG]


def test_only_as_many_are_asked_for_again_as_the_case_may_have(giver: Giver) -> None:
    for _ in range(2):
        giver.file_id = new_id()
        giver.offer(size=1_000_001)
    one = replace(LIMITS, bytes=2_000_000, per_case=1)

    assert retry(giver, one) == {None: 1, Fault.FULL: 1}


@pytest.mark.parametrize(("origin", "believed"), [(CITY, 1), (None, 0)])
def test_only_of_a_case_from_elsewhere_a_neighbour_says_which_unit_sees_a_file(
    giver: Giver, origin: str | None, believed: int
) -> None:
    case_id, unit = giver.leg.case_id, {"unit_node": NODE, "unit_code": "cgz", "unit_name": "镇"}
    giver.db.execute(update(cases).where(cases.c.case_id == case_id).values(origin=origin))
    giver.offer(release=ReleaseTold(release_id=new_id(), **unit))

    assert len(standing(giver.db, case_id)) == believed
