from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.intake.api.bodies import ReportBody
from services.intake.policy.channels import CHANNEL_ROWS, Form
from services.portal.pages.channel_words import CHANNEL_FIELDS, word_of
from shared.events.words import Channel
from shared.security.channels import PUBLIC_CHANNELS

BODY: dict[str, Any] = {
    "region": "341523",
    "channel": "web",
    "reporter": {"kind": "person", "name": "张晓明", "phone": "13800006160"},
    "title": "申报到一半退出",
    "text": "第三步一直提示材料不全。",
}
ENTERPRISE = {"kind": "enterprise", "name": "舒城某某公司", "phone": "0564-8621234"}
STYLE = Path("services/portal/static/backstop.css")
FIELDS = [(channel, field) for channel, row in CHANNEL_ROWS.items() for field in row.fields]


def faults(**told: Any) -> dict[str, str]:
    with pytest.raises(ValidationError) as wrong:
        ReportBody.model_validate({**BODY, **told})
    return {".".join(map(str, each["loc"])): each["type"] for each in wrong.value.errors()}


def taken(**told: Any) -> dict[str, Any]:
    return ReportBody.model_validate({**BODY, **told}).channel_fields


def test_every_channel_has_its_row() -> None:
    assert set(CHANNEL_ROWS) == {channel.value for channel in Channel}


def test_what_a_report_is_known_by_is_one_of_its_fields() -> None:
    known = {channel: row.known_by for channel, row in CHANNEL_ROWS.items() if row.known_by}

    assert set(known) == {"sms", "midway_exit", "evaluation"}
    assert all(name in CHANNEL_ROWS[channel].names for channel, name in known.items())


def test_where_somebody_was_is_private() -> None:
    degrees = {Form.LATITUDE, Form.LONGITUDE}

    assert [field.private for _, field in FIELDS] == [field.form in degrees for _, field in FIELDS]


def test_the_desk_has_the_word_of_the_channel_for_every_field() -> None:
    assert set(CHANNEL_FIELDS) == {field.name for _, field in FIELDS}
    assert {(channel, each.name): word_of(channel, each.name) for channel, each in FIELDS} == {
        (channel, each.name): each.title[0] for channel, each in FIELDS
    }


def test_the_register_page_opens_the_fields_of_every_channel_of_staff() -> None:
    style = STYLE.read_text(encoding="utf-8")
    of_staff = {channel for channel, _ in FIELDS} - PUBLIC_CHANNELS

    assert all(f'.of-channel[data-channel="{channel}"]' in style for channel in of_staff)


def test_what_a_channel_needs_and_does_not_know_is_named() -> None:
    assert faults(channel="midway_exit", channel_fields={"hall": "政务大厅"}) == {
        "channel_fields.application_id": "missing",
        "channel_fields.hall": "extra_forbidden",
    }
    assert faults(channel="evaluation") == {"channel_fields.review_id": "missing"}


@pytest.mark.parametrize(
    ("channel", "told", "fault"),
    [
        ("window", {"materials_complete": "maybe"}, "bool_type"),
        ("hotline", {"call_id": "不是编号"}, "string_pattern_mismatch"),
        ("snap", {"lat": 91, "lon": 116.9}, "less_than_equal"),
        ("grid", {"grid": "城关\n一"}, "one_line"),
    ],
)
def test_a_field_that_does_not_fit_is_named(channel: str, told: Any, fault: str) -> None:
    assert fault in faults(channel=channel, channel_fields=told).values()


def test_what_fits_is_taken_and_what_is_left_out_is_not_there() -> None:
    told = {"hall": " 县政务服务中心 ", "materials_complete": True, "window_no": None}

    assert taken(channel="window", channel_fields=told) == {
        "hall": "县政务服务中心",
        "materials_complete": True,
    }
    assert taken() == {}


def test_only_a_body_with_its_code_reports_by_the_portal_of_enterprises() -> None:
    body = {"channel": "enterprise_portal"}
    coded = {**ENTERPRISE, "id_number": "91340000MA00000260"}

    assert faults(**body) == {"reporter.kind": "bodies_only"}
    assert faults(**body, reporter=ENTERPRISE) == {"reporter.id_number": "missing"}
    assert taken(**body, reporter=coded) == {}
