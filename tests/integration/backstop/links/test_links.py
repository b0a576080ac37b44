"""From an invitation to a running link over a real broker, and what nobody can do there.

One module, for the broker takes long to start and serves all of it.
"""

import ssl
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import amqp
import pytest

from backstop.commands.link.status import told_of
from backstop.links.authority import (
    Authority,
    Pair,
    account_in,
    certificate_pem,
    new_key,
    request_for,
    request_pem,
)
from backstop.links.definitions import account_of
from backstop.links.opening import renew_server, server_is_due, trusted, waiting_for
from backstop.links.papers import Kind, paper, write_paper
from backstop.links.places import put, put_for_broker
from backstop.links.renewing import (
    answer_renewals,
    ask_anew,
    asks_since,
    own_is_due,
    own_pair,
    take_renewed,
)
from backstop.links.tending import tend
from backstop.links.wire import LOST, Shut, dialled
from backstop.neighbours import cards_of
from backstop.progress import Trouble
from backstop.servers.rabbitmq import USER
from shared.bus.topology import INBOUND, NAMES_HEADER, OUT, PAPERS, UP, down_queue
from shared.clock import new_id
from shared.security.sealing import NodeKeys
from tests.integration.backstop.links.conftest import Story
from tests.integration.backstop.links.family import (
    CITY,
    COUNTY,
    LEAVER,
    SIBLING,
    Attempts,
    Family,
    demand_an_outside,
)
from tests.integration.backstop.links.watching import comes

ALLOWED, ACCESS_REFUSED, FOREIGN_USER = 0, 403, 406


def test_the_invitation_is_for_its_owner_and_tells_no_code(family: Family, story: Story) -> None:
    file = family.city.settings.links.parent / "invitation.json"

    assert file.stat().st_mode & 0o777 == 0o600
    assert story["invite"].status == 0
    code = story["invite"].text.split("code: ")[1].split()[0]
    assert code.replace("-", "") not in file.read_text()
    assert "PRIVATE KEY" not in file.read_text()


def test_nobody_is_admitted_before_somebody_asked(story: Story) -> None:
    assert story["admit too early"].status == 1
    assert "Nobody asked yet" in story["admit too early"].text


def test_a_wrong_code_opens_nothing_and_says_how_to_go_on(story: Story) -> None:
    assert story["wrong code"].status == 1
    assert "listen once more" in story["wrong code"].text


def test_a_child_that_was_not_answered_may_come_back(family: Family, story: Story) -> None:
    said = story["join"]

    assert said.status == 3
    assert family.county.card.fingerprint in said.text
    assert family.city.card.fingerprint in said.text
    assert "No answer yet" in said.text


def test_a_wrong_fingerprint_lets_nobody_in(story: Story) -> None:
    assert story["wrong fingerprint"].status == 1
    assert "fits no request" in story["wrong fingerprint"].text


def test_the_right_fingerprint_lets_the_child_in(family: Family, story: Story) -> None:
    assert story["admit"].status == 0
    assert family.county.card.fingerprint in story["admit"].text
    assert "has not fetched the answer" in story["admit"].text
    assert cards_of(family.city.settings)[COUNTY] == family.county.card
    assert cards_of(family.county.settings)[CITY] == family.city.card


def test_the_key_of_the_child_never_left_it(family: Family, linked: Family) -> None:
    pair = own_pair(family.county)

    assert account_in(pair.certificate) == f"node-{COUNTY}"
    secret = family.county.places.own.read_text().split("-----")[2].strip()
    for file in family.city.places.folder.rglob("*"):
        assert not file.is_file() or secret not in file.read_text()


def test_an_answer_that_was_fetched_ends_the_invitation(family: Family, story: Story) -> None:
    assert story["join again"].status == 0
    assert "invitation is used up" in story["admit again"].text
    assert COUNTY not in family.city.books.invitations


def test_an_invitation_works_once(story: Story) -> None:
    assert story["second join"].status == 1
    assert "the invitation was used or withdrawn" in story["second join"].text


def test_what_a_child_says_comes_in_above(linked: Family) -> None:
    with linked.at_home(CITY) as above, linked.at_home(COUNTY) as below:
        before = above.waiting(INBOUND) or 0
        below.give(OUT, b"up", f"{UP}.{COUNTY}.test")
        assert comes(lambda: above.waiting(INBOUND) == before + 1)


def test_what_is_for_a_child_comes_in_below(linked: Family) -> None:
    with linked.at_home(CITY) as above, linked.at_home(COUNTY) as below:
        before = below.waiting(INBOUND) or 0
        above.give(OUT, b"down", f"{down_queue(COUNTY)}.test")
        assert comes(lambda: below.waiting(INBOUND) == before + 1)


def test_a_certificate_is_renewed_over_the_link_and_the_old_one_works_until_then(
    linked: Family, now: datetime
) -> None:
    city, county, before = linked.city, linked.county, own_pair(linked.county)

    with linked.at_home(CITY) as above, linked.at_home(COUNTY) as below:
        ask_anew(county, below, now)
        assert comes(lambda: answer_renewals(city, above, now) == [COUNTY])
        assert own_pair(county).certificate == before.certificate
        assert comes(lambda: take_renewed(county, below, now))

    after = own_pair(county)
    assert after.certificate.public_key() != before.certificate.public_key()
    assert account_in(after.certificate) == account_in(before.certificate)
    assert asks_since(county) is None
    with dialled(linked.dial(county.places.own)):
        pass


def test_nobody_renews_in_the_name_of_another(linked: Family, now: datetime) -> None:
    stranger = NodeKeys.create(linked.city.settings.links.parent / f"{new_id()}.json")
    request = request_pem(request_for(new_key(), f"node-{COUNTY}")).decode()
    by_a_stranger = paper(Kind.RENEW, (COUNTY, CITY), now, request=request)
    by_a_sibling = paper(Kind.RENEW, (SIBLING, CITY), now, request=request)

    with linked.at_home(CITY) as channel:
        for said in (by_a_stranger, by_a_sibling):
            blob = write_paper(stranger, said)
            channel.give(f"in.{COUNTY}", blob, headers={NAMES_HEADER: PAPERS})
        channel.give(f"in.{COUNTY}", b"no paper", headers={NAMES_HEADER: PAPERS})

        assert answer_renewals(linked.city, channel, now) == []
        assert channel.waiting(f"papers.{COUNTY}") == 0


def test_what_is_due_is_renewed_by_itself(linked: Family, now: datetime) -> None:
    city, county, long_ago = linked.city, linked.county, now - linked.city.certificate_lasts * 0.8
    account = account_of(COUNTY)
    own = city.authority().client(account, long_ago, city.certificate_lasts)
    put_for_broker(county.places.own, own.pem)
    renew_server(city, long_ago)
    assert [server_is_due(city, now), own_is_due(county, now)] == [True, True]

    def is_done() -> bool:
        return own_pair(county).certificate != own.certificate

    assert comes(lambda: _tended_until(linked, now, is_done))
    assert [server_is_due(city, now), own_is_due(county, now)] == [False, False]


def _tended_until(linked: Family, now: datetime, is_done: Callable[[], bool]) -> bool:
    tend(linked.city, now)
    tend(linked.county, now)
    return is_done()


def test_an_authority_follows_another_while_the_link_works(linked: Family, now: datetime) -> None:
    city, before = linked.city, linked.county.places.own.read_bytes()

    assert linked.says(CITY, "rotate", "--authority").status == 0
    assert len(trusted(city)) == 2
    assert COUNTY in linked.says(CITY, "rotate", "--finish").text
    with dialled(linked.dial(linked.county.places.own)):
        pass
    # Nobody does anything at the county: it was called.
    assert comes(
        lambda: _tended_until(linked, now, lambda: linked.county.places.own.read_bytes() != before)
    )
    for other in waiting_for(city):
        linked.vouch(other, now)
    assert linked.says(CITY, "rotate", "--finish").status == 0

    with dialled(linked.dial(linked.county.places.own)):
        pass
    put(linked.city.settings.links.parent / "before.pem", before)
    with pytest.raises(Trouble), dialled(linked.dial(city.settings.links.parent / "before.pem")):
        pass


def test_whoever_is_revoked_is_cut_off_and_not_let_in_again(linked: Family, now: datetime) -> None:
    city, keys = linked.city, linked.city.settings.links.parent
    linked.let_in(LEAVER, now)
    old = linked.vouched(account_of(LEAVER), now, keys)
    with linked.at_home(CITY) as channel:
        channel.give(OUT, b"kept", f"{down_queue(LEAVER)}.test")

    with dialled(linked.dial(old)) as channel:
        said = linked.says(CITY, "revoke", LEAVER, "--keep", "--yes")
        with pytest.raises(LOST):
            channel.give(f"in.{LEAVER}", b"still here?")

    assert said.status == 0
    with pytest.raises(Shut), dialled(linked.dial(old)):
        pass
    assert LEAVER not in cards_of(city.settings)
    with linked.at_home(CITY) as channel:
        assert channel.waiting(down_queue(LEAVER)) == 1
    assert account_of(LEAVER) not in city.places.definitions.read_text()

    # It comes back under another account, which the old certificate does not open.
    linked.let_in(LEAVER, now)
    assert city.books.children[LEAVER].account == account_of(LEAVER, 2)
    with pytest.raises(Shut), dialled(linked.dial(old)):
        pass


def test_the_operator_sees_the_ends_of_certificates_and_what_waits(linked: Family) -> None:
    told = list(told_of(linked.county, linked.county.books))

    assert any("own certificate" in line and "until" in line for line in told)
    assert {"shovel down  running", "shovel up  running"} <= set(told)
    assert any(line.startswith("队列 · queue uplink  0") for line in told)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pairs")


@pytest.fixture(scope="module")
def child(linked: Family, keys: Path, now: datetime) -> Iterator[Attempts]:
    with linked.attempts(linked.vouched(account_of(COUNTY), now, keys)) as attempts:
        yield attempts


def test_a_child_writes_into_its_own_way_in_under_its_own_name(child: Attempts) -> None:
    assert child.publish(f"in.{COUNTY}", user_id=account_of(COUNTY)) == ALLOWED
    assert child.publish(f"in.{COUNTY}", user_id=account_of(SIBLING)) == FOREIGN_USER


@pytest.mark.parametrize(
    ("exchange", "key"),
    [
        (f"in.{SIBLING}", ""),
        ("link.out", f"down.{SIBLING}.x"),
        ("events", "intake.0"),
        ("", f"down.{SIBLING}"),
        ("", "link.in"),
        ("from.parent", ""),
        ("link.unrouted", ""),
        (f"papers.{COUNTY}", ""),
        (f"join.{SIBLING}", ""),
        ("amq.topic", "x"),
    ],
)
def test_a_child_writes_nowhere_else(child: Attempts, exchange: str, key: str) -> None:
    assert child.publish(exchange, key) == ACCESS_REFUSED


@pytest.mark.parametrize("header", ["CC", "BCC"])
def test_no_header_leads_a_message_into_the_queue_of_another(
    linked: Family, child: Attempts, header: str
) -> None:
    # With one topic exchange for all, this is how a child wrote into its sibling's queue.
    queues = [f"down.{SIBLING}", f"papers.{SIBLING}"]
    elsewhere = {header: [*queues, f"down.{SIBLING}.x"]}

    with linked.at_home(CITY) as channel:
        inbound = channel.waiting(INBOUND)
        before = [channel.waiting(queue) for queue in queues]
        assert inbound is not None
        assert None not in before
        assert child.publish(f"in.{COUNTY}", application_headers=elsewhere) == ALLOWED

        assert channel.waiting(INBOUND) == inbound + 1
        assert [channel.waiting(queue) for queue in queues] == before


@pytest.mark.parametrize("queue", [f"down.{SIBLING}", "link.in", "uplink", f"papers.{COUNTY}"])
def test_a_child_reads_no_queue_but_its_own(child: Attempts, queue: str) -> None:
    assert child.refused("basic_get", queue) == ACCESS_REFUSED
    assert child.refused("basic_consume", queue) == ACCESS_REFUSED
    assert child.refused("queue_purge", queue) == ACCESS_REFUSED


@pytest.mark.parametrize(
    ("what", "arguments"),
    [
        ("queue_declare", ["mine"]),
        ("queue_declare", [""]),
        ("queue_delete", [f"down.{COUNTY}"]),
        ("queue_bind", [f"down.{COUNTY}", "link.out", "#"]),
        ("exchange_declare", ["mine", "topic"]),
        ("exchange_delete", [f"in.{COUNTY}"]),
    ],
)
def test_a_child_makes_and_removes_nothing(
    child: Attempts, what: str, arguments: list[str]
) -> None:
    assert child.refused(what, *arguments) == ACCESS_REFUSED


def test_a_name_without_an_account_is_not_let_in(
    linked: Family, keys: Path, now: datetime
) -> None:
    stranger = linked.vouched("node-999999", now, keys)

    with pytest.raises(Shut, match="lets it not in"), dialled(linked.dial(stranger)):
        pass


@pytest.mark.parametrize("account", ["shovel", USER])
def test_no_certificate_makes_a_local_account_of_a_child(
    linked: Family, keys: Path, now: datetime, account: str
) -> None:
    demand_an_outside()
    pair = linked.vouched(account, now, keys)

    with pytest.raises(amqp.AccessRefused):
        linked.from_outside(pair, login_method="EXTERNAL")


def test_the_password_of_a_local_account_is_of_no_use_outside(
    linked: Family, keys: Path, now: datetime
) -> None:
    demand_an_outside()
    pair = linked.vouched(account_of(COUNTY), now, keys)
    password = (linked.broker.folder / "password").read_text()

    for user, secret in ((USER, password), (account_of(SIBLING), ""), ("guest", "guest")):
        with pytest.raises(amqp.AccessRefused):
            linked.from_outside(pair, login_method="PLAIN", userid=user, password=secret)


def test_who_shows_no_certificate_is_not_listened_to(linked: Family) -> None:
    with pytest.raises((ssl.SSLError, OSError)):
        linked.from_outside(None, login_method="EXTERNAL")


@pytest.mark.parametrize("of", ["another authority", "a server", "what has ended"])
def test_a_certificate_that_is_not_meant_for_this_is_not_accepted(
    linked: Family, keys: Path, now: datetime, of: str
) -> None:
    day, account = timedelta(days=1), account_of(COUNTY)
    rogue = Authority.create(CITY, now, day)
    authority = linked.city.authority()
    pairs: dict[str, Pair] = {
        "another authority": rogue.client(account, now, day),
        "a server": authority.server([account], now, day),
        "what has ended": authority.client(account, now - 2 * day, day),
    }
    put(keys / "wrong.pem", pairs[of].pem)

    with pytest.raises(Trouble), dialled(linked.dial(keys / "wrong.pem")):
        pass


def test_a_server_of_another_authority_is_told_nothing(
    linked: Family, keys: Path, now: datetime
) -> None:
    put(keys / "rogue.pem", certificate_pem(Authority.create(CITY, now, timedelta(1)).certificate))
    dial = linked.dial(linked.vouched(account_of(COUNTY), now, keys))
    wrong = type(dial)(dial.host, dial.port, dial.vhost, dial.name, keys / "rogue.pem", dial.pair)

    with pytest.raises(Trouble, match="Nothing was sent"), dialled(wrong):
        pass
