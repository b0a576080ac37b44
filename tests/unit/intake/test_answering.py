"""Who takes a report down may answer it at once, unless something stands against it."""

from dataclasses import replace

import pytest

from services.dispatch.handlers.on_spot import WAYS
from services.dispatch.policy.outcomes import PROOFS
from services.intake.policy.answering import (
    NEEDS_BASIS,
    PRESENT,
    AnswerRefusal,
    AtHand,
    Ending,
    objection_to_answer,
)
from services.intake.policy.channels import CHANNEL_ROWS
from services.intake.policy.scope import Hint
from shared.events.words import Outcome

AT_HAND = AtHand(channel="window", unit="zwfw", is_about_own=False, hint=None, ending=Ending.DONE)


def test_an_officer_with_a_unit_answers_who_stands_at_the_window() -> None:
    assert objection_to_answer(AT_HAND) is None


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"unit": None}, AnswerRefusal.NO_UNIT),
        ({"is_about_own": True}, AnswerRefusal.OF_OWN),
        ({"channel": "midway_exit"}, AnswerRefusal.ABSENT),
        ({"channel": "web"}, AnswerRefusal.ABSENT),
        ({"hint": Hint.LITIGATION}, AnswerRefusal.OUT_OF_SCOPE),
        ({"ending": Ending.EXPLAINED_LAW}, AnswerRefusal.LEGAL_BASIS),
        ({"ending": Ending.REFERRED, "legal_basis": " \n"}, AnswerRefusal.LEGAL_BASIS),
        ({"ending": Ending.EXPLAINED_LAW, "legal_basis": "《社会保险法》"}, None),
        ({"ending": Ending.EXPLAINED_MISTAKE}, None),
    ],
)
def test_what_stands_against_an_answer(
    changed: dict[str, object], refusal: AnswerRefusal | None
) -> None:
    assert objection_to_answer(replace(AT_HAND, **changed)) is refusal  # type: ignore[arg-type]


def test_a_complaint_about_oneself_is_told_before_all_else() -> None:
    hinted = replace(AT_HAND, is_about_own=True, hint=Hint.DISCIPLINE, channel="sms")

    assert objection_to_answer(hinted) is AnswerRefusal.OF_OWN


def test_what_ends_at_once_takes_no_more_than_dispatch_wants_of_any_end() -> None:
    for ending in Ending:
        proof = PROOFS[ending]
        assert proof.ends
        assert (proof.evidence, proof.tries) == (False, 0)
        assert proof.basis == (ending in NEEDS_BASIS)
        assert Outcome(ending)


def test_channels_of_those_who_are_there_are_channels() -> None:
    assert CHANNEL_ROWS.keys() >= PRESENT
    assert WAYS.keys() <= PRESENT
