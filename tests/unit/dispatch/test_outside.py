"""Who outside may be asked, how a question stands, and what a link opens."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.dispatch.handlers.outside_links import (
    is_signed,
    is_spoken_code,
    mark_of,
    new_link,
    new_spoken_code,
    normalise_token,
)
from services.dispatch.policy.outside import (
    MOST_OPEN,
    Asked,
    Counted,
    LinkFault,
    LinkState,
    Objection,
    QuestionLamp,
    Term,
    fault_of_link,
    lamp_of_question,
    objection_to_question,
    objection_to_time,
    wait_for,
)
from services.dispatch.repository.outside import Question
from shared.security.numbers import CODE_ALPHABET
from shared.security.sealing import NodeKeys

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)
ALWAYS = Term(TODAY - DAY)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> NodeKeys:
    path: Path = tmp_path_factory.mktemp("keys") / "node.json"
    return NodeKeys.create(path)


def asked(**changed: Any) -> Asked:
    told = {"answer_by": NOW + 14 * DAY, "open_questions": 0, "is_open_with_party": False}
    return Asked(**{**told, **changed})


@pytest.mark.parametrize(
    ("changed", "term", "expected"),
    [
        ({}, ALWAYS, None),
        ({}, Term(TODAY, TODAY), None),
        ({}, Term(TODAY + DAY), Objection.PARTY_OVER),
        ({}, Term(TODAY - DAY, TODAY - DAY), Objection.PARTY_OVER),
        ({"is_open_with_party": True}, ALWAYS, Objection.ASKED_ALREADY),
        ({"open_questions": MOST_OPEN - 1}, ALWAYS, None),
        ({"open_questions": MOST_OPEN}, ALWAYS, Objection.TOO_MANY),
        ({"answer_by": NOW}, ALWAYS, Objection.BAD_ANSWER_BY),
    ],
)
def test_a_party_is_asked_while_it_is_in_use_and_not_asked_yet(
    changed: dict[str, Any], term: Term, expected: Objection | None
) -> None:
    assert objection_to_question(asked(**changed), term, NOW, TODAY) is expected


def test_an_answer_is_awaited_until_a_day_to_come_and_not_for_ever() -> None:
    assert objection_to_time(NOW + 60 * DAY, NOW) is None
    assert objection_to_time(NOW + 61 * DAY, NOW) is Objection.BAD_ANSWER_BY
    assert objection_to_time(NOW - DAY, NOW) is Objection.BAD_ANSWER_BY


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (25 * timedelta(hours=1), QuestionLamp.GREEN),
        (DAY, QuestionLamp.YELLOW),
        (timedelta(seconds=1), QuestionLamp.YELLOW),
        (timedelta(0), QuestionLamp.RED),
    ],
)
def test_the_lamp_of_a_question_is_yellow_a_day_before_its_end(
    left: timedelta, expected: QuestionLamp
) -> None:
    assert lamp_of_question(NOW + left, NOW) is expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, None),
        ({"until": NOW}, LinkFault.OVER),
        ({"is_withdrawn": True}, LinkFault.WITHDRAWN),
        ({"is_withdrawn": True, "until": NOW}, LinkFault.WITHDRAWN),
        ({"has_code": True, "wrong_codes": 4}, None),
        ({"has_code": True, "wrong_codes": 5}, LinkFault.CODE_DEAD),
        ({"wrong_codes": 5}, None),
    ],
)
def test_a_link_dies_of_time_of_withdrawal_and_of_wrong_codes(
    changed: dict[str, Any], expected: LinkFault | None
) -> None:
    told = {"until": NOW + DAY, "is_withdrawn": False, "is_answered": False}
    state = LinkState(**{**told, "has_code": False, "wrong_codes": 0, **changed})

    assert fault_of_link(state, 5, NOW) is expected


def test_after_the_most_one_waits_until_the_window_is_over() -> None:
    window = timedelta(hours=1)

    assert wait_for(None, 3, window, NOW) is None
    assert wait_for(Counted(NOW, 2), 3, window, NOW) is None
    assert wait_for(Counted(NOW - timedelta(minutes=59), 3), 3, window, NOW) == 60
    assert wait_for(Counted(NOW - window, 3), 3, window, NOW) is None


def question(**changed: Any) -> Question:
    told: dict[str, Any] = {"order_id": uuid4(), "case_id": uuid4(), "party_id": uuid4()}
    told |= {"party_name": "供水公司", "asked_at": NOW, "asked_by": "li", "text_masked": "？"}
    told |= {"answer_by": NOW + DAY, "files": (), "link_mark": None, "link_sent_at": NOW}
    return Question(**{"question_id": uuid4(), **told, **changed})


def test_a_link_holds_for_its_question_until_its_moment_and_for_no_other(keys: NodeKeys) -> None:
    mine, other = question(), question()
    link = new_link(keys, mine.question_id, mine.answer_by)
    token = normalise_token(f" {link.token.lower()} ")

    assert token is not None
    assert link.mark == mark_of(keys, token)
    assert token not in link.mark
    assert is_signed(keys, token, mine)
    assert not is_signed(keys, token, other)
    longer = question(question_id=mine.question_id, answer_by=mine.answer_by + DAY)
    assert not is_signed(keys, token, longer)
    assert new_link(keys, mine.question_id, mine.answer_by).mark != link.mark


@pytest.mark.parametrize("at", [0, 13, 14, 19])
def test_a_link_with_one_sign_changed_opens_nothing(keys: NodeKeys, at: int) -> None:
    mine = question()
    link = new_link(keys, mine.question_id, mine.answer_by)
    token = normalise_token(link.token) or ""
    following = CODE_ALPHABET[(CODE_ALPHABET.index(token[at]) + 1) % len(CODE_ALPHABET)]
    changed = token[:at] + following + token[at + 1 :]

    found = mark_of(keys, changed) == link.mark and is_signed(keys, changed, mine)
    assert not found


@pytest.mark.parametrize("text", ["", "ABC", "0" * 20, "A" * 21, "'; DROP TABLE--", "张" * 20])
def test_what_cannot_be_a_link_is_none(text: str) -> None:
    assert normalise_token(text) is None


def test_a_spoken_code_is_that_of_one_question(keys: NodeKeys) -> None:
    mine = question()
    code = new_spoken_code(keys, mine.question_id)
    asks = question(question_id=mine.question_id, code_hash=code.hash)

    assert is_spoken_code(keys, asks, f" {code.digits[:3]} {code.digits[3:]} ")
    assert not is_spoken_code(keys, question(code_hash=code.hash), code.digits)
    assert not is_spoken_code(keys, asks, "")
    assert not is_spoken_code(keys, mine, code.digits)
