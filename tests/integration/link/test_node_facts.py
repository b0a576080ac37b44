"""Facts about nodes as a whole: up through every tier, the last one counts, nobody else's."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.link import tables
from services.link.handlers import node_facts
from services.link.handlers.letters import SignedNodeFact
from services.link.handlers.node_facts import post_node_facts_again
from services.link.handlers.posting import post_beside
from shared.events.base import Envelope, NodeFact
from shared.events.dispatch import ItemShared
from shared.events.link import DisclosureSet, NodeFactRelayed
from shared.events.portal import DayCounted, UnitDay
from shared.events.review import LeadRaised
from shared.events.words import Disclosure
from shared.security.erasing import ERASED
from shared.security.letters import is_signed_by, sign
from tests.integration.link.conftest import Three
from tests.integration.link.nodes import Node
from tests.integration.link.stories import post_round

pytestmark = pytest.mark.integration

YESTERDAY = date(2030, 1, 1)
HOUR = timedelta(hours=1)
LEAD = UUID("01950000-0000-7000-8000-000000000001")


def counted(node: Node, registered: int, **more: Any) -> DayCounted:
    numbers = dict.fromkeys(("dispatched", "finished", "on_time", "late"), 0)
    told = {"node": node.code, "day": YESTERDAY, "evaluations": {}, "registered": registered}
    return DayCounted(occurred_at=node.clock.now, **{**numbers, **told, **more})


def told(node: Node) -> list[DayCounted]:
    """What the bus of a node was told of the days of others."""
    rows = node.units["link"].plumbing.outbox.rows
    with node.engine.begin() as db:
        query = rows.select().where(rows.c.name == NodeFactRelayed.name).order_by(rows.c.position)
        bodies = [row.body for row in db.execute(query)]
    relayed = [Envelope.model_validate_json(body).open(NodeFactRelayed) for body in bodies]
    return [each.fact.open(DayCounted) for each in relayed]


def kept(node: Node) -> list[Any]:
    with node.engine.begin() as db:
        return list(db.execute(tables.node_facts.select()))


def reasons(node: Node) -> list[str]:
    with node.engine.begin() as db:
        return [row.reason for row in db.execute(tables.refused.select())]


def test_a_day_of_the_county_comes_to_the_province_as_the_county_signed_it(three: Three) -> None:
    county, city, province = three

    county.say(counted(county, 12), "portal")
    post_round(*three)

    for node in (city, province):
        assert [(each.node, each.registered) for each in told(node)] == [(county.code, 12)]
    [row] = kept(province)
    assert row.via == city.code
    assert is_signed_by(city.cards[county.code], row.body.encode(), row.signature)
    assert kept(county)[0].body == row.body


def test_an_item_of_the_province_comes_down_to_the_county_and_goes_nowhere_up(
    three: Three,
) -> None:
    county, city, province = three
    for node in (city, province):
        about = {"node": node.code, "code": "licence", "title": "食品经营许可", "kind": "许可"}
        node.say(ItemShared(occurred_at=node.clock.now, **about), "dispatch")
    post_round(*three)

    assert {row.node for row in kept(county)} == {city.code, province.code}
    assert {row.node for row in kept(city)} == {city.code, province.code}
    assert {row.node for row in kept(province)} == {province.code}


def test_a_later_correction_replaces_and_an_older_one_that_is_late_does_not(three: Three) -> None:
    county, city, province = three
    before = county.clock.now
    late = signed(county, counted(county, 11))
    county.say(counted(county, 12), "portal")
    county.clock.pass_(timedelta(minutes=1))
    county.say(counted(county, 13), "portal")
    with county.in_link() as db:
        post_beside(db, city.code, {"node_facts": [late.model_dump()]}, county.link_house())
    post_round(*three)
    county.clock.now = before

    assert [each.registered for each in told(province)] == [12, 13]
    for node in three:
        assert len(kept(node)) == 1
        assert json.loads(kept(node)[0].body)["data"]["registered"] == 13
    assert len(told(city)) == 2


def test_nobody_tells_of_another_node_or_under_anothers_signature(three: Three) -> None:
    county, city, _ = three
    forged = [
        signed(county, counted(city, 99)),
        signed(county, counted(county, 99)).model_copy(update={"signature": "AAAA"}),
        signed(county, counted(county, 99), about=city.code),
        SignedNodeFact(body="{}", signature="AAAA"),
    ]

    with county.in_link() as db:
        for each in forged:
            post_beside(db, city.code, {"node_facts": [each.model_dump()]}, county.link_house())
    post_round(*three)

    assert kept(city) == []
    assert sorted(reasons(city)) == ["malformed", "malformed", "not_theirs", "signature"]


def signed(node: Node, event: NodeFact, about: str | None = None) -> SignedNodeFact:
    """Return what a node signs, whatever it says; `about` puts another node into its source."""
    envelope = Envelope(
        id=event.subject_id,
        source=f"/nodes/{about or event.node}/portal",
        type=event.name,
        time=event.occurred_at,
        subject=event.subject_id,
        version=1,
        data=event.model_dump(mode="json"),
    )
    body = envelope.model_dump_json()
    return SignedNodeFact(body=body, signature=sign(node.keys, body.encode()))


def test_what_only_a_later_release_knows_is_kept_and_passed_on_unread(three: Three) -> None:
    county, city, province = three
    later = signed(county, counted(county, 5))
    told_so = json.loads(later.body) | {"type": "portal.month_counted.v1"}
    body = json.dumps(told_so)
    unread = SignedNodeFact(body=body, signature=sign(county.keys, body.encode()))

    with county.in_link() as db:
        post_beside(db, city.code, {"node_facts": [unread.model_dump()]}, county.link_house())
    post_round(*three)

    assert told(city) == told(province) == []
    assert kept(province)[0].body == body


def test_a_tier_above_that_was_restored_is_told_the_days_again(three: Three) -> None:
    county, _, province = three
    county.say(counted(county, 1, day=YESTERDAY - timedelta(days=1)), "portal")
    post_round(*three)
    province.back_up()
    county.say(counted(county, 12), "portal")
    post_round(*three)

    province.restore()
    for _ in range(3):
        county.clock.pass_(timedelta(hours=1))
        post_round(*three)

    assert {json.loads(row.body)["data"]["registered"] for row in kept(province)} == {1, 12}
    county.clock.now -= timedelta(hours=3)


def test_what_was_told_of_nodes_is_told_again_in_parcels_that_are_not_refused(
    three: Three,
) -> None:
    county, city, _ = three
    unit = UnitDay(code="x" * 80_000, title="公积金中心", dispatched=0, finished=0, late=0)
    for back in range(5):
        county.say(
            counted(county, 9, day=YESTERDAY - timedelta(days=back), units=(unit,)), "portal"
        )
    post_round(*three)

    with county.in_link() as db:
        post_node_facts_again(db, city.code, county.link_house())
        contents = [json.loads(body) for body in db.scalars(select(tables.outgoing.c.content))]

    assert [len(content["node_facts"]) for content in contents] == [2, 2, 1]


def test_nobody_puts_a_fact_in_the_place_of_anothers(three: Three) -> None:
    county, city, province = three
    city.say(counted(city, 5), "portal")
    mine = json.loads(kept(city)[0].body)
    later = {"type": "portal.month_counted.v1", "source": f"/nodes/{county.code}/portal"}
    body = json.dumps(mine | later | {"time": (county.clock.now + HOUR).isoformat()})
    forged = SignedNodeFact(body=body, signature=sign(county.keys, body.encode()))

    with county.in_link() as db:
        post_beside(db, city.code, {"node_facts": [forged.model_dump()]}, county.link_house())
    post_round(*three)

    for node in (city, province):
        assert {row.node: row.name for row in kept(node)} == {
            city.code: DayCounted.name,
            county.code: "portal.month_counted.v1",
        }


def test_a_clock_that_was_far_ahead_silences_nothing_that_is_said_later(three: Three) -> None:
    county, city, province = three
    ahead = {"occurred_at": county.clock.now + timedelta(days=2)}
    county.say(counted(county, 13).model_copy(update=ahead), "portal")
    county.say(counted(county, 14), "portal")
    post_round(*three)

    assert reasons(city) == ["ahead"]
    assert [each.registered for each in told(province)] == [14]
    assert json.loads(kept(county)[0].body)["data"]["registered"] == 14


def test_a_clock_that_was_put_back_silences_nothing_anywhere(three: Three) -> None:
    county, _, province = three
    before = county.clock.now
    county.clock.pass_(HOUR)
    county.say(counted(county, 13), "portal")
    county.clock.now = before
    county.say(counted(county, 14), "portal", version=2)
    post_round(*three)

    assert [each.registered for each in told(province)] == [13, 14]
    for node in three:
        assert json.loads(kept(node)[0].body)["data"]["registered"] == 14


def test_what_came_before_the_upgrade_that_reads_it_is_said_after_it_once(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    county, city, province = three
    with monkeypatch.context() as earlier:
        known = {k: v for k, v in node_facts.NODE_FACTS.items() if k != DayCounted.name}
        earlier.setattr(node_facts, "NODE_FACTS", known)
        unread = signed(county, counted(county, 5))
        with county.in_link() as db:
            post_beside(db, city.code, {"node_facts": [unread.model_dump()]}, county.link_house())
        post_round(*three)
    assert told(city) == told(province) == []

    for node in (city, province, city):
        node_facts.say_kept_node_facts(node.units["link"].transaction, node.link_house())

    for node in (city, province):
        assert [each.registered for each in told(node)] == [5]


def test_a_word_of_a_later_release_is_kept_and_passed_on_and_waits(three: Three) -> None:
    county, city, province = three
    rule = DisclosureSet(node=county.code, occurred_at=county.clock.now, level=Disclosure.NONE)
    later = signed(county, rule)
    told_so = json.loads(later.body)
    told_so["data"]["level"] = "glance"
    body = json.dumps(told_so)
    unread = SignedNodeFact(body=body, signature=sign(county.keys, body.encode()))

    with county.in_link() as db:
        post_beside(db, city.code, {"node_facts": [unread.model_dump()]}, county.link_house())
    post_round(*three)
    for node in (city, province):
        node_facts.say_kept_node_facts(node.units["link"].transaction, node.link_house())

    assert reasons(city) == reasons(province) == []
    assert [(row.body, row.said) for row in kept(province)] == [(body, False)]
    assert told(city) == []


def lead(node: Node, text: str = "王小明说：两证互为前置", **more: Any) -> LeadRaised:
    about = {"node": node.code, "lead_id": LEAD, "year": 2030, "serial": 1, "kind": "policy_gap"}
    words = {"title_masked": "两证", "text_masked": text, "item_name": "王小明的店"}
    return LeadRaised(
        occurred_at=node.clock.now, noted_at=node.clock.now, **{**about, **words, **more}
    )


def test_words_of_a_lead_that_were_erased_are_in_no_parcel_any_more(three: Three) -> None:
    county, city, _ = three
    county.say(lead(county), "review")
    post_round(*three)
    county.clock.pass_(timedelta(minutes=1))
    county.say(lead(county, cases=2), "review")
    with county.in_link() as db:
        assert "王小明" in "".join(db.scalars(select(tables.outgoing.c.content)))

    county.clock.pass_(HOUR)
    county.say(lead(county, ERASED, title_masked=ERASED, item_name=None), "review")
    with county.in_link() as db:
        assert "王小明" not in "".join(db.scalars(select(tables.outgoing.c.content)))
    post_round(*three)
    county.clock.now -= HOUR + timedelta(minutes=1)

    for node in (county, city):
        rows = node.units["link"].plumbing.outbox.rows
        with node.in_link() as db:
            left = [
                *db.scalars(select(tables.outgoing.c.content)),
                *db.scalars(select(rows.c.body)),
            ]
        assert "王小明" not in "".join(left)
        assert "王小明" not in kept(node)[0].body


@pytest.mark.parametrize(
    "wrong",
    [
        {"serial": 2**31},
        {"year": 12_345},
        {"cases": -1},
        {"text_masked": "a\x00b"},
        {"document": "\x00"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_no_table_takes_is_refused(three: Three, wrong: dict[str, Any]) -> None:
    county, city, _ = three
    told_so = json.loads(signed(county, lead(county)).body)
    told_so["data"] |= wrong
    body = json.dumps(told_so)
    forged = [
        SignedNodeFact(body=body, signature=sign(county.keys, body.encode())),
        signed(county, lead(county)).model_copy(update={"signature": "不是"}),
    ]

    with county.in_link() as db:
        told = {"node_facts": [each.model_dump() for each in forged]}
        post_beside(db, city.code, told, county.link_house())
    post_round(*three)

    assert kept(city) == []
    assert reasons(city) == ["malformed", "malformed"]


def test_what_goes_up_is_not_believed_from_above(three: Three) -> None:
    _, city, province = three
    fact = signed(province, counted(province, 5))

    with province.in_link() as db:
        post_beside(db, city.code, {"node_facts": [fact.model_dump()]}, province.link_house())
    post_round(*three)

    assert kept(city) == []
    assert reasons(city) == ["not_theirs"]
