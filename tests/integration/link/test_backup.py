"""A node that comes back from a backup has forgotten which numbers it gave: no fact gets lost.

What its neighbour must not lose is what the node says after that, and what it had said and still
knows; what it had heard and forgot, the neighbour tells again. What it forgot of its own stays
with the neighbour.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from services.link import tables as link_tables
from services.link.repository.links import Link, find_link
from shared.events.intake import CaseRegistered
from shared.events.link import FactRelayed
from tests.integration.link.conftest import Three
from tests.integration.link.nodes import Node, register
from tests.integration.link.stories import post_round

pytestmark = pytest.mark.integration

LOST = 2
"""So many cases the node forgets."""
EXAMPLES = 10
STEPS = 40
ANY = st.integers(min_value=0, max_value=10_000)


def catch_up(*nodes: Node) -> None:
    """Let time pass until everything that waits has gone once more."""
    for _ in range(4):
        post_round(*nodes)
        nodes[0].clock.pass_(timedelta(hours=2))


def link_to(node: Node, peer: Node) -> Link:
    with node.in_link() as db:
        link = find_link(db, peer.code)
    assert link is not None
    return link


def restored_at(node: Node, peer: Node) -> tuple[datetime | None, datetime | None]:
    """When a node found that it, or that its neighbour, had been restored."""
    link = link_to(node, peer)
    return link.restored_at, link.they_restored_at


def registered_at(node: Node, n: int) -> list[UUID]:
    return [register(node) for _ in range(n)]


def saved_before_more_was_said(three: Three, saved: Node) -> None:
    """Let a node be backed up, and the county say more afterwards, which everybody hears."""
    register(three[0])
    post_round(*three)
    saved.back_up()
    registered_at(three[0], LOST)
    post_round(*three)


def cases_heard(node: Node) -> set[UUID]:
    return {fact.case_id for fact in node.heard}


def assert_nothing_waits(*nodes: Node) -> None:
    for node in nodes:
        assert node.count(link_tables.outgoing) == 0
        assert node.count(link_tables.held) == 0


def assert_heard_once(node: Node) -> None:
    times = Counter(fact.fact.id for fact in node.heard)
    assert [fact for fact, n in times.items() if n > 1] == []


@pytest.mark.parametrize("posted", [0, 1, LOST, LOST + 1], ids=lambda n: f"{n}-of-{LOST}")
def test_a_restored_node_loses_nothing_that_it_says_before_the_first_receipt(
    three: Three, posted: int
) -> None:
    county, city, _ = three
    saved_before_more_was_said(three, county)

    county.restore()
    said = registered_at(county, posted)
    county.send()
    catch_up(*three)

    assert set(said) <= cases_heard(city)
    assert_heard_once(city)
    assert_nothing_waits(*three)


def test_a_restored_node_notices_what_it_is(three: Three) -> None:
    county, city, _ = three
    saved_before_more_was_said(three, county)
    assert restored_at(county, city) == (None, None)

    county.restore()
    catch_up(*three)

    own, theirs = restored_at(county, city)
    assert own is not None
    assert theirs is None


def test_a_node_that_is_restored_twice_from_one_backup_loses_nothing(three: Three) -> None:
    county, city, _ = three
    county.back_up()
    said = registered_at(county, LOST)
    post_round(*three)
    for _ in range(2):
        county.restore()
        said += registered_at(county, LOST)
        county.send()
        catch_up(*three)

    assert set(said) <= cases_heard(city)
    assert_heard_once(city)
    assert_nothing_waits(*three)


def test_what_waited_in_the_backup_goes_again_and_is_heard_once(three: Three) -> None:
    county, city, _ = three
    known = registered_at(county, LOST)
    county.send()
    county.back_up()
    post_round(*three)

    county.restore()
    catch_up(*three)

    assert cases_heard(city) == set(known)
    assert_heard_once(city)
    assert_nothing_waits(*three)


def test_letters_of_before_the_restore_that_come_after_it_change_nothing(three: Three) -> None:
    county, city, _ = three
    county.back_up()
    registered_at(county, LOST)
    county.send()
    late, county.post.lying = county.post.lying, []

    county.restore()
    said = registered_at(county, LOST)
    catch_up(*three)
    known = cases_heard(city)
    city.deliver(*(letter for peer, letter in late if peer == city.code))
    catch_up(*three)

    assert cases_heard(city) == known == set(said)
    assert_nothing_waits(*three)


def test_a_link_goes_on_when_its_receiver_was_restored(three: Three) -> None:
    county, city, _ = three
    saved_before_more_was_said(three, city)

    city.restore()
    said = registered_at(county, 1)
    county.send()
    catch_up(*three)
    said += registered_at(county, 1)
    catch_up(*three)

    assert set(said) <= cases_heard(city)
    own, theirs = restored_at(county, city)
    assert own is None
    assert theirs is not None
    assert_nothing_waits(*three)


def test_a_restored_receiver_is_told_again_what_it_lost_before_what_is_new(three: Three) -> None:
    county, city, _ = three
    registered_at(county, 1)
    post_round(*three)
    city.back_up()
    lost = registered_at(county, LOST)
    post_round(*three)

    city.restore()
    city.heard.clear()
    new = registered_at(county, 1)
    city.send()
    catch_up(*three)

    assert [fact.case_id for fact in city.heard if is_first(fact)] == [*lost, *new]
    assert_heard_once(city)
    assert_nothing_waits(*three)


def is_first(fact: FactRelayed) -> bool:
    return fact.fact.type == CaseRegistered.name


def test_a_restored_receiver_that_knew_nothing_is_told_everything(three: Three) -> None:
    county, city, _ = three
    city.back_up()
    lost = registered_at(county, LOST)
    post_round(*three)

    city.restore()
    city.heard.clear()
    city.send()
    catch_up(*three)

    assert cases_heard(city) == set(lost)
    assert_nothing_waits(*three)


def test_a_link_goes_on_when_both_sides_were_restored(three: Three) -> None:
    county, city, _ = three
    register(county)
    city.back_up()
    post_round(*three)
    register(county)
    county.back_up()
    registered_at(county, LOST)
    post_round(*three)

    county.restore()
    city.restore()
    said = registered_at(county, LOST)
    county.send()
    catch_up(*three)

    assert set(said) <= cases_heard(city)
    assert_nothing_waits(*three)


def test_a_node_that_only_starts_again_is_not_taken_for_a_restored_one(three: Three) -> None:
    county, city, _ = three
    for node in (county, city, county):
        registered_at(county, 2)
        county.send()
        node.start()
        post_round(*three)
    catch_up(*three)

    assert restored_at(county, city) == restored_at(city, county) == (None, None)
    assert len(cases_heard(city)) == 6
    assert_heard_once(city)
    assert_nothing_waits(*three)


class OftenRestored(RuleBasedStateMachine):
    """A county that goes back to its backup at any moment, under a city and a poor carrier."""

    three: Three

    def __init__(self) -> None:
        super().__init__()
        self.county, self.city, _ = self.three
        self.post = self.county.post

    @initialize()
    def begin(self) -> None:
        self.county.back_up()

    @rule()
    def register_and_send(self) -> None:
        register(self.county)
        self.county.send()

    @rule()
    def back_up(self) -> None:
        self.county.back_up()

    @rule(posted=st.integers(min_value=0, max_value=3))
    def restore(self, posted: int) -> None:
        """Back, and so much is said before anything is heard."""
        self.county.restore()
        registered_at(self.county, posted)
        self.county.send()

    @rule(side=st.sampled_from([0, 1]))
    def start(self, side: int) -> None:
        self.three[side].start()

    @rule(order=st.randoms(use_true_random=False))
    def send_and_deliver(self, order: Random) -> None:
        """All that waits and lies there, in any order; what is answered waits."""
        self.county.send()
        self.city.send()
        lying, self.post.lying = self.post.lying, []
        order.shuffle(lying)
        for peer, letter in lying:
            self._deliver_to(peer)(letter)

    @precondition(lambda self: self.post.lying)
    @rule(which=ANY, twice=st.booleans())
    def deliver(self, which: int, twice: bool) -> None:
        place = which % len(self.post.lying)
        peer, letter = self.post.lying[place]
        if not twice:
            del self.post.lying[place]
        self._deliver_to(peer)(letter)

    @precondition(lambda self: self.post.lying)
    @rule(which=ANY)
    def lose(self, which: int) -> None:
        del self.post.lying[which % len(self.post.lying)]

    @rule(minutes=st.integers(min_value=1, max_value=90))
    def wait(self, minutes: int) -> None:
        self.county.clock.pass_(timedelta(minutes=minutes))

    @invariant()
    def nothing_was_heard_twice(self) -> None:
        assert_heard_once(self.city)

    def teardown(self) -> None:
        catch_up(self.county, self.city)
        with self.county.in_link() as db:
            known = set(db.scalars(select(link_tables.facts.c.fact_id)))
        assert known <= {fact.fact.id for fact in self.city.heard}
        assert_nothing_waits(self.county, self.city)

    def _deliver_to(self, code: str) -> Callable[..., None]:
        return next(node for node in self.three if node.code == code).deliver


def test_a_node_loses_nothing_however_often_it_is_restored(three: Three) -> None:
    OftenRestored.three = three
    three[1].neighbours = {
        code: peer for code, peer in three[1].neighbours.items() if code != "340000"
    }
    run_state_machine_as_test(
        OftenRestored,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
