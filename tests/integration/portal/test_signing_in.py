from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, update

from services.portal import handlers, repository
from services.portal.handlers import (
    AccountOrder,
    Credentials,
    Failed,
    SignedIn,
    SignInRules,
    Visitor,
    grant_roles,
    holder_of,
    put_account,
    sign_in,
    sign_out,
)
from services.portal.policy import Duty
from services.portal.repository import set_password
from services.portal.repository.logouts import end_provider_sessions
from services.portal.repository.sessions import Begun, begin_session
from services.portal.tables import accounts, attempts, plumbing, sessions
from shared.audit import digest_of
from shared.errors import Refused
from shared.security.actor import Actor, ActorKind, Role
from shared.unit import Unit
from tests.integration.portal.accounts import (
    ACCOUNTS,
    EASY,
    GIVEN,
    HOME,
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
    STRICT,
    SYSTEM,
    WANG,
    blind,
    claim,
    let_in,
    token_of,
)

pytestmark = pytest.mark.integration


def test_who_signs_in_is_recognised_by_the_token(db: Connection) -> None:
    let_in(db)

    token = token_of(claim(db))
    found = holder_of(db, token, NINE + MINUTE, SESSIONS)

    assert found is not None
    assert found.duty is None
    assert found.actor == Actor(
        kind=ActorKind.STAFF,
        node=NODE,
        id="wang",
        name="王敏",
        unit="housing",
        roles=frozenset({Role.DISPOSAL_OFFICER}),
    )
    assert holder_of(db, "another", NINE, SESSIONS) is None


def test_neither_password_nor_token_is_kept(db: Connection) -> None:
    let_in(db)
    token = token_of(claim(db))

    kept = repr(db.execute(select(accounts)).all()) + repr(db.execute(select(sessions)).all())

    assert SECRET not in kept
    assert GIVEN not in kept
    assert token not in kept
    assert "$argon2id$" in kept


def test_a_wrong_password_an_unknown_login_and_an_ended_account_fail_alike(
    db: Connection,
) -> None:
    let_in(db)
    let_in(db, login="li")
    ended = AccountOrder(login="li", name="李", active=False)
    put_account(db, ended, SYSTEM, ACCOUNTS, NINE)

    wrong = Failed(timedelta(0))
    assert claim(db, "wrong") == wrong
    assert claim(db, login="nobody") == wrong
    assert claim(db, login="li") == wrong


def test_after_the_free_failures_one_waits_even_with_the_right_password(db: Connection) -> None:
    let_in(db)
    claim(db, "wrong")
    claim(db, "wrong")

    assert claim(db) == Failed(2 * SECOND, "wang")
    assert claim(db, now=NINE + SECOND) == Failed(SECOND, "wang")
    assert isinstance(claim(db, now=NINE + 2 * SECOND), SignedIn)


@pytest.mark.parametrize("typed", ["Wang", " WANG ", "ｗａｎｇ"])
def test_another_spelling_of_a_login_is_the_same_account_with_the_same_count(
    db: Connection, typed: str
) -> None:
    let_in(db)
    assert isinstance(claim(db, login=typed), SignedIn)
    claim(db, "wrong")
    claim(db, "wrong", login=typed)

    assert claim(db) == claim(db, login=typed) == Failed(2 * SECOND, "wang")


def test_attempts_at_the_same_moment_cannot_share_one_look_at_the_count(unit: Unit) -> None:
    with unit.transaction() as db:
        let_in(db)
    claimed = Credentials("wang", "wrong", OFFICE)

    with ThreadPoolExecutor(6) as guesses:
        outcomes = list(
            guesses.map(lambda _: sign_in(unit.transaction, claimed, NINE, RULES), range(6))
        )

    looked_at = [each for each in outcomes if each == Failed(timedelta(0))]
    assert len(looked_at) == STRICT.free
    assert len(outcomes) - len(looked_at) == 4


def test_who_locks_a_login_out_keeps_strangers_waiting_and_not_its_own_browser(
    db: Connection,
) -> None:
    let_in(db)
    own = replace(HOME, browser="a-mark")
    now = NINE
    for _ in range(12):
        now += 16 * MINUTE
        claim(db, "wrong", now=now)

    assert claim(db, now=now, visitor=HOME) == Failed(STRICT.longest, "wang")
    assert isinstance(claim(db, now=now, visitor=own), SignedIn)
    claim(db, "wrong", now=now, visitor=own)
    claim(db, "wrong", now=now, visitor=own)
    assert claim(db, now=now, visitor=own) == Failed(2 * SECOND, "wang")


def test_a_success_and_a_quiet_day_forgive_the_failures(db: Connection) -> None:
    let_in(db)
    claim(db, "wrong")
    claim(db)
    claim(db, "wrong")
    assert isinstance(claim(db), SignedIn)

    claim(db, "wrong")
    claim(db, "wrong", now=NINE + timedelta(days=2))
    assert isinstance(claim(db, now=NINE + timedelta(days=2)), SignedIn)


@pytest.fixture
def by_address() -> SignInRules:
    """Patient with an account, strict with an address."""
    return SignInRules(EASY, STRICT, blind, SESSIONS)


def test_an_address_that_tries_many_accounts_waits_too(
    db: Connection, by_address: SignInRules
) -> None:
    let_in(db)
    for login in ("a", "b", "c"):
        claim(db, "wrong", login=login, rules=by_address, now=NINE + 10 * SECOND * ord(login))

    outcome = claim(db, rules=by_address, now=NINE + 10 * SECOND * ord("c"))
    assert isinstance(outcome, Failed)
    assert outcome.wait > timedelta(0)


def test_a_success_leaves_an_address_as_it_was(db: Connection, by_address: SignInRules) -> None:
    let_in(db)
    claim(db, "wrong", rules=by_address)
    before = db.execute(select(attempts).where(attempts.c.key == blind("address", "10.0.0.7")))
    row = before.one()

    for minute in range(5):
        assert isinstance(claim(db, rules=by_address, now=NINE + minute * MINUTE), SignedIn)

    after = select(attempts).where(attempts.c.key == blind("address", "10.0.0.7"))
    assert db.execute(after).one() == row


def test_a_session_ends_when_nobody_uses_it(db: Connection) -> None:
    let_in(db)
    token = token_of(claim(db))
    used = NINE + 20 * MINUTE

    assert holder_of(db, token, used, SESSIONS) is not None
    assert holder_of(db, token, used + 30 * MINUTE, SESSIONS) is not None
    assert holder_of(db, token, used + 61 * MINUTE, SESSIONS) is None
    assert holder_of(db, token, used, SESSIONS) is None


def test_signing_out_ends_the_session(db: Connection) -> None:
    let_in(db)
    token = token_of(claim(db))

    assert sign_out(db, token, NODE, NINE) == "wang"
    assert sign_out(db, token, NODE, NINE) is None
    assert holder_of(db, token, NINE, SESSIONS) is None
    ended = select(plumbing.audit).where(plumbing.audit.c.action == "session.end")
    assert [(row.actor_id, row.object_id) for row in db.execute(ended)] == [("wang", "wang")]


def test_a_change_of_roles_holds_at_once_and_the_end_of_an_account_ends_its_sessions(
    db: Connection,
) -> None:
    let_in(db)
    token = token_of(claim(db))

    grant_roles(db, "wang", {Role.SUPERVISOR}, SECURITY, NINE)
    found = holder_of(db, token, NINE, SESSIONS)
    assert found is not None
    assert found.actor.roles == {Role.SUPERVISOR}

    put_account(db, replace(WANG, password=None, active=False), SYSTEM, ACCOUNTS, NINE)
    put_account(db, replace(WANG, password=None), SYSTEM, ACCOUNTS, NINE)
    assert holder_of(db, token, NINE, SESSIONS) is None


def test_a_given_password_is_changed_before_anything_else_and_opens_only_for_a_time(
    db: Connection,
) -> None:
    put_account(db, WANG, SYSTEM, ACCOUNTS, NINE)
    grant_roles(db, "wang", {Role.DISPATCHER}, SECURITY, NINE)

    found = holder_of(db, token_of(claim(db, GIVEN)), NINE, SESSIONS)
    assert found is not None
    assert (found.duty, found.actor.roles) == (Duty.CHANGE_PASSWORD, frozenset())

    late = NINE + ACCOUNTS.lasting + SECOND
    assert claim(db, GIVEN, now=late - SECOND) != Failed(timedelta(0))
    assert claim(db, GIVEN, now=late) == Failed(timedelta(0))


def test_a_new_account_without_a_password_gets_one_that_is_told_once(db: Connection) -> None:
    given = put_account(db, replace(WANG, password=None), SYSTEM, ACCOUNTS, NINE)

    assert given.one_time_password is not None
    assert len(given.one_time_password.replace("-", "")) == 16
    assert isinstance(claim(db, given.one_time_password), SignedIn)
    again = put_account(db, replace(WANG, password=None), SYSTEM, ACCOUNTS, NINE)
    assert again.one_time_password is None


def test_a_password_that_changes_while_it_is_looked_at_opens_nothing(db: Connection) -> None:
    let_in(db)
    account = repository.account_of(db, "wang")
    assert account is not None
    set_password(db, "wang", "another", None, own=False)

    assert not repository.note_sign_in(db, account, NINE)


def test_sign_ins_and_accounts_are_audited_without_what_a_stranger_typed(db: Connection) -> None:
    put_account(db, WANG, SYSTEM, ACCOUNTS, NINE)
    claim(db, "wrong", login="my-password-by-mistake")
    claim(db, "wrong")
    claim(db, GIVEN)

    audit = plumbing.audit.c
    rows = db.execute(
        select(audit.action, audit.object_id, audit.outcome, audit.actor_id).order_by(audit.id)
    )

    assert [tuple(row) for row in rows] == [
        ("account.write", "wang", "done", "admin"),
        ("session.begin", "", "denied", ""),
        ("session.begin", "wang", "denied", ""),
        ("session.begin", "wang", "done", "wang"),
    ]


def test_what_an_account_was_stands_in_the_audit_as_a_digest(db: Connection) -> None:
    put_account(db, WANG, SYSTEM, ACCOUNTS, NINE)
    grant_roles(db, "wang", {Role.DISPATCHER}, SECURITY, NINE)

    granted = db.execute(
        select(plumbing.audit).where(plumbing.audit.c.action == "role.grant")
    ).one()
    told = {"login": "wang", "name": "王敏", "unit": "housing", "active": True}
    assert granted.before == digest_of(told | {"roles": ()})
    assert granted.after == digest_of(told | {"roles": ("dispatcher",)})


def test_what_has_run_out_is_tidied_away(db: Connection) -> None:
    let_in(db)
    claim(db, "wrong", login="nobody")
    claim(db)
    later = NINE + timedelta(days=2)

    assert handlers.tidy(db, later, LIMITS, timedelta(days=1), 100) == 3
    assert db.execute(select(attempts)).all() == []


def test_only_one_of_two_administrators_gives_roles_and_nobody_to_oneself(db: Connection) -> None:
    let_in(db)
    refused = []
    for login, roles in (
        ("guard", {Role.DISPATCHER}),
        ("wang", {Role.INSPECTOR, Role.DISPATCHER}),
        ("nobody", {Role.DISPATCHER}),
    ):
        with pytest.raises(Refused) as error:
            grant_roles(db, login, roles, SECURITY, NINE)
        refused.append(error.value.code)
    own = AccountOrder(login="admin", name="管", active=False)
    with pytest.raises(Refused) as error:
        put_account(db, own, SYSTEM, ACCOUNTS, NINE)

    assert refused == ["not_to_oneself", "roles_clash", "unknown_account"]
    assert error.value.code == "not_oneself"


def test_a_browser_is_known_again_only_to_the_logins_that_succeeded_in_it() -> None:
    visitor = Visitor(address="10.0.0.7", user_agent="Mozilla/5.0 (Windows NT 10.0) Chrome/140")

    assert RULES.keys("sign_in", "wang", visitor).of_account == blind("sign_in_account", "wang")
    known = replace(visitor, browser="m")
    assert RULES.keys("sign_in", "wang", known).of_account == blind("sign_in_browser", "m")
    assert RULES.keys("sign_in", "wang", known).of_address == blind("browser", "m")


@pytest.mark.parametrize(
    ("subject", "session", "left"),
    [
        ("7001", "s-1", ["s-2"]),
        (None, "s-1", [None, "s-2"]),
        ("7001", None, []),
        ("7002", "s-1", [None, "s-1", "s-2"]),
    ],
)
def test_a_provider_ends_its_session_and_those_it_did_not_name(
    db: Connection, subject: str | None, session: str | None, left: list[str | None]
) -> None:
    let_in(db)
    db.execute(update(accounts).values(subject="https://sso.example 7001"))
    for name in (None, "s-1", "s-2"):
        begun = Begun(
            token_hash=str(name).encode(),
            login="wang",
            half=False,
            address="10.0.0.7",
            device="",
            provider_session=name,
        )
        begin_session(db, begun, NINE)

    end_provider_sessions(db, "https://sso.example", subject, session)

    still = db.scalars(select(sessions.c.provider_session)).all()
    assert sorted(still, key=str) == sorted(left, key=str)
