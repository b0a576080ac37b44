"""When a case may be said to be more work than was thought, or less."""

import pytest

from services.dispatch.policy import CaseState
from services.dispatch.policy.complexity import (
    Classified,
    ComplexityObjection,
    objection_to_complexity,
)

HELD = CaseState.HELD


@pytest.mark.parametrize(
    ("state", "here", "is_offered", "is_anew", "wanted", "wrong"),
    [
        (HELD, True, False, False, "complex", None),
        (CaseState.POOLED, True, False, False, "simple", None),
        (HELD, True, False, False, "ordinary", ComplexityObjection.SAME),
        (HELD, True, False, False, "on_spot", ComplexityObjection.ON_SPOT),
        (HELD, True, False, True, "complex", ComplexityObjection.ALREADY),
        (CaseState.FINISHED, True, False, True, "complex", ComplexityObjection.ALREADY),
        (CaseState.FINISHED, True, False, False, "complex", ComplexityObjection.WRONG_STATE),
        (CaseState.JOINED, True, False, False, "complex", ComplexityObjection.WRONG_STATE),
        (HELD, True, True, False, "complex", ComplexityObjection.HAND_OVER_OPEN),
        (CaseState.AWAY, False, False, True, "complex", ComplexityObjection.NOT_HELD_HERE),
    ],
    ids=[
        "more",
        "less, while nobody has it",
        "the same",
        "what a unit has is not settled on the spot",
        "a second time",
        "a second time, whatever else",
        "it has its result",
        "another one answers it",
        "perhaps taken already",
        "another node has it",
    ],
)
def test_a_case_in_work_is_classified_anew_once(
    state: CaseState,
    here: bool,
    is_offered: bool,
    is_anew: bool,
    wanted: str,
    wrong: ComplexityObjection | None,
) -> None:
    case = Classified("ordinary", state, here, is_offered, is_anew)

    assert objection_to_complexity(case, wanted) is wrong
