"""Whether a single file of somebody whose name is withheld may be shown to the unit."""

from dataclasses import replace

import pytest

from services.intake.policy.releases import Asked, objection_to_release

FINE = Asked(
    is_withheld=True, has_unit=True, is_complained_of=False, is_shown=False, was_opened=True
)


def test_a_file_that_was_opened_may_be_shown_to_the_unit_of_the_case() -> None:
    assert objection_to_release(FINE) is None


@pytest.mark.parametrize(
    ("changed", "objection"),
    [
        ({"is_withheld": False}, "name_not_withheld"),
        ({"has_unit": False}, "no_unit_holds_it"),
        ({"is_complained_of": True}, "unit_complained_of"),
        ({"is_shown": True}, "released_already"),
        ({"was_opened": False}, "look_first"),
    ],
)
def test_nothing_else_may(changed: dict[str, bool], objection: str) -> None:
    assert objection_to_release(replace(FINE, **changed)) == objection
