"""A case that was classified anew shows it, is offered that no more, and keeps it."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from services.portal import handlers, repository
from services.portal.pages.complexity_acts import other_complexities
from services.portal.pages.next_steps import next_steps
from services.portal.repository import CaseCard
from shared.events import dispatch
from shared.events.words import Complexity
from shared.security.actor import Role
from tests.browser.facts import NODE as FACTS
from tests.integration.portal.stories import OFFICER, Speakers, Story
from tests.integration.portal.test_callbacks import REVIEWER
from tests.integration.portal.test_lists import case, held

pytestmark = pytest.mark.integration

DISPATCHER = replace(REVIEWER, roles=frozenset({Role.DISPATCHER}))


def shown(db: Connection, told: Story) -> CaseCard:
    found = repository.case_page(db, told.number)
    assert found is not None
    return found


def offers(db: Connection, told: Story) -> bool:
    steps = next_steps(DISPATCHER, shown(db, told), FACTS)
    return "reclassify" in (steps.next, *steps.others)


def test_it_is_offered_once_and_a_late_acceptance_does_not_undo_it(db: Connection) -> None:
    speakers, told = Speakers(), case(1)
    registered, accepted, *others = held(told)
    handlers.record(db, speakers.say(registered, *others))
    assert offers(db, told)

    said = {"complexity": Complexity.COMPLEX, "before": Complexity.ORDINARY}
    anew = dispatch.CaseReclassified(**told.next(), **said, because="三个部门", by=OFFICER)
    handlers.record(db, speakers.say(anew))
    handlers.record(db, speakers.say(accepted))

    assert shown(db, told).complexity == "complex"
    assert [code for code, _word in other_complexities(shown(db, told))] == ["simple", "ordinary"]
    assert not offers(db, told)
    steps = next_steps(REVIEWER, shown(db, told), FACTS)
    assert "reclassify" not in steps.others
