"""Precedents between tiers: each goes the ways its scope says, under the signature of its node."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.link import tables
from services.link.handlers.letters import SignedNodeFact
from services.link.handlers.node_facts import post_node_facts_again
from services.link.handlers.posting import post_beside
from shared.events.base import Envelope
from shared.events.link import NodeFactRelayed
from shared.events.portal import DayCounted
from shared.events.review import PrecedentPublished, PrecedentWithdrawn
from shared.events.words import Scope
from shared.security.letters import is_signed_by, sign
from tests.integration.link.conftest import Three
from tests.integration.link.nodes import Node
from tests.integration.link.stories import post_round

pytestmark = pytest.mark.integration

PRECEDENT = UUID("0190a000-0000-7000-8000-000000000001")


def precedent(node: Node, scope: Scope, **changed: Any) -> PrecedentPublished:
    told = {
        "node": node.code,
        "precedent_id": PRECEDENT,
        "edition": 1,
        "scope": scope,
        "title": "社保卡补办不用盖章",
        "question": "单位注销了，盖不了章",
        "answer": "凭注销证明补办",
        "occurred_at": node.clock.now,
    }
    return PrecedentPublished.model_validate({**told, **changed})


def told(node: Node) -> list[Envelope]:
    """What the bus of a node was told of others."""
    rows = node.units["link"].plumbing.outbox.rows
    with node.engine.begin() as db:
        query = rows.select().where(rows.c.name == NodeFactRelayed.name).order_by(rows.c.position)
        bodies = [row.body for row in db.execute(query)]
    return [Envelope.model_validate_json(body).open(NodeFactRelayed).fact for body in bodies]


def test_a_precedent_goes_as_its_scope_says(three: Three) -> None:
    county, city, province = three
    for node, scope in (
        *((city, scope) for scope in Scope),
        (county, Scope.BOTH),
        (province, Scope.DOWN),
    ):
        title = f"{node.code} {scope}"
        node.say(precedent(node, scope, precedent_id=uuid4(), title=title), "review")
    post_round(*three)

    heard = [{fact.data["title"] for fact in told(each)} for each in three]
    mine = f"{city.code} "
    assert heard == [
        {mine + "down", mine + "both", f"{province.code} down"},
        {f"{county.code} both", f"{province.code} down"},
        {mine + "up", mine + "both", f"{county.code} both"},
    ]


def test_a_withdrawal_takes_its_place_everywhere_under_the_origins_signature(three: Three) -> None:
    county, city, province = three
    first = precedent(province, Scope.DOWN)
    province.say(first, "review")
    post_round(*three)
    about = first.model_dump(include={"node", "precedent_id", "edition", "scope"})
    province.clock.pass_(county.link_house().pace.beat)
    province.say(
        PrecedentWithdrawn.model_validate({**about, "occurred_at": province.clock.now}), "review"
    )
    province.say(first, "review")
    post_round(*three)

    assert [fact.type for fact in told(county)] == [
        PrecedentPublished.name,
        PrecedentWithdrawn.name,
    ]
    with county.engine.begin() as db:
        [row] = db.execute(tables.node_facts.select())
    assert row.name == PrecedentWithdrawn.name
    assert is_signed_by(city.cards[province.code], row.body.encode(), row.signature)


def test_a_restored_neighbour_is_told_again_what_goes_its_way(three: Three) -> None:
    county, city, _province = three
    city.say(precedent(city, Scope.DOWN), "review")
    post_round(*three)

    with city.in_link() as db:
        for peer in city.neighbours:
            post_node_facts_again(db, peer, city.link_house())
        waiting = list(db.execute(tables.outgoing.select()))

    assert [row.peer for row in waiting] == [county.code]
    post_round(*three)
    assert len(told(county)) == 1


def test_a_tier_that_joins_later_is_told_what_was_published_before(three: Three) -> None:
    county, city, province = three
    province.say(precedent(province, Scope.DOWN), "review")
    city.say(precedent(city, Scope.UP, precedent_id=uuid4()), "review")
    post_round(*three)
    county.empty()  # as it was before it had ever heard of anybody
    with city.engine.begin() as db:
        for table in (tables.outgoing, tables.links):
            db.execute(table.delete().where(table.c.peer == county.code))

    county.start()
    county.say(counted(county), "portal")
    post_round(*three)

    assert [fact.node for fact in told(county)] == [province.code]


def counted(node: Node) -> DayCounted:
    numbers = dict.fromkeys(("registered", "dispatched", "finished", "on_time", "late"), 0)
    about = {"node": node.code, "day": date(2030, 1, 1), "evaluations": {}}
    return DayCounted.model_validate({**numbers, **about, "occurred_at": node.clock.now})


def test_what_is_too_long_or_goes_another_way_than_it_says_is_refused(three: Three) -> None:
    county, city, _province = three
    forged = [
        signed(county, precedent(county, Scope.DOWN)),
        signed(county, precedent(county, Scope.NODE)),
        signed(county, precedent(city, Scope.UP)),
        signed(county, precedent(county, Scope.UP), answer="字" * 700_000),
        signed(county, precedent(county, Scope.UP), answer="a\x00b"),
        signed(county, precedent(county, Scope.UP), regions=["341523"] * 51),
    ]

    with county.in_link() as db:
        for each in forged:
            post_beside(db, city.code, {"node_facts": [each.model_dump()]}, county.link_house())
    post_round(*three)

    assert [told(each) for each in three] == [[], [], []]
    with city.engine.begin() as db:
        reasons = sorted(row.reason for row in db.execute(tables.refused.select()))
    assert reasons == ["malformed"] * 3 + ["not_theirs"] * 3


def signed(node: Node, event: PrecedentPublished, **changed: Any) -> SignedNodeFact:
    """Return what a node signs, whatever it says."""
    envelope = Envelope(
        id=event.subject_id,
        source=f"/nodes/{event.node}/review",
        type=event.name,
        time=event.occurred_at,
        subject=event.subject_id,
        version=1,
        data=event.model_dump(mode="json") | changed,
    )
    body = envelope.model_dump_json()
    return SignedNodeFact(body=body, signature=sign(node.keys, body.encode()))
