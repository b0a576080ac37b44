"""A corrected person follows custody, sealed for each node that has it; others hear it masked."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from services.link import tables as link_tables
from shared.clock import new_id
from shared.events.base import Envelope
from shared.events.intake import CaseAmended
from shared.events.link import CaseReceived, OrderPassedOn
from shared.events.sealed import PartyKind, PartyRole, Sealed
from shared.security.parties import Party, sealed_party
from shared.security.vault import sealer_of_case
from tests.integration.link.conftest import Three
from tests.integration.link.nodes import Node, register
from tests.integration.link.stories import case_at, offer, post_round, refuse, take
from tests.integration.link.test_hand_over import said

pytestmark = pytest.mark.integration

NAME, PHONE, TITLE = "欧阳慕云", "13955601234", "公积金提取被退回"


def amended(node: Node, case_id: UUID, n: int, ordered_by: str, phone: str) -> CaseAmended:
    with node.engine.begin() as db:
        sealer = sealer_of_case(db, node.keys, case_id)
    party = Party(kind=PartyKind.PERSON, name=NAME, phone=phone)
    return CaseAmended(
        case_id=case_id,
        occurred_at=node.clock.now,
        number=f"BCS-{ordered_by}-20300102-00001-X",
        order_id=new_id(),
        ordered_by=ordered_by,
        amendment=n,
        fields=("complainant.name", "complainant.phone", "title"),
        title=sealer.seal("title", TITLE),
        title_masked=TITLE,
        text=sealer.seal("text", f"我叫{NAME}"),
        text_masked="我叫欧阳**",
        complainant=sealed_party(sealer, party, PartyRole.COMPLAINANT),
    )


def correct(node: Node, case_id: UUID, n: int = 1, phone: str = PHONE) -> CaseAmended:
    """What intake of the node of origin says of a correction."""
    event = amended(node, case_id, n, node.code, phone)
    node.say(event, "intake")
    node.settle()
    return event


def heard_sealed(node: Node) -> list[Mapping[str, str]]:
    """What came sealed with each correction that a node heard, opened."""
    told = []
    for fact in node.heard:
        if fact.fact.type == CaseAmended.name:
            told.append(opened(node, fact.case_id, fact.sealed))
    return told


def opened(node: Node, case_id: UUID, sealed: Mapping[str, Sealed]) -> Mapping[str, str]:
    if not sealed:
        return {}
    with node.engine.begin() as db:
        sealer = sealer_of_case(db, node.keys, case_id)
    return {name: sealer.open(value) for name, value in sealed.items()}


def received(node: Node) -> tuple[int, str, str]:
    """Which correction was in the case that a node took last, its title and its telephone."""
    event = said(node, CaseReceived.name)[-1].open(CaseReceived)
    assert event.complainant.phone is not None
    told = opened(node, event.case_id, {"phone": event.complainant.phone})
    return event.amendment, event.title_masked, told["phone"]


def plain_in(node: Node) -> list[str]:
    """Which words of the person stand in rows of link, or in what it says."""
    tables = (link_tables.facts, link_tables.outgoing, link_tables.held, link_tables.boxes)
    with node.engine.begin() as db:
        kept = [str(tuple(row)) for table in tables for row in db.execute(select(table))]
        kept += [str(one) for one in db.scalars(select(link_tables.cases.c.person)) if one]
        kept += list(db.scalars(select(link_tables.plumbing.outbox.rows.c.body)))
    return [word for word in (NAME, "慕云", PHONE) if any(word in row for row in kept)]


def at_the_city(three: Three) -> UUID:
    """A case of the county that the city has."""
    county, city, _province = three
    case_id = register(county)
    post_round(*three)
    offer(county, case_id, city)
    post_round(*three)
    take(city, case_id)
    post_round(*three)
    return case_id


def taken(three: Three) -> UUID:
    """A case of the county that the city has and has offered to the province."""
    _county, city, province = three
    case_id = at_the_city(three)
    offer(city, case_id, province)
    post_round(*three)
    return case_id


def test_who_has_the_person_gets_it_sealed_and_who_sees_it_masked_does_not(three: Three) -> None:
    county, city, province = three
    case_id = at_the_city(three)

    correct(county, case_id)
    assert plain_in(county) == []
    post_round(*three)

    told = heard_sealed(city)
    assert [(one["complainant.name"], one["complainant.phone"]) for one in told] == [(NAME, PHONE)]
    assert told[0]["title"] == TITLE
    assert heard_sealed(province) == [{}]
    assert [plain_in(node) for node in three] == [[], [], []]
    masked = next(one.fact for one in province.heard if one.fact.type == CaseAmended.name)
    assert masked.data["complainant"]["masked_name"] == "欧阳**"
    assert masked.data["complainant"]["name"]["data"] == ""


def test_a_person_in_an_offer_that_nobody_answered_is_corrected_before_it_is_taken(
    three: Three,
) -> None:
    county, _city, province = three
    case_id = taken(three)

    # The second one first, as if it had overtaken the other.
    correct(county, case_id, 2)
    post_round(*three)
    correct(county, case_id, 1, "13900000001")
    post_round(*three)
    take(province, case_id)
    post_round(*three)

    assert received(province) == (2, TITLE, PHONE)


def test_what_is_offered_after_a_correction_is_offered_corrected(three: Three) -> None:
    county, city, province = three
    case_id = register(county)
    post_round(*three)
    offer(county, case_id, city)
    post_round(*three)
    correct(county, case_id, 1, "13900000001")
    correct(county, case_id, 2)
    post_round(*three)
    take(city, case_id)
    post_round(*three)
    offer(city, case_id, province)
    post_round(*three)
    take(province, case_id)
    post_round(*three)

    assert received(city) == received(province) == (2, TITLE, PHONE)


def test_it_goes_on_to_who_took_the_person_from_there(three: Three) -> None:
    county, _city, province = three
    case_id = taken(three)
    take(province, case_id)
    post_round(*three)

    correct(county, case_id)
    post_round(*three)

    assert [one["complainant.phone"] for one in heard_sealed(province)] == [PHONE]


def test_who_refused_hears_it_masked(three: Three) -> None:
    county, city, _province = three
    case_id = register(county)
    post_round(*three)
    offer(county, case_id, city)
    post_round(*three)
    refuse(city, case_id)
    post_round(*three)

    correct(county, case_id)
    post_round(*three)

    assert heard_sealed(city) == [{}]
    assert city.count(link_tables.boxes) == 0


def test_nobody_but_the_node_of_origin_corrects_the_person_that_link_keeps(three: Three) -> None:
    county, city, province = three
    case_id = taken(three)
    forged = amended(city, case_id, 7, city.code, "13900000001")

    city.say(forged, "intake")
    city.settle()
    post_round(*three)
    take(province, case_id)
    post_round(*three)

    assert received(province)[0] == 0
    assert heard_sealed(county) == [{}]


def test_a_neighbour_that_is_down_gets_it_later_and_a_restored_one_again(three: Three) -> None:
    county, city, _province = three
    case_id = register(county)
    post_round(*three)
    offer(county, case_id, city)
    post_round(*three)
    take(city, case_id)
    post_round(*three)
    city.back_up()
    correct(county, case_id, 1, "13900000001")
    correct(county, case_id, 2)
    city.clock.pass_(timedelta(days=9))
    post_round(*three)
    assert heard_sealed(city)[-1]["complainant.phone"] == PHONE
    passed_on = [one.fact for one in city.heard if one.fact.type == OrderPassedOn.name]
    assert [one.version for one in passed_on] == [1, 2]

    city.restore()
    city.heard.clear()
    for _ in range(4):
        post_round(*three)
        city.clock.pass_(timedelta(hours=2))

    told = heard_sealed(city)
    assert len(told) == 2
    assert [one.get("complainant.phone") for one in told if one] == [PHONE]


def test_dispatch_shows_and_offers_what_stands(three: Three) -> None:
    county, city, province = three
    case_id = taken(three)
    event = correct(county, case_id)
    post_round(*three)
    # As intake of the city acknowledges it.
    city.say(amended(city, case_id, 1, county.code, PHONE), "intake")
    city.settle()
    post_round(*three)

    shown = [case_at(node, case_id) for node in (county, city)]
    assert [case and case.title_masked for case in shown] == [TITLE, TITLE]
    answers = {fact.fact.node for fact in county.heard if fact.fact.type == CaseAmended.name}
    assert answers == {city.code}
    orders = [Envelope.model_validate(fact.fact) for fact in province.heard]
    mine = [one for one in orders if one.type == CaseAmended.name and one.node == county.code]
    assert [one.open(CaseAmended).order_id for one in mine] == [event.order_id]
