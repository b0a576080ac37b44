"""A changed telephone: the new one gets the code, the old one the notice."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from services.notify import handlers
from shared.events.intake.afterwards import ContactChanged, ContactCodeMade
from shared.events.sealed import PartyRole
from shared.events.words import By
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.notify.stories import MOBILE, NINE, NUMBER, Case, new_case
from tests.integration.notify.test_amend import NODE, RIGHT, sent

pytestmark = pytest.mark.integration

CODE = "402817"
CITIZEN = By(kind="citizen")


@pytest.fixture
def case(engine: Engine, keys: NodeKeys) -> Case:
    return new_case(engine, keys)


def test_the_new_telephone_gets_the_code_and_the_old_one_the_notice(
    unit: Unit, keys: NodeKeys, case: Case
) -> None:
    about = {"case_id": case.id, "occurred_at": NINE, "change_id": uuid4(), "by": CITIZEN}
    registered = case.registered()
    old = registered.complainant
    made = ContactCodeMade(
        **about,
        code=case.sealer.seal("contact_code", CODE),
        phone=case.sealer.seal("new_phone", RIGHT),
        masked_phone="139****7788",
        expires_at=NINE + timedelta(minutes=10),
    )
    changed = ContactChanged(
        **about,
        party=PartyRole.COMPLAINANT,
        old_phone=old.phone,
        old_masked=old.masked_phone,
        masked_phone="139****7788",
    )
    with unit.transaction() as db:
        handlers.confirm_registrations(db, [registered], case.house)
        handlers.send_contact_code(db, made, case.house)
    before = {purpose: (phone, text) for purpose, phone, text in sent(unit, keys)}
    with unit.transaction() as db:
        for _ in "ab":  # heard twice
            handlers.tell_old_telephone(db, changed, case.house)
        handlers.readdress_case(db, case.amended(1, RIGHT, None), case.house, NODE)
    after = sent(unit, keys)

    assert before["contact_code"][0] == RIGHT
    assert f"验证码{CODE}" in before["contact_code"][1]
    assert [(purpose, phone) for purpose, phone, _text in after] == [("contact_changed", MOBILE)]
    assert f"{NUMBER}的联系电话换了" in after[0][2]
