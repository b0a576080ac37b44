"""A node's links as its commands have them in hand: books, broker, opening, revoking."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from backstop.commands.link.below import place, spoken
from backstop.links.admitting import Request, admit, believe, invitation_for
from backstop.links.authority import Authority, account_in, new_key, request_for
from backstop.links.books import Invitation, Parent, alone
from backstop.links.broker import Broker, Shovel
from backstop.links.opening import (
    Opening,
    begin_authority,
    end_authority,
    open_for_children,
    server_of,
    trusted,
)
from backstop.links.revoking import leave, revoke
from backstop.links.site import Site, is_near
from backstop.links.wire import Channel, vhost_of
from backstop.neighbours import cards_of, keep_card
from backstop.progress import Trouble
from tests.unit.backstop.links.sites import ADDRESS, CITY, COUNTY, Asked, Waiting, site_of

NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)
OPENING = Opening(ADDRESS, ("10.0.0.5",))


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def city(tmp_path: Path, asked: Asked) -> Site:
    site = site_of(tmp_path, CITY, asked)
    open_for_children(site, OPENING, NOW)
    return site


def let_in(city: Site, tmp_path: Path) -> None:
    card = site_of(tmp_path, COUNTY).card
    believe(city, Request(card, request_for(new_key(), "x"), NOW), NOW)


def test_a_node_that_was_not_opened_says_what_to_do_first(tmp_path: Path) -> None:
    site = site_of(tmp_path, CITY)

    for asked_for in (
        site.authority,
        lambda: begin_authority(site, NOW),
        lambda: end_authority(site, NOW),
    ):
        with pytest.raises(Trouble, match="first run `backstop link init"):
            asked_for()


def test_opening_again_changes_no_key(city: Site) -> None:
    files = (city.places.authority, city.places.server, city.places.trust)
    before = [file.read_bytes() for file in files]

    open_for_children(city, OPENING, NOW + timedelta(days=1))

    assert [file.read_bytes() for file in files] == before


@pytest.mark.parametrize(
    ("opening", "days"),
    [(Opening(ADDRESS, ("10.0.0.6",)), 0), (OPENING, 300)],
    ids=["another name", "near its end"],
)
def test_opening_again_renews_a_certificate_that_does_not_do_any_more(
    city: Site, opening: Opening, days: int
) -> None:
    before = server_of(city).certificate

    open_for_children(city, opening, NOW + timedelta(days=days))

    assert server_of(city).certificate != before
    assert account_in(server_of(city).certificate) == ADDRESS.name


def test_the_broker_is_told_where_to_listen_and_whom_to_let_in(city: Site) -> None:
    lines = city.places.configuration.read_text().splitlines()

    assert "listeners.ssl.default = 5671" in lines
    assert "loopback_users.backstop = true" in lines
    assert f"ssl_options.certfile = {city.places.server}" in lines


def test_an_account_that_comes_from_another_host_is_not_tied_to_the_brokers(
    tmp_path: Path,
) -> None:
    site = site_of(tmp_path, CITY, bus_url="amqp://341500:pw@rabbitmq-341500:5672/341500")

    open_for_children(site, OPENING, NOW)

    assert "loopback_users.341500" not in site.places.configuration.read_text()
    assert "loopback_users.shovel = true" in site.places.configuration.read_text()


def test_an_authority_is_renewed_once_at_a_time_and_ends_when_all_children_have_come(
    city: Site, tmp_path: Path
) -> None:
    let_in(city, tmp_path)
    first = trusted(city)

    begin_authority(city, NOW)
    assert trusted(city)[1:] == first
    assert (
        server_of(city).certificate.issuer
        == Authority.read(city.places.authority_before.read_bytes()).certificate.subject
    )
    with pytest.raises(Trouble, match="being renewed already"):
        begin_authority(city, NOW)
    with pytest.raises(Trouble, match=COUNTY):
        end_authority(city, NOW)
    let_in(city, tmp_path)
    end_authority(city, NOW)

    assert len(trusted(city)) == 1
    assert trusted(city) != first
    assert server_of(city).certificate.issuer == city.authority().certificate.subject


def test_what_the_broker_refused_was_not_answered_and_may_be_done_again(
    city: Site, asked: Asked, tmp_path: Path
) -> None:
    invitation = Invitation(id="1f", account="join-341523-1f", ends_at=NOW + timedelta(days=7))
    city.know(invitations={COUNTY: invitation})
    card = site_of(tmp_path, COUNTY).card
    request = Request(card, request_for(new_key(), "x"), NOW)
    asked.refuses = "unable to perform an operation on node"

    with pytest.raises(Trouble, match="unable to perform"):
        admit(city, cast("Channel", Waiting()), request, invitation, NOW)

    assert city.books.invitations[COUNTY].answered_at is None


def test_revoking_takes_the_account_first_and_then_everything_else(
    city: Site, asked: Asked, tmp_path: Path
) -> None:
    let_in(city, tmp_path)
    queues = Waiting(**{f"down.{COUNTY}": 3})

    assert revoke(city, cast("Channel", queues), COUNTY, drain=True) == 3

    assert asked == [f"delete_user node-{COUNTY}"]
    assert cards_of(city.settings) == {}
    assert COUNTY not in city.places.definitions.read_text()
    assert city.books.generations == {COUNTY: 2}


def test_what_waits_for_who_is_revoked_is_kept_if_one_wants(city: Site, tmp_path: Path) -> None:
    let_in(city, tmp_path)
    queues = Waiting(**{f"down.{COUNTY}": 3})

    assert revoke(city, cast("Channel", queues), COUNTY, drain=False) is None
    assert queues.messages == {f"down.{COUNTY}": 3}


def test_what_who_is_revoked_asked_of_the_link_goes_in_any_case(
    city: Site, tmp_path: Path
) -> None:
    let_in(city, tmp_path)
    queues = Waiting(**{f"down.{COUNTY}": 3, f"papers.{COUNTY}": 1})

    revoke(city, cast("Channel", queues), COUNTY, drain=False)

    assert queues.messages == {f"down.{COUNTY}": 3}


def test_a_broker_that_does_not_answer_leaves_a_revocation_undone_and_says_so(
    city: Site, asked: Asked, tmp_path: Path
) -> None:
    let_in(city, tmp_path)
    asked.refuses = "unable to perform an operation on node"

    with pytest.raises(Trouble, match="unable to perform"):
        revoke(city, cast("Channel", Waiting()), COUNTY, drain=False)

    assert COUNTY in city.books.children


def test_who_leaves_dials_and_believes_the_tier_above_no_more(tmp_path: Path) -> None:
    shovel = {"component": "shovel", "name": "up", "value": "{}"}
    asked = Asked(answers=json.dumps([shovel, {**shovel, "component": "other"}]))
    county = site_of(tmp_path, COUNTY, asked)
    keep_card(county.settings, site_of(tmp_path, CITY).card, "a test")
    county.know(parent=Parent(code=CITY, account=f"node-{COUNTY}", address=ADDRESS))

    assert leave(county) == CITY

    assert asked[-1] == f"clear_parameter --vhost {COUNTY} shovel up"
    assert cards_of(county.settings) == {}
    assert json.loads(county.places.definitions.read_text())["parameters"] == []
    with pytest.raises(Trouble, match="has not joined"):
        leave(county)


def test_who_was_never_let_in_cannot_be_revoked(city: Site) -> None:
    with pytest.raises(Trouble, match="was not let in"):
        revoke(city, cast("Channel", Waiting()), COUNTY, drain=False)


def test_an_invitation_ends(city: Site) -> None:
    with pytest.raises(Trouble, match="There is no invitation"):
        invitation_for(city, COUNTY, NOW)
    city.know(invitations={COUNTY: Invitation(id="1f", account="join-341523-1f", ends_at=NOW)})
    with pytest.raises(Trouble, match="ended at 2030-01-07 09:00"):
        invitation_for(city, COUNTY, NOW)


def test_an_account_that_is_gone_is_locked_out(asked: Asked) -> None:
    asked.refuses = "Error: User 'node-341523' does not exist"

    Broker(asked, CITY).lock_out("node-341523")


def test_shovels_of_other_virtual_hosts_are_left_out() -> None:
    told = (
        '[{"vhost":"341500","name":"up","state":"running"},{"vhost":"x","name":"a","state":"b"}]'
    )

    assert Broker(Asked(answers=told), CITY).shovels() == [Shovel("up", "running")]


def test_a_tool_that_is_not_there_is_told_with_the_setting_that_names_it(tmp_path: Path) -> None:
    broker = Broker.by_command(str(tmp_path / "no such tool"), CITY)

    with pytest.raises(Trouble, match="BACKSTOP_BROKER_CONTROL"):
        broker.load({})


def test_the_tool_is_given_what_it_reads_and_its_failure_is_quoted(tmp_path: Path) -> None:
    tool = tmp_path / "rabbitmqctl"
    tool.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/words; cat > {tmp_path}/read\n')
    tool.chmod(0o700)
    Broker.by_command(f"{tool} --node here", CITY).load({"users": []})

    assert (tmp_path / "words").read_text() == "--node here --quiet import_definitions\n"
    assert (tmp_path / "read").read_text() == '{"users": []}'
    tool.write_text("#!/bin/sh\necho 'no such node' >&2; exit 69\n")
    with pytest.raises(Trouble, match="no such node"):
        Broker.by_command(str(tool), CITY).load({})


def test_one_command_at_a_time_works_on_the_links_of_a_node(tmp_path: Path) -> None:
    folder = tmp_path / "links"

    with (
        alone(folder),
        pytest.raises(Trouble, match="Another `backstop link`"),
        alone(folder),
    ):
        pass
    with alone(folder):
        pass


def test_books_that_cannot_be_read_are_told(city: Site) -> None:
    city.places.books.write_text("{")

    with pytest.raises(Trouble, match="put it back from a copy"):
        _ = city.books


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("links.example.gov.cn", ("links.example.gov.cn", 5671)),
        ("10.0.0.5:5700", ("10.0.0.5", 5700)),
        ("[2001:db8::7]:5700", ("2001:db8::7", 5700)),
        ("2001:db8::7", ("2001:db8::7", 5671)),
    ],
)
def test_an_address_is_read_as_people_write_it(told: str, meant: tuple[str, int]) -> None:
    assert place(told) == meant


@pytest.mark.parametrize("told", ["", ":5671", "host:", "host:0", "host:65536", "host:x"])
def test_what_is_no_address_is_told(told: str) -> None:
    with pytest.raises(Trouble):
        place(told)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (lambda: is_near("localhost"), True),
        (lambda: is_near("127.0.0.9"), True),
        (lambda: is_near("rabbitmq-341500"), False),
        (lambda: vhost_of("amqp://a:b@c:1/341500"), "341500"),
        (lambda: vhost_of("amqp://a:b@c:1/%2Fx"), "/x"),
        (lambda: vhost_of("amqp://a:b@c:1"), "/"),
        (lambda: spoken("4KTTJ9ACDE"), "4KTTJ-9ACDE"),
    ],
)
def test_small_questions(question: Callable[[], object], answer: object) -> None:
    assert question() == answer
