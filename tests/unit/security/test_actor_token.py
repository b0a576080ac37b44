from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.security.actor import Actor, ActorKind, Role, anonymous, citizen
from shared.security.actor_token import LIVES_FOR, read_actor, sign_actor
from shared.security.sealing import NodeKeys

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEYS = NodeKeys(current="1", wrapping={"1": b"w" * 16}, index=b"i" * 32, signing=b"s" * 32)
OFFICER = Actor(
    kind=ActorKind.STAFF,
    node="341523",
    id="u1",
    name="赵主任",
    unit="housing",
    roles=frozenset({Role.SUPERVISOR, Role.DISPATCHER}),
    scopes=frozenset({"import"}),
)
ACTORS = [OFFICER, anonymous("341523"), citizen("341523", UUID(int=7), "BCS-1")]


def test_a_token_of_before_holds_until_the_secret_ends() -> None:
    during = replace(KEYS, signing=b"n" * 32, signing_before=KEYS.signing, lasting=KEYS.signing)
    after = replace(during, signing_before=None)
    early, late = (sign_actor(keys, OFFICER, "intake", NINE) for keys in (KEYS, during))

    assert read_actor(during, early, "intake", NINE) == OFFICER
    assert read_actor(during, late, "intake", NINE) == OFFICER
    assert read_actor(after, early, "intake", NINE) is None
    assert read_actor(after, late, "intake", NINE) == OFFICER


@pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: actor.kind)
def test_an_actor_arrives_as_it_was_sent(actor: Actor) -> None:
    assert read_actor(KEYS, sign_actor(KEYS, actor, "intake", NINE), "intake", NINE) == actor


def test_a_token_lives_for_sixty_seconds() -> None:
    token = sign_actor(KEYS, OFFICER, "intake", NINE)
    last = NINE + LIVES_FOR - timedelta(milliseconds=1)

    assert read_actor(KEYS, token, "intake", last) == OFFICER
    assert read_actor(KEYS, token, "intake", NINE + LIVES_FOR) is None


def test_a_token_is_for_one_service() -> None:
    assert read_actor(KEYS, sign_actor(KEYS, OFFICER, "intake", NINE), "review", NINE) is None


def test_a_token_of_another_node_is_refused() -> None:
    other = NodeKeys(current="1", wrapping={"1": b"w" * 16}, index=b"i" * 32, signing=b"t" * 32)

    assert read_actor(KEYS, sign_actor(other, OFFICER, "intake", NINE), "intake", NINE) is None


@given(place=st.integers(min_value=0), sign=st.sampled_from("AZaz09._-"))
def test_a_changed_token_is_refused(place: int, sign: str) -> None:
    token = sign_actor(KEYS, OFFICER, "intake", NINE)
    at = place % len(token)
    changed = token[:at] + sign + token[at + 1 :]

    assert changed == token or read_actor(KEYS, changed, "intake", NINE) is None


@given(st.text())
def test_no_text_breaks_the_reader(token: str) -> None:
    assert read_actor(KEYS, token, "intake", NINE) is None
