"""What a log line withholds, also of errors that quote what they were given."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from shared.logs import withhold

NAME = "张晓明"


class Strict(BaseModel):
    number: int


def logged(**fields: Any) -> str:
    return str(withhold(None, "error", fields))


def refused(text: object) -> str:
    with pytest.raises(ValidationError) as error:
        Strict.model_validate({"number": text})
    return str(error.value)


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(refused(f"姓名 {NAME}, 收"), id="a model's error"),
        pytest.param(refused({"name": NAME}), id="a model's error about an object"),
        pytest.param(f"DETAIL:  Key (name, n)=({NAME}, 1) already exists.", id="a unique key"),
        pytest.param(
            f"DETAIL:  Failing row contains (7, {NAME}, a (b), null).", id="a check of a row"
        ),
        pytest.param(f'invalid input syntax for type uuid: "{NAME}"', id="a wrong type"),
        pytest.param(f'LINE 1: SELECT 1 WHERE name = \'{NAME}\'\n   ^', id="a line of SQL"),
    ],
)  # fmt: skip
def test_an_error_does_not_repeat_what_it_was_given(told: str) -> None:
    assert NAME in told

    shown = logged(event="request failed", exception=f"Traceback …\n{told}\nthe end")

    assert NAME not in shown
    assert "the end" in shown


def test_phones_id_numbers_and_fields_of_persons_are_withheld() -> None:
    shown = logged(event="13812345678 rang", number="341523199001010019", phone="0564-8621234")

    assert "13812345678" not in shown
    assert "341523199001010019" not in shown
    assert "8621234" not in shown


def test_what_helps_is_kept() -> None:
    told = "KeyError: 'x' at services/intake/api/cases.py:12 (case 01a21d55-ef12-7517)"

    assert told in logged(event=told)
