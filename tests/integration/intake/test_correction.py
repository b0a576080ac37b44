"""Correct what was taken down wrongly of a case: two persons, and nothing plain anywhere."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import Connection, select

from services.intake.handlers import (
    Caller,
    ErasureAsking,
    Holding,
    Knock,
    Named,
    Party,
    approve_correction,
    approve_erasure,
    ask_correction,
    ask_erasure,
    claim_case,
    hold_case,
    receive_case,
    refuse_correction,
    refuse_erasure,
    reveal_person,
)
from services.intake.repository.orders import lock_order
from services.intake.tables import plumbing
from shared.errors import Refused
from shared.events.intake import CaseAmended, ErasureGround
from shared.events.sealed import PartyKind, PartyRole
from shared.outbox import said
from shared.security.parties import with_names
from shared.security.sealing import NodeKeys
from shared.security.vault import sealer_of_case
from shared.unit import Unit
from tests.integration.intake.correcting import (
    ADDRESS,
    HEAD,
    LANDLINE,
    LIMITS,
    RIGHT,
    WRONG,
    ask,
    case_of,
    correct,
    correcting,
    found,
    opens,
    rows,
)
from tests.integration.intake.lost import Lost, new_phone
from tests.integration.intake.stories import NINE, NODE, OFFICER, received, register
from tests.integration.intake.test_erasure import SECURITY, close, during

pytestmark = pytest.mark.integration


def test_one_asks_another_one_approves_and_the_case_is_told_as_it_is(
    db: Connection, keys: NodeKeys
) -> None:
    told = register(db, keys)
    order = ask(db, keys, told, phone=RIGHT, address=ADDRESS)
    assert found(db, keys, WRONG) == [told.number]
    assert order.changes == {
        "complainant.phone": {"before": "138****6160", "after": "139****7788"},
        "complainant.address": {"before": "", "after": "舒城县城关镇****"},
    }

    approve_correction(db, keys, order.order_id, HEAD)

    case, event = case_of(db, told), said(db)[-1]
    person = reveal_person(db, keys, case, "看", OFFICER).complainant
    assert (person.phone, person.address, person.name) == (RIGHT, ADDRESS, "张晓明")
    assert (found(db, keys, WRONG), found(db, keys, RIGHT)) == ([], [told.number])
    assert isinstance(event, CaseAmended)
    assert (event.amendment, event.fields) == (1, ("complainant.address", "complainant.phone"))
    assert event.complainant.masked_phone == "139****7788"
    assert event.complainant.phone_hash is None
    done = lock_order(db, order.order_id)
    assert done is not None
    assert (done.state, done.proposed, done.amendment) == ("done", None, 1)


def test_the_audit_proves_what_changed_and_nothing_tells_it(
    db: Connection, keys: NodeKeys
) -> None:
    told = register(db, keys)
    correct(db, keys, told, name="章晓敏", phone=RIGHT, address=ADDRESS, text="章晓敏去了三次。")

    audit = plumbing.audit.c
    query = select(audit.action, audit.before, audit.after).where(audit.object_id == told.number)
    traced = {row.action: (row.before, row.after) for row in db.execute(query)}
    before, after = traced["case.amend"]
    assert len(before) == len(after) == 64
    assert before != after
    assert {"correction.ask", "correction.approve"} <= set(traced)
    known = "\n".join(rows(db))
    plain = ("章晓敏", "晓敏", RIGHT, RIGHT[3:], ADDRESS, "七十七号", "张晓明")
    assert [word for word in plain if word in known] == []


def test_a_wrong_name_stays_masked_where_it_stands_in_the_text(
    db: Connection, keys: NodeKeys
) -> None:
    reporter = Party(kind=PartyKind.PERSON, name="成方圆", phone=new_phone())
    told = register(db, keys, reporter=reporter, text="我和成方圆、成方媛一起去的。")

    correct(db, keys, told, name="成方媛")

    masked = case_of(db, told).text_masked
    assert "方圆" not in masked
    assert "方媛" not in masked


def test_who_has_the_wrong_telephone_opens_nothing_any_more(
    db: Connection, keys: NodeKeys
) -> None:
    lost = Lost.at(db, keys)
    told = lost.reports()
    ask_id = lost.asks_for_good(told.number)
    code = lost.is_sent(ask_id)
    opened = lost.tries(ask_id, str(code))
    assert opened.case_pass

    event = correct(db, keys, told, phone=RIGHT)

    by_pass = Knock(told.number, opened.case_pass, "10.0.0.1", NINE)
    assert claim_case(db, keys, by_pass, LIMITS).case_id is None
    assert not opens(db, keys, told)
    assert event.query_code is not None
    new = sealer_of_case(db, keys, told.case_id).open(event.query_code)
    assert opens(db, keys, replace(told, query_code=new))


def test_the_code_ends_also_where_no_message_can_tell_a_new_one(
    db: Connection, keys: NodeKeys
) -> None:
    told = register(db, keys)

    assert correct(db, keys, told, name="章小明").query_code is None
    assert opens(db, keys, told)
    assert correct(db, keys, told, phone=LANDLINE).query_code is None
    assert not opens(db, keys, told)
    code = correct(db, keys, told, phone=RIGHT).query_code
    assert code is not None
    new = sealer_of_case(db, keys, told.case_id).open(code)
    assert opens(db, keys, replace(told, query_code=new))


def test_the_code_ends_with_the_wrong_telephone_of_whom_an_agent_speaks_for(
    db: Connection, keys: NodeKeys
) -> None:
    agent = Party(kind=PartyKind.PERSON, name="上官若曦", phone=new_phone())
    told = register(db, keys, agent=agent)

    code = correct(db, keys, told, phone=RIGHT).query_code

    assert not opens(db, keys, told)
    assert code is not None
    new = sealer_of_case(db, keys, told.case_id).open(code)
    assert opens(db, keys, replace(told, query_code=new))


def test_the_agent_is_corrected_beside_the_person(db: Connection, keys: NodeKeys) -> None:
    agent = Party(kind=PartyKind.PERSON, name="上官若曦", phone=new_phone())
    told = register(db, keys, agent=agent)
    asking = correcting(PartyRole.AGENT, phone=RIGHT)

    order = ask_correction(db, keys, told.number, asking, OFFICER)
    approve_correction(db, keys, order.order_id, HEAD)

    revealed = reveal_person(db, keys, case_of(db, told), "看", OFFICER)
    assert revealed.agent is not None
    assert (revealed.agent.phone, revealed.complainant.phone) == (RIGHT, WRONG)
    assert said(db)[-1].query_code is not None  # type: ignore[attr-defined]  # it tells the agent


def test_who_asked_may_not_decide_and_one_decision_is_all(db: Connection, keys: NodeKeys) -> None:
    told = register(db, keys)
    order = ask(db, keys, told, phone=RIGHT)

    with pytest.raises(Refused, match="second_person"):
        approve_correction(db, keys, order.order_id, OFFICER)
    with pytest.raises(Refused, match="correction_asked"):
        ask(db, keys, told, name="章小明")
    refuse_correction(db, keys, order.order_id, "核对不上", HEAD)
    with pytest.raises(Refused, match="wrong_state"):
        approve_correction(db, keys, order.order_id, HEAD)

    refused = lock_order(db, order.order_id)
    assert refused is not None
    assert (refused.state, refused.proposed) == ("refused", None)
    assert found(db, keys, WRONG) == [told.number]
    assert correct(db, keys, told, name="章小明").amendment == 1


def test_for_whom_a_case_complains_of_there_is_no_order_to_refuse(
    db: Connection, keys: NodeKeys
) -> None:
    told = register(db, keys, complained_of=Named(persons=("王大力",)))
    close(db, told)
    correction = ask(db, keys, told, phone=RIGHT)
    asking = ErasureAsking(ErasureGround.REQUEST, "person")
    erasure = ask_erasure(db, told.number, asking, HEAD)
    meant = replace(HEAD.actor, id="meant", name="王大力")
    caller = Caller(with_names(keys, meant), NINE)

    with pytest.raises(Refused, match="unknown_case"):
        refuse_correction(db, keys, correction.order_id, "不是我", caller)
    with pytest.raises(Refused, match="unknown_case"):
        refuse_erasure(db, erasure.order_id, "不是我", caller)


def test_why_is_told_to_the_audit_without_the_old_name_and_the_new_one(
    db: Connection, keys: NodeKeys
) -> None:
    told = register(db, keys)
    asking = replace(correcting(name="章晓敏"), reason="不是张晓明，是章晓敏")
    first = ask_correction(db, keys, told.number, asking, OFFICER)
    refuse_correction(db, keys, first.order_id, "章晓敏没有来", HEAD)
    second = ask_correction(db, keys, told.number, asking, OFFICER)
    approve_correction(db, keys, second.order_id, HEAD)

    audit = plumbing.audit.c
    query = select(audit.action, audit.purpose).where(audit.object_id == told.number)
    traced = [tuple(row) for row in db.execute(query.order_by(audit.id))]
    why, refusal = second.reason, "章**没有来"
    assert why is not None
    assert "晓" not in why
    corrected = [row for row in traced if row[0].startswith(("correction.", "case.amend"))]
    assert corrected == [
        ("correction.ask", why),
        ("correction.refuse", refusal),
        ("correction.ask", why),
        ("correction.approve", why),
        ("case.amend", why),
    ]


def test_an_erasure_leaves_no_word_of_why_something_was_corrected(
    db: Connection, keys: NodeKeys
) -> None:
    told = register(db, keys)
    close(db, told)
    refused = ask(db, keys, told, phone=RIGHT)
    refuse_correction(db, keys, refused.order_id, "电话没有打通", HEAD)
    done = ask(db, keys, told, phone=RIGHT)
    approve_correction(db, keys, done.order_id, HEAD)
    erasing = ask_erasure(db, told.number, ErasureAsking(ErasureGround.REQUEST, "person"), HEAD)
    approve_erasure(db, erasing.order_id, SECURITY)

    left = [lock_order(db, each.order_id) for each in (refused, done)]

    assert [each and (each.reason, each.refusal) for each in left] == [(None, None)] * 2


@pytest.mark.parametrize(
    ("party", "values", "code", "field"),
    [
        (PartyRole.COMPLAINANT, {"phone": WRONG}, "nothing_corrected", None),
        (PartyRole.AGENT, {"phone": RIGHT}, "no_such_party", "party"),
        (PartyRole.COMPLAINANT, {"id_number": "341523199001010018"}, "bad_id_number", "id_number"),
    ],
)
def test_what_cannot_be_corrected_is_refused(
    db: Connection,
    keys: NodeKeys,
    party: PartyRole,
    values: dict[str, str],
    code: str,
    field: str | None,
) -> None:
    told = register(db, keys)

    with pytest.raises(Refused, match=code) as refused:
        ask_correction(db, keys, told.number, correcting(party, **values), OFFICER)

    assert refused.value.field == field


def test_a_body_is_known_by_its_credit_code(db: Connection, keys: NodeKeys) -> None:
    body = Party(kind=PartyKind.ENTERPRISE, name="舒城县米厂", phone=new_phone())
    told = register(db, keys, reporter=body)

    with pytest.raises(Refused, match="bad_credit_code"):
        ask(db, keys, told, id_number="341523199001010019")
    assert correct(db, keys, told, id_number="91110000600037341L").amendment == 1


def test_only_where_a_case_was_registered_and_while_there_is_a_person(
    db: Connection, keys: NodeKeys
) -> None:
    leg = received(db, keys)
    receive_case(db, keys, leg, NODE)
    with pytest.raises(Refused, match="registered_elsewhere"):
        ask_correction(db, keys, leg.number, correcting(phone=RIGHT), OFFICER)
    with pytest.raises(Refused, match="unknown_case"):
        ask_correction(db, keys, "BCS-341523-20300102-99999-X", correcting(phone=RIGHT), OFFICER)

    told = register(db, keys)
    close(db, told)
    order = ask(db, keys, told, phone=RIGHT)
    erasing = ask_erasure(db, told.number, ErasureAsking(ErasureGround.REQUEST, "person"), HEAD)
    approve_erasure(db, erasing.order_id, SECURITY)

    ended = lock_order(db, order.order_id)
    assert ended is not None
    assert (ended.state, ended.proposed, ended.changes) == ("refused", None, None)
    with pytest.raises(Refused, match="wrong_state"):
        approve_correction(db, keys, order.order_id, HEAD)
    with pytest.raises(Refused, match="person_erased"):
        ask(db, keys, told, phone=RIGHT)


def test_a_legal_hold_keeps_what_was_told_and_not_a_wrong_telephone(
    db: Connection, keys: NodeKeys
) -> None:
    told = register(db, keys)
    order = ask(db, keys, told, text="不是我说的那样")
    hold_case(db, told.number, Holding("行政复议"), HEAD)

    with pytest.raises(Refused, match="words_held"):
        approve_correction(db, keys, order.order_id, HEAD)
    refuse_correction(db, keys, order.order_id, "在复议", HEAD)
    with pytest.raises(Refused, match="words_held"):
        ask(db, keys, told, title="另一个标题")
    assert correct(db, keys, told, phone=RIGHT).amendment == 1


def test_proposed_values_cannot_be_shown_as_what_stands(db: Connection, keys: NodeKeys) -> None:
    told = register(db, keys)
    order = ask(db, keys, told, phone=RIGHT)

    assert order.proposed is not None
    assert {each["field"] for each in order.proposed.values()} == {"proposed.complainant.phone"}
    assert RIGHT not in json.dumps(order.proposed)


def test_a_code_does_not_go_to_a_telephone_that_is_corrected_meanwhile(
    unit: Unit, keys: NodeKeys
) -> None:
    with unit.transaction() as db:
        lost = Lost.at(db, keys)
        told = lost.reports()
        ask_id = lost.asks_for_good(told.number)
        order = ask(db, keys, told, phone=new_phone())

    code = during(
        unit,
        lambda db: approve_correction(db, keys, order.order_id, HEAD),
        lambda db: replace(lost, db=db).is_sent(ask_id),
    )

    assert code is None


def test_an_erasure_that_comes_first_leaves_nothing_to_correct(unit: Unit, keys: NodeKeys) -> None:
    with unit.transaction() as db:
        told = register(db, keys)
        close(db, told)
        order = ask(db, keys, told, phone=RIGHT)
        asking = ErasureAsking(ErasureGround.REQUEST, "person")
        erasing = ask_erasure(db, told.number, asking, HEAD)

    def approve(db: Connection) -> str:
        with pytest.raises(Refused) as refused:
            approve_correction(db, keys, order.order_id, HEAD)
        return refused.value.code

    code = during(unit, lambda db: approve_erasure(db, erasing.order_id, SECURITY), approve)

    assert code == "wrong_state"


def test_an_erasure_that_comes_second_takes_the_correction_with_it(
    unit: Unit, keys: NodeKeys
) -> None:
    with unit.transaction() as db:
        told = register(db, keys)
        close(db, told)
        order = ask(db, keys, told, phone=RIGHT)
        asking = ErasureAsking(ErasureGround.REQUEST, "person")
        erasing = ask_erasure(db, told.number, asking, HEAD)

    during(
        unit,
        lambda db: approve_correction(db, keys, order.order_id, HEAD),
        lambda db: approve_erasure(db, erasing.order_id, SECURITY),
    )

    with unit.transaction() as db:
        case, done = case_of(db, told), lock_order(db, order.order_id)
        assert (case.erased_at is not None, case.complainant.masked_phone) == (True, "")
        assert done is not None
        assert (done.state, done.changes) == ("done", None)
