from typing import Any

import pytest

from services.portal.pages.snap_draft import Snap
from shared.regions.seats import Point

TOLD = {"text": "坡道堵了。轮椅进不去", "name": "陈国强", "phone": "13855641020"}
HERE = {"lat": "31.46", "lon": "116.95"}


def snap(home: str = "341523", **fields: str) -> Snap:
    return Snap.of({**TOLD, **fields}, home)


def test_a_report_says_where_it_was_and_what() -> None:
    body: dict[str, Any] = snap(**HERE, spot="正门").body()

    assert body["channel_fields"] == {"lat": 31.46, "lon": 116.95}
    assert body["title"] == "坡道堵了"
    assert body["text"] == "坡道堵了。轮椅进不去\n\n地点：正门"
    assert body["region"] == "341523"
    assert body["reporter"]["language"] == "zh"
    told: Any = snap(**HERE).body("en")
    assert told["reporter"]["language"] == "en"


@pytest.mark.parametrize(
    ("home", "region"), [("341500", "341523"), ("340000", "341523"), ("350000", "350000")]
)
def test_the_division_is_the_nearest_one_of_the_node(home: str, region: str) -> None:
    assert snap(home, **HERE).region == region


def test_who_cannot_point_takes_the_nearest_place() -> None:
    assert snap(near="341523").place == Point(31.4622, 116.9487)


@pytest.mark.parametrize(
    "fields", [{}, {"lat": "x", "lon": "y"}, {"lat": "nan", "lon": "1"}, {"near": "9"}]
)
def test_without_a_place_it_lacks_one(fields: dict[str, str]) -> None:
    assert set(snap(**fields).lacks()) == {"position"}


def test_all_gaps_are_told_at_once() -> None:
    assert set(Snap.of({"phone": "12345"}, "341523").lacks()) == {
        *("text", "name", "phone", "position"),
    }


def test_a_key_stays_with_its_form() -> None:
    first = snap()

    assert Snap.of(first.values, "341523").values == first.values
    assert snap().values["key"] != first.values["key"]
