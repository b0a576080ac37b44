from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Connection

from services.intake.handlers import Claim, Knock, claim_case, forget_old_counts
from services.intake.policy.guesses import GuessLimits
from shared.security.sealing import NodeKeys
from tests.integration.intake.stories import NINE, register

pytestmark = pytest.mark.integration

LIMITS = GuessLimits(per_number=5, per_address=20, window=timedelta(minutes=15))
WRONG = "3333333333"
NOBODY = "BCS-341523-20300102-99999-Z"


def address() -> str:
    return f"host-{uuid4()}"


def test_number_and_code_open_the_case(db: Connection, keys: NodeKeys) -> None:
    told = register(db, keys)

    claim = claim_case(db, keys, Knock(told.number, told.query_code, address(), NINE), LIMITS)

    assert claim == Claim(case_id=told.case_id, number=told.number)


def test_spelling_does_not_matter(db: Connection, keys: NodeKeys) -> None:
    told = register(db, keys)
    number = told.number.lower().replace("-", " ")
    code = f"{told.query_code[:5]} {told.query_code[5:].lower()}"

    assert claim_case(db, keys, Knock(number, code, address(), NINE), LIMITS).number == told.number


def test_the_code_of_another_case_does_not_open_it(db: Connection, keys: NodeKeys) -> None:
    mine, other = register(db, keys), register(db, keys)

    knock = Knock(mine.number, other.query_code, address(), NINE)

    assert claim_case(db, keys, knock, LIMITS) == Claim()


def test_a_wrong_number_looks_like_a_wrong_code(db: Connection, keys: NodeKeys) -> None:
    told = register(db, keys)

    wrong_code = claim_case(db, keys, Knock(told.number, WRONG, address(), NINE), LIMITS)
    wrong_number = claim_case(db, keys, Knock(NOBODY, WRONG, address(), NINE), LIMITS)

    assert wrong_code == wrong_number == Claim()


@pytest.mark.parametrize("number", ["known", NOBODY, "no number at all"])
def test_after_five_wrong_codes_a_number_must_wait(
    db: Connection, keys: NodeKeys, number: str
) -> None:
    told = register(db, keys)
    number = told.number if number == "known" else number
    for _ in range(5):
        assert claim_case(db, keys, Knock(number, WRONG, address(), NINE), LIMITS) == Claim()

    later = NINE + timedelta(minutes=5)
    claim = claim_case(db, keys, Knock(number, told.query_code, address(), later), LIMITS)

    assert claim == Claim(retry_after=600)


def test_after_the_window_the_right_code_opens_again(db: Connection, keys: NodeKeys) -> None:
    told = register(db, keys)
    for _ in range(5):
        claim_case(db, keys, Knock(told.number, WRONG, address(), NINE), LIMITS)

    later = NINE + timedelta(minutes=15)
    claim = claim_case(db, keys, Knock(told.number, told.query_code, address(), later), LIMITS)

    assert claim.case_id == told.case_id


def test_an_address_that_tries_many_numbers_must_wait(db: Connection, keys: NodeKeys) -> None:
    from_here = address()
    for one in range(20):
        # Of a day on which no other test registers: its number may have been guessed at there.
        knock = Knock(f"BCS-341523-20991231-{one:05d}-A", WRONG, from_here, NINE)
        assert claim_case(db, keys, knock, LIMITS) == Claim()

    told = register(db, keys)
    claim = claim_case(db, keys, Knock(told.number, told.query_code, from_here, NINE), LIMITS)

    assert claim == Claim(retry_after=900)


def test_old_counts_are_forgotten(db: Connection, keys: NodeKeys) -> None:
    claim_case(db, keys, Knock(NOBODY, WRONG, address(), NINE), LIMITS)

    assert forget_old_counts(db, LIMITS.window, NINE + timedelta(minutes=15)) == 0
    assert forget_old_counts(db, LIMITS.window, NINE + timedelta(minutes=16)) >= 2
