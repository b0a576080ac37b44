"""What nodes tell each other of their link: believed by the signature, and for what it is."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backstop.links.admitting import Request, chosen
from backstop.links.authority import (
    Authority,
    NotAccepted,
    certificate_pem,
    key_pem,
    new_key,
    request_for,
)
from backstop.links.invitation import Inside, cover_of
from backstop.links.joining import Joining, admission
from backstop.links.papers import Kind, paper, read_paper, write_paper
from backstop.links.site import Site
from backstop.progress import Trouble
from shared.security.key_file import KeyFile
from tests.unit.backstop.links.sites import ADDRESS, CITY, COUNTY, site_of

NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)
YEAR = timedelta(days=365)
AUTHORITY = Authority.create(CITY, NOW, YEAR)


@pytest.fixture
def city(tmp_path: Path) -> Site:
    return site_of(tmp_path, CITY)


@pytest.fixture
def county(tmp_path: Path) -> Site:
    return site_of(tmp_path, COUNTY)


def test_a_paper_says_who_wrote_it(city: Site, county: Site) -> None:
    blob = write_paper(county.keys, paper(Kind.RENEW, (COUNTY, CITY), NOW, request="x"))

    received = read_paper(blob, Kind.RENEW, CITY)

    assert received.is_by(county.card)
    assert not received.is_by(city.card)
    assert received.paper.told == {"request": "x"}


def test_who_signs_in_the_name_of_another_is_not_believed(city: Site, county: Site) -> None:
    blob = write_paper(county.keys, paper(Kind.RENEW, ("341525", CITY), NOW))

    assert not read_paper(blob, Kind.RENEW, CITY).is_by(county.card)


def test_a_paper_of_another_kind_or_for_another_is_none(county: Site) -> None:
    blob = write_paper(county.keys, paper(Kind.RENEW, (COUNTY, CITY), NOW))

    for kind, addressee in ((Kind.JOIN, CITY), (Kind.RENEW, COUNTY)):
        with pytest.raises(NotAccepted):
            read_paper(blob, kind, addressee)


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        b"{}",
        b"[]",
        b'{"body": "{}", "signature": ""}',
        b"\xff",
        b"[" * 60_000,
        json.dumps({"body": "[" * 60_000, "signature": ""}).encode(),
        b'{"body": "\\ud800", "signature": "\\ud800"}',
    ],
    ids=["nothing", "empty", "list", "no paper", "no text", "deep", "deep within", "no letters"],
)
def test_what_is_no_paper_is_none(blob: bytes) -> None:
    with pytest.raises(NotAccepted):
        read_paper(blob, Kind.JOIN, CITY)


def test_a_changed_paper_is_not_believed(county: Site) -> None:
    said = paper(Kind.JOIN, (COUNTY, CITY), NOW, card=county.card.as_json(), invitation="1f")
    told = json.loads(write_paper(county.keys, said))
    told["body"] = told["body"].replace("1f", "2f")

    with pytest.raises(NotAccepted):
        _ = read_paper(json.dumps(told).encode(), Kind.JOIN, CITY).card


def test_papers_are_believed_through_a_renewal_of_the_card(city: Site, county: Site) -> None:
    known, file = county.card, KeyFile(county.settings.key_file)
    file.rotate_card(NOW)
    following = known.next_of(county.keys)
    assert following is not None

    during = read_paper(
        write_paper(county.keys, paper(Kind.RENEW, (COUNTY, CITY), NOW)), Kind.RENEW, CITY
    )
    assert (during.is_by(known), during.is_by(following)) == (True, True)
    file.finish_card(NOW)
    after = read_paper(
        write_paper(county.keys, paper(Kind.RENEW, (COUNTY, CITY), NOW)), Kind.RENEW, CITY
    )
    alone = following.alone_since(NOW)
    assert (during.is_by(alone), after.is_by(alone)) == (False, True)


def test_a_card_is_shown_only_by_who_has_its_keys(city: Site, county: Site) -> None:
    said = paper(Kind.JOIN, (CITY, CITY), NOW, card=city.card.as_json())

    with pytest.raises(NotAccepted):
        _ = read_paper(write_paper(county.keys, said), Kind.JOIN, CITY).card


def test_what_is_shown_for_a_card_may_be_none(county: Site) -> None:
    said = paper(Kind.JOIN, (COUNTY, CITY), NOW, card="[" * 60_000)

    with pytest.raises(NotAccepted):
        _ = read_paper(write_paper(county.keys, said), Kind.JOIN, CITY).card


def test_a_request_is_chosen_by_the_fingerprint_of_its_card(city: Site, county: Site) -> None:
    thief = Request(replace(county.card, signing=b"t" * 32), request_for(new_key(), "x"), NOW)
    child = Request(county.card, request_for(new_key(), "x"), NOW)

    told = county.card.fingerprint
    assert chosen([thief, child], told.upper().replace(" ", "-")) == child
    with pytest.raises(Trouble, match="nobody was let in"):
        chosen([thief], told)
    with pytest.raises(Trouble, match="nobody was let in"):
        chosen([thief, child], "")
    with pytest.raises(Trouble, match="Nobody asked yet"):
        chosen([], told)


@pytest.mark.parametrize(
    "wrong",
    ["nothing", "signature", "key", "account", "authority", "end", "address", "certificate"],
)
def test_an_answer_is_used_only_if_everything_fits(city: Site, county: Site, wrong: str) -> None:
    key = new_key()
    of = Authority.create(CITY, NOW, YEAR) if wrong == "authority" else AUTHORITY
    account = "node-341525" if wrong == "account" else f"node-{COUNTY}"
    begin = NOW - 2 * YEAR if wrong == "end" else NOW
    asked = request_for(new_key() if wrong == "key" else key, account)
    told = {
        "certificate": certificate_pem(of.vouch(asked, account, begin, YEAR)).decode(),
        "authorities": certificate_pem(AUTHORITY.certificate).decode(),
        "address": ADDRESS.model_dump_json(),
    }
    told |= {wrong: "x"} if wrong in {"address", "certificate"} else {}
    by = county if wrong == "signature" else city
    answer = write_paper(by.keys, paper(Kind.ADMITTED, (CITY, COUNTY), NOW, **told))
    joining = _waiting(city, key_pem(key).decode(), answer.decode())

    if wrong == "nothing":
        admitted = admission(joining, NOW)
        assert admitted is not None
        assert admitted.address == ADDRESS
    else:
        with pytest.raises(NotAccepted):
            admission(joining, NOW)


def test_before_the_answer_there_is_no_admission(city: Site) -> None:
    assert admission(_waiting(city, "", None), NOW) is None


def _waiting(city: Site, key: str, answer: str | None) -> Joining:
    inside = Inside(card=city.card.as_json(), address=ADDRESS, authorities="", pair="")
    cover = cover_of("1f", city.card, COUNTY, NOW + YEAR)
    return Joining(cover=cover, inside=inside, key=key, answer=answer)
