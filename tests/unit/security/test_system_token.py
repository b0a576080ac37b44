import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.security.policy import IMPORT_SCOPE, Action
from shared.security.sealing import NodeKeys
from shared.security.system_token import (
    ACTIONS,
    PATTERN,
    SCOPES,
    SIGNS,
    SystemToken,
    new_id,
    new_token,
    read_token,
)

TOKEN = new_token(new_id())


def test_a_token_is_read_as_it_was_written_and_scanners_find_it() -> None:
    assert read_token(TOKEN.text) == TOKEN
    assert re.search(PATTERN, f'curl -H "Authorization: Bearer {TOKEN.text}"') is not None


@given(place=st.integers(0, len(TOKEN.text) - 1), sign=st.sampled_from(SIGNS))
def test_one_wrong_sign_is_noticed(place: int, sign: str) -> None:
    typed = f"{TOKEN.text[:place]}{sign}{TOKEN.text[place + 1 :]}"

    assert read_token(typed) == (TOKEN if typed == TOKEN.text else None)


@given(place=st.integers(0, len(TOKEN.text) - 2))
def test_two_swapped_signs_are_noticed(place: int) -> None:
    one, other = TOKEN.text[place], TOKEN.text[place + 1]
    typed = f"{TOKEN.text[:place]}{other}{one}{TOKEN.text[place + 2 :]}"

    assert read_token(typed) == (TOKEN if one == other else None)


@pytest.mark.parametrize(
    "text",
    ["", "bst_", TOKEN.text[:-1], f"{TOKEN.text}a", f" {TOKEN.text}"],
    ids=["empty", "its beginning", "cut", "longer", "indented"],
)
def test_what_is_cut_or_longer_is_none(text: str) -> None:
    assert read_token(text) is None


def test_a_digest_depends_on_id_secret_and_node_and_shows_no_secret(tmp_path: Path) -> None:
    keys = NodeKeys.create(tmp_path / "one.json")
    others = NodeKeys.create(tmp_path / "other.json")
    digests = {
        TOKEN.digest(keys),
        TOKEN.digest(others),
        new_token(TOKEN.id).digest(keys),
        SystemToken(new_id(), TOKEN.secret).digest(keys),
    }

    assert len(digests) == 4
    assert TOKEN.secret not in repr(TOKEN)


def test_no_program_decides_sees_a_person_or_administers() -> None:
    never = {
        action
        for action in Action
        if action.value.partition(".")[0]
        in {"account", "role", "session", "token", "key", "audit", "erasure", "hold", "export"}
    }
    never |= {Action.PERSON_REVEAL, Action.CASE_DECLINE, Action.ORDER_DISPATCH, Action.ADMIN_READ}

    assert not never & set(ACTIONS)
    assert {*SCOPES} >= {"case.read", "channel:hotline", IMPORT_SCOPE}
