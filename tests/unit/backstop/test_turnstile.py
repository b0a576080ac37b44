from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstop import budgets
from backstop.budgets import Budget, Budgets
from backstop.door_settings import DoorSettings
from backstop.turnstile import INNER, Turnstile
from shared.errors import Refused
from shared.security.actor import Actor, ActorKind, anonymous, citizen

FIVE = DoorSettings(
    address_requests=5, anonymous_reads=5, anonymous_posts=5, citizen_requests=5, staff_requests=5
)


@given(
    limit=st.integers(1, 1_000),
    gaps=st.lists(st.floats(0, 30), min_size=1, max_size=60),
)
def test_nobody_gets_more_than_a_burst_and_then_the_rate(limit: int, gaps: list[float]) -> None:
    counted, now, passed = Budgets.of({Budget.STAFF: limit}), 1e6, 0

    for gap in gaps:
        now += gap
        passed += counted.spend(Budget.STAFF, "a", now) == 0.0

    assert passed <= limit + sum(gaps[1:]) / 60 * limit + 1


def test_a_whole_burst_passes_and_who_waits_as_long_as_told_is_let_in() -> None:
    counted = Budgets.of({Budget.STAFF: 300})

    assert not any(counted.spend(Budget.STAFF, "a", 0.0) for _ in range(300))
    wait = counted.spend(Budget.STAFF, "a", 0.0)

    assert 0 < wait <= 0.21
    assert counted.spend(Budget.STAFF, "b", 0.0) == 0.0
    assert counted.spend(Budget.STAFF, "a", wait) == 0.0
    assert counted.spend(Budget.STAFF, "a", wait) > 0.0


def test_no_limit_is_none() -> None:
    counted = Budgets.of({Budget.STAFF: 0})

    assert not any(counted.spend(Budget.STAFF, "a", 0.0) for _ in range(10_000))


def test_askers_without_number_take_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "MOST_ASKERS", 10)
    counted = Budgets.of({Budget.STAFF: 1})

    for asker in range(100):
        counted.spend(Budget.STAFF, str(asker), 0.0)

    assert len(counted._empty_at) == 10


def asked(
    actor: Actor, method: str = "GET", *, inner: bool = False, **more: Any
) -> dict[str, Any]:
    client = ("198.51.100.7", 0)
    return {
        INNER: inner,
        "path": "/desk",
        "method": method,
        "client": client,
        "actor": actor,
        **more,
    }


def is_told(refused: Refused) -> bool:
    return refused.code == "too_many_requests" and int(refused.detail) >= 1


def passes(turnstile: Turnstile, scope: dict[str, Any], step: str = "charge") -> int:
    for count in range(20):
        try:
            getattr(turnstile, step)(scope)
        except Refused as refused:
            return count if is_told(refused) else -1
    return 20


def test_who_uses_up_one_budget_leaves_the_others_whole() -> None:
    turnstile = Turnstile("341523", FIVE)
    nobody, staff = anonymous("341523"), Actor(kind=ActorKind.STAFF, node="341523", id="li")

    assert passes(turnstile, asked(nobody, "POST")) == 5
    assert passes(turnstile, asked(nobody, "POST", client=("203.0.113.9", 0))) == 5
    assert passes(turnstile, asked(nobody, "GET")) == 5
    assert passes(turnstile, asked(staff, "POST")) == 5
    assert passes(turnstile, asked(citizen("341523", UUID(int=1), "BCS"))) == 5
    assert passes(turnstile, asked(citizen("341523", UUID(int=2), "BCS"))) == 5
    assert passes(turnstile, asked(staff), "admit") == 5


def test_the_pages_own_calls_static_files_and_spared_networks_are_not_counted() -> None:
    spared = FIVE.model_copy(update={"spared": ("198.51.0.0/16",)})
    nobody = anonymous("341523")

    assert passes(Turnstile("341523", FIVE), asked(nobody, inner=True)) == 20
    assert passes(Turnstile("341523", FIVE), asked(nobody, path="/static/a.css")) == 20
    assert passes(Turnstile("341523", spared), asked(nobody)) == 20
