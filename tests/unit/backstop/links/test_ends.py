"""When the certificates of a node's links end, and who is told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backstop.commands.checks import check_links
from backstop.links.ends import endings
from backstop.links.opening import Opening, open_for_children
from backstop.links.site import Site
from tests.unit.backstop.links.sites import ADDRESS, CITY, site_of

NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)
YEAR = timedelta(days=365)


@pytest.fixture
def city(tmp_path: Path) -> Site:
    site = site_of(tmp_path, CITY)
    open_for_children(site, Opening(ADDRESS), NOW)
    return site


def test_a_node_without_links_has_no_certificates(tmp_path: Path) -> None:
    site = site_of(tmp_path, CITY)

    assert list(endings(site.places)) == []
    assert list(check_links(site.settings, NOW)) == []


def test_a_life_runs_from_one_to_nothing(city: Site) -> None:
    server = {each.what: each for each in endings(city.places)}["server"]

    assert server.left(NOW) == pytest.approx(1, abs=0.001)
    assert server.left(NOW + YEAR / 2) == pytest.approx(0.5, abs=0.001)
    assert server.left(NOW + 2 * YEAR) == 0


@pytest.mark.parametrize(("days", "is_ok"), [(0, True), (300, True), (310, False), (400, False)])
def test_the_doctor_warns_when_a_renewal_plainly_did_not_work(
    city: Site, days: int, is_ok: bool
) -> None:
    found = {
        each.told.split(":")[0]: each for each in check_links(city.settings, NOW + timedelta(days))
    }

    assert found["authority"].is_ok
    assert found["server"].is_ok is is_ok
    assert found["server"].way_out == ("" if is_ok else f"backstop link rotate --node {CITY}")


def test_the_doctor_tells_of_a_file_that_is_gone(city: Site) -> None:
    city.places.server.unlink()

    assert [each.is_ok for each in check_links(city.settings, NOW)] == [True, False]
