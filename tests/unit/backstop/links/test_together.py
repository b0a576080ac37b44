"""Two nodes of one host are joined before their brokers start, once."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from backstop.links.authority import account_in, is_issued_by, read_certificate
from backstop.links.opening import begin_authority, trusted
from backstop.links.revoking import revoke
from backstop.links.site import Site
from backstop.links.together import join_together
from backstop.links.wire import Channel
from tests.unit.backstop.links.sites import ADDRESS, CITY, COUNTY, Waiting, site_of

NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Site, Site]:
    """County and city, joined."""
    both = site_of(tmp_path, COUNTY), site_of(tmp_path, CITY)
    assert join_together(*both, ADDRESS, NOW)
    return both


def files(*sites: Site) -> dict[Path, bytes]:
    found = [file for site in sites for file in site.places.folder.rglob("*")]
    return {file: file.read_bytes() for file in found if file.is_file()}


def test_each_has_what_init_and_join_would_have_given_it(pair: tuple[Site, Site]) -> None:
    county, city = pair

    certificate = read_certificate(county.places.own.read_bytes())
    assert is_issued_by(certificate, city.authority().certificate)
    assert account_in(certificate) == city.books.children[COUNTY].account == f"node-{COUNTY}"
    assert county.books.parent is not None
    assert county.books.parent.address == city.books.own == ADDRESS
    assert "listeners.ssl.default" in city.places.configuration.read_text()
    assert "listeners.ssl.default" not in county.places.configuration.read_text()
    for site in pair:
        assert str(site.places.definitions) in site.places.configuration.read_text()
    assert not county.places.authority.exists()


def test_the_broker_s_group_may_read_what_it_reads_and_nothing_else(
    pair: tuple[Site, Site],
) -> None:
    for site in pair:
        assert site.places.broker.stat().st_mode & 0o777 == 0o750
        read = [file for file in site.places.folder.rglob("*") if file.is_file()]
        assert {file for file in read if file.stat().st_mode & 0o040} == {
            file for file in read if file.parent == site.places.broker
        }
        assert not any(file.stat().st_mode & 0o007 for file in read)


def test_again_it_changes_nothing(pair: tuple[Site, Site]) -> None:
    before = files(*pair)

    assert not join_together(*pair, ADDRESS, LATER)

    assert files(*pair) == before


@pytest.mark.parametrize("who", [COUNTY, CITY])
def test_who_lost_its_folder_is_joined_anew(pair: tuple[Site, Site], who: str) -> None:
    [lost] = [site for site in pair if site.code == who]
    shutil.rmtree(lost.places.folder)

    assert join_together(*pair, ADDRESS, LATER)

    county, city = pair
    certificate = read_certificate(county.places.own.read_bytes())
    assert is_issued_by(certificate, city.authority().certificate)
    assert COUNTY in city.books.children


def test_a_renewal_that_is_under_way_goes_on(pair: tuple[Site, Site]) -> None:
    _county, city = pair
    begin_authority(city, NOW)

    join_together(*pair, ADDRESS, LATER)

    assert len(trusted(city)) == 2


def test_who_was_revoked_stays_outside(pair: tuple[Site, Site]) -> None:
    _county, city = pair
    revoke(city, cast(Channel, Waiting()), COUNTY, drain=False)

    join_together(*pair, ADDRESS, LATER)

    assert city.books.children == {}
    assert f"node-{COUNTY}" not in city.places.definitions.read_text()
