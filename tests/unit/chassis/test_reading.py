"""Who keeps the journal hears every fact that stands in it, and loses none that it cannot read."""

import pytest

from shared.chassis.reading import Broken, Reader
from shared.events.base import Event, every_event
from shared.events.portal import UnitTold
from shared.events.sla import MeetingNear, WorkedYearTold
from tests.unit.chassis.test_arriving import sent

JOURNAL = {kind.name: kind for kind in every_event() if kind.in_journal and not kind.between_nodes}


@pytest.mark.parametrize("kind", [UnitTold, MeetingNear, WorkedYearTold])
def test_what_stands_in_no_journal_passes_by_who_keeps_it(kind: type[Event]) -> None:
    assert Reader(JOURNAL).read(sent(kind.name)) == []


def test_what_nobody_knows_is_kept_by_who_keeps_the_journal_and_by_nobody_else() -> None:
    later = sent("sla.something_new.v1")
    some = dict(list(JOURNAL.items())[:3])

    [parked] = Reader(JOURNAL).read(later)
    assert isinstance(parked, Broken)
    assert Reader(some).read(later) == []
