from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.portal.policy import (
    TokenRules,
    TokenState,
    comes_from,
    normal_network,
    overlap_ends,
    token_state,
)

NINE = datetime(2030, 1, 1, 1, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
RULES = TokenRules(longest=365 * DAY, overlap=DAY, warned=14 * DAY)


@pytest.mark.parametrize(
    ("now", "revoked_at", "state"),
    [
        (NINE - 14 * DAY - SECOND, None, TokenState.LIVE),
        (NINE - 14 * DAY, None, TokenState.ENDING),
        (NINE - SECOND, None, TokenState.ENDING),
        (NINE, None, TokenState.EXPIRED),
        (NINE - 20 * DAY, NINE - 30 * DAY, TokenState.REVOKED),
        (NINE + DAY, NINE - DAY, TokenState.REVOKED),
    ],
)
def test_the_state_of_a_token_follows_from_its_instants(
    now: datetime, revoked_at: datetime | None, state: TokenState
) -> None:
    assert token_state(NINE, revoked_at, now, RULES) is state


@given(left=st.timedeltas(timedelta(0), 400 * DAY))
def test_an_overlap_never_lengthens_a_life(left: timedelta) -> None:
    assert overlap_ends(NINE + left, NINE, RULES) <= NINE + min(left, DAY)


@pytest.mark.parametrize(
    ("typed", "network"),
    [
        ("10.20.3.7", "10.20.3.7/32"),
        (" 10.20.3.7/16 ", "10.20.0.0/16"),
        ("2001:DB8::1", "2001:db8::1/128"),
        ("2001:db8::/32", "2001:db8::/32"),
        ("10.20.3", None),
        ("10.20.3.256", None),
        ("10.0.0.0/33", None),
        ("call-centre.example", None),
        ("", None),
    ],
)
def test_a_network_gets_its_exact_spelling(typed: str, network: str | None) -> None:
    assert normal_network(typed) == network


@pytest.mark.parametrize(
    ("address", "networks", "comes"),
    [
        ("10.20.3.7", [], True),
        ("?", [], True),
        ("10.20.3.7", ["10.20.0.0/16"], True),
        ("10.21.3.7", ["10.20.0.0/16"], False),
        ("10.21.3.7", ["10.20.0.0/16", "10.21.3.7/32"], True),
        ("::ffff:10.20.3.7", ["10.20.0.0/16"], True),
        ("2001:db8::7", ["10.20.0.0/16", "2001:db8::/32"], True),
        ("2001:db9::7", ["10.20.0.0/16", "2001:db8::/32"], False),
        ("?", ["0.0.0.0/0"], False),
    ],
)
def test_a_token_comes_from_where_it_may(address: str, networks: list[str], comes: bool) -> None:
    assert comes_from(address, networks) is comes
