from threading import Event as Signal
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine, delete, text, update
from sqlalchemy.exc import OperationalError

from services.portal import handlers, repository
from services.portal.handlers import ReplayRunning, replay
from services.portal.tables import live
from shared.db import transaction
from shared.errors import Verdict, verdict
from shared.unit import Unit
from tests.integration.portal.stories import ALL_SEEING, Speakers, Story, contents, in_two_rounds
from tests.integration.portal.tiers import CITY, COUNTY, PROVINCE, Leg, Tiers, with_everything

pytestmark = pytest.mark.integration


def hear(unit: Unit, story: Story) -> None:
    """Record a whole story; wait, as the chassis does, while the database holds off."""
    heard = Speakers().say(*in_two_rounds(story))
    while True:
        try:
            with unit.transaction() as db:
                handlers.record(db, heard)
        except OperationalError as error:
            if verdict(error) is not Verdict.WAIT:
                raise
        else:
            return


def projection(unit: Unit) -> dict[str, list[tuple[Any, ...]]]:
    with unit.transaction() as db:
        return contents(db)


def tell(unit: Unit, cases: int) -> None:
    for n in range(cases):
        hear(unit, Story(number=f"BCS34152330010700{n:04}"))


def test_after_a_replay_the_projection_is_what_it_was(unit: Unit, own_engine: Engine) -> None:
    tell(unit, 5)
    before = projection(unit)

    done = replay(own_engine, batch=7)

    assert done.events == 5 * 29
    assert projection(unit) == before


@pytest.mark.parametrize("here", [COUNTY, CITY, PROVINCE])
def test_what_other_nodes_said_is_replayed_as_it_was_heard(
    unit: Unit, own_engine: Engine, here: str
) -> None:
    tiers = Tiers()
    with unit.transaction() as db:
        handlers.record(db, tiers.heard_at(here, tiers.say(with_everything(Leg()))))
    before = projection(unit)

    replay(own_engine, batch=7)

    assert projection(unit) == before
    assert before["hand_overs"]


def test_a_spoilt_projection_is_whole_again(unit: Unit, own_engine: Engine) -> None:
    tell(unit, 2)
    before = projection(unit)
    with own_engine.begin() as db:
        db.execute(update(live.cases).values(status="nonsense", unit_code=None))
        db.execute(delete(live.timeline))
        db.execute(text("TRUNCATE portal.counts"))

    replay(own_engine, batch=100)

    assert projection(unit) == before


def test_it_catches_up_with_what_is_heard_meanwhile(unit: Unit, own_engine: Engine) -> None:
    tell(unit, 3)
    enough, told = Signal(), list[Story]()

    def go_on() -> None:
        while not enough.is_set():
            told.append(Story(number=f"BCS34152330010800{len(told):04}"))
            hear(unit, told[-1])

    hearing = Thread(target=go_on)
    hearing.start()
    try:
        replay(own_engine, batch=50)
        replay(own_engine, batch=50)
    finally:
        enough.set()
        hearing.join()
    heard = projection(unit)

    assert len(heard["cases"]) == 3 + len(told)
    replay(own_engine, batch=1000)
    assert projection(unit) == heard


def test_the_service_goes_on_with_the_same_rights_afterwards(
    unit: Unit, own_engine: Engine
) -> None:
    tell(unit, 6)
    replay(own_engine, batch=100)

    hear(unit, story := Story(number="BCS341523300108000015"))

    with unit.transaction() as db:
        assert repository.case_page(db, story.number) is not None
        assert db.scalar(text("SELECT to_regnamespace('portal_shadow')")) is None


def test_the_indexes_and_constraints_keep_their_names(own_engine: Engine) -> None:
    def named() -> list[tuple[str, str]]:
        query = "SELECT tablename, indexname FROM pg_indexes WHERE schemaname = 'portal'"
        with own_engine.begin() as db:
            return sorted((row[0], row[1]) for row in db.execute(text(query)))

    before = named()
    replay(own_engine, batch=100)

    assert named() == before


def test_what_a_crashed_replay_left_does_not_hinder_the_next(
    unit: Unit, own_engine: Engine
) -> None:
    tell(unit, 1)
    before = projection(unit)
    with own_engine.begin() as db:
        repository.make_shadow(db)

    replay(own_engine, batch=100)

    assert projection(unit) == before


def test_two_replays_do_not_run_at_once(own_engine: Engine) -> None:
    with own_engine.begin() as db:
        assert repository.claim_replay(db)

        with pytest.raises(ReplayRunning):
            replay(own_engine, batch=100)


def test_a_replay_that_cannot_take_the_tables_leaves_the_old_projection(
    unit: Unit, own_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.portal.repository.shadow.TRIES", 1)
    monkeypatch.setattr("services.portal.repository.shadow.SWAP_LOCK_TIMEOUT", "10ms")
    tell(unit, 1)
    before = projection(unit)

    with transaction(own_engine, "portal") as reader:
        repository.case_list(reader, SCOPE, None, 10)
        with pytest.raises(OperationalError):
            replay(own_engine, batch=100)

    assert projection(unit) == before


SCOPE = repository.ListScope(kind=repository.ListKind.ALL, sight=ALL_SEEING)
