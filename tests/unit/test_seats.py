import pytest

from shared.regions import is_region
from shared.regions.seats import Point, distance_km, seat_of, seats_below, seats_near

SHUCHENG = Point(31.4622, 116.9487)


def test_seats_are_those_of_divisions_in_force_and_lie_in_china() -> None:
    country = {code: seat_of(code) for code in seats_near_everywhere()}

    assert len(country) > 3000
    assert all(is_region(code) for code in country)
    assert all(point and 3 < point.lat < 54 and 73 < point.lon < 136 for point in country.values())


def seats_near_everywhere() -> list[str]:
    return [code for _, code in seats_near(SHUCHENG, 6000)]


def test_the_nearest_seat_comes_first() -> None:
    near = seats_near(Point(31.45, 116.93), 60)

    assert near[0][1] == "341523"
    assert [far for far, _ in near] == sorted(far for far, _ in near)


@pytest.mark.parametrize(
    ("code", "has", "lacks"),
    [
        ("341523", "341523", "341522"),
        ("341500", "341523", "340111"),
        ("340000", "341523", "320102"),
        ("110000", "110101", "120101"),
        ("500000", "500101", "510104"),
    ],
)
def test_below_a_division_lie_its_own(code: str, has: str, lacks: str) -> None:
    below = seats_below(code)

    assert has in below
    assert lacks not in below


def test_a_division_without_a_point_has_none() -> None:
    assert seat_of("341599") is None


def test_a_degree_of_latitude_is_111_kilometres() -> None:
    assert distance_km(Point(31, 117), Point(32, 117)) == pytest.approx(111.2, abs=0.1)
    assert distance_km(SHUCHENG, SHUCHENG) == 0
