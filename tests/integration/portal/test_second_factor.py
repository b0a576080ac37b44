from datetime import datetime, timedelta

import pyotp
import pytest
from sqlalchemy import Connection, select

from services.portal import repository
from services.portal.handlers import (
    CodeRules,
    CodeShown,
    Failed,
    SignedIn,
    Wish,
    approve,
    confirm,
    holder_of,
    offer,
    propose,
    refuse,
    show_code,
)
from services.portal.policy import Duty, Lost, ResetRules
from services.portal.tables import plumbing, recovery_codes, sealed, second_factors
from shared.errors import Refused
from shared.security.actor import Actor, ActorKind, Role
from shared.security.resealing import sealed_under
from shared.security.sealing import NodeKeys
from tests.integration.portal.accounts import (
    GIVEN,
    HOME,
    HOUR,
    LIMITS,
    MINUTE,
    NINE,
    NODE,
    OFFICE,
    RULES,
    SECOND,
    SECRET,
    SECURITY,
    SESSIONS,
    SYSTEM,
    claim,
    let_in,
    token_of,
)

pytestmark = pytest.mark.integration

KEYS = NodeKeys(current="1", wrapping={"1": b"w" * 16}, index=b"i" * 32, signing=b"s" * 32)
CODES = CodeRules(RULES, KEYS)
WANG = Actor(kind=ActorKind.STAFF, node=NODE, id="wang", name="王敏")
STEP = timedelta(seconds=30)
RESETS = ResetRules(24 * HOUR, 72 * HOUR)


def enrol(db: Connection, role: Role = Role.INSPECTOR) -> tuple[pyotp.TOTP, list[str]]:
    """Let somebody in who sets up a second factor a minute before the story begins."""
    let_in(db, role)
    before = NINE - MINUTE
    totp = pyotp.TOTP(offer(db, KEYS, WANG, "舒城县", before).secret)
    return totp, confirm(db, KEYS, WANG, totp.at(before), before)


def show(db: Connection, token: str, code: str, now: datetime = NINE) -> SignedIn | Failed | None:
    return show_code(db, CodeShown(token, code, OFFICE), now, CODES)


def test_a_role_that_asks_for_a_second_factor_gets_one_before_anything_else(
    db: Connection,
) -> None:
    let_in(db, Role.INSPECTOR)
    found = holder_of(db, token_of(claim(db)), NINE, SESSIONS)

    assert found is not None
    assert (found.duty, found.actor.roles) == (Duty.ENROL, frozenset())


def test_a_password_alone_opens_nothing_and_the_code_gives_another_token(db: Connection) -> None:
    totp, _codes = enrol(db)
    half = token_of(claim(db))
    assert holder_of(db, half, NINE, SESSIONS) is None

    whole = token_of(show(db, half, totp.at(NINE)))

    found = holder_of(db, whole, NINE, SESSIONS)
    assert found is not None
    assert found.duty is None
    assert found.actor.roles == {Role.INSPECTOR}
    assert show(db, half, totp.at(NINE + STEP), NINE + STEP) is None
    assert holder_of(db, half, NINE, SESSIONS) is None


def test_a_half_session_is_over_after_some_minutes(db: Connection) -> None:
    totp, _codes = enrol(db)
    half = token_of(claim(db))
    late = NINE + LIMITS.half + SECOND

    assert show(db, half, totp.at(late), late) is None


@pytest.mark.parametrize("skew", [-1, 0, 1])
def test_a_clock_may_be_one_step_off_and_a_code_is_taken_once(db: Connection, skew: int) -> None:
    totp, _codes = enrol(db)
    code = totp.at(NINE + skew * STEP)

    assert isinstance(show(db, token_of(claim(db)), code), SignedIn)
    assert show(db, token_of(claim(db)), code) == Failed(timedelta(0))


@pytest.mark.parametrize("skew", [-2, 2])
def test_a_code_of_another_minute_is_wrong(db: Connection, skew: int) -> None:
    totp, _codes = enrol(db)

    assert show(db, token_of(claim(db)), totp.at(NINE + skew * STEP)) == Failed(timedelta(0))


@pytest.mark.parametrize("code", ["", "12345", "1234567", "１２３４５６", "abcdef", "ABCDE-FGHJK"])
def test_what_is_no_code_is_wrong(db: Connection, code: str) -> None:
    enrol(db)

    assert show(db, token_of(claim(db)), code) == Failed(timedelta(0))


def test_who_guesses_codes_waits_and_the_password_does_not_forgive_it(db: Connection) -> None:
    totp, _codes = enrol(db)
    for _ in range(2):
        show(db, token_of(claim(db)), "000000")

    half = token_of(claim(db))
    assert show(db, half, totp.at(NINE)) == Failed(2 * SECOND, "wang")
    later = NINE + 2 * SECOND
    assert isinstance(show(db, half, totp.at(later), later), SignedIn)


def test_each_recovery_code_opens_once_however_it_is_typed(db: Connection) -> None:
    _totp, codes = enrol(db)
    assert len(set(codes)) == 10

    assert isinstance(show(db, token_of(claim(db)), f" {codes[0].lower()} "), SignedIn)
    assert show(db, token_of(claim(db)), codes[0]) == Failed(timedelta(0))
    assert repository.recovery_codes_left(db, "wang") == 9


def test_neither_secret_nor_recovery_codes_stand_in_the_database(db: Connection) -> None:
    totp, codes = enrol(db)
    offer(db, KEYS, WANG, "舒城县", NINE)

    kept = repr(db.execute(select(second_factors)).all()) + repr(
        db.execute(select(recovery_codes)).all()
    )
    assert totp.secret not in kept
    assert not [code for code in codes if code.replace("-", "") in kept]
    assert [sealed_under(db, column) for column in sealed[-2:]] == [{"1": 1}, {"1": 1}]


def test_a_new_secret_holds_once_it_is_confirmed_and_the_old_one_until_then(
    db: Connection,
) -> None:
    old, _codes = enrol(db)
    new = pyotp.TOTP(offer(db, KEYS, WANG, "舒城县", NINE).secret)
    assert isinstance(show(db, token_of(claim(db)), old.at(NINE)), SignedIn)
    with pytest.raises(Refused) as wrong:
        confirm(db, KEYS, WANG, old.at(NINE), NINE)

    confirm(db, KEYS, WANG, new.at(NINE), NINE)

    assert wrong.value.code == "wrong_second_factor"
    later = NINE + STEP
    assert show(db, token_of(claim(db)), old.at(later), later) == Failed(timedelta(0))
    assert isinstance(show(db, token_of(claim(db)), new.at(later), later), SignedIn)


def test_what_was_offered_too_long_ago_or_never_cannot_be_confirmed(db: Connection) -> None:
    let_in(db)
    refused = []
    for now in (NINE, NINE + 16 * MINUTE):
        with pytest.raises(Refused) as error:
            confirm(db, KEYS, WANG, "123456", now)
        refused.append(error.value.code)
        offer(db, KEYS, WANG, "舒城县", NINE)

    assert refused == ["no_offer", "no_offer"]


def test_two_persons_give_a_lost_password_a_new_beginning(db: Connection) -> None:
    let_in(db)
    token = token_of(claim(db))
    reset = propose(db, Wish("wang", Lost.PASSWORD, "忘了，当面核实"), SYSTEM, RESETS, NINE)
    again = propose(db, Wish("wang", Lost.PASSWORD, "又忘了"), SYSTEM, RESETS, NINE)

    renewed = approve(db, reset.id, SECURITY, RESETS, NINE)

    assert again == reset
    assert renewed.one_time_password is not None
    assert holder_of(db, token, NINE, SESSIONS) is None
    assert claim(db, SECRET) == Failed(timedelta(0))
    found = holder_of(db, token_of(claim(db, renewed.one_time_password)), NINE, SESSIONS)
    assert found is not None
    assert found.duty is Duty.CHANGE_PASSWORD
    late = NINE + RESETS.lasting + SECOND
    assert claim(db, renewed.one_time_password, now=late) == Failed(timedelta(0))


def test_a_lost_second_factor_is_taken_away_and_asked_for_again(db: Connection) -> None:
    enrol(db)
    reset = propose(db, Wish("wang", Lost.SECOND_FACTOR, "手机丢了"), SECURITY, RESETS, NINE)

    renewed = approve(db, reset.id, SYSTEM, RESETS, NINE)

    assert renewed.one_time_password is None
    found = holder_of(db, token_of(claim(db)), NINE, SESSIONS)
    assert found is not None
    assert found.duty is Duty.ENROL
    assert repository.recovery_codes_left(db, "wang") == 0


def test_nobody_approves_alone_for_oneself_too_late_or_twice(db: Connection) -> None:
    let_in(db, Role.SECURITY_ADMINISTRATOR, "guard")
    let_in(db)
    own = propose(db, Wish("guard", Lost.PASSWORD, "忘了"), SYSTEM, RESETS, NINE)
    other = propose(db, Wish("wang", Lost.PASSWORD, "忘了"), SYSTEM, RESETS, NINE)
    tries = [
        (own.id, SECURITY, NINE),
        (own.id, SYSTEM, NINE),
        (other.id, SECURITY, NINE + RESETS.waits + SECOND),
        (other.id, SECURITY, NINE + RESETS.waits),
        (other.id, SECURITY, NINE),
    ]

    outcomes = []
    for reset_id, who, now in tries:
        try:
            approve(db, reset_id, who, RESETS, now)
            outcomes.append("approved")
        except Refused as refused:
            outcomes.append(str(refused.code))

    assert outcomes == [
        *("not_for_oneself", "own_proposal", "reset_expired"),
        *("approved", "already_answered"),
    ]


def test_a_proposal_that_has_expired_or_was_refused_makes_room_for_another(
    db: Connection,
) -> None:
    let_in(db)
    wish = Wish("wang", Lost.PASSWORD, "忘了")
    first = propose(db, wish, SYSTEM, RESETS, NINE)
    later = NINE + RESETS.waits + SECOND
    second = propose(db, wish, SYSTEM, RESETS, later)
    refuse(db, second.id, SECURITY, later)
    third = propose(db, wish, SYSTEM, RESETS, later)

    assert len({first.id, second.id, third.id}) == 3
    assert [each.id for each in repository.open_resets(db, later)] == [third.id]
    with pytest.raises(Refused) as unknown:
        propose(db, Wish("nobody", Lost.PASSWORD, "忘了"), SYSTEM, RESETS, NINE)
    assert unknown.value.code == "unknown_account"


def test_every_step_of_a_reset_stands_in_the_audit_with_its_reason(db: Connection) -> None:
    let_in(db)
    reset = propose(db, Wish("wang", Lost.PASSWORD, "忘了"), SYSTEM, RESETS, NINE)
    approve(db, reset.id, SECURITY, RESETS, NINE)

    audit = plumbing.audit.c
    query = select(audit.actor_id, audit.action, audit.object_id, audit.purpose)
    assert [tuple(row) for row in db.execute(query.order_by(audit.id))] == [
        ("admin", "password.reset.propose", "wang", "忘了"),
        ("guard", "password.reset.approve", "wang", "忘了"),
    ]


def test_a_known_browser_counts_its_codes_by_itself() -> None:
    known = RULES.keys("code", "wang", HOME)
    assert known.of_account != RULES.keys("sign_in", "wang", HOME).of_account
    assert GIVEN not in repr(known)
