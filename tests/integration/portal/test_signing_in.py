from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from services.portal import handlers, repository
from services.portal.handlers import (
    AccountOrder,
    Credentials,
    Failed,
    SignedIn,
    SignInRules,
    actor_of,
    put_account,
    sign_in,
    sign_out,
)
from services.portal.policy import Limits, Patience
from services.portal.tables import accounts, plumbing, sessions
from shared.errors import Refused
from shared.security.actor import Actor, ActorKind, Role

pytestmark = pytest.mark.integration

NODE = "341523"
NINE = datetime(2030, 1, 1, 1, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
LIMITS = Limits(idle=30 * MINUTE, absolute=timedelta(hours=12))
STRICT = Patience(free=2, first=2 * SECOND, longest=15 * MINUTE, forgotten=timedelta(days=1))
EASY = Patience(free=50, first=SECOND, longest=MINUTE, forgotten=timedelta(days=1))


def blind(kind: str, value: str) -> str:
    return f"{kind}:{value}"[::-1]


RULES = SignInRules(NODE, of_account=STRICT, of_address=EASY, blind=blind)
ADMINISTRATOR = Actor(
    kind=ActorKind.STAFF, node=NODE, id="admin", roles=frozenset({Role.SYSTEM_ADMINISTRATOR})
)
SECRET = "correct horse"
WANG = AccountOrder(
    login="wang",
    name="王敏",
    roles=frozenset({Role.DISPOSAL_OFFICER}),
    unit="housing",
    password=SECRET,
)


def claim(
    db: Connection,
    password: str = SECRET,
    *,
    login: str = "wang",
    now: datetime = NINE,
    rules: SignInRules = RULES,
) -> SignedIn | Failed:
    return sign_in(db, Credentials(login, password, "10.0.0.7"), now, rules)


def token_of(outcome: SignedIn | Failed) -> str:
    assert isinstance(outcome, SignedIn)
    return outcome.token


def test_who_signs_in_is_recognised_by_the_token(db: Connection) -> None:
    put_account(db, WANG, ADMINISTRATOR, NINE)

    token = token_of(claim(db))

    assert actor_of(db, token, NINE + MINUTE, NODE, LIMITS) == Actor(
        kind=ActorKind.STAFF,
        node=NODE,
        id="wang",
        name="王敏",
        unit="housing",
        roles=frozenset({Role.DISPOSAL_OFFICER}),
    )
    assert actor_of(db, "another", NINE, NODE, LIMITS) is None


def test_neither_password_nor_token_is_kept(db: Connection) -> None:
    put_account(db, WANG, ADMINISTRATOR, NINE)
    token = token_of(claim(db))

    kept = repr(db.execute(select(accounts)).all()) + repr(db.execute(select(sessions)).all())

    assert SECRET not in kept
    assert token not in kept
    assert "$argon2id$" in kept


def test_a_wrong_password_an_unknown_login_and_an_ended_account_fail_alike(
    db: Connection,
) -> None:
    put_account(db, WANG, ADMINISTRATOR, NINE)
    ended = AccountOrder(login="li", name="李", roles=WANG.roles, password=SECRET, active=False)
    put_account(db, ended, ADMINISTRATOR, NINE)

    wrong = Failed(timedelta(0))
    assert claim(db, "wrong") == wrong
    assert claim(db, login="nobody") == wrong
    assert claim(db, login="li") == wrong


def test_after_the_free_failures_one_waits_even_with_the_right_password(db: Connection) -> None:
    put_account(db, WANG, ADMINISTRATOR, NINE)
    claim(db, "wrong")
    claim(db, "wrong")

    assert claim(db) == Failed(2 * SECOND)
    assert claim(db, now=NINE + SECOND) == Failed(SECOND)
    assert isinstance(claim(db, now=NINE + 2 * SECOND), SignedIn)


def test_a_success_and_a_quiet_day_forgive_the_failures(db: Connection) -> None:
    put_account(db, WANG, ADMINISTRATOR, NINE)
    claim(db, "wrong")
    claim(db)
    claim(db, "wrong")
    assert isinstance(claim(db), SignedIn)

    claim(db, "wrong")
    claim(db, "wrong", now=NINE + timedelta(days=2))
    assert isinstance(claim(db, now=NINE + timedelta(days=2)), SignedIn)


def test_an_address_that_tries_many_accounts_waits_too(db: Connection) -> None:
    rules = SignInRules(NODE, of_account=EASY, of_address=STRICT, blind=blind)
    put_account(db, WANG, ADMINISTRATOR, NINE)
    for login in ("a", "b", "c"):
        claim(db, "wrong", login=login, rules=rules, now=NINE + 10 * SECOND * ord(login))

    assert isinstance(claim(db, rules=rules, now=NINE + 10 * SECOND * ord("c")), Failed)


def test_a_session_ends_when_nobody_uses_it(db: Connection) -> None:
    put_account(db, WANG, ADMINISTRATOR, NINE)
    token = token_of(claim(db))
    used = NINE + 20 * MINUTE

    assert actor_of(db, token, used, NODE, LIMITS) is not None
    assert actor_of(db, token, used + 30 * MINUTE, NODE, LIMITS) is not None
    assert actor_of(db, token, used + 61 * MINUTE, NODE, LIMITS) is None
    assert actor_of(db, token, used, NODE, LIMITS) is None


def test_signing_out_ends_the_session(db: Connection) -> None:
    put_account(db, WANG, ADMINISTRATOR, NINE)
    token = token_of(claim(db))

    assert sign_out(db, token) == "wang"
    assert sign_out(db, token) is None
    assert actor_of(db, token, NINE, NODE, LIMITS) is None


def test_a_change_of_roles_holds_at_once_and_a_new_password_ends_the_sessions(
    db: Connection,
) -> None:
    put_account(db, WANG, ADMINISTRATOR, NINE)
    token = token_of(claim(db))

    promoted = AccountOrder(login="wang", name="王敏", roles=frozenset({Role.SUPERVISOR}))
    put_account(db, promoted, ADMINISTRATOR, NINE)
    actor = actor_of(db, token, NINE, NODE, LIMITS)
    assert actor is not None
    assert actor.roles == {Role.SUPERVISOR}

    put_account(db, WANG, ADMINISTRATOR, NINE)
    assert actor_of(db, token, NINE, NODE, LIMITS) is None


def test_a_new_account_needs_a_password(db: Connection) -> None:
    nobody = AccountOrder(login="li", name="李", roles=WANG.roles)

    with pytest.raises(Refused) as refused:
        put_account(db, nobody, ADMINISTRATOR, NINE)

    assert (refused.value.code, refused.value.field) == ("password_missing", "password")


def test_sign_ins_and_accounts_are_audited_without_what_a_stranger_typed(db: Connection) -> None:
    put_account(db, WANG, ADMINISTRATOR, NINE)
    claim(db, "wrong", login="my-password-by-mistake")
    claim(db, "wrong")
    claim(db)

    audit = plumbing.audit.c
    rows = db.execute(select(audit.action, audit.object_id, audit.outcome).order_by(audit.id))

    assert [tuple(row) for row in rows] == [
        ("account.write", "wang", "done"),
        ("session.begin", "", "denied"),
        ("session.begin", "wang", "denied"),
        ("session.begin", "wang", "done"),
    ]


def test_what_has_run_out_is_tidied_away(db: Connection) -> None:
    put_account(db, WANG, ADMINISTRATOR, NINE)
    claim(db, "wrong", login="nobody")
    claim(db)
    later = NINE + timedelta(days=2)

    assert handlers.tidy(db, later, LIMITS, timedelta(days=1), 100) == 3
    assert repository.failures_of(db, [blind("sign_in_account", "nobody")]) == {}
