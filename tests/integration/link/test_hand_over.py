import pytest

from services.dispatch.policy import CaseState, OfferState, PoolReason
from services.dispatch.repository.hand_overs import find_hand_over
from services.dispatch.tables import orders
from services.link import tables as link_tables
from services.link.handlers import posting
from shared.errors import Refused
from shared.events.base import Envelope
from shared.events.dispatch import CaseFinished, CaseHandedOver, HandOverAnswered
from shared.events.link import CaseReceived
from shared.events.review import CaseReopened
from shared.events.words import Language
from shared.security.vault import destroy, sealer_of_case
from tests.integration.link.conftest import Three
from tests.integration.link.nodes import Node, register
from tests.integration.link.stories import (
    case_at,
    give_back,
    holders,
    incoming,
    offer,
    place,
    post_round,
    refuse,
    take,
    withdraw,
    work,
)

pytestmark = pytest.mark.integration


def said(node: Node, name: str) -> list[Envelope]:
    """Everything that a node's services have said under a name, sent or not."""
    with node.engine.begin() as db:
        rows = [
            row
            for service in ("dispatch", "link")
            for row in db.execute(
                node.units[service]
                .plumbing.outbox.rows.select()
                .where(node.units[service].plumbing.outbox.rows.c.name == name)
                .order_by(node.units[service].plumbing.outbox.rows.c.position)
            )
        ]
    return [Envelope.model_validate_json(row.body) for row in rows]


def test_a_case_is_seen_above_masked_from_the_moment_it_exists(three: Three) -> None:
    county, city, province = three

    case_id = register(county)
    post_round(*three)

    for node in (city, province):
        names = [fact.fact.type for fact in node.heard]
        assert names == [
            "intake.case_registered.v1",
            "intake.case_accepted.v1",
            "dispatch.case_pooled.v1",
        ]
        bodies = "".join(fact.model_dump_json() for fact in node.heard)
        assert "王小明" not in bodies
        assert "13800001234" not in bodies
        assert {fact.case_id for fact in node.heard} == {case_id}


def test_what_is_sealed_or_hashed_at_home_does_not_travel(three: Three) -> None:
    county, city, _ = three

    register(county)
    post_round(*three)

    registered = city.heard[0].fact.data
    assert registered["complainant"]["name"]["data"] == ""
    assert registered["complainant"]["phone_hash"] is None
    assert registered["query_code_hash"] == ""
    assert registered["query_code"]["algorithm"] == "withheld"


def test_an_offer_leaves_the_case_where_it_is_until_it_is_taken(three: Three) -> None:
    county, city, _ = three
    case_id = register(county)

    offer(county, case_id, city)
    post_round(*three)

    assert holders(three, case_id) == ["341523"]
    assert incoming(city, case_id) is not None


def test_who_takes_a_case_gets_the_person_sealed_under_keys_of_its_own(three: Three) -> None:
    county, city, _ = three
    case_id = register(county)
    offer(county, case_id, city)
    post_round(*three)

    take(city, case_id)
    post_round(*three)

    [envelope] = said(city, CaseReceived.name)
    received = envelope.open(CaseReceived)
    with city.engine.begin() as db:
        sealer = sealer_of_case(db, city.keys, case_id)
    assert received.complainant.phone is not None
    assert sealer.open(received.complainant.phone) == "13800001234"
    assert received.complainant.language is Language.EN
    assert sealer.open(received.text) == "我叫王小明，窗口说要等市里"
    assert received.complainant.phone_hash is None
    assert holders(three, case_id) == ["341500"]
    assert city.count(link_tables.boxes) == 0


def test_who_refuses_never_opens_what_was_sealed_for_it(three: Three) -> None:
    county, city, _ = three
    case_id = register(county)
    made = offer(county, case_id, city)
    post_round(*three)

    refuse(city, case_id)
    post_round(*three)

    assert city.count(link_tables.boxes) == 0
    assert said(city, CaseReceived.name) == []
    with county.at_desk() as db:
        answered = find_hand_over(db, made.hand_over_id)
    assert answered is not None
    assert (answered.state, answered.ground) == (OfferState.REFUSED, "delegated")
    assert answered.legal_basis == "《下放清单》第 12 项"
    assert holders(three, case_id) == ["341523"]


def test_a_case_goes_up_two_tiers_and_its_result_comes_back(three: Three) -> None:
    county, city, province = three
    case_id = register(county)
    for lower, upper in ((county, city), (city, province)):
        offer(lower, case_id, upper)
        post_round(*three)
        take(upper, case_id)
        post_round(*three)

    place(province, case_id)
    work(province, case_id, "省里已经放开异地提取，张三可以去办")
    post_round(*three)

    [envelope] = said(county, CaseFinished.name)
    finished = envelope.open(CaseFinished)
    with county.engine.begin() as db:
        answer = sealer_of_case(db, county.keys, case_id).open(finished.answer)
    assert answer == "省里已经放开异地提取，张三可以去办"
    assert finished.unit_name == "安徽省公积金中心"
    assert holders(three, case_id) == ["341523"]
    assert said(city, CaseFinished.name) == said(province, CaseFinished.name) == []
    assert [fact.fact.type for fact in county.heard].count("dispatch.order_signed.v1") == 1


def test_a_reopened_case_goes_back_to_the_unit_that_answered_two_tiers_up(three: Three) -> None:
    county, city, province = three
    case_id = register(county)
    for lower, upper in ((county, city), (city, province)):
        offer(lower, case_id, upper)
        post_round(*three)
        take(upper, case_id)
        post_round(*three)
    first = place(province, case_id)
    work(province, case_id)
    post_round(*three)

    reopened = CaseReopened(
        case_id=case_id, occurred_at=county.clock.now, round=2, because="没有解决"
    )
    county.say(reopened, "review")
    post_round(*three)

    assert holders(three, case_id) == ["340000"]
    with province.at_desk() as db:
        rows = db.execute(orders.select().where(orders.c.case_id == case_id)).all()
    second = next(row for row in rows if row.round == 2)
    assert second.unit_code == first.unit_code
    work(province, case_id)
    post_round(*three)
    assert [one.open(CaseFinished).round for one in said(county, CaseFinished.name)] == [1, 2]


def test_a_case_goes_down_with_its_history_and_its_person(three: Three) -> None:
    county, city, _ = three
    case_id = register(city)
    post_round(*three)
    assert county.heard == []

    offer(city, case_id, county)
    post_round(*three)
    take(county, case_id)
    post_round(*three)

    names = [fact.fact.type for fact in county.heard]
    assert names[:4] == [
        "intake.case_registered.v1",
        "intake.case_accepted.v1",
        "dispatch.case_pooled.v1",
        "dispatch.hand_over_offered.v1",
    ]
    assert len(said(county, CaseReceived.name)) == 1
    assert holders(three, case_id) == ["341523"]


def test_a_leg_that_is_given_back_waits_in_the_pool_of_where_it_came_from(three: Three) -> None:
    county, city, _ = three
    case_id = register(county)
    offer(county, case_id, city)
    post_round(*three)
    take(city, case_id)
    post_round(*three)

    give_back(city, case_id, county)
    post_round(*three)

    back = case_at(county, case_id)
    assert back is not None
    assert (back.state, back.pool_reason) == (CaseState.POOLED, PoolReason.RETURNED)
    assert holders(three, case_id) == ["341523"]


def test_to_give_back_takes_a_ground_and_its_basis(three: Three) -> None:
    county, city, _ = three
    case_id = register(county)
    offer(county, case_id, city)
    post_round(*three)
    take(city, case_id)

    with pytest.raises(Refused, match="ground_needed"):
        offer(city, case_id, county)


def test_the_order_in_work_ends_with_the_hand_over_at_the_moment_of_its_acceptance(
    three: Three,
) -> None:
    county, city, _ = three
    case_id = register(county)
    order = place(county, case_id)
    offer(county, case_id, city)
    post_round(*three)

    take(city, case_id)
    post_round(*three)

    [gone] = said(county, CaseHandedOver.name)
    [answered] = said(city, HandOverAnswered.name)
    fact = gone.open(CaseHandedOver)
    assert fact.order_id == order.order_id
    assert fact.occurred_at == answered.open(HandOverAnswered).occurred_at


def test_while_an_offer_is_open_nothing_ends_the_case_here(three: Three) -> None:
    county, city, _ = three
    case_id = register(county)
    place(county, case_id)
    offer(county, case_id, city)

    with pytest.raises(Refused, match="hand_over_open"):
        work(county, case_id)
    with pytest.raises(Refused, match="hand_over_open"):
        offer(county, case_id, city)


def test_an_offer_taken_back_in_time_is_refused_as_withdrawn(three: Three) -> None:
    county, city, _ = three
    case_id = register(county)
    made = offer(county, case_id, city)
    post_round(*three)

    withdraw(county, made)
    post_round(*three)

    with county.at_desk() as db:
        answered = find_hand_over(db, made.hand_over_id)
    assert answered is not None
    assert answered.ground == "withdrawn"
    assert incoming(city, case_id) is None
    assert holders(three, case_id) == ["341523"]


def test_an_offer_taken_back_too_late_is_taken(three: Three) -> None:
    county, city, _ = three
    case_id = register(county)
    made = offer(county, case_id, city)
    post_round(*three)

    take(city, case_id)
    withdraw(county, made)
    post_round(*three)

    assert holders(three, case_id) == ["341500"]


def test_a_case_that_is_elsewhere_cannot_be_handed_on_from_here(three: Three) -> None:
    county, city, _ = three
    case_id = register(county)
    offer(county, case_id, city)
    post_round(*three)
    take(city, case_id)
    post_round(*three)

    with pytest.raises(Refused, match="not_held_here"):
        offer(county, case_id, city)


def test_a_node_that_is_no_neighbour_is_offered_nothing(three: Three) -> None:
    county, _, province = three

    with pytest.raises(Refused, match="no_such_neighbour"):
        offer(county, register(county), province)


def test_nothing_is_left_waiting_or_parked_after_a_story(three: Three) -> None:
    county, city, _ = three
    case_id = register(county)
    offer(county, case_id, city)
    post_round(*three)
    take(city, case_id)
    place(city, case_id)
    work(city, case_id)
    post_round(*three)

    for node in three:
        for unit in node.units.values():
            assert node.count(unit.plumbing.inbox.waiting) == 0
            assert node.count(unit.plumbing.inbox.parked) == 0
        assert node.count(link_tables.outgoing) == 0


def test_an_erased_person_is_not_sent_and_the_case_goes_all_the_same(three: Three) -> None:
    county, city, _ = three
    case_id = register(county)
    with county.engine.begin() as db:
        destroy(db, case_id, county.clock.now)

    offer(county, case_id, city)
    post_round(*three)
    take(city, case_id)
    post_round(*three)

    [envelope] = said(city, CaseReceived.name)
    assert envelope.open(CaseReceived).complainant.name.algorithm == "withheld"


def test_the_person_comes_along_however_the_facts_are_packed(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    county, city, _ = three
    monkeypatch.setattr(posting, "MOST_FACTS", 1)
    case_id = register(county)
    offer(county, case_id, city)
    post_round(*three)

    take(city, case_id)
    post_round(*three)

    with city.engine.begin() as db:
        assert sealer_of_case(db, city.keys, case_id).case_id == case_id
