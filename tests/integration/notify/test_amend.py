"""A corrected telephone: what waits goes there, and nothing goes to the wrong one any more."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, select

from services.notify import handlers
from services.notify.repository.recipients import lock_recipients
from services.notify.tables import messages
from shared.errors import NotYet
from shared.events.notify import MessageFailed
from shared.outbox import said
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.notify.stories import CODE, NINE, NUMBER, URL, Case, new_case
from tests.integration.notify.test_deliver import Gateway, post

pytestmark = pytest.mark.integration

RIGHT, LANDLINE = "+8613900007788", "+865648621234"
NODE, NEW_CODE = "341523", "KKDEFGHJKM"
SOON = NINE + timedelta(seconds=1)


@pytest.fixture
def case(engine: Engine, keys: NodeKeys) -> Case:
    return new_case(engine, keys)


def amend(db: Connection, case: Case, n: int, phone: str, code: str | None = None) -> None:
    handlers.readdress_case(db, case.amended(n, phone, code), case.house, NODE)


def sent(unit: Unit, keys: NodeKeys) -> list[tuple[str, str, str]]:
    """Deliver what is due; purpose, telephone and text of each."""
    gateway = Gateway()
    handlers.deliver_due(post(unit, keys, gateway, SOON), 100)
    return sorted((one.purpose, one.phone, one.text) for one in gateway.sent)


def test_what_waits_and_what_comes_goes_to_the_corrected_telephone(
    unit: Unit, keys: NodeKeys, case: Case
) -> None:
    with unit.transaction() as db:
        handlers.confirm_registrations(db, [case.registered()], case.house)
        amend(db, case, 1, RIGHT, NEW_CODE)
        handlers.invite_to_rate(db, case.invited(), case.house)
        shown = db.scalars(select(messages.c.masked_phone)).all()

    told = sent(unit, keys)

    assert {phone for _purpose, phone, _text in told} == {RIGHT}
    assert [purpose for purpose, _phone, _text in told] == [
        "code_renewed",
        "invitation",
        "receipt",
    ]
    assert set(shown) == {"139****7788"}
    assert f"{NUMBER}新查询码{NEW_CODE}" in told[0][2]
    assert f"{URL}/follow#number={NUMBER}&code={NEW_CODE}" in told[1][2]
    assert CODE not in told[1][2]


def test_a_code_for_the_wrong_telephone_is_not_sent_any_more(
    unit: Unit, keys: NodeKeys, case: Case
) -> None:
    with unit.transaction() as db:
        handlers.confirm_registrations(db, [case.registered()], case.house)
        handlers.send_one_time_code(db, case.one_time_code("123456"), case.house)
        amend(db, case, 1, RIGHT)
        ended = db.execute(select(messages).where(messages.c.purpose == "one_time_code")).one()

    assert (ended.state, ended.last_error) == ("failed", "corrected")
    assert [(purpose, phone) for purpose, phone, _text in sent(unit, keys)] == [("receipt", RIGHT)]


def test_what_waits_for_a_telephone_that_gets_no_message_is_for_somebody_to_call(
    unit: Unit, keys: NodeKeys, case: Case
) -> None:
    with unit.transaction() as db:
        handlers.confirm_registrations(db, [case.registered()], case.house)
        amend(db, case, 1, LANDLINE)
        told = [event for event in said(db) if isinstance(event, MessageFailed)]
        ended = db.execute(select(messages)).one()

    assert (ended.state, ended.last_error, ended.ended_at) == ("failed", "no_mobile", NINE)
    assert [(one.message_id, one.reason) for one in told] == [(ended.id, "no_mobile")]
    assert sent(unit, keys) == []


def test_the_later_correction_stands_and_repeats_tell_nothing_twice(
    unit: Unit, keys: NodeKeys, case: Case
) -> None:
    with unit.transaction() as db:
        handlers.confirm_registrations(db, [case.registered()], case.house)
        amend(db, case, 2, RIGHT, NEW_CODE)
        amend(db, case, 1, "+8613900000001", CODE)
        amend(db, case, 2, RIGHT, NEW_CODE)

    told = sent(unit, keys)

    assert [(purpose, phone) for purpose, phone, _text in told] == [
        ("code_renewed", RIGHT),
        ("receipt", RIGHT),
    ]
    assert NEW_CODE in told[0][2]


def test_a_correction_waits_for_its_case_and_only_its_own_node_tells(
    unit: Unit, case: Case
) -> None:
    theirs = case.amended(1, RIGHT, NEW_CODE, by="341500")
    with unit.transaction() as db:
        with pytest.raises(NotYet):
            amend(db, case, 1, RIGHT)
        handlers.readdress_case(db, theirs, case.house, NODE)
        handlers.leave_to_origin(db, case.received())
        handlers.readdress_case(db, theirs, case.house, NODE)

        assert lock_recipients(db, [case.id])[case.id].phone is None
        assert db.scalars(select(messages.c.id)).all() == []
