"""What channels say beside a report, and reports that come twice."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from services.intake.handlers import KnownBefore, Named, register_once, reveal_person
from services.intake.handlers.erasure import destroy_here
from services.intake.repository.cases import case_by_number
from services.intake.tables import cases
from shared.events.intake import CaseRegistered
from shared.events.words import Channel
from shared.outbox import said
from shared.security.parties import with_names
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.intake.stories import NINE, OFFICER, list_unit, report

pytestmark = pytest.mark.integration

LEFT = {"application_id": "AH-2030-000123", "stuck_at": "张晓明 13800006160 卡在第三步"}


def left_midway(db: Connection, keys: NodeKeys, **changed: Any) -> Any:
    told = {"channel": Channel.MIDWAY_EXIT, "channel_fields": LEFT, **changed}
    return register_once(db, keys, report(**told), OFFICER)


def test_an_application_that_is_sent_twice_is_one_case(db: Connection, keys: NodeKeys) -> None:
    first = left_midway(db, keys)
    again = left_midway(db, keys, title="换了一个说法")

    assert (again.case_id, again.number, again.status) == (
        first.case_id,
        first.number,
        first.status,
    )
    assert isinstance(again, KnownBefore)


def test_other_ids_and_the_same_id_of_another_channel_are_other_cases(
    db: Connection, keys: NodeKeys
) -> None:
    first = left_midway(db, keys)
    other = left_midway(db, keys, channel_fields={"application_id": "AH-2030-000124"})
    review = {"channel": Channel.EVALUATION, "channel_fields": {"review_id": "AH-2030-000123"}}
    reviewed = register_once(db, keys, report(**review), OFFICER)

    assert len({first.number, other.number, reviewed.number}) == 3


def test_reports_of_one_id_at_one_moment_are_one_case(unit: Unit, keys: NodeKeys) -> None:
    told = {"channel": Channel.SMS, "channel_fields": {"message_id": "SMS-1"}}

    def one(_: int) -> str:
        with unit.transaction() as db:
            return register_once(db, keys, report(**told), OFFICER).number

    with ThreadPoolExecutor(6) as threads:
        numbers = set(threads.map(one, range(12)))

    with unit.transaction() as db:
        stored = db.scalar(select(func.count()).where(cases.c.channel == Channel.SMS))
    assert (len(numbers), stored) == (1, 1)


def test_of_whom_it_complains_is_not_told_that_it_is_there(db: Connection, keys: NodeKeys) -> None:
    list_unit(db, "341523-zwfw", "0564-8621234")
    first = left_midway(db, keys, complained_of=Named(("341523-zwfw",), (), ()))

    theirs = left_midway(db, keys)
    elsewhere = replace(OFFICER, actor=with_names(keys, replace(OFFICER.actor, unit="341523-rsj")))
    others = register_once(
        db, keys, report(channel=Channel.MIDWAY_EXIT, channel_fields=LEFT), elsewhere
    )

    assert theirs.number != first.number
    assert not isinstance(theirs, KnownBefore)
    assert others.number == first.number


def test_fields_are_sealed_told_masked_and_shown_to_who_looks_at_the_person(
    db: Connection, keys: NodeKeys
) -> None:
    registered = left_midway(db, keys)

    event = said(db)[0]
    assert isinstance(event, CaseRegistered)
    told = {each.name: each.value_masked for each in event.channel_fields}
    assert told["application_id"] == "AH-2030-000123"
    assert "13800006160" not in told["stuck_at"]
    assert "晓明" not in told["stuck_at"]
    case = case_by_number(db, registered.number)
    assert case is not None
    assert reveal_person(db, keys, case, "核对诉求", OFFICER).channel_fields == LEFT


def test_a_place_is_told_to_nobody_but_who_looks_at_the_person(
    db: Connection, keys: NodeKeys
) -> None:
    place = {"lat": 31.4621, "lon": 116.9484}
    told = report(channel=Channel.SNAP, channel_fields=place)
    registered = register_once(db, keys, told, OFFICER)

    event = said(db)[0]
    assert isinstance(event, CaseRegistered)
    assert event.channel_fields == ()
    assert "31.46" not in event.model_dump_json()
    case = case_by_number(db, registered.number)
    assert case is not None
    assert reveal_person(db, keys, case, "核对诉求", OFFICER).channel_fields == place


def test_an_erasure_takes_the_fields_and_leaves_the_id(db: Connection, keys: NodeKeys) -> None:
    registered = left_midway(db, keys)

    destroy_here(db, registered.case_id, NINE)

    case = case_by_number(db, registered.number)
    assert case is not None
    assert case.channel_fields is not None
    assert case.channel_fields.data == ""
    assert left_midway(db, keys).number == registered.number
