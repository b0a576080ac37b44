from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import ProgrammingError

from services.portal import handlers, repository
from services.portal.handlers.project import project
from services.portal.policy import Status
from services.portal.tables import journal, live
from shared.clock import new_id, utcnow
from shared.db import role_of
from shared.events import dispatch, intake, link, review, sla
from shared.events.base import Envelope, Event
from shared.events.words import Complexity, Lamp, Level
from shared.security.erasing import ERASED
from tests.integration.portal.stories import (
    NINE,
    OFFICER,
    Speakers,
    Story,
    contents,
    in_two_rounds,
    interleaved,
)

pytestmark = pytest.mark.integration


def record(db: Connection, *events: Event) -> None:
    handlers.record(db, Speakers().say(*events))


@pytest.mark.parametrize("seed", range(12))
def test_in_whatever_order_the_speakers_are_heard_the_projection_is_the_same(
    db: Connection, seed: int
) -> None:
    random, speakers = Random(seed), Speakers()  # noqa: S311  # mixes, keeps no secret
    heard = [*speakers.say(*in_two_rounds(Story()))]
    heard += speakers.say(*in_two_rounds(Story(number="BCS341523300107000023")))

    with db.begin_nested() as told:
        handlers.record(db, heard)
        expected = contents(db)
        told.rollback()
    rest = interleaved(heard, random)
    while rest:
        size = random.randint(1, 20)
        handlers.record(db, rest[:size])
        rest = rest[size:]

    assert contents(db) == expected


def test_a_case_is_shown_step_by_step(db: Connection) -> None:
    speakers, shown = Speakers(), list[str]()
    for event in in_two_rounds(story := Story()):
        handlers.record(db, speakers.say(event))
        card = repository.case_page(db, story.number)
        assert card is not None
        if not shown or shown[-1] != card.status:
            shown.append(card.status)

    assert shown == [
        Status.REGISTERED,
        Status.ACCEPTED,
        Status.DISPATCHED,
        Status.RETURNED,
        Status.POOLED,
        Status.DISPATCHED,
        Status.SIGNED,
        Status.CONTACTED,
        Status.FINISHED,
        Status.REOPENED,
        Status.DISPATCHED,
        Status.FINISHED,
        Status.CLOSED,
    ]


def test_a_hold_is_shown_until_it_is_released(db: Connection) -> None:
    speakers, story = Speakers(), Story()
    held = intake.CaseHeld(**story.next(), because="诉讼", by=OFFICER)
    handlers.record(db, speakers.say(story.registered(), held))

    card = repository.case_page(db, story.number)
    assert card is not None
    assert (card.held_at, card.held_by, card.held_because) == (
        held.occurred_at,
        OFFICER.role,
        "诉讼",
    )
    assert "诉讼" not in str([step.params for step in card.timeline])

    handlers.record(
        db, speakers.say(intake.HoldReleased(**story.next(), because="诉讼结束", by=OFFICER))
    )
    card = repository.case_page(db, story.number)
    assert card is not None
    assert (card.held_at, card.held_by, card.held_because) == (None, None, None)


def test_an_erased_case_is_shown_as_its_journal_would_show_it(db: Connection) -> None:
    speakers, story = Speakers(), Story()
    told = {"order_id": new_id(), "ordered_by": story.origin, "ground": "request"}
    explained = {"explanation": "五一放假，顺延到 5 月 6 日"}
    events = [
        event.model_copy(update=explained) if isinstance(event, sla.ClockStarted) else event
        for event in in_two_rounds(story)
    ]
    handlers.record(db, speakers.say(*events))
    erased = {**story.next(), "number": story.number, **told}
    handlers.record(db, speakers.say(intake.CaseErased.model_validate(erased)))
    shown = contents(db)

    with db.begin_nested() as again:
        rows = db.execute(select(journal.c.body).order_by(journal.c.position)).scalars()
        heard = [Envelope.model_validate(body) for body in rows]
        for table in live.all:
            db.execute(table.delete())
        kinds = {kind.name: kind for kind in handlers.EVERYTHING}
        project(db, live, [(each, each.open(kinds[each.type])) for each in heard])
        replayed = contents(db)
        again.rollback()

    assert replayed == shown
    assert set(db.scalars(select(live.clocks.c.explanation))) == {ERASED}


def test_a_lead_without_words_leaves_none_in_the_journal(db: Connection) -> None:
    speakers = Speakers()
    told = review.LeadRaised(
        node="341523",
        occurred_at=NINE,
        lead_id=new_id(),
        year=2030,
        serial=1,
        kind="policy_gap",
        title_masked="王小明的店",
        text_masked="王小明说：两证互为前置",
        item_name="王小明的店",
        noted_at=NINE,
    )
    [(envelope, _)] = speakers.say(told)
    relayed = link.NodeFactRelayed(
        occurred_at=NINE, fact_id=told.subject_id, via="341500", fact=envelope
    )
    handlers.record(db, [(envelope, told), *speakers.say(relayed)])

    gone = {"title_masked": ERASED, "text_masked": ERASED, "item_name": None}
    handlers.record(db, speakers.say(told.model_copy(update=gone)))

    bodies = list(db.scalars(select(journal.c.body).order_by(journal.c.position)))
    assert len(bodies) == 3
    assert "王小明" not in str(bodies)


def test_every_event_is_journalled_as_it_came_and_in_order(db: Connection) -> None:
    heard = Speakers().say(*in_two_rounds(Story()))

    handlers.record(db, heard)

    last = db.scalar(select(func.max(journal.c.position)))
    kept = [envelope for _, envelope in repository.journalled(db, 0, last or 0, 100)]
    assert kept == [envelope for envelope, _ in heard]


def test_the_service_may_add_to_its_journal_and_change_nothing_in_it(db: Connection) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        db.execute(journal.delete())


def test_the_months_ahead_are_prepared_by_the_service_itself(db: Connection) -> None:
    later = utcnow() + timedelta(days=400)

    repository.ensure_partitions(db, later)
    repository.ensure_partitions(db, later)

    known = func.to_regclass(f"portal.journal_{later:%Y%m}")
    assert db.scalar(select(known)) is not None


def test_the_card_of_a_case_has_everything_and_nothing_unmasked(db: Connection) -> None:
    story = Story()
    record(db, *in_two_rounds(story))

    card = repository.case_page(db, story.number)

    assert card is not None
    assert (card.person_masked, card.phone_masked) == ("张*", "138****8000")
    assert (card.item_code, card.item_name) == ("BDC-01", "不动产首次登记")
    assert [order.state for order in card.orders] == ["returned", "finished", "finished"]
    assert {clock.kind for clock in card.clocks} == {"citizen", "contact"}
    assert len(card.timeline) == 29
    assert [evaluation.level for evaluation in card.evaluations] == [2, 4]
    assert (card.level, card.solved, card.round, card.unit_code) == (4, True, 2, "housing")
    assert card.order is not None
    assert card.citizen_on_time is False
    assert "sealed" not in repr(card)


def test_the_timeline_tells_who_did_what_in_the_order_of_the_facts(db: Connection) -> None:
    story, order = Story(), new_id()
    record(db, story.dispatched(order), story.signed(order), story.registered(), story.accepted())

    card = repository.case_page(db, story.number)

    assert card is not None
    assert [step.name for step in card.timeline] == [
        dispatch.OrderDispatched.name,
        dispatch.OrderSigned.name,
        "intake.case_registered.v1",
        "intake.case_accepted.v1",
    ]
    assert card.timeline[1].params["by"] == {"kind": "staff", "role": "window_officer"}
    assert card.timeline[1].params["unit_name"] == "不动产登记中心"


def test_a_declined_case_rests_with_its_reason(db: Connection) -> None:
    story = Story()
    record(db, story.registered(), story.declined())

    card = repository.case_page(db, story.number)

    assert card is not None
    assert (card.status, card.decline_reason, card.decline_guide) == (
        "declined",
        "litigation",
        "人民法院",
    )
    assert not card.is_open


def test_lamps_of_both_promises_are_shown_and_the_nearest_limit(db: Connection) -> None:
    story, order = Story(), new_id()
    record(
        db,
        story.registered(),
        story.accepted(),
        story.dispatched(order),
        story.started(provisional=True),
        story.started(contact=True, order_id=order),
        story.clock(sla.LampChanged, contact=True, lamp=Lamp.RED),
    )

    card = repository.case_page(db, story.number)

    assert card is not None
    assert (card.citizen_lamp, card.citizen_provisional) == ("green", True)
    assert (card.custody_lamp, card.custody_kind, card.lamp) == ("red", "contact", "red")
    assert card.next_due_at == NINE + timedelta(days=1)


def test_a_due_date_that_moved_is_shown_and_no_late_word_undoes_it(db: Connection) -> None:
    story, speakers = Story(), Speakers()
    later = NINE + timedelta(days=10)
    told = speakers.say(
        story.registered(),
        story.started(provisional=True, explanation="old"),
        story.clock(sla.DeadlineMissed, lamp=Lamp.RED),
        story.clock(
            sla.DueDateMoved,
            due_at=later,
            due_before=NINE,
            provisional=False,
            provisional_before=True,
            explanation="new",
        ),
    )
    late = told.pop(1)

    handlers.record(db, told)
    handlers.record(db, [late, *told])

    card = repository.case_page(db, story.number)
    assert card is not None
    assert (card.citizen_lamp, card.citizen_due_at) == ("green", later)
    assert not card.citizen_provisional
    assert [step.name for step in card.timeline].count(sla.DueDateMoved.name) == 1


def test_a_limit_to_sign_that_moved_is_shown_and_no_late_word_undoes_it(db: Connection) -> None:
    story, speakers, order = Story(), Speakers(), new_id()
    later = NINE + timedelta(days=10)
    resolve: dict[str, Any] = {"clock_id": new_id(), "order_id": order}
    unsure: dict[str, Any] = {"provisional": True, "provisional_before": False, "due_before": NINE}
    told = speakers.say(
        story.registered(),
        story.dispatched(order),
        story.started(**resolve, sign_by=NINE),
        story.clock(sla.DueDateMoved, **resolve, **unsure, sign_by=later),
        story.clock(sla.ClockResumed, **resolve, provisional=False),
    )
    late = told.pop(2)

    handlers.record(db, told)
    handlers.record(db, [late, *told])

    card = repository.case_page(db, story.number)
    assert card is not None
    assert [each.sign_by for each in card.orders] == [later]
    assert [clock.provisional for clock in card.clocks] == [False]


def test_an_old_word_about_a_clock_does_not_undo_a_newer_one(db: Connection) -> None:
    story, speakers = Story(), Speakers()
    told = speakers.say(
        story.registered(), story.started(), story.clock(sla.LampChanged, lamp=Lamp.YELLOW)
    )
    late = told.pop(1)

    handlers.record(db, told)
    handlers.record(db, [late])

    card = repository.case_page(db, story.number)
    assert card is not None
    assert (card.citizen_lamp, card.clocks[0].started_at is None) == ("yellow", False)


def test_what_was_reached_is_known_by_speaker_and_subject(db: Connection) -> None:
    story = Story()
    record(db, story.registered(), story.accepted())

    assert repository.has_reached(db, "intake", story.case_id, 2)
    assert not repository.has_reached(db, "intake", story.case_id, 3)
    assert not repository.has_reached(db, "dispatch", story.case_id, 1)


def test_the_catalogue_keeps_the_last_entry_of_each(db: Connection) -> None:
    unit_id, item_id = new_id(), new_id()
    entry = {"unit_id": unit_id, "code": "housing", "region": "341523", "occurred_at": NINE}
    item = {"item_id": item_id, "code": "BDC-01", "kind": "许可", "unit_code": "housing"}
    speakers = Speakers()
    handlers.record(
        db,
        speakers.say(
            dispatch.UnitListed(**entry, title="登记中心"),
            dispatch.UnitListed(**entry, title="不动产登记中心", phone="0564-8621234"),
            dispatch.ItemListed(
                **item, title="不动产登记", complexity=Complexity.SIMPLE, occurred_at=NINE
            ),
        ),
    )
    handlers.record(db, speakers.say(dispatch.UnitListed(**entry, title="旧中心", active=False)))

    assert repository.units(db) == []
    assert [unit.title for unit in repository.units(db, active_only=False)] == ["旧中心"]
    assert [found.code for found in repository.items(db, "登记", 10)] == ["BDC-01"]
    assert repository.items(db, "100%", 10) == []
    known = repository.item(db, "BDC-01")
    assert known is not None
    assert known.complexity == "simple"


def test_the_board_is_the_sum_over_all_cases(db: Connection) -> None:
    done, open_case = Story(), Story(number="BCS341523300107000023")
    order = new_id()
    record(
        db,
        *in_two_rounds(done),
        open_case.registered(),
        open_case.accepted(),
        open_case.dispatched(order),
        open_case.started(contact=True, lamp=Lamp.YELLOW),
    )

    board = repository.board(db, NINE + timedelta(days=2))

    assert board.by_status == {"closed": 1, "dispatched": 1}
    assert (board.open, board.by_lamp) == (1, {"yellow": 1})
    assert board.by_level == {Level.DISSATISFIED: 1, Level.SATISFIED: 1}
    assert [(unit.code, unit.open, unit.yellow, unit.red) for unit in board.units] == [
        ("housing", 1, 1, 0)
    ]
    assert len(board.days) == 14
    assert sum(day.registered for day in board.days) == 2
    assert [(day.finished, day.on_time) for day in board.days if day.finished] == [(1, 0)]


def test_nobody_else_may_empty_the_journal(db: Connection) -> None:
    function, roles = "portal.redact_journal(uuid)", ("portal", "link", "intake")
    may = [func.has_function_privilege(role_of(role), function, "EXECUTE") for role in roles]

    assert list(db.execute(select(*may)).one()) == [True, False, False]
