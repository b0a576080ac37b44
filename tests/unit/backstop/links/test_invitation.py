"""An invitation: for one child, for a time, under a spoken code, and whole or not at all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backstop.links.authority import Authority
from backstop.links.invitation import Inside, NoInvitation, Sealed, cover_of
from backstop.links.joining import begin, open_invitation, under_way
from backstop.links.site import Site
from backstop.progress import Trouble
from tests.unit.backstop.links.sites import ADDRESS, CITY, COUNTY, site_of

NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)
WEEK = timedelta(days=7)
CODE = "4KTTJ9ACDE"


@pytest.fixture
def county(tmp_path: Path) -> Site:
    return site_of(tmp_path, COUNTY)


@pytest.fixture
def sealed(tmp_path: Path) -> Sealed:
    city = site_of(tmp_path, CITY)
    authority = Authority.create(CITY, NOW, WEEK)
    inside = Inside(
        card=city.card.as_json(),
        address=ADDRESS,
        authorities="PEM",
        pair=authority.client(f"join-{COUNTY}-1f", NOW, WEEK).pem.decode(),
    )
    return Sealed.under(CODE, cover_of("1f", city.card, COUNTY, NOW + WEEK), inside)


def test_the_code_opens_it_however_it_is_written_down(sealed: Sealed) -> None:
    again = Sealed.read(sealed.as_file())

    assert again.open("4kttj-9acde") == again.open(" 4KTTJ 9ACDE ") == sealed.open(CODE)


@pytest.mark.parametrize("code", ["4KTTJ9ACDF", "", "４"])
def test_another_code_does_not(sealed: Sealed, code: str) -> None:
    with pytest.raises(NoInvitation):
        sealed.open(code)


@pytest.mark.parametrize(
    "change",
    [
        {"child": "341525"},
        {"ends_at": NOW + 52 * WEEK},
        {"parent": "340000"},
    ],
    ids=["another child", "longer", "another parent"],
)
def test_what_stands_on_its_cover_cannot_be_changed(
    sealed: Sealed, change: dict[str, object]
) -> None:
    cover = sealed.cover.model_copy(update=change)

    with pytest.raises(NoInvitation):
        sealed.model_copy(update={"cover": cover}).open(CODE)


def test_the_key_in_it_is_not_to_be_seen(sealed: Sealed) -> None:
    assert b"PRIVATE KEY" not in sealed.as_file()
    assert "PRIVATE KEY" not in repr(sealed.open(CODE))


def test_a_child_opens_its_own_until_it_ends(county: Site, sealed: Sealed) -> None:
    file = sealed.as_file()

    assert open_invitation(county, file, NOW + WEEK - timedelta(seconds=1)) == sealed
    with pytest.raises(Trouble, match="ended at 2030-01-14 09:00"):
        open_invitation(county, file, NOW + WEEK)


@pytest.mark.parametrize("file", [b"", b"{}", b'{"code": "341523"}', b"\xff\xfe"])
def test_another_file_is_told(county: Site, file: bytes) -> None:
    with pytest.raises(Trouble, match="this is no invitation"):
        open_invitation(county, file, NOW)


def test_an_invitation_for_another_node_is_told(tmp_path: Path, sealed: Sealed) -> None:
    sibling = site_of(tmp_path, "341525")

    with pytest.raises(Trouble, match="is for 341523 and not for this node, 341525"):
        open_invitation(sibling, sealed.as_file(), NOW)


def test_an_invitation_of_another_parent_is_told(tmp_path: Path, sealed: Sealed) -> None:
    county = site_of(tmp_path, COUNTY)
    settings = county.settings.model_copy(update={"parent": "340000"})

    with pytest.raises(Trouble, match="names 340000 as `parent`"):
        open_invitation(replace(county, settings=settings), sealed.as_file(), NOW)


def test_a_wrong_code_leaves_nothing_behind(county: Site, sealed: Sealed) -> None:
    with pytest.raises(Trouble, match="listen once more"):
        begin(county, sealed, "AAAAAAAAAA")

    assert under_way(county) is None


def test_who_begins_again_goes_on_with_the_same_key(county: Site, sealed: Sealed) -> None:
    begun = begin(county, sealed, CODE)

    assert begin(county, sealed, "not asked for again") == begun == under_way(county)
    assert county.places.joining.stat().st_mode & 0o777 == 0o600
