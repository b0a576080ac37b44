from services.portal import handlers
from shared.chassis.reading import Broken, Reader
from tests.unit.chassis.test_arriving import sent


def test_a_fact_that_portal_does_not_know_is_not_lost_from_the_journal() -> None:
    keeper = Reader({kind.name: kind for kind in handlers.EVERYTHING})

    [found] = keeper.read(sent("intake.moon_landed.v1"))

    assert isinstance(found, Broken)
    assert found.reason == "unknown event intake.moon_landed.v1"
