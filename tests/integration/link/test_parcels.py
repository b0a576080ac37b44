from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select

from services.link import tables as link_tables
from services.link.carriers import Letter
from services.link.repository.links import post
from shared.clock import new_id
from shared.security.letters import sign
from tests.integration.link.conftest import Three
from tests.integration.link.nodes import Node, register
from tests.integration.link.stories import incoming, offer, post_round

pytestmark = pytest.mark.integration


def letter_to(node: Node, sender: Node) -> Letter:
    """The next letter that lies there for a node."""
    sender.settle()
    sender.send()
    return next(letter for peer, letter in sender.post.lying if peer == node.code)


def reasons(node: Node) -> list[str]:
    """Why a node did not believe something."""
    with node.in_link() as db:
        return list(db.scalars(select(link_tables.refused.c.reason)))


def test_a_carrier_that_stood_still_loses_nothing_and_doubles_nothing(three: Three) -> None:
    county, city, _ = three
    desk = county.post
    desk.is_open = False
    known = [register(county) for _ in range(40)]
    county.send()
    assert county.count(link_tables.outgoing) >= 40

    desk.is_open = True
    county.clock.pass_(timedelta(minutes=2))
    county.send()
    letters = [letter for peer, letter in desk.lying if peer == city.code] * 2
    desk.lying.clear()
    Random(7).shuffle(letters)  # noqa: S311  # an order, no secret
    for letter in letters:
        city.deliver(letter)
    post_round(*three)

    seen = [fact.case_id for fact in city.heard if fact.fact.type.endswith("registered.v1")]
    assert seen == known
    assert len({fact.fact.id for fact in city.heard}) == len(city.heard)
    assert county.count(link_tables.outgoing) == 0
    assert city.count(link_tables.held) == 0


def test_a_letter_that_was_lost_goes_once_more(three: Three) -> None:
    county, city, _ = three
    register(county)
    county.send()
    county.post.lying.clear()

    county.clock.pass_(timedelta(seconds=61))
    post_round(*three)

    assert len(city.heard) == 3
    assert county.count(link_tables.outgoing) == 0


def test_a_clock_that_was_an_hour_ahead_and_is_set_right_delays_no_parcel(three: Three) -> None:
    county, city, _ = three
    county.clock.pass_(timedelta(hours=1))
    register(county)
    county.clock.pass_(-timedelta(hours=1))

    post_round(*three)
    assert len(city.heard) == 3


def test_what_was_lost_under_a_clock_that_was_ahead_goes_again_at_once(three: Three) -> None:
    county, city, _ = three
    county.clock.pass_(timedelta(hours=1))
    register(county)
    county.send()
    county.post.lying.clear()
    county.clock.pass_(-timedelta(hours=1))

    post_round(*three)

    assert len(city.heard) == 3
    assert county.count(link_tables.outgoing) == 0


@pytest.mark.parametrize("changed", ["body", "signature", "sender"])
def test_a_forged_letter_is_refused_and_changes_nothing(three: Three, changed: str) -> None:
    county, city, province = three
    case_id = register(county)
    offer(county, case_id, city)
    letter = letter_to(city, county)
    forged = {
        "body": Letter(1, letter.body.replace("341523", "341524"), letter.signature),
        "signature": Letter(1, letter.body, sign(province.keys, letter.body.encode())),
        "sender": Letter(1, letter.body, letter.signature[:-4] + "AAA="),
    }[changed]

    city.deliver(forged)

    assert city.heard == []
    assert incoming(city, case_id) is None
    assert reasons(city)


def test_a_letter_for_another_node_is_refused(three: Three) -> None:
    county, city, province = three
    register(county)
    post_round(*three)
    register(city)
    letter = letter_to(province, city)

    county.deliver(letter)

    assert reasons(county) == ["addressee"]


def test_a_letter_that_is_heard_again_changes_nothing(three: Three) -> None:
    county, city, _ = three
    register(county)
    letter = letter_to(city, county)
    city.deliver(letter)
    heard = len(city.heard)

    city.deliver(letter)

    assert len(city.heard) == heard


def test_a_node_back_from_an_old_backup_counts_anew_and_loses_nothing(three: Three) -> None:
    county, city, _ = three
    for _ in range(3):
        register(county)
    post_round(*three)
    with county.engine.begin() as db:  # as it was before the second case
        db.execute(link_tables.links.update().values(said=1, received=1))
    late = register(county)

    post_round(*three)
    county.clock.pass_(timedelta(hours=2))
    post_round(*three)

    assert late in {fact.case_id for fact in city.heard}
    with county.in_link() as db:
        restored = db.scalar(
            select(link_tables.links.c.restored_at).where(link_tables.links.c.peer == city.code)
        )
    assert restored is not None
    assert county.count(link_tables.outgoing) == 0


def test_who_is_below_says_nothing_about_a_case_of_the_node_above(three: Three) -> None:
    county, city, _ = three
    mine = register(city)
    told = register(county)
    post_round(*three)
    _pretend(county, told, mine)
    post_round(*three)

    assert "not_theirs" in reasons(city)


def _pretend(node: Node, told: UUID, about: UUID) -> None:
    """Post a copy of a fact as if it were about another case."""
    with node.in_link() as db:
        body = db.scalar(
            select(link_tables.facts.c.body).where(link_tables.facts.c.case_id == told)
        )
        assert body is not None
        forged = body.replace(str(told), str(about)).replace(_id_of(body), str(new_id()))
        post(db, "341500", [f'{{"facts":[{forged}],"boxes":{{}}}}'], node.clock.now)


def _id_of(body: str) -> str:
    return body.split('"id":"', 1)[1][:36]
