"""What is typed about a rule becomes what the API takes, and back."""

from services.portal.pages.calling import Answer
from services.portal.pages.forms import Form
from services.portal.pages.rule_forms import (
    BLANK,
    CONDITION_WORDS,
    errors_of,
    form_values,
    instant,
    rule_body,
    split,
    spoken,
)

TYPED = {
    "title": "夜间噪声",
    "unit_code": "sthj",
    "co_units": "cgz、scjgj",
    "any_words": "噪声， 扰民;响",
    "regions": "341523",
    "from_hour": "22",
    "to_hour": "6",
    "valid_until": "2026-12-31",
    "legal_basis": "第八条",
    "place": "1",
}
CHOSEN = {"weekdays": ("1", "7"), "channels": ("web",)}
BODY = {
    "title": "夜间噪声",
    "unit_code": "sthj",
    "co_units": ["cgz", "scjgj"],
    "legal_basis": "第八条",
    "position": 0,
    "conditions": {
        "any_words": ["噪声", "扰民", "响"],
        "regions": ["341523"],
        "channels": ["web"],
        "weekdays": [1, 7],
        "valid_until": "2026-12-31",
        "hours": [22, 6],
    },
}


def test_a_form_becomes_a_rule() -> None:
    assert rule_body(Form(TYPED, CHOSEN)) == BODY


def test_an_empty_form_has_no_conditions_and_no_place() -> None:
    body = rule_body(Form({}))

    assert (body["conditions"], "position" in body) == ({}, False)


def test_a_rule_is_shown_in_its_form_again() -> None:
    told = {**BODY, "code": "R0001", "urgency": None, "complexity": None, "source": ""}
    values = form_values(told)

    assert BLANK.keys() <= values.keys()
    shown = {name: str(value) for name, value in values.items()}
    assert rule_body(Form(shown, {"weekdays": ("1", "7"), "channels": ("web",)})) == BODY


def test_conditions_are_read_in_words() -> None:
    read = dict(spoken(BODY["conditions"], {}))  # type: ignore[arg-type]  # as told

    assert read[CONDITION_WORDS["hours"]] == "22:00–6:00"
    assert read[CONDITION_WORDS["weekdays"]] == "一、日"


def test_what_is_wrong_stands_at_the_field_where_it_was_typed() -> None:
    errors = [
        {"field": "conditions.any_words.0", "zh": "最多 40 个字。"},
        {"field": "position", "zh": "不能小于 0。"},
        {"field": "unit_code", "zh": "没有这个单位。"},
    ]
    answer = Answer(422, {"errors": errors})

    assert errors_of(answer) == {
        "any_words": "最多 40 个字。",
        "place": "不能小于 0。",
        "unit_code": "没有这个单位。",
    }


def test_a_day_is_meant_in_china_and_nonsense_is_left_to_the_api() -> None:
    assert instant("2026-03-02") == "2026-03-02T00:00:00+08:00"
    assert instant("morgen") == "morgen"
    assert split(" a，b ") == ["a", "b"]
