from dataclasses import replace
from typing import Any

import pytest

from services.portal.policy import ClaimRules, Identity, Refusal, identity_of

RULES = ClaimRules(
    login="preferred_username",
    name="name",
    unit="unit",
    roles="realm_access.roles",
    means={"bcs-window": "window_officer", "bcs-head": "window_head"},
)
WANG: dict[str, Any] = {
    "sub": "7001",
    "preferred_username": "Wang.Min",
    "name": "王敏",
    "unit": "ZWFWZX",
    "realm_access": {"roles": ["bcs-window", "mail"]},
}


def test_claims_become_an_identity_with_the_roles_that_mean_something_here() -> None:
    assert identity_of(WANG, RULES) == Identity(
        "7001", "wang.min", "王敏", "ZWFWZX", frozenset({"window_officer"})
    )


def test_one_role_may_stand_alone_and_a_missing_name_is_the_login() -> None:
    told = WANG | {"realm_access": {"roles": "bcs-head"}, "name": None, "unit": ""}

    assert identity_of(told, RULES) == Identity(
        "7001", "wang.min", "wang.min", None, frozenset({"window_head"})
    )


@pytest.mark.parametrize("login", [None, "", "-wang", "王敏", "a b", "x" * 65, {"a": 1}])
def test_what_cannot_be_a_login_opens_nothing(login: Any) -> None:
    assert identity_of(WANG | {"preferred_username": login}, RULES) is Refusal.NO_LOGIN


@pytest.mark.parametrize("roles", [None, [], ["mail"], "window_officer", [["bcs-window"]], 7])
def test_what_is_not_listed_is_no_role(roles: Any) -> None:
    assert identity_of(WANG | {"realm_access": {"roles": roles}}, RULES) is Refusal.NO_ROLE


@pytest.mark.parametrize("access", [None, [], "roles", {}])
def test_a_path_that_leads_nowhere_finds_nothing(access: Any) -> None:
    assert identity_of(WANG | {"realm_access": access}, RULES) is Refusal.NO_ROLE


@pytest.mark.parametrize(
    ("amr", "asks_itself", "opens"),
    [
        (None, False, False),
        (["pwd"], False, False),
        (["pwd", "mfa"], False, True),
        (None, True, True),
    ],
)
def test_a_role_that_asks_for_a_second_factor_needs_one_there(
    amr: Any, asks_itself: bool, opens: bool
) -> None:
    rules = replace(RULES, asking=frozenset({"window_head"}), asks_itself=asks_itself)
    head = WANG | {"realm_access": {"roles": ["bcs-head"]}, "amr": amr}

    found = identity_of(head, rules)

    assert isinstance(found, Identity) if opens else found is Refusal.NO_SECOND_FACTOR
    assert isinstance(identity_of(WANG | {"amr": amr}, rules), Identity)
