"""What the tier above hears under each rule of disclosure, over three nodes."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from services.link import tables
from services.link.handlers import settle_rule
from shared.clock import new_id
from shared.events.base import Envelope
from shared.events.dispatch import CaseReportedUp
from shared.events.intake import CaseErased, ErasureGround, FileOffered
from shared.events.link import DisclosureSet, NodeFactRelayed
from shared.events.review import GuidanceGiven
from shared.events.words import Disclosure
from shared.neighbours import Neighbour, Relation
from tests.integration.link.conftest import Three
from tests.integration.link.nodes import Node, register
from tests.integration.link.stories import (
    OFFICER,
    case_at,
    guidance,
    heard,
    holders,
    incoming,
    let,
    offer,
    place,
    post_round,
    refuse,
    take,
)

pytestmark = pytest.mark.integration


def rules_heard(node: Node) -> list[Envelope]:
    """What a node's bus was told of the rules below, as it was said."""
    outbox = node.units["link"].plumbing.outbox.rows
    with node.engine.begin() as db:
        query = outbox.select().where(outbox.c.name == NodeFactRelayed.name)
        bodies = [row.body for row in db.execute(query.order_by(outbox.c.position))]
    relayed = [Envelope.model_validate_json(body).open(NodeFactRelayed) for body in bodies]
    return [each.fact for each in relayed]


def told_of_nodes(node: Node) -> list[DisclosureSet]:
    """What a node's bus was told of the rules below."""
    return [each.open(DisclosureSet) for each in rules_heard(node)]


@pytest.mark.usefixtures("later")
def test_under_none_the_tier_above_hears_nothing_of_a_case_that_stays(three: Three) -> None:
    county, city, province = three
    let(county, Disclosure.NONE)

    case_id = register(county)
    post_round(*three)

    assert heard(city, case_id) == heard(province, case_id) == []
    assert city.count(tables.cases) == province.count(tables.cases) == 0


@pytest.mark.usefixtures("later")
def test_a_case_that_is_handed_over_comes_with_its_history_under_none(three: Three) -> None:
    county, city, province = three
    let(county, Disclosure.NONE)
    let(city, Disclosure.NONE)
    case_id = register(county)

    offer(county, case_id, city)
    post_round(*three)
    take(city, case_id)
    post_round(*three)

    assert heard(city, case_id)[:3] == [
        "intake.case_registered.v1",
        "intake.case_accepted.v1",
        "dispatch.case_pooled.v1",
    ]
    assert holders(three, case_id) == [city.code]
    assert heard(province, case_id) == []


@pytest.mark.usefixtures("later")
def test_a_refused_offer_ends_what_the_tier_above_hears_of_it(three: Three) -> None:
    county, city, _ = three
    let(county, Disclosure.NONE)
    case_id = register(county)
    offer(county, case_id, city)
    post_round(*three)
    assert incoming(city, case_id) is not None
    refuse(city, case_id)
    post_round(*three)
    before = heard(city, case_id)

    place(county, case_id)
    post_round(*three)

    assert heard(city, case_id) == before


def report(node: Node, case_id: UUID, city: Node) -> None:
    """Say at a node that it reported a case to another one."""
    because = {"because": "涉及面广，先报告", "by": OFFICER}
    about = {"case_id": case_id, "occurred_at": node.clock.now}
    node.say(CaseReportedUp(**about, to_node=city.code, **because), "dispatch")
    node.settle()


@pytest.mark.usefixtures("later")
def test_who_reports_a_case_up_shows_it_whatever_the_rule(three: Three) -> None:
    county, city, _ = three
    let(county, Disclosure.NONE)
    case_id, other = register(county), register(county)

    report(county, case_id, city)
    post_round(*three)

    assert heard(city, case_id)[0] == "intake.case_registered.v1"
    assert heard(city, case_id)[-1] == CaseReportedUp.name
    assert heard(city, other) == []


@pytest.mark.usefixtures("later")
def test_a_wider_rule_shows_the_cases_from_then_on_and_a_narrower_one_no_more_of_any(
    three: Three,
) -> None:
    county, city, province = three
    let(county, Disclosure.NONE)
    before = register(county)
    let(county, Disclosure.VIEW)
    after = register(county)
    post_round(*three)
    offer(county, before, city)
    post_round(*three)

    assert heard(city, after) == heard(province, after)
    assert heard(city, after)[0] == "intake.case_registered.v1"
    assert "intake.case_registered.v1" in heard(city, before)

    told = len(heard(city, after))
    let(county, Disclosure.NONE)
    place(county, after)
    post_round(*three)

    assert len(heard(city, after)) == told


@pytest.mark.usefixtures("later")
def test_the_rule_is_told_to_every_tier_above_under_the_signature_of_its_node(
    three: Three,
) -> None:
    county, city, province = three

    assert let(county, Disclosure.ASSIST)
    assert not let(county, Disclosure.ASSIST)
    post_round(*three)
    let(county, Disclosure.NONE)
    post_round(*three)

    for node in (city, province):
        levels = [(each.node, each.level) for each in told_of_nodes(node)]
        assert levels == [(county.code, Disclosure.ASSIST), (county.code, Disclosure.NONE)]
        assert node.count(tables.node_facts) == 1
    with county.engine.begin() as db:
        kept = [row.level for row in db.execute(tables.disclosures.select())]
    assert kept == ["assist", "none"]


@pytest.mark.usefixtures("later")
def test_a_first_start_under_the_default_is_told_as_what_it_always_was(three: Three) -> None:
    county, city, _ = three
    let(county, Disclosure.VIEW)
    post_round(*three)

    [told] = told_of_nodes(city)
    assert (told.level, told.since) == (Disclosure.VIEW, None)


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("level", Disclosure)
def test_advice_is_taken_under_assist_alone(three: Three, level: Disclosure) -> None:
    county, city, _ = three
    let(county, Disclosure.VIEW)
    case_id = register(county)
    post_round(*three)
    let(county, level)

    city.say(guidance(case_id, county), "review")
    post_round(*three)

    refused = county.count(tables.refused, tables.refused.c.reason == "not_granted")
    assert (GuidanceGiven.name in heard(county, case_id)) is (level is Disclosure.ASSIST)
    assert refused == (0 if level is Disclosure.ASSIST else 1)
    assert case_at(county, case_id) is not None
    assert holders(three, case_id) == [county.code]


@pytest.mark.usefixtures("later")
def test_advice_of_the_province_goes_through_the_city_to_who_has_the_case(three: Three) -> None:
    county, city, province = three
    for node in (county, city):
        let(node, Disclosure.ASSIST)
    case_id = register(county)
    post_round(*three)

    province.say(guidance(case_id, county), "review")
    post_round(*three)

    [told] = [each for each in county.heard if each.fact.type == GuidanceGiven.name]
    assert told.fact.node == province.code
    assert GuidanceGiven.name in heard(city, case_id)


@pytest.mark.usefixtures("later")
def test_nobody_below_advises_who_is_above(three: Three) -> None:
    county, city, _ = three
    case_id = register(county)
    post_round(*three)

    county.say(guidance(case_id, city), "review")
    post_round(*three)

    assert GuidanceGiven.name not in heard(city, case_id)
    assert city.count(tables.refused, tables.refused.c.reason == "not_granted") == 1


@pytest.mark.usefixtures("later")
def test_an_erasure_follows_the_copies_that_were_told_and_tells_of_no_others(
    three: Three,
) -> None:
    county, city, province = three
    seen = register(county)
    post_round(*three)
    let(county, Disclosure.NONE)
    unseen = register(county)

    for case_id in (seen, unseen):
        county.say(erased(county, case_id), "intake")
        county.settle()
    post_round(*three)

    for node in (city, province):
        assert CaseErased.name in heard(node, seen)
        assert heard(node, unseen) == []


def erased(node: Node, case_id: UUID) -> CaseErased:
    return CaseErased(
        case_id=case_id,
        occurred_at=node.clock.now,
        order_id=new_id(),
        number="BCS-341523-20300102-00001-X",
        ordered_by=node.code,
        ground=next(iter(ErasureGround)),
        digest="0" * 64,
    )


@pytest.mark.usefixtures("later")
def test_a_stricter_level_of_the_settings_holds_before_it_is_settled(three: Three) -> None:
    county, city, _ = three
    fresh = begin(county, Disclosure.NONE)
    let(county, Disclosure.ASSIST)
    narrowed = begin(county, Disclosure.NONE)
    post_round(*three)

    assert heard(city, fresh) == heard(city, narrowed) == []


def begin(node: Node, level: Disclosure) -> UUID:
    """Let a node hear of a case just after it has started with this level in its settings."""
    node.level = level
    return register(node)


@pytest.mark.usefixtures("later")
def test_the_rule_is_told_again_each_day(three: Three) -> None:
    county, city, _ = three
    let(county, Disclosure.ASSIST)
    let(county, Disclosure.ASSIST)
    post_round(*three)
    before = len(told_of_nodes(city))
    county.clock.pass_(timedelta(days=1))

    assert not let(county, Disclosure.ASSIST)
    post_round(*three)

    assert before == 1
    assert [each.level for each in told_of_nodes(city)] == [Disclosure.ASSIST] * 2
    assert [each.version for each in rules_heard(city)] == [1, 2]


@pytest.mark.usefixtures("later")
def test_another_tier_above_is_told_the_rule_at_once(three: Three) -> None:
    county, _, province = three
    let(county, Disclosure.ASSIST)
    county.clock.pass_(timedelta(minutes=1))
    above = Neighbour(province.code, "安徽省", "province", Relation.ABOVE)
    moved = replace(county.link_house(), neighbours={province.code: above})

    assert settle_rule(county.units["link"].transaction, moved)

    assert county.count(tables.outgoing, tables.outgoing.c.peer == province.code) == 1


@pytest.mark.usefixtures("later")
def test_history_tells_nothing_that_is_for_another_node_alone(three: Three) -> None:
    county, city, province = three
    case_id = register(city)
    about = {"case_id": case_id, "occurred_at": city.clock.now, "to_node": province.code}
    file = {"file_id": new_id(), "kind": "pdf", "bytes": 9, "pieces": 1, "by_staff": False}
    added = {"from_node": city.code, "added_at": city.clock.now}
    city.say(FileOffered(**about, **file, **added), "intake")
    offer(city, case_id, county)
    post_round(*three)

    assert FileOffered.name in heard(province, case_id)
    assert heard(county, case_id)[0] == "intake.case_registered.v1"
    assert FileOffered.name not in heard(county, case_id)
