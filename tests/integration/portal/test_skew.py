"""What a node of another release says of a case is projected like anything else."""

from typing import Any

import pytest
from sqlalchemy import Connection

from services.portal import handlers, repository
from shared.events.base import Envelope, Event
from shared.events.link import FactRelayed
from tests.contract.previous import frozen
from tests.integration.portal.tiers import PROVINCE, Leg, Tiers, with_everything

pytestmark = pytest.mark.integration

BEFORE = frozen()


def as_told_elsewhere(pair: tuple[Envelope, Event]) -> tuple[Envelope, Event]:
    """The same fact with no more than the release before had to say, and with what none knows."""
    envelope, event = pair
    if not isinstance(event, FactRelayed):
        return pair
    needed = BEFORE[event.fact.type]["required"]
    data: dict[str, Any] = {name: event.fact.data[name] for name in needed}
    data["told_by_a_later_release"] = {"a": 1}
    fact = event.fact.model_copy(update={"data": data})
    return envelope, event.model_copy(update={"fact": fact})


def test_a_case_of_a_node_of_another_release_is_shown_with_what_it_says(db: Connection) -> None:
    leg, tiers = Leg(), Tiers()
    said = tiers.heard_at(PROVINCE, tiers.say(with_everything(leg)))
    lean = [as_told_elsewhere(pair) for pair in said]

    handlers.record(db, lean)

    assert [one for one, other in zip(lean, said, strict=True) if one != other]
    found = repository.case_page(db, leg.number)
    assert found is not None
    assert found.title_masked
