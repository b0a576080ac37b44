from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, select

from services.intake.handlers import Party, register_case
from services.intake.policy.progress import Status
from services.intake.repository.cases import case_by_number, next_sequence
from services.intake.tables import plumbing, timeline
from shared.errors import Refused
from shared.events.intake import CaseAccepted, CaseRegistered
from shared.events.sealed import PartyKind
from shared.events.words import Channel, Complexity
from shared.outbox import said
from shared.security.numbers import is_case_number, normalise_query_code
from shared.security.sealing import NodeKeys
from shared.security.vault import sealer_of_case
from shared.unit import Unit
from tests.integration.intake.stories import (
    NINE,
    OFFICER,
    SOMEBODY,
    list_item,
    names_said,
    register,
    report,
)

pytestmark = pytest.mark.integration


def test_a_report_gets_a_number_and_a_query_code(db: Connection, keys: NodeKeys) -> None:
    registered = register(db, keys)

    assert is_case_number(registered.number)
    assert registered.number.startswith("BCS-341523-20300102-")
    assert normalise_query_code(registered.query_code) == registered.query_code
    assert registered.status is Status.REGISTERED
    assert names_said(db) == [CaseRegistered.name]


def test_a_report_about_a_listed_item_is_accepted_at_once(db: Connection, keys: NodeKeys) -> None:
    item = list_item(db, "企业开办（一件事）", complexity=Complexity.SIMPLE)

    registered = register(db, keys, item="企业开办 一件事")

    assert registered.status is Status.ACCEPTED
    assert names_said(db) == [CaseRegistered.name, CaseAccepted.name]
    _, accepted = said(db)
    assert isinstance(accepted, CaseAccepted)
    assert accepted.item_code == item.code
    assert accepted.complexity is Complexity.SIMPLE
    assert accepted.occurred_at == NINE


def test_an_item_may_be_named_by_its_code(db: Connection, keys: NodeKeys) -> None:
    item = list_item(db, "残疾人证办理")

    assert register(db, keys, item=item.code).status is Status.ACCEPTED


def test_an_item_no_longer_offered_is_left_to_an_officer(db: Connection, keys: NodeKeys) -> None:
    list_item(db, "已取消的事项", active=False)

    assert register(db, keys, item="已取消的事项").status is Status.REGISTERED


def test_a_hint_leaves_a_report_to_an_officer(db: Connection, keys: NodeKeys) -> None:
    list_item(db, "户口登记项目变更")

    told = register(db, keys, item="户口登记项目变更", text="对法院判决不服。")

    assert told.status is Status.REGISTERED
    case = case_by_number(db, told.number)
    assert case is not None
    assert (case.scope_ground, case.scope_hint) == ("hint", "litigation")


def test_an_older_entry_of_an_item_heard_late_does_not_undo_the_newer(
    db: Connection, keys: NodeKeys
) -> None:
    item = list_item(db, "职工医疗保险补缴")
    yesterday = NINE - timedelta(days=1)
    list_item(db, item.title, code=item.code, active=False, occurred_at=yesterday)

    assert register(db, keys, item=item.code).status is Status.ACCEPTED


def test_nothing_personal_is_said_in_the_clear(db: Connection, keys: NodeKeys) -> None:
    register(db, keys, agent=Party(kind=PartyKind.PERSON, name="王小二", phone="+8613900001111"))

    body = said(db)[0].model_dump_json()

    for secret in ("张晓明", "晓明", "13800006160", "341523199001010019", "王小二", "3900001111"):
        assert secret not in body


def test_what_was_told_opens_with_the_key_of_the_case(db: Connection, keys: NodeKeys) -> None:
    registered = register(db, keys)

    event = said(db)[0]
    assert isinstance(event, CaseRegistered)
    sealer = sealer_of_case(db, keys, registered.case_id)
    assert sealer.open(event.title) == "网上提交材料两次被退回"
    assert sealer.open(event.complainant.name) == "张晓明"
    assert sealer.open(event.query_code) == registered.query_code


def test_no_fact_carries_a_hash_of_a_person(db: Connection, keys: NodeKeys) -> None:
    register(db, keys)
    register(db, keys)

    first, second = said(db)
    assert isinstance(first, CaseRegistered)
    assert isinstance(second, CaseRegistered)
    party = first.complainant
    assert (party.name_hash, party.phone_hash, party.id_hash) == (None, None, None)
    assert first.complainant.phone != second.complainant.phone


def test_a_report_from_the_future_is_refused(db: Connection, keys: NodeKeys) -> None:
    with pytest.raises(Refused) as refused:
        register(db, keys, received_at=NINE + timedelta(seconds=1))

    assert (refused.value.code, refused.value.field) == ("future_date", "received_at")


def test_an_imported_report_keeps_its_time_and_its_day(db: Connection, keys: NodeKeys) -> None:
    registered = register(db, keys, received_at=NINE - timedelta(days=3))

    assert registered.number.startswith("BCS-341523-20291230-")
    assert said(db)[0].occurred_at == NINE - timedelta(days=3)


def test_the_day_of_a_number_is_the_day_in_china(db: Connection, keys: NodeKeys) -> None:
    just_after_midnight = NINE - timedelta(hours=8, minutes=59)

    registered = register(db, keys, received_at=just_after_midnight)

    assert registered.number.startswith("BCS-341523-20300102-")


def test_a_report_taken_down_by_staff_is_audited(db: Connection, keys: NodeKeys) -> None:
    register_case(db, keys, report(channel=Channel.WINDOW), OFFICER)

    row = db.execute(select(plumbing.audit).order_by(plumbing.audit.c.id.desc())).first()
    assert row is not None
    assert (row.action, row.actor_id) == ("case.register", "chuangkou")


def test_numbers_of_a_day_run_without_gaps_while_nobody_competes(db: Connection) -> None:
    day = date(2031, 5, 1)

    assert [next_sequence(db, day) for _ in range(20)] == list(range(1, 21))


def test_registrations_at_one_moment_get_different_numbers(unit: Unit, keys: NodeKeys) -> None:
    def one(_: int) -> str:
        with unit.transaction() as db:
            return register_case(db, keys, report(), SOMEBODY).number

    with ThreadPoolExecutor(12) as threads:
        numbers = list(threads.map(one, range(60)))

    assert len(set(numbers)) == 60


def test_the_story_of_a_case_begins_with_its_registration(db: Connection, keys: NodeKeys) -> None:
    registered = register(db, keys)

    rows = db.execute(select(timeline).where(timeline.c.case_id == registered.case_id)).all()
    assert [(row.event, row.params) for row in rows] == [
        (CaseRegistered.name, {"number": registered.number})
    ]
