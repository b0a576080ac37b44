"""What the forms of meetings send to the API, and what comes back into them."""

from datetime import timedelta

from services.portal.pages.forms import Form
from services.portal.pages.meeting_forms import (
    DUTY_FIELDS,
    body_of,
    duty_rows,
    field_of,
    method_of,
    path_of,
)
from services.portal.pages.meetings import list_values
from services.portal.policy import day_of
from tests.browser.facts import NOW
from tests.browser.meeting_samples import LATER, LINE, SETTLED
from tests.browser.samples import shown


def form(**fields: str | list[str]) -> Form:
    many = {name: tuple(told) for name, told in fields.items() if isinstance(told, list)}
    one = {name: told if isinstance(told, str) else told[-1] for name, told in fields.items()}
    return Form(one, many)


def test_who_is_asked_is_gathered_from_the_rows_that_say_somebody() -> None:
    convened = form(
        topic="路灯",
        starts_at="2030-01-04T09:00",
        place="301",
        agenda="谁修",
        unit=["zjj", "", "cgj"],
        other_kind=["company", "leader"],
        other_name=["恒通公司", " "],
        person="yes",
        bring="",
    )

    told = body_of("convene", convened)

    assert told["starts_at"] == "2030-01-04T09:00:00+08:00"
    assert told["parties"] == [
        {"kind": "unit", "unit_code": "zjj"},
        {"kind": "unit", "unit_code": "cgj"},
        {"kind": "company", "name": "恒通公司"},
        {"kind": "complainant"},
    ]
    assert "bring" not in told


def test_a_round_says_of_each_party_how_it_was_there() -> None:
    told = form(
        **{"seen-a": "present", "substitute-a": "", "seen-b": "absent", "substitute-b": "科长"},
        said="要点",
        result="next",
        starts_at="2030-01-07T09:00",
        place="现场",
        agenda="出资",
    )

    body = body_of("rounds", told)

    assert body["seen"] == [
        {"party_id": "a", "presence": "present"},
        {"party_id": "b", "presence": "absent", "substitute": "科长"},
    ]
    assert body["following"]["place"] == "现场"
    assert "following" not in body_of("rounds", form(said="x", result="agreed", place="现场"))


def test_empty_rows_of_duties_are_none_and_what_is_no_number_is_sent_for_the_api_to_refuse() -> (
    None
):
    columns = {
        "duty_unit": ["zjj", "", "cgj"],
        "duty_company": ["", "", ""],
        "duty_words": ["移交", "", "修灯"],
        "duty_days": ["5", "", "五天"],
        "duty_due": ["", "", ""],
    }

    told = form(conclusion="商定", **columns)

    assert [row["duty_unit"] for row in duty_rows(told)] == ["zjj", "cgj"]
    assert body_of("minutes", told)["duties"] == [
        {"unit_code": "zjj", "words": "移交", "days": 5},
        {"unit_code": "cgj", "words": "修灯", "days": "五天"},
    ]


def test_each_act_has_its_address_and_an_error_its_field() -> None:
    at = form(meeting_id="m/..", party_id="p")

    assert path_of("invite", at) == "/api/v1/meetings/m%2F../parties"
    assert path_of("answer", at) == "/api/v1/meetings/m%2F../parties/p/answer"
    assert (path_of("minutes", at), method_of("minutes")) == (
        "/api/v1/meetings/m%2F../minutes",
        "PUT",
    )
    names = (
        "parties",
        "seen.0.presence",
        "duties.1.days",
        "following.place",
        "following",
        "because",
    )
    assert [field_of(name) for name in names] == [
        *("unit", "seen", "duties", "place", "starts_at", "because"),
    ]


def test_meetings_stand_by_day_and_those_that_wait_for_minutes_last() -> None:
    told = list_values([LINE, LATER, SETTLED], None, day_of(NOW).isoformat())

    assert [(len(group), today) for _at, group, today in told["days"]] == [(1, True), (1, False)]
    assert [at - NOW for at, _group, _today in told["days"]] == [
        timedelta(hours=3),
        timedelta(days=3),
    ]
    assert [one.state for one in told["undated"]] == ["agreed"]


def test_a_form_of_minutes_that_comes_back_keeps_what_was_typed_and_says_what_is_wrong() -> None:
    page = shown("desk_meeting_minutes_wrong")

    assert 'value="移交资料"' in page
    assert all(f'name="{name}"' in page for name in DUTY_FIELDS)
    assert 'href="#minutes-duties"' in page


def test_who_only_watches_is_offered_no_form() -> None:
    assert "/desk/meetings/act/" not in shown("desk_meeting_read")
    assert "/desk/meetings/act/heard" in shown("desk_meeting")
