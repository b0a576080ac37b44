"""A person is told in the language they read; whoever said nothing of it in Chinese."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select

from services.notify import handlers
from services.notify.repository.erasing import erase_rows
from services.notify.repository.recipients import lock_recipients
from services.notify.tables import recipients
from shared.events.intake import CaseSplit, CaseWithdrawn
from shared.events.intake.afterwards import ContactChanged, ContactCodeMade
from shared.events.sealed import PartyRole
from shared.events.words import Language
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.notify.stories import BY, CODE, MOBILE, NINE, NUMBER, Case, new_case
from tests.integration.notify.test_facts import queued

pytestmark = pytest.mark.integration

ENGLISH = {"language": Language.EN}
SIGNED = "Can't-get-it-done window: "


@pytest.fixture
def case(engine: Engine, keys: NodeKeys) -> Case:
    return new_case(engine, keys)


def withdrawn(case: Case, *, is_final: bool) -> CaseWithdrawn:
    return CaseWithdrawn(
        case_id=case.id,
        occurred_at=NINE,
        number=NUMBER,
        withdrawal_id=uuid4(),
        round=1,
        accepted=True,
        take_back_by=NINE if is_final else NINE + timedelta(days=1),
        by=BY,
    )


def tell_all(unit: Unit, case: Case) -> list[str]:
    """Tell what is put together of words, a moment, numbers, and what goes to one telephone."""
    registered, about = case.registered(), {"case_id": case.id, "occurred_at": NINE, "by": BY}
    reader = registered.complainant.model_copy(update=ENGLISH)
    phone = case.sealer.seal("phone", MOBILE)
    numbers = (f"{NUMBER[:-1]}Y", f"{NUMBER[:-1]}Z")
    split = CaseSplit(**about, split_id=uuid4(), numbers=numbers, matters=3)
    changing = {**about, **ENGLISH, "change_id": uuid4(), "masked_phone": "138****6160"}
    code = case.sealer.seal("code", "123456")
    made = ContactCodeMade(**changing, code=code, phone=phone, expires_at=NINE)
    changed = ContactChanged(**changing, party=PartyRole.COMPLAINANT, old_phone=phone)
    with unit.transaction() as db:
        home = [registered.model_copy(update={"complainant": reader})]
        handlers.confirm_registrations(db, home, case.house)
        handlers.tell_withdrawn(db, withdrawn(case, is_final=False), case.house)
        handlers.tell_withdrawn(db, withdrawn(case, is_final=True), case.house)
        handlers.tell_split(db, split, case.house)
        one_time = case.one_time_code("123456").model_copy(update=ENGLISH)
        handlers.send_one_time_code(db, one_time, case.house)
        handlers.send_contact_code(db, made, case.house)
        handlers.tell_old_telephone(db, changed, case.house)
        handlers.readdress_case(db, case.amended(1, MOBILE), case.house, "341523")
        handlers.tell_result(db, case.finished(), case.house)
        return [text for _purpose, text in queued(db, case)]


def test_who_reads_english_is_told_in_english_until_they_read_another(
    unit: Unit, case: Case
) -> None:
    numbers = f"{NUMBER[:-1]}Y, {NUMBER[:-1]}Z"

    *english, last = tell_all(unit, case)

    assert english == [
        f"{SIGNED}Registered as {NUMBER}, query code {CODE}. Please keep both.",
        f"{SIGNED}{NUMBER} is withdrawn. It may be taken up again until 3 Jan, 09:00."
        " Not meant? Call 12345.",
        f"{SIGNED}{NUMBER} is withdrawn. It goes no further. Not meant? Call 12345.",
        f"{SIGNED}{NUMBER} is handled as 3 cases, each is answered, your query code opens them"
        f" all. New numbers: {numbers}",
        f"{SIGNED}123456 is your code to look up your case, good until 2 Jan, 09:10."
        " Tell it to nobody.",
        f"{SIGNED}123456 is your code to change your telephone, good until 2 Jan, 09:00."
        " If that was not you, tell nobody.",
        f"{SIGNED}{NUMBER} has a new telephone, where messages go now. Not you? Call 12345.",
    ]
    assert last == f"{NUMBER}已办结，答复请凭查询码查询或拨打12345。"


def test_a_row_of_an_earlier_release_reads_chinese_and_an_erased_one_says_nothing(
    unit: Unit, case: Case
) -> None:
    registered = case.registered()
    reader = registered.complainant.model_copy(update=ENGLISH)
    mine = recipients.c.case_id == case.id
    with unit.transaction() as db:
        home = [registered.model_copy(update={"complainant": reader})]
        handlers.confirm_registrations(db, home, case.house)
        assert lock_recipients(db, [case.id])[case.id].language is Language.EN
        erase_rows(db, case.id, NINE)
        assert db.scalar(select(recipients.c.language).where(mine)) is None
        assert lock_recipients(db, [case.id])[case.id].language is Language.ZH
