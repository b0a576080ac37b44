"""A one-time code by message opens the cases of a telephone: once, shortly, and to nobody else."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, Table, select

from services.intake import handlers
from services.intake.handlers import Claim, Opened, forget_old_asks, renew_code
from services.intake.handlers.follow import follow
from services.intake.policy.guesses import GuessLimits
from services.intake.repository.cases import case_by_number
from services.intake.tables import metadata, one_time_codes, plumbing
from shared.db import grants_of
from shared.errors import Refused
from shared.events.intake import OneTimeCodeMade, QueryCodeRenewed
from shared.events.review import CaseClosed, Closing
from shared.events.sealed import Sealed
from shared.outbox import said
from shared.security.actor import citizen
from shared.security.caller import Caller
from shared.security.sealing import NodeKeys
from shared.security.vault import destroy, sealer_for
from tests.integration.intake.lost import (
    EASY,
    MINUTE,
    SECOND,
    Lost,
    Statements,
    new_phone,
    other_than,
    party,
)
from tests.integration.intake.stories import NINE, NODE, SOMEBODY, received

pytestmark = pytest.mark.integration

SCOPES = frozenset({"code.renew"})


def rights(table: Table) -> Sequence[str]:
    return grants_of(table).get("intake", ())


@pytest.fixture
def lost(db: Connection, keys: NodeKeys) -> Lost:
    return Lost.at(db, keys)


def test_the_code_that_was_sent_opens_the_case(lost: Lost) -> None:
    told = lost.reports()
    ask_id = lost.asks_for_good(told.number)
    code = lost.is_sent(ask_id)
    assert code is not None

    opened = lost.tries(ask_id, code)

    assert opened.numbers == (told.number,)
    assert opened.until == NINE + 31 * MINUTE
    assert lost.shows(told.number, opened.case_pass or "") == Claim(
        case_id=told.case_id, number=told.number, scopes=SCOPES
    )


def test_spaces_and_wide_digits_do_not_matter(lost: Lost) -> None:
    ask_id = lost.asks_for_good(lost.reports().number)
    code = lost.is_sent(ask_id) or ""
    wide = code.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})

    assert lost.tries(ask_id, f" {wide[:3]} {wide[3:]} ").case_pass is not None


def test_the_code_goes_to_the_telephone_that_was_asked_with_sealed(lost: Lost) -> None:
    agent = new_phone()
    told = lost.reports(agent=party(agent, "李明"))

    for phone in (lost.phone, agent):
        ask_id = lost.asks_for_good(told.number, phone=phone)
        code = lost.is_sent(ask_id) or "none"
        [fact] = [each for each in said(lost.db) if getattr(each, "ask_id", 0) == ask_id]
        assert isinstance(fact, OneTimeCodeMade)
        sealer = sealer_for(lost.db, lost.keys, fact.phone.key_id)
        assert sealer.open(fact.phone) == phone
        assert (fact.case_id, fact.expires_at) == (told.case_id, NINE + 10 * MINUTE)
        assert code not in fact.model_dump_json()


def test_without_a_number_all_open_cases_of_the_telephone_open(lost: Lost, keys: NodeKeys) -> None:
    first = lost.reports()
    ended = lost.reports()
    other = Lost.at(lost.db, keys).reports()
    last = lost.reports(reporter=party(new_phone()), agent=party(lost.phone, "李明"))
    theirs = received(lost.db, keys)
    handlers.receive_case(lost.db, keys, theirs, NODE)
    closed = CaseClosed(
        case_id=ended.case_id, occurred_at=NINE + SECOND, round=1, how=Closing.RATED
    )
    follow(lost.db, [closed])

    ask_id = lost.asks_for_good()
    opened = lost.tries(ask_id, lost.is_sent(ask_id) or "")

    assert sorted(opened.numbers) == sorted([first.number, last.number])
    for number in (ended.number, other.number, theirs.number):
        assert lost.shows(number, opened.case_pass or "") == Claim()


@pytest.mark.parametrize("way", ["wrong phone", "another's case", "no such number", "no case"])
def test_what_does_not_match_is_answered_and_tried_like_what_does(
    lost: Lost, keys: NodeKeys, way: str
) -> None:
    told, others = lost.reports(), Lost.at(lost.db, keys).reports()
    asked = {
        "wrong phone": lambda: lost.asks(told.number, phone=new_phone()),
        "another's case": lambda: lost.asks(others.number),
        "no such number": lambda: lost.asks("BCS-341523-20300102-99999-Z"),
        "no case": lambda: lost.asks(phone=new_phone()),
    }[way]()
    assert asked.ask_id is not None

    assert asked.expires_at == lost.asks(told.number).expires_at
    assert lost.is_sent(asked.ask_id) is None
    # Not even the hash that stands for nothing is opened by what it was made of.
    for code in ("000000", "", "0" * 64):
        assert lost.tries(asked.ask_id, code) == Opened()


def test_neither_answer_nor_work_tells_whether_something_matches(
    lost: Lost, engine: Engine
) -> None:
    number = lost.reports().number

    with Statements(engine) as matching:
        lost.asks(number)
    with Statements(engine) as strange:
        lost.asks(number, phone=new_phone())

    assert matching == strange
    assert len(matching) == 3


def test_a_wrong_try_costs_the_same_whether_a_code_was_sent_or_not(
    lost: Lost, engine: Engine
) -> None:
    number = lost.reports().number
    sent, unsent = lost.asks_for_good(number), lost.asks_for_good(number, phone=new_phone())
    code = lost.is_sent(sent) or ""

    with Statements(engine) as after_sent:
        lost.tries(sent, other_than(code))
    with Statements(engine) as after_unsent:
        lost.tries(unsent, other_than(code))

    assert after_sent == after_unsent


def test_after_five_wrong_tries_the_right_code_opens_nothing(lost: Lost) -> None:
    ask_id = lost.asks_for_good(lost.reports().number)
    code = lost.is_sent(ask_id) or ""
    for _ in range(5):
        assert lost.tries(ask_id, other_than(code)) == Opened()

    assert lost.tries(ask_id, code) == Opened()


def test_the_fifth_try_may_still_be_right(lost: Lost) -> None:
    ask_id = lost.asks_for_good(lost.reports().number)
    code = lost.is_sent(ask_id) or ""
    for _ in range(4):
        lost.tries(ask_id, other_than(code))

    assert lost.tries(ask_id, code).case_pass is not None


def test_a_code_is_over_after_ten_minutes(lost: Lost) -> None:
    told = lost.reports()
    first, second = (lost.asks_for_good(told.number) for _ in range(2))
    late, in_time = lost.is_sent(first) or "", lost.is_sent(second) or ""

    assert lost.tries(first, late, NINE + 10 * MINUTE) == Opened()
    assert lost.tries(second, in_time, NINE + 10 * MINUTE - SECOND).case_pass is not None


def test_a_code_works_once_and_ends_the_others_of_its_telephone(lost: Lost) -> None:
    told = lost.reports()
    first, second = (lost.asks_for_good(told.number) for _ in range(2))
    one, other = lost.is_sent(first) or "", lost.is_sent(second) or ""
    assert lost.tries(first, one).case_pass is not None

    assert lost.tries(first, one) == Opened()
    assert lost.tries(second, other) == Opened()


def test_a_code_belongs_to_its_own_asking(lost: Lost, keys: NodeKeys) -> None:
    other = Lost.at(lost.db, keys)
    mine, theirs = lost.reports(), other.reports()
    my_ask, their_ask = lost.asks_for_good(mine.number), other.asks_for_good(theirs.number)
    my_code = lost.is_sent(my_ask) or ""
    if my_code == (other.is_sent(their_ask) or ""):
        pytest.skip("one time in a million they are the same")

    assert lost.tries(their_ask, my_code) == Opened()


def test_what_is_looked_up_too_late_is_not_sent(lost: Lost) -> None:
    ask_id = lost.asks_for_good(lost.reports().number)

    assert lost.is_sent(ask_id, NINE + 10 * MINUTE) is None


def test_for_a_person_who_was_erased_nothing_is_sent(lost: Lost) -> None:
    told = lost.reports()
    destroy(lost.db, told.case_id, NINE)

    assert lost.is_sent(lost.asks_for_good(told.number)) is None


def test_each_of_telephone_number_and_address_may_ask_so_often(
    db: Connection, keys: NodeKeys
) -> None:
    lost = Lost.at(db, keys, per_phone=2, per_number=2, per_address=2)
    told = lost.reports()

    def third(**same: str) -> int | None:
        asked = [lost.asks(**{"phone": new_phone(), **same}) for _ in range(3)]  # type: ignore[arg-type]
        return asked[-1].retry_after

    assert third(phone=new_phone()) == 3600
    assert third(number=told.number) == 3600
    assert third(address="host-7") == 3600
    assert third() is None
    assert lost.asks(told.number, at=NINE + timedelta(hours=1)).retry_after is None


def test_an_address_that_tries_many_codes_must_wait(lost: Lost) -> None:
    limits = GuessLimits(per_number=5, per_address=3, window=15 * MINUTE)
    strict = replace(lost, house=replace(lost.house, guesses=limits))
    asks = [strict.asks_for_good(lost.reports().number) for _ in range(2)]
    code = strict.is_sent(asks[0]) or ""
    for ask_id in (asks[1], asks[1], asks[0]):
        strict.tries(ask_id, other_than(code), address="host-9")

    assert strict.tries(asks[0], code, address="host-9").retry_after == 900
    assert strict.tries(asks[0], code, address="host-8").case_pass is not None


def test_a_pass_holds_for_half_an_hour_for_its_cases_alone(lost: Lost, keys: NodeKeys) -> None:
    told, other = lost.reports(), lost.reports()
    case_pass = lost.opens(told.number)

    assert lost.shows(told.number, case_pass, NINE + 31 * MINUTE - SECOND).case_id == told.case_id
    assert lost.shows(told.number, case_pass, NINE + 31 * MINUTE) == Claim()
    assert lost.shows(other.number, case_pass) == Claim()
    assert lost.shows(told.number, case_pass[:-1]) == Claim()


def test_wrong_codes_of_others_close_no_case_to_who_has_a_pass(lost: Lost) -> None:
    told = lost.reports()
    case_pass = lost.opens(told.number)
    for _ in range(EASY.per_number):
        lost.shows(told.number, "3333333333")

    assert lost.shows(told.number, told.query_code).retry_after is not None
    assert lost.shows(told.number, case_pass).case_id == told.case_id


def test_a_new_query_code_takes_the_place_of_the_old_one(lost: Lost) -> None:
    told = lost.reports()
    case = case_by_number(lost.db, told.number)
    assert case is not None
    holder = Caller(citizen(NODE, told.case_id, told.number, SCOPES), NINE)

    code = renew_code(lost.db, lost.house, case, holder)

    assert lost.shows(told.number, told.query_code) == Claim()
    assert lost.shows(told.number, code) == Claim(case_id=told.case_id, number=told.number)
    fact = said(lost.db)[-1]
    assert isinstance(fact, QueryCodeRenewed)
    assert sealer_for(lost.db, lost.keys, fact.query_code.key_id).open(fact.query_code) == code
    for _ in range(2):
        renew_code(lost.db, lost.house, case, holder)
    with pytest.raises(Refused) as refused:
        renew_code(lost.db, lost.house, case, holder)
    assert (refused.value.code, refused.value.detail) == ("too_many_codes", "3600")


def test_of_an_erased_person_there_is_no_new_code(lost: Lost) -> None:
    told = lost.reports()
    case = case_by_number(lost.db, told.number)
    assert case is not None
    destroy(lost.db, told.case_id, NINE)

    with pytest.raises(Refused) as refused:
        renew_code(lost.db, lost.house, case, SOMEBODY)
    assert refused.value.code == "person_erased"


def test_neither_code_nor_pass_nor_telephone_is_kept_and_every_step_is_audited(lost: Lost) -> None:
    told = lost.reports()
    ask_id = lost.asks_for_good(told.number)
    code = lost.is_sent(ask_id) or ""
    lost.tries(ask_id, other_than(code))
    case_pass = lost.tries(ask_id, code).case_pass or ""

    readable = [table for table in metadata.sorted_tables if "SELECT" in rights(table)]
    kept = repr([lost.db.execute(select(table)).all() for table in readable])
    mine = one_time_codes.c.id == ask_id
    asked = repr(lost.db.execute(select(one_time_codes).where(mine)).all())

    assert case_pass not in kept
    assert lost.phone not in kept
    assert lost.phone.removeprefix("+86") not in kept
    assert f"'{code}'" not in asked
    audit = plumbing.audit
    about = audit.c.object_id.in_([str(ask_id), told.number])
    rows = lost.db.execute(select(audit).where(about).order_by(audit.c.id)).all()
    assert [(row.action, row.outcome, row.actor_kind) for row in rows] == [
        ("code.ask", "done", "anonymous"),
        ("code.use", "denied", "anonymous"),
        ("code.use", "done", "citizen"),
    ]


def test_askings_are_forgotten_when_nothing_of_them_holds_any_more(lost: Lost) -> None:
    lost.asks()
    rules = lost.house.rules

    assert forget_old_asks(lost.db, rules, NINE + 40 * MINUTE) == 0
    assert forget_old_asks(lost.db, rules, NINE + 40 * MINUTE + SECOND) >= 1


def test_what_is_sealed_names_its_field(lost: Lost) -> None:
    ask_id = lost.asks_for_good(lost.reports().number)
    lost.is_sent(ask_id)
    [fact] = [each for each in said(lost.db) if getattr(each, "ask_id", 0) == ask_id]

    assert isinstance(fact, OneTimeCodeMade)
    assert isinstance(fact.code, Sealed)
    assert fact.code.field == "one_time_code"


@pytest.mark.parametrize("knows_number", [True, False])
def test_while_the_index_is_renewed_cases_under_either_key_are_found(
    lost: Lost, keys: NodeKeys, knows_number: bool
) -> None:
    told = lost.reports()
    fresh = replace(keys, index=b"n" * 32, index_before=keys.index, codes=keys.codes or keys.index)
    renewed = replace(lost, keys=fresh, house=replace(lost.house, keys=fresh))

    ask_id = renewed.asks_for_good(told.number if knows_number else None)
    opened = renewed.tries(ask_id, renewed.is_sent(ask_id) or "")

    assert opened.numbers == (told.number,)
    assert renewed.shows(told.number, opened.case_pass or "").case_id == told.case_id


def test_what_was_sent_before_the_index_was_renewed_still_opens(
    lost: Lost, keys: NodeKeys
) -> None:
    told = lost.reports()
    ask_id = lost.asks_for_good(told.number)
    code = lost.is_sent(ask_id) or ""
    fresh = replace(keys, index=b"n" * 32, index_before=keys.index, codes=keys.codes or keys.index)
    renewed = replace(lost, keys=fresh, house=replace(lost.house, keys=fresh))

    opened = renewed.tries(ask_id, code)

    assert renewed.shows(told.number, opened.case_pass or "").case_id == told.case_id
