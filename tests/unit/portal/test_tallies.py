from dataclasses import replace
from datetime import UTC, datetime

from services.portal.policy import Counted, Status, day_of, tallies

LATE_EVENING = datetime(2030, 1, 1, 15, 59, tzinfo=UTC)
MIDNIGHT = datetime(2030, 1, 1, 16, 0, tzinfo=UTC)

OPEN = Counted(
    status=Status.SIGNED,
    channel="web",
    lamp="red",
    unit="housing",
    registered_at=LATE_EVENING,
    finished_at=None,
    on_time=None,
)
FINISHED = replace(OPEN, status=Status.FINISHED, lamp=None, finished_at=MIDNIGHT, on_time=True)


def test_the_day_of_china_begins_at_16_hours_utc() -> None:
    assert day_of(LATE_EVENING).isoformat() == "2030-01-01"
    assert day_of(MIDNIGHT).isoformat() == "2030-01-02"


def test_an_open_case_counts_for_its_lamp_and_its_unit() -> None:
    assert tallies(OPEN) == {
        ("status", "signed"): 1,
        ("registered_on", "2030-01-01"): 1,
        ("channel", "web"): 1,
        ("lamp", "red"): 1,
        ("unit_open", "housing"): 1,
        ("unit_red", "housing"): 1,
        ("item_cases", "2030-01 "): 1,
    }


def test_a_case_counts_for_its_item_with_the_tries_before_it_and_once_if_opened_again() -> None:
    told = replace(OPEN, item="QS-1", tries=3)

    first, again = tallies(told), tallies(replace(told, round=3))

    assert first["item_cases", "2030-01 QS-1"] == again["item_cases", "2030-01 QS-1"] == 1
    assert first["item_tries", "2030-01 QS-1"] == 3
    assert (first["item_again", "2030-01 QS-1"], again["item_again", "2030-01 QS-1"]) == (0, 1)
    assert tallies(replace(told, tries=999))["item_tries", "2030-01 QS-1"] == 20
    assert not [key for key in tallies(replace(told, is_origin=False)) if key[0] == "item_cases"]


def test_who_was_told_no_counts_for_its_ground_and_matters_of_nobody_count_apart() -> None:
    told = replace(OPEN, status=Status.DECLINED, lamp=None, item="QS-1", declined="petition")
    nobodys = replace(told, declined="non_government")

    assert tallies(told)["guided", "2030-01 petition"] == 1
    assert tallies(told)["item_cases", "2030-01 QS-1"] == 1
    assert tallies(nobodys)["guided", "2030-01 non_government"] == 1
    assert not [key for key in tallies(nobodys) if key[0].startswith("item")]
    assert not [key for key in tallies(replace(told, is_origin=False)) if key[0] == "guided"]
    assert not [key for key in tallies(replace(OPEN, declined="petition")) if key[0] == "guided"]


def test_what_was_split_off_a_report_counts_as_a_case_and_as_no_way_in_vain() -> None:
    part = tallies(replace(OPEN, item="QS-1", tries=0))

    assert part["item_cases", "2030-01 QS-1"] == 1
    assert not [key for key in part if key[0] in {"item_tries", "item_again"}]


def test_a_finished_case_counts_for_its_day_and_for_the_promise_it_kept() -> None:
    counted = tallies(FINISHED)

    assert counted["finished_on", "2030-01-02"] == counted["on_time_on", "2030-01-02"] == 1
    assert not [key for key in counted if key[0] in {"lamp", "unit_open", "unit_red"}]


def test_a_late_result_is_finished_but_not_on_time() -> None:
    assert ("on_time_on", "2030-01-02") not in tallies(replace(FINISHED, on_time=False))


def test_a_case_opened_again_is_no_longer_finished() -> None:
    again = replace(FINISHED, status=Status.REOPENED)

    assert ("finished_on", "2030-01-02") not in tallies(again)


def test_a_case_counts_for_nothing_before_its_registration_is_heard() -> None:
    assert not tallies(replace(OPEN, registered_at=None))


def test_a_leg_counts_as_open_here_and_as_registered_where_it_came_from() -> None:
    leg = replace(OPEN, is_origin=False)

    assert tallies(leg) == {
        ("status", "signed"): 1,
        ("lamp", "red"): 1,
        ("unit_open", "housing"): 1,
        ("unit_red", "housing"): 1,
    }


def test_a_leg_that_was_given_back_counts_for_nothing_here() -> None:
    assert not tallies(replace(FINISHED, is_origin=False, owes=False))


def test_a_case_that_another_node_works_on_still_counts_as_owed_by_the_house() -> None:
    away = replace(OPEN, unit=None, held_below="341523")
    counted = tallies(away)

    assert counted["lamp", "red"] == counted["below_red", "341523"] == 1
    assert not [key for key in counted if key[0] == "unit_open"]


def test_a_case_seen_below_counts_for_the_node_that_holds_it_and_the_one_it_came_from() -> None:
    seen = replace(
        OPEN,
        is_origin=False,
        owes=False,
        registered_below="341523",
        held_below="341500",
        offered_below="341500",
    )

    assert tallies(seen) == {
        ("below_registered", "341523"): 1,
        ("below_open", "341500"): 1,
        ("below_red", "341500"): 1,
        ("below_offered", "341500"): 1,
    }


def test_a_case_finished_below_counts_where_it_was_registered() -> None:
    done = replace(FINISHED, is_origin=False, owes=False, registered_below="341523")

    assert tallies(done) == {
        ("below_registered", "341523"): 1,
        ("below_finished", "341523"): 1,
    }
