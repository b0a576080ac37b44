"""Orders to erase reach every node that ever heard of a case, and nothing of it comes back."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from services.link import tables as link_tables
from shared.clock import new_id
from shared.events.intake import CaseErased, ErasureGround
from shared.events.link import OrderPassedOn
from shared.security import vault
from tests.integration.link.conftest import Three
from tests.integration.link.nodes import Node, register
from tests.integration.link.stories import offer, post_round, refuse, take

pytestmark = pytest.mark.integration

WORDS = ("公积金", "窗口说", "王")


def erase(node: Node, case_id: UUID, order_id: UUID, ordered_by: str) -> None:
    """What intake does and says when it carries an order out."""
    with node.engine.begin() as db:
        vault.destroy(db, case_id, node.clock.now)
    erased = CaseErased(
        case_id=case_id,
        occurred_at=node.clock.now,
        number=f"BCS-{ordered_by}-20300102-00001-X",
        order_id=order_id,
        ordered_by=ordered_by,
        ground=ErasureGround.REQUEST,
    )
    node.say(erased, "intake")
    node.settle()


def orders_heard(node: Node) -> list[tuple[str, UUID]]:
    """Which node said of which order that it was carried out."""
    facts = [fact.fact for fact in node.heard if fact.fact.type == CaseErased.name]
    return [(fact.node, fact.open(CaseErased).order_id) for fact in facts]


def passed_on(node: Node) -> dict[str, Sequence[str]]:
    """To whom each node passed an order on, as a node heard it."""
    facts = [fact.fact for fact in node.heard if fact.fact.type == OrderPassedOn.name]
    return {fact.node: sorted(fact.open(OrderPassedOn).to_nodes) for fact in facts}


def words_kept(node: Node) -> list[str]:
    """Which words of a person link still has somewhere."""
    tables = (link_tables.facts, link_tables.outgoing, link_tables.held, link_tables.boxes)
    with node.engine.begin() as db:
        kept = [str(tuple(row)) for table in tables for row in db.execute(select(table))]
        kept += [str(one) for one in db.scalars(select(link_tables.cases.c.person)) if one]
        kept += list(db.scalars(select(link_tables.plumbing.outbox.rows.c.body)))
    return [word for word in WORDS if any(word in row for row in kept)]


def test_who_only_sees_a_case_and_who_refused_it_hear_the_order_and_answer(three: Three) -> None:
    county, city, province = three
    case_id, order_id = register(county), new_id()
    post_round(*three)
    offer(county, case_id, city)
    post_round(*three)
    refuse(city, case_id)
    post_round(*three)

    erase(county, case_id, order_id, county.code)
    post_round(*three)
    for node in (city, province):
        assert (county.code, order_id) in orders_heard(node)
        erase(node, case_id, order_id, county.code)
    post_round(*three)

    assert {node for node, _ in orders_heard(county)} == {city.code, province.code}
    both = [county.code, province.code]
    assert passed_on(county) == {city.code: sorted(both), province.code: [city.code]}
    assert [words_kept(node) for node in three] == [[], [], []]


def test_a_node_below_that_refused_a_case_hears_the_order(three: Three) -> None:
    county, city, _ = three
    case_id, order_id = register(city), new_id()
    offer(city, case_id, county)
    post_round(*three)
    refuse(county, case_id)
    post_round(*three)

    erase(city, case_id, order_id, city.code)
    post_round(*three)
    assert orders_heard(county) == [(city.code, order_id)]

    erase(county, case_id, order_id, city.code)
    post_round(*three)
    assert (county.code, order_id) in orders_heard(city)


def test_what_waits_for_a_neighbour_that_is_down_names_nobody_and_the_order_comes_later(
    three: Three,
) -> None:
    county, city, _ = three
    case_id, order_id = register(county), new_id()
    offer(county, case_id, city)
    county.settle()

    erase(county, case_id, order_id, county.code)
    assert county.count(link_tables.outgoing) > 0
    assert words_kept(county) == []
    city.clock.pass_(timedelta(days=9))
    post_round(*three)

    assert (county.code, order_id) in orders_heard(city)
    assert words_kept(city) == []


def test_a_restored_neighbour_is_told_again_and_brings_nothing_back(three: Three) -> None:
    county, city, _ = three
    case_id, order_id = register(county), new_id()
    post_round(*three)
    offer(county, case_id, city)
    post_round(*three)
    take(city, case_id)
    post_round(*three)
    city.back_up()
    erase(county, case_id, order_id, county.code)
    post_round(*three)
    erase(city, case_id, order_id, county.code)
    post_round(*three)
    assert words_kept(city) == []

    city.restore()
    city.heard.clear()
    assert words_kept(city)
    for _ in range(4):
        post_round(*three)
        city.clock.pass_(timedelta(hours=2))

    assert (county.code, order_id) in orders_heard(city)
    erase(city, case_id, order_id, county.code)
    post_round(*three)
    assert words_kept(city) == []
    assert words_kept(county) == []
