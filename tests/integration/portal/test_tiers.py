"""What the projection of each tier shows of a case that moves between them."""

from collections.abc import Iterable
from random import Random

import pytest
from sqlalchemy import Connection

from services.portal import handlers, repository
from services.portal.pages.next_steps import next_steps
from services.portal.repository import CaseCard, ListKind, ListScope, TierNumbers
from shared.clock import new_id
from shared.events import sla
from shared.events.words import HandOverGround, HandOverKind, Lamp
from shared.http import NodeFacts
from shared.security.actor import Actor, ActorKind, Role
from tests.integration.portal.stories import ALL_SEEING, NINE, UNIT, contents, interleaved
from tests.integration.portal.tiers import (
    CITY,
    COUNTY,
    PROVINCE,
    Leg,
    Said,
    Tiers,
    begun,
    moved_up,
    solved_above,
    with_everything,
)

OURS = UNIT["unit_code"]
pytestmark = pytest.mark.integration


def record(db: Connection, here: str, said: Iterable[Said], tiers: Tiers | None = None) -> None:
    tiers = tiers or Tiers()
    handlers.record(db, tiers.heard_at(here, tiers.say(said)))


def card(db: Connection, story: Leg) -> CaseCard:
    found = repository.case_page(db, story.number)
    assert found is not None
    return found


def lists(db: Connection) -> set[str]:
    """Return the lists in which something stands; a unit's is a part of those that are open."""
    kinds = set(ListKind) - {ListKind.UNIT}
    scopes = [ListScope(kind=kind, sight=ALL_SEEING) for kind in kinds]
    return {scope.kind.value for scope in scopes if repository.case_list(db, scope, None, 9).rows}


@pytest.mark.parametrize("here", [COUNTY, CITY, PROVINCE])
@pytest.mark.parametrize("seed", range(8))
def test_in_whatever_order_the_nodes_are_heard_the_projection_is_the_same(
    db: Connection, seed: int, here: str
) -> None:
    random, tiers = Random(seed), Tiers()  # noqa: S311  # mixes, keeps no secret
    said = tiers.say(with_everything(Leg()))
    rest = interleaved(said, random)

    with db.begin_nested() as told:
        handlers.record(db, tiers.heard_at(here, said))
        expected = contents(db)
        told.rollback()
    again = Tiers().heard_at(here, rest)
    while again:
        size = random.randint(1, 20)
        handlers.record(db, again[:size])
        again = again[size:]

    assert contents(db) == expected


def test_a_case_is_shown_step_by_step_at_the_node_that_registered_it(db: Connection) -> None:
    tiers, story, shown = Tiers(), Leg(), list[tuple[str, str | None]]()
    for said in tiers.say(with_everything(story)):
        handlers.record(db, tiers.heard_at(COUNTY, [said]))
        now = card(db, story)
        if not shown or shown[-1] != (now.status, now.holder):
            shown.append((now.status, now.holder))

    assert shown == [
        ("registered", COUNTY),
        ("accepted", COUNTY),
        ("dispatched", COUNTY),
        ("signed", COUNTY),
        ("handed_over", CITY),
        ("dispatched", CITY),
        ("signed", CITY),
        ("contacted", CITY),
        ("finished", CITY),
        ("finished", COUNTY),
        ("reopened", COUNTY),
        ("pooled", COUNTY),
        ("handed_over", CITY),
        ("pooled", CITY),
        ("dispatched", CITY),
        ("signed", CITY),
        ("returned", CITY),
        ("pooled", CITY),
        ("handed_over", COUNTY),
        ("pooled", COUNTY),
        ("dispatched", COUNTY),
        ("finished", COUNTY),
        ("closed", COUNTY),
    ]


def test_an_offer_waits_at_the_neighbour_and_the_offerer_goes_on_with_the_case(
    db: Connection,
) -> None:
    story, tiers = Leg(), Tiers()
    said = tiers.say([*begun(story, new_id()), (COUNTY, story.offered(1, HandOverKind.UP, CITY))])

    with db.begin_nested() as told:
        handlers.record(db, tiers.heard_at(COUNTY, said))
        at_home = card(db, story), lists(db)
        told.rollback()
    handlers.record(db, tiers.heard_at(CITY, said))

    assert (at_home[0].offered_to, at_home[0].incoming_from) == (CITY, None)
    assert at_home[1] == {"open", "all"}
    assert (card(db, story).offered_to, card(db, story).incoming_from) == (None, COUNTY)
    assert lists(db) == {"incoming", "below"}


def test_a_case_that_was_taken_over_is_the_takers_and_away_at_home(db: Connection) -> None:
    story, theirs, tiers = Leg(), new_id(), Tiers()
    said = tiers.say(moved_up(story, new_id(), theirs))

    with db.begin_nested() as told:
        handlers.record(db, tiers.heard_at(COUNTY, said))
        at_home = card(db, story), lists(db)
        told.rollback()
    handlers.record(db, tiers.heard_at(CITY, [*said, *tiers.say([(CITY, story.received())])]))
    here = card(db, story)

    assert at_home[1] == {"away", "all"}
    assert (at_home[0].unit_code, at_home[0].unit_name) == (None, "不动产登记中心")
    assert at_home[0].unit_node == CITY
    assert lists(db) == {"open", "all"}
    assert (here.unit_code, here.order_id, here.is_ours) == ("housing", theirs, True)
    assert (here.citizen_lamp, here.custody_kind) == ("green", "leg")
    assert [(order.node, order.state) for order in here.orders] == [
        (COUNTY, "handed_over"),
        (CITY, "dispatched"),
    ]


def test_a_leg_that_was_solved_rests_there_and_waits_for_the_person_at_home(
    db: Connection,
) -> None:
    story, theirs, tiers = Leg(), new_id(), Tiers()
    said = tiers.say([*moved_up(story, new_id(), theirs), *solved_above(story, theirs)])

    with db.begin_nested() as told:
        handlers.record(db, tiers.heard_at(COUNTY, said))
        at_home = card(db, story), lists(db)
        told.rollback()
    handlers.record(db, tiers.heard_at(CITY, said))

    assert at_home[1] == {"feedback", "all"}
    assert (at_home[0].status, at_home[0].holder, at_home[0].citizen_on_time) == (
        "finished",
        COUNTY,
        True,
    )
    assert lists(db) == {"rest", "all"}


def test_a_leg_shows_its_own_limit_beside_the_promise_of_the_tier_above(db: Connection) -> None:
    story, mine = Leg(origin=CITY), new_id()
    handed_down = {"reason": sla.StopReason.HANDED_OVER, "on_time": True}
    record(
        db,
        COUNTY,
        [
            *begun(story, new_id(), CITY),
            (CITY, story.offered(1, HandOverKind.DOWN, COUNTY)),
            (COUNTY, story.taken(1, HandOverKind.DOWN, CITY)),
            (COUNTY, story.dispatched(mine, epoch=1)),
            (COUNTY, story.leg(sla.ClockStarted, started_at=story.at)),
            (CITY, story.clock(sla.ClockStopped, contact=True, **handed_down)),
            (CITY, story.clock(sla.LampChanged, lamp=Lamp.YELLOW)),
        ],
    )

    here = card(db, story)

    assert (here.lamp, here.custody_kind, here.citizen_lamp) == ("yellow", "leg", "yellow")
    assert here.next_due_at == here.citizen_due_at
    assert lists(db) == {"open", "all"}


def test_a_leg_that_was_returned_is_over_where_nothing_more_is_told(db: Connection) -> None:
    story, tiers = Leg(origin=CITY), Tiers()
    taken = [
        *begun(story, new_id(), CITY),
        (CITY, story.offered(1, HandOverKind.DOWN, COUNTY)),
        (COUNTY, story.taken(1, HandOverKind.DOWN, CITY)),
        (COUNTY, story.pooled(epoch=1)),
    ]
    record(db, COUNTY, taken, tiers)
    pooled = lists(db)

    record(
        db,
        COUNTY,
        [
            (COUNTY, story.offered(2, HandOverKind.RETURN, CITY)),
            (CITY, story.taken(2, HandOverKind.RETURN, COUNTY)),
            (COUNTY, story.handed_over(2, HandOverKind.RETURN, CITY)),
        ],
        tiers,
    )

    assert pooled == {"pool", "open", "all"}
    assert lists(db) == {"rest", "all"}


def test_a_refused_offer_leaves_the_case_where_it_is_with_its_ground(db: Connection) -> None:
    story = Leg()
    offered = (COUNTY, story.offered(1, HandOverKind.UP, CITY))
    record(db, COUNTY, [*begun(story, new_id()), offered, (CITY, story.refused(1, COUNTY))])

    here, (told,) = card(db, story), card(db, story).hand_overs

    assert (here.status, here.holder, here.offered_to) == ("signed", COUNTY, None)
    assert (told.state, told.refusal_ground, told.refusal_basis, told.note_masked) == (
        "refused",
        "not_our_tier",
        "权责清单第 12 条",
        "请按属地办理",
    )


def test_an_offer_that_was_taken_back_no_longer_waits(db: Connection) -> None:
    story, tiers = Leg(), Tiers()
    offered = (COUNTY, story.offered(1, HandOverKind.UP, CITY))
    record(db, CITY, [*begun(story, new_id()), offered, (COUNTY, story.withdrawn(1, CITY))], tiers)
    asked_back = lists(db)
    record(db, CITY, [(CITY, story.refused(1, COUNTY, HandOverGround.WITHDRAWN))], tiers)

    assert asked_back == {"below"}
    assert card(db, story).hand_overs[0].state == "withdrawn"


def test_a_tier_above_sees_what_those_below_report_and_what_it_asked_them(
    db: Connection,
) -> None:
    story, asked, tiers = Leg(), new_id(), Tiers()
    record(db, CITY, [*begun(story, new_id()), (COUNTY, story.reported_up())], tiers)
    record(db, CITY, [(CITY, story.supervised(asked, COUNTY))], tiers)

    here = card(db, story)
    assert lists(db) == {"below", "reported"}
    assert (here.reported_from, here.reported_because) == (COUNTY, "涉及面广，先报告")
    assert here.asked_until is not None
    assert here.supervised_until is None

    record(db, CITY, [(COUNTY, story.answered(asked))], tiers)
    assert card(db, story).asked_until is None
    assert card(db, story).supervisions[0].answer_masked == "明天办好"


def test_a_supervision_waits_at_the_node_that_holds_the_case(db: Connection) -> None:
    story, asked, tiers = Leg(), new_id(), Tiers()
    record(db, COUNTY, [*begun(story, new_id()), (CITY, story.supervised(asked, COUNTY))], tiers)
    waits = lists(db)
    record(db, COUNTY, [(COUNTY, story.answered(asked))], tiers)

    assert waits == {"open", "all", "supervised"}
    assert lists(db) == {"open", "all"}


def test_what_is_far_too_late_is_listed_until_there_is_nothing_to_decide(db: Connection) -> None:
    story, order, tiers = Leg(), new_id(), Tiers()
    record(db, COUNTY, begun(story, order), tiers)
    for step in (sla.StepKind.BULLETIN, sla.StepKind.RAISE):
        record(db, COUNTY, [(COUNTY, late(story, step))], tiers)
    record(db, COUNTY, [(CITY, late(story, sla.StepKind.RAISE))], tiers)
    assert lists(db) == {"open", "all", "bulletins", "raising"}

    record(db, COUNTY, [(COUNTY, story.offered(1, HandOverKind.UP, CITY))], tiers)
    assert lists(db) == {"open", "all", "bulletins"}


def test_a_slip_to_a_unit_is_answered_by_that_unit(db: Connection) -> None:
    story, order, asked, tiers = Leg(), new_id(), new_id(), Tiers()
    slip = story.supervised(asked, COUNTY).model_copy(update={"unit_code": OURS})
    record(db, COUNTY, [*begun(story, order), (COUNTY, slip)], tiers)
    known = card(db, story)
    assert known.supervisions[0].unit_code == OURS
    assert lists(db) == {"open", "all", "supervised"}

    def acts(unit: str) -> set[str]:
        roles = frozenset({Role.DISPOSAL_OFFICER})
        actor = Actor(kind=ActorKind.STAFF, node=COUNTY, id=unit, unit=unit, roles=roles)
        steps = next_steps(actor, known, NodeFacts(COUNTY, "county", "舒城县", ""))
        return {steps.next or "", *steps.others}

    assert {"answer_supervision", "read_supervision"} <= acts(OURS)
    assert not acts("tax") & {"answer_supervision", "read_supervision"}


def late(story: Leg, step: sla.StepKind) -> sla.StepTaken:
    whom = sla.Whom.SUPERVISOR if step is sla.StepKind.BULLETIN else sla.Whom.DISPATCHER
    told = story.clock(
        sla.StepTaken, lamp=Lamp.RED, step=step, level=5, whom=whom, step_due_at=story.at
    )
    assert isinstance(told, sla.StepTaken)
    return told


def test_the_timeline_names_the_node_of_each_fact(db: Connection) -> None:
    story = Leg()
    record(db, CITY, moved_up(story, new_id(), new_id()))

    told = {(step.node, step.name.partition(".")[0]) for step in card(db, story).timeline}

    assert told == {(node, name) for node in (COUNTY, CITY) for name in ("dispatch", "sla")} | {
        (COUNTY, "intake")
    }


def test_what_was_reached_counts_what_the_link_said_not_what_it_carried(db: Connection) -> None:
    story = Leg()
    record(db, CITY, begun(story, new_id()))

    assert repository.has_reached(db, "link", story.case_id, 6)
    assert not repository.has_reached(db, "intake", story.case_id, 1)


def test_a_fact_in_this_nodes_own_name_or_of_an_unknown_kind_is_passed_over(
    db: Connection,
) -> None:
    story, tiers = Leg(), Tiers()
    ((closed, _event),) = tiers.say([(COUNTY, story.closed())])
    newer = closed.model_copy(update={"type": "dispatch.hearing_called.v1"})
    forged = closed.model_copy(update={"source": f"/nodes/{CITY}/review"})
    record(db, CITY, begun(story, new_id()), tiers)

    for fact in (newer, forged):
        handlers.record(db, [tiers.relay(CITY, fact)])

    assert card(db, story).status == "signed"
    assert len(card(db, story).timeline) == 6


def test_each_tier_is_counted_where_it_works_and_where_it_registered(db: Connection) -> None:
    moved, late, done = (Leg(number=f"BCS34152330010700{n:04}") for n in range(3))
    offered, theirs = Leg(number="BCS341500300107000015", origin=CITY), new_id()
    record(
        db,
        PROVINCE,
        [
            *moved_up(moved, new_id(), new_id()),
            *begun(late, new_id()),
            (COUNTY, late.clock(sla.LampChanged, contact=True, lamp=Lamp.RED)),
            *begun(offered, new_id(), CITY),
            (CITY, offered.offered(1, HandOverKind.UP, PROVINCE)),
            *moved_up(done, new_id(), theirs),
            *solved_above(done, theirs),
        ],
    )

    assert repository.tiers_below(db) == [
        TierNumbers(code=CITY, registered=1, open=2, green=2, offered=1),
        TierNumbers(code=COUNTY, registered=3, finished=1, open=1, red=1),
    ]
    board = repository.board(db, NINE)
    assert (board.by_status, board.by_lamp, board.by_channel) == ({}, {}, {})


def test_the_numbers_of_a_node_below_are_those_of_its_list(db: Connection) -> None:
    moved, late = Leg(), Leg(number="BCS341523300107000023")
    record(db, PROVINCE, [*moved_up(moved, new_id(), new_id()), *begun(late, new_id())])

    for numbers in repository.tiers_below(db):
        scope = ListScope(kind=ListKind.BELOW, sight=ALL_SEEING, holder=numbers.code)
        assert len(repository.case_list(db, scope, None, 9).rows) == numbers.open


def test_a_house_counts_what_it_registered_and_the_legs_it_works_on(db: Connection) -> None:
    leg, own, tiers = Leg(), Leg(number="BCS341500300107000023", origin=CITY), Tiers()
    theirs = new_id()
    record(db, CITY, [*moved_up(leg, new_id(), theirs), *begun(own, new_id(), CITY)], tiers)
    working = repository.board(db, NINE)
    record(db, CITY, solved_above(leg, theirs), tiers)
    after = repository.board(db, NINE)

    assert working.by_status == {"dispatched": 1, "signed": 1}
    assert [(unit.code, unit.open) for unit in working.units] == [("housing", 2)]
    assert after.by_status == {"signed": 1}
    assert sum(day.registered for day in after.days) == 1
