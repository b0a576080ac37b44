"""What is of one of several complainants goes to their telephone, under a key of their own."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4, uuid5

import pytest
from sqlalchemy import Engine

from services.notify import handlers
from shared.errors import NotYet
from shared.events.intake import (
    CaseAmended,
    CaseRegistered,
    CoComplainant,
    OneTimeCodeMade,
    OwnCodeRenewed,
)
from shared.events.sealed import SealedParty
from shared.security.sealing import NodeKeys, Sealer
from shared.security.vault import create_key
from shared.unit import Unit
from tests.integration.notify.stories import BY, CODE, MOBILE, NINE, NUMBER, Case, new_case
from tests.integration.notify.test_amend import NODE, RIGHT, sent

pytestmark = pytest.mark.integration

SECOND, THIRD = "+8613900000002", "+8613900000003"
NEW_CODE = "KKDEFGHJKM"


@pytest.fixture
def case(engine: Engine, keys: NodeKeys) -> Case:
    return new_case(engine, keys)


def entered(serial: int, sealer: Sealer, phone: str) -> CoComplainant:
    party = SealedParty(
        name=sealer.seal("name", "独孤望山"),
        phone=sealer.seal("complainant.phone", phone),
        masked_name="独孤**",
        masked_phone=f"{phone[3:6]}****{phone[-4:]}",
    )
    code = sealer.seal("query_code", f"{CODE[:-1]}{serial}")
    return CoComplainant(serial=serial, party=party, query_code=code)


def one_time(case_id: UUID, sealer: Sealer) -> OneTimeCodeMade:
    return OneTimeCodeMade(
        case_id=case_id,
        occurred_at=NINE,
        ask_id=uuid4(),
        code=sealer.seal("one_time_code", "482913"),
        phone=sealer.seal("complainant.phone", SECOND),
        expires_at=NINE + timedelta(minutes=10),
    )


@dataclass(frozen=True)
class Several:
    """A case that three report, and the keys of the second and the third."""

    case: Case
    own: Sealer
    thirds: Sealer

    def registered(self) -> CaseRegistered:
        return self.case.registered().model_copy(update={"others": self.others(SECOND)})

    def others(self, second: str) -> tuple[CoComplainant, ...]:
        return entered(2, self.own, second), entered(3, self.thirds, THIRD)

    def moved(self, second: str) -> CaseAmended:
        bare = [each.model_copy(update={"query_code": None}) for each in self.others(second)]
        told = {"fields": ("others.2.phone",), "others": tuple(bare)}
        return self.case.amended(1, MOBILE).model_copy(update=told)

    def renewed(self, serial: int) -> OwnCodeRenewed:
        return OwnCodeRenewed(
            case_id=self.case.id,
            occurred_at=NINE,
            renewal_id=uuid4(),
            complainant=serial,
            query_code=self.own.seal("query_code", NEW_CODE),
            by=BY,
        )


@pytest.fixture
def several(engine: Engine, keys: NodeKeys, case: Case) -> Several:
    with engine.begin() as db:
        own, thirds = (create_key(db, keys, uuid5(case.id, who), NINE) for who in "23")
    return Several(case, own, thirds)


def test_codes_and_what_waits_follow_the_one_whose_they_are(
    unit: Unit, keys: NodeKeys, several: Several
) -> None:
    case = several.case
    with unit.transaction() as db:
        handlers.confirm_registrations(db, [several.registered()], case.house)
        handlers.send_one_time_code(db, case.one_time_code("111111"), case.house)
        handlers.send_one_time_code(db, one_time(case.id, several.own), case.house)
        handlers.readdress_case(db, several.moved(RIGHT), case.house, NODE)
        handlers.tell_own_code(db, several.renewed(2), case.house)

    told = sent(unit, keys)

    codes = [(phone, text) for purpose, phone, text in told if purpose == "code_renewed"]
    assert [phone for phone, _text in codes] == [RIGHT]
    assert f"{NUMBER}新查询码{NEW_CODE}" in codes[0][1]
    by_message = {phone for purpose, phone, _text in told if purpose == "one_time_code"}
    assert by_message == {MOBILE, SECOND}  # nobody's but their own ends
    receipts = {phone: text for purpose, phone, text in told if purpose == "receipt"}
    assert set(receipts) == {MOBILE, RIGHT, THIRD}


def test_who_is_told_nothing_is_sent_no_code_and_the_others_are_told_as_before(
    unit: Unit, keys: NodeKeys, several: Several
) -> None:
    case = several.case
    with unit.transaction() as db:
        with pytest.raises(NotYet):
            handlers.tell_own_code(db, several.renewed(2), case.house)
        handlers.confirm_registrations(db, [several.registered()], case.house)
        handlers.tell_own_code(db, several.renewed(9), case.house)
        handlers.readdress_case(db, several.moved(RIGHT), case.house, NODE)
        handlers.tell_dispatched(db, [case.dispatched()], case.house)

    told = sent(unit, keys)

    assert not [one for one in told if one[0] == "code_renewed"]
    dispatched = {phone for purpose, phone, _text in told if purpose == "dispatched"}
    assert dispatched == {MOBILE, RIGHT, THIRD}
