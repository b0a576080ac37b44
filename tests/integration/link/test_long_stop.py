"""A neighbour that is silent for long: what waits for it stays small where it would only lie."""

from datetime import timedelta

import pytest

from services.link import tables as link_tables
from services.link.policy import MOST_AGAIN, MOST_AHEAD
from services.link.repository.links import post
from tests.integration.link.conftest import Three
from tests.integration.link.nodes import Node
from tests.integration.link.stories import post_round

pytestmark = pytest.mark.integration

EMPTY = '{"facts":[],"boxes":{}}'


def wait(sender: Node, addressee: Node, parcels: int) -> None:
    """Let so many parcels wait at a node."""
    with sender.in_link() as db:
        post(db, addressee.code, [EMPTY] * parcels, sender.clock.now)


def test_a_neighbour_that_hears_nothing_gets_only_so_many_parcels(three: Three) -> None:
    county, city, _ = three
    wait(county, city, MOST_AHEAD + 200)

    county.send()

    sent = link_tables.outgoing.c.sent_at.is_not(None)
    assert county.count(link_tables.outgoing, sent) == MOST_AHEAD


def test_hour_by_hour_only_the_first_go_once_more(three: Three) -> None:
    county, city, _ = three
    wait(county, city, 3 * MOST_AGAIN)
    county.send()

    for _ in range(24):
        before = county.post.carried
        county.clock.pass_(timedelta(hours=1))
        county.send()

        assert county.post.carried - before <= MOST_AGAIN


def test_all_that_was_lost_goes_once_more_when_the_neighbour_is_back(three: Three) -> None:
    county, city, _ = three
    wait(county, city, 3 * MOST_AGAIN)
    county.send()
    county.post.lying.clear()
    before = county.post.carried

    county.clock.pass_(timedelta(hours=1))
    for _ in range(4):
        post_round(*three)

    assert county.count(link_tables.outgoing) == 0
    receipts = 20
    assert county.post.carried - before < 3 * MOST_AGAIN + receipts


def test_a_start_sends_again_only_what_was_under_way(three: Three) -> None:
    county, city, _ = three
    wait(county, city, MOST_AHEAD + 200)
    county.send()
    before = county.post.carried

    county.start()
    county.send()

    assert county.post.carried - before == MOST_AHEAD
    post_round(*three)
    post_round(*three)
    assert county.count(link_tables.outgoing) == 0
