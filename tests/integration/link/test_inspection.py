"""What an operator reads of a link: gaps, refusals, restores, backlog."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.link.handlers import Inspection, inspect_links, refused_of
from services.link.repository.refusals import refusals_of
from tests.integration.link.conftest import Three
from tests.integration.link.nodes import PACE, Node, register
from tests.integration.link.stories import post_round

pytestmark = pytest.mark.integration


def inspected(node: Node, peer: Node) -> Inspection:
    with node.in_link() as db:
        found = inspect_links(db, node.neighbours, node.clock.now, PACE)
    return next(each for each in found if each.look.neighbour.code == peer.code)


def test_a_gap_names_the_first_missing_number_and_since_when(three: Three) -> None:
    county, city, _ = three
    register(county)
    post_round(*three)
    heard = inspected(city, county).look.link
    assert heard is not None
    for _number in range(2):
        register(county)
        county.send()
    (_, lost), *rest = [each for each in county.post.lying if each[0] == city.code]
    county.post.lying.clear()

    city.deliver(*(letter for _, letter in rest))
    since = city.clock.now
    city.clock.pass_(timedelta(minutes=40))
    waiting = inspected(city, county)

    assert waiting.first_missing == heard.heard + 1 == lost.sequence
    assert waiting.look.backlog.held == len(rest)
    assert waiting.look.backlog.held_since == since

    city.deliver(lost)

    assert inspected(city, county).first_missing is None
    assert inspected(city, county).look.backlog.held_since is None


def test_what_is_refused_is_listed_by_reason_and_digest_without_its_content(three: Three) -> None:
    county, city, _ = three
    register(county)
    county.settle()
    county.send()
    (_, letter), *_ = county.post.lying
    county.post.lying.clear()

    for _again in range(2):
        city.deliver(replace(letter, signature="AAAA"))
    city.deliver(replace(letter, body="{}"))

    refused = inspected(city, county).refused
    assert refused.by_reason == {"signature": 2}
    assert "公积金" not in repr(refused)
    with city.in_link() as db:
        assert refused_of(db).by_reason == {"malformed": 1}
        first = refusals_of(db, county.code, None, 1)
        second = refusals_of(db, county.code, first[0].position, 5)
    assert len(second) == 1
    assert second[0].position < first[0].position
