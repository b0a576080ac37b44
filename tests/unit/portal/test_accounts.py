from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.portal.handlers import known_browser, remembering
from services.portal.handlers.browsers import MOST_MARKS
from services.portal.policy import (
    Duty,
    Lost,
    Part,
    PasswordRules,
    Refusal,
    Reset,
    ResetState,
    device_of,
    duty_of,
    is_open,
    own_words,
    refusal_of,
    verdict,
)
from shared.security.sealing import NodeKeys

NINE = datetime(2030, 1, 1, 9, tzinfo=UTC)
KEYS = NodeKeys(current="1", wrapping={"1": b"w" * 16}, index=b"i" * 32, signing=b"s" * 32)
RULES = PasswordRules(length=10, score=3)
OWN, COMMON = Part("dictionary", "user_inputs"), Part("dictionary", "passwords")


def test_a_given_password_comes_before_a_second_factor() -> None:
    asked = {"roles": ["inspector"], "asking": {"inspector"}}

    assert duty_of(must_change=True, enrolled=False, **asked) is Duty.CHANGE_PASSWORD
    assert duty_of(must_change=False, enrolled=False, **asked) is Duty.ENROL
    assert duty_of(must_change=False, enrolled=True, **asked) is None
    assert duty_of(must_change=False, enrolled=False, roles=[], asking={"inspector"}) is None


@pytest.mark.parametrize("duty", Duty)
def test_with_a_duty_left_only_its_page_and_the_way_out_are_open(duty: Duty) -> None:
    own = {Duty.CHANGE_PASSWORD: "password", Duty.ENROL: "second-factor"}[duty]
    other = {Duty.CHANGE_PASSWORD: "second-factor", Duty.ENROL: "password"}[duty]

    for path in (f"/desk/account/{own}", f"/api/v1/account/{own}", "/desk/leave", "/look"):
        assert is_open(duty, path), path
    for path in (
        *("/", "/desk", "/admin", "/api/v1/accounts", "/api/v1/account", "/desk/account"),
        *(f"/desk/account/{other}", f"/desk/account/{own}x", "/desk/leaver"),
    ):
        assert not is_open(duty, path), path


@pytest.mark.parametrize(
    ("parts", "refusal"),
    [
        ([COMMON, OWN], Refusal.PASSWORD_SITE_WORD),
        ([COMMON, Part("repeat")], Refusal.PASSWORD_COMMON),
        ([Part("date"), Part("spatial")], Refusal.PASSWORD_PATTERN),
        ([Part("date"), Part("bruteforce")], Refusal.PASSWORD_DATE),
        ([Part("bruteforce"), Part("dictionary", "surnames")], Refusal.PASSWORD_WEAK),
    ],
)
def test_a_weak_password_is_refused_for_the_part_that_helps_a_guesser_most(
    parts: list[Part], refusal: Refusal
) -> None:
    assert verdict(2, parts, RULES) is refusal
    assert verdict(3, parts, RULES) is None


def test_whoever_knows_the_place_guesses_its_words_first() -> None:
    words = own_words("li.gui-lan", "李桂兰", "341523")

    assert {"li.gui-lan", "li", "gui", "lan", "李桂兰", "341523", "banbuchengshi"} <= set(words)
    assert "" not in own_words("", "")


def reset(**changed: object) -> Reset:
    told: dict[str, object] = {
        "id": UUID(int=1),
        "login": "wang",
        "what": Lost.PASSWORD,
        "reason": "忘了",
        "proposed_by": "qian",
        "proposed_at": NINE,
        "expires_at": NINE + timedelta(hours=24),
        "state": ResetState.OPEN,
    }
    return Reset(**{**told, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("by", "hours", "state", "refusal"),
    [
        ("an", 24, ResetState.OPEN, None),
        ("an", 25, ResetState.OPEN, Refusal.RESET_EXPIRED),
        ("qian", 1, ResetState.OPEN, Refusal.OWN_PROPOSAL),
        ("wang", 1, ResetState.OPEN, Refusal.NOT_FOR_ONESELF),
        ("an", 1, ResetState.APPROVED, Refusal.ALREADY_ANSWERED),
        ("an", 1, ResetState.REFUSED, Refusal.ALREADY_ANSWERED),
    ],
)
def test_another_one_approves_in_time_and_once(
    by: str, hours: int, state: ResetState, refusal: Refusal | None
) -> None:
    assert refusal_of(reset(state=state), by, NINE + timedelta(hours=hours)) is refusal


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/140.0 MicroMessenger/8.0", "微信 · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604", "Safari · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) Gecko Firefox/140.0", "Firefox · Linux"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_device_is_told_in_two_words_that_its_owner_knows(agent: str, told: str) -> None:
    assert device_of(agent) == told


def test_a_browser_is_known_to_each_login_that_succeeded_in_it_and_to_no_other() -> None:
    cookie = remembering(KEYS, "li", remembering(KEYS, "wang", ""))
    wang, li = known_browser(KEYS, "wang", cookie), known_browser(KEYS, "li", cookie)

    assert wang
    assert li
    assert wang != li
    assert known_browser(KEYS, "zhao", cookie) == ""
    assert remembering(KEYS, "wang", cookie) == cookie


@pytest.mark.parametrize("cookie", ["", "~", ".", "a.b", "a", "名.字", "." + "0" * 64])
def test_a_mark_that_the_node_did_not_make_is_none(cookie: str) -> None:
    assert known_browser(KEYS, "wang", cookie) == ""
    assert known_browser(KEYS, "wang", remembering(KEYS, "wang", cookie))


def test_a_browser_keeps_the_marks_of_few() -> None:
    cookie = ""
    for n in range(MOST_MARKS + 2):
        cookie = remembering(KEYS, f"officer{n}", cookie)

    assert len(cookie.split("~")) == MOST_MARKS
    assert known_browser(KEYS, "officer0", cookie) == ""
