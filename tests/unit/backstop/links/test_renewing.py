"""Renewals that children ask for: what one of them writes stands in nobody else's way."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from backstop.links.admitting import Request, believe
from backstop.links.authority import new_key, request_for, request_pem
from backstop.links.definitions import papers_from
from backstop.links.opening import Opening, open_for_children
from backstop.links.papers import Kind, paper, read_paper, write_paper
from backstop.links.renewing import answer_renewals
from backstop.links.site import Site
from backstop.links.wire import Channel, Taken
from shared.bus.topology import PAPERS
from tests.unit.backstop.links.sites import ADDRESS, CITY, COUNTY, SIBLING, site_of

NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=250)


class Papers:
    """The queues of papers of the own broker."""

    def __init__(self) -> None:
        self.queues: defaultdict[str, list[bytes]] = defaultdict(list)
        self.given: list[str] = []

    def take(self, queue: str) -> Taken | None:
        waiting = self.queues[queue]
        return Taken(waiting.pop(0), 1) if waiting else None

    def settle(self, taken: Taken) -> None:
        assert taken.tag

    def give(self, _exchange: str, _body: bytes, key: str, _headers: Any) -> None:
        self.given.append(key)


@pytest.fixture
def papers() -> Papers:
    return Papers()


@pytest.fixture
def children(tmp_path: Path) -> dict[str, Site]:
    return {code: site_of(tmp_path, code) for code in (COUNTY, SIBLING)}


@pytest.fixture
def city(tmp_path: Path, children: dict[str, Site]) -> Site:
    site = site_of(tmp_path, CITY)
    open_for_children(site, Opening(ADDRESS), NOW)
    for child in children.values():
        believe(site, Request(child.card, request_for(new_key(), "x"), NOW), NOW)
    return site


def renewal(child: Site) -> bytes:
    asked = request_pem(request_for(new_key(), f"node-{child.code}")).decode()
    said = paper(Kind.RENEW, (child.code, CITY), LATER, request=asked)
    return write_paper(child.keys, said)


def test_what_is_no_paper_holds_up_no_other_child(
    city: Site, children: dict[str, Site], papers: Papers
) -> None:
    papers.queues[papers_from(COUNTY)] = [b"[" * 60_000, renewal(children[COUNTY])]
    papers.queues[papers_from(SIBLING)] = [renewal(children[SIBLING])]

    answered = answer_renewals(city, cast("Channel", papers), LATER)

    assert answered == [COUNTY, SIBLING]
    assert papers.given == [f"down.{code}.{PAPERS}" for code in (COUNTY, SIBLING)]
    assert {child.vouched_at for child in city.books.children.values()} == {LATER}


def test_a_paper_that_breaks_what_reads_it_is_told_and_holds_up_no_other_child(
    city: Site,
    children: dict[str, Site],
    papers: Papers,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def reads(blob: bytes, kind: Kind, addressee: str) -> Any:
        if blob == b"strange":
            raise ArithmeticError
        return read_paper(blob, kind, addressee)

    monkeypatch.setattr("backstop.links.renewing.read_paper", reads)
    papers.queues[papers_from(COUNTY)] = [b"strange"]
    papers.queues[papers_from(SIBLING)] = [renewal(children[SIBLING])]

    assert answer_renewals(city, cast("Channel", papers), LATER) == [SIBLING]
    assert [each.getMessage() for each in caplog.records] == ["paper failed"]
