from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine

from services.review import handlers, repository
from services.review.policy import CaseState, Follow, Level
from shared.errors import NotYet, Refused
from shared.events.review import (
    CaseClosed,
    CaseReopened,
    Closing,
    EvaluationInvited,
    EvaluationReceived,
)
from shared.security.sealing import NodeKeys
from shared.security.vault import sealer_of_case
from shared.unit import Unit
from tests.integration.review.stories import (
    FIFTEEN_DAYS,
    NINE,
    RULES,
    TEN,
    answer,
    finished,
    give_key,
    invited_case,
    known_case,
    last,
    names,
    registered,
)

pytestmark = pytest.mark.integration

OVER = NINE + FIFTEEN_DAYS + timedelta(seconds=1)


def refusal_of(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def test_a_result_invites_its_person_for_fifteen_days(db: Connection) -> None:
    case_id = invited_case(db)

    invitation = last(db, EvaluationInvited)
    assert (invitation.case_id, invitation.round, invitation.occurred_at) == (case_id, 1, NINE)
    assert invitation.answer_by == NINE + FIFTEEN_DAYS


def test_a_result_waits_for_its_case(db: Connection) -> None:
    with pytest.raises(NotYet):
        handlers.invite(db, finished(registered().case_id), FIFTEEN_DAYS, RULES)


def test_a_case_registered_twice_keeps_where_it_stands(db: Connection) -> None:
    event = registered()
    handlers.know_cases(db, [event])
    handlers.invite(db, finished(event.case_id), FIFTEEN_DAYS, RULES)

    handlers.know_cases(db, [event])

    assert repository.find_case(db, event.case_id).state is CaseState.INVITED  # type: ignore[union-attr]


def test_solved_closes_the_case(db: Connection, keys: NodeKeys) -> None:
    case_id = invited_case(db)

    rated = handlers.rate(db, keys, answer(case_id, reasons=("406", "411", "406")))

    received, closed = last(db, EvaluationReceived), last(db, CaseClosed)
    assert rated.follow is Follow.CLOSE
    assert (received.level, received.solved, received.round) == (4, True, 1)
    assert received.reasons == ("406", "411")
    assert (closed.round, closed.how, closed.level) == (1, Closing.RATED, 4)
    assert names(db) == ["evaluation_invited", "evaluation_received", "case_closed"]


@pytest.mark.parametrize("level", Level)
def test_not_solved_opens_the_case_again_whatever_the_level(
    db: Connection, keys: NodeKeys, level: Level
) -> None:
    case_id = invited_case(db)

    rated = handlers.rate(db, keys, answer(case_id, level=level, solved=False))

    reopened = last(db, CaseReopened)
    assert rated.follow is Follow.REOPEN
    assert (reopened.round, reopened.occurred_at) == (2, TEN)
    assert names(db) == ["evaluation_invited", "evaluation_received", "case_reopened"]


def test_the_next_result_invites_again(db: Connection, keys: NodeKeys) -> None:
    case_id = invited_case(db)
    handlers.rate(db, keys, answer(case_id, solved=False))

    between = refusal_of(lambda: handlers.rate(db, keys, answer(case_id)))
    handlers.invite(db, finished(case_id, 2, unit="cgz"), FIFTEEN_DAYS, RULES)
    handlers.rate(db, keys, answer(case_id))

    assert between == "already_rated"
    told = [
        (one.round, one.unit_code, one.solved) for one in repository.evaluations_of(db, case_id)
    ]
    assert told == [(1, "scjgj", False), (2, "cgz", True)]
    assert last(db, CaseClosed).round == 2


def test_nobody_rates_before_a_result(db: Connection, keys: NodeKeys) -> None:
    known = known_case(db)
    unknown = registered().case_id

    for case_id in (known, unknown):
        assert refusal_of(lambda: handlers.rate(db, keys, answer(case_id))) == "not_yet_rated"  # noqa: B023


def test_a_round_is_rated_once(db: Connection, keys: NodeKeys) -> None:
    case_id = invited_case(db)
    handlers.rate(db, keys, answer(case_id))
    spoken = names(db)

    code = refusal_of(lambda: handlers.rate(db, keys, answer(case_id, solved=False)))

    assert (code, names(db)) == ("already_rated", spoken)


def test_a_late_repeat_of_a_result_takes_no_answer_back(db: Connection, keys: NodeKeys) -> None:
    case_id = invited_case(db)
    handlers.rate(db, keys, answer(case_id, solved=False))
    spoken = names(db)

    handlers.invite(db, finished(case_id), FIFTEEN_DAYS, RULES)

    assert repository.find_case(db, case_id).state is CaseState.RATED  # type: ignore[union-attr]
    assert names(db) == spoken


def test_an_old_result_does_not_overtake_a_newer_one(db: Connection) -> None:
    case_id = known_case(db)
    handlers.invite(db, finished(case_id, 2), FIFTEEN_DAYS, RULES)

    handlers.invite(db, finished(case_id, 1), FIFTEEN_DAYS, RULES)

    assert repository.find_case(db, case_id).round == 2  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("reason", "code"), [("108", "unknown_reason"), ("401", "retired_reason")]
)
def test_a_reason_must_be_one_of_its_level(
    db: Connection, keys: NodeKeys, reason: str, code: str
) -> None:
    case_id = invited_case(db)

    told = answer(case_id, reasons=("406", reason))

    assert refusal_of(lambda: handlers.rate(db, keys, told)) == code
    assert repository.evaluations_of(db, case_id) == []


def test_what_the_person_writes_is_sealed_and_masked(
    db: Connection, engine: Engine, keys: NodeKeys
) -> None:
    case_id = invited_case(db)
    give_key(engine, keys, case_id)

    handlers.rate(db, keys, answer(case_id, text="打 13800006160 找我"))

    received = last(db, EvaluationReceived)
    kept = repository.evaluations_of(db, case_id)[0]
    assert sealer_of_case(db, keys, case_id).open(received.text) == "打 13800006160 找我"
    assert received.text_masked == kept.text_masked == "打 138****6160 找我"
    assert kept.text == received.text.model_dump(mode="json")


def test_an_erased_case_takes_no_text(db: Connection, keys: NodeKeys) -> None:
    case_id = invited_case(db)

    code = refusal_of(lambda: handlers.rate(db, keys, answer(case_id, text="谢谢")))

    assert code == "case_erased"


def test_an_answer_exactly_on_its_last_moment_is_waited_for(db: Connection) -> None:
    invited_case(db)

    assert handlers.close_unanswered(db, NINE + FIFTEEN_DAYS, 10) == 0


def test_what_nobody_answers_is_closed_once(db: Connection, keys: NodeKeys) -> None:
    case_id = invited_case(db)
    known_case(db)

    assert handlers.close_unanswered(db, OVER, 10) == 1
    assert handlers.close_unanswered(db, OVER, 10) == 0

    closed = last(db, CaseClosed)
    assert (closed.case_id, closed.how, closed.level) == (case_id, Closing.UNANSWERED, None)
    assert closed.occurred_at == OVER
    code = refusal_of(lambda: handlers.rate(db, keys, answer(case_id)))
    assert code == "evaluation_closed"


def test_a_rated_case_is_not_closed_again(db: Connection, keys: NodeKeys) -> None:
    case_id = invited_case(db)
    handlers.rate(db, keys, answer(case_id, solved=False))

    assert handlers.close_unanswered(db, OVER, 10) == 0


def test_a_sweep_takes_so_many_at_once(db: Connection) -> None:
    for _ in range(3):
        invited_case(db)

    assert [handlers.close_unanswered(db, OVER, 2) for _ in range(3)] == [2, 1, 0]


def test_a_sweep_leaves_out_whose_person_is_answering(unit: Unit, keys: NodeKeys) -> None:
    with unit.transaction() as db:
        case_id = invited_case(db)

    with unit.transaction() as answering:
        handlers.rate(answering, keys, answer(case_id))
        with unit.transaction() as sweeping:
            assert handlers.close_unanswered(sweeping, OVER, 10) == 0


def test_of_two_answers_at_once_one_counts(unit: Unit, keys: NodeKeys) -> None:
    with unit.transaction() as db:
        case_id = invited_case(db)

    def rate(solved: bool) -> str:
        try:
            with unit.transaction() as db:
                handlers.rate(db, keys, answer(case_id, solved=solved))
        except Refused as refused:
            return refused.code
        return "rated"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(rate, (True, False))) == ["already_rated", "rated"]
