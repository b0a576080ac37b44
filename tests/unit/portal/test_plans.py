import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.portal.policy.plans import Plan, plan_around, plan_of
from services.portal.settings import Settings

PLAN = plan_around(31.4622, 116.9487, 45)


def test_the_middle_of_a_plan_is_what_it_was_made_around() -> None:
    assert PLAN.degrees(300, 300) == (31.4622, 116.9487)
    assert PLAN.pixel(31.4622, 116.9487) == (300, 300)
    assert PLAN.km_across == pytest.approx(90, rel=0.001)


def test_north_is_above_and_east_is_right() -> None:
    lat, lon = PLAN.degrees(600, 0)

    assert lat > 31.4622
    assert lon > 116.9487


@given(st.floats(0, 600), st.floats(0, 600))
def test_a_pixel_and_its_degrees_are_the_same_place(x: float, y: float) -> None:
    assert PLAN.pixel(*PLAN.degrees(x, y)) == pytest.approx((x, y), abs=0.1)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_no_pixel_leads_off_the_plan(x: float, y: float) -> None:
    lat, lon = PLAN.degrees(x, y)
    assert PLAN.south - 1e-5 <= lat <= PLAN.north + 1e-5
    assert PLAN.west - 1e-5 <= lon <= PLAN.east + 1e-5


def test_the_scale_is_round_and_fits() -> None:
    km, pixels = PLAN.bar()

    assert km == 20
    assert pixels == pytest.approx(133.3, abs=0.2)


def test_a_picture_of_the_operator_says_what_it_shows() -> None:
    assert plan_of("31.4,116.8,31.5,117") == Plan(31.4, 116.8, 31.5, 117)


@pytest.mark.parametrize(
    "bounds", ["", "31.4,116.8,31.5", "31.5,116.8,31.4,117", "a,b,c,d", "31.4,116.8,91,117"]
)
def test_a_map_that_nobody_can_place_is_no_setting(bounds: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        Settings.model_validate({"snap_map_file": "/a/map.png", "snap_map_bounds": bounds})
