"""What the broker of a node with links holds, and what a child of it may and may not do there."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from backstop.links.definitions import (
    SHOVEL,
    Dial,
    Document,
    Plan,
    account_of,
    definitions,
    door,
    exactly,
)
from shared.bus.topology import FROM_PARENT, INBOUND, OUT, UNROUTED, UPLINK, down_queue

PARENT = Dial(
    host="links.example.gov.cn",
    port=5671,
    vhost="340000",
    name="links.example.gov.cn",
    authority=Path("/etc/backstop/links/341500/broker/parent.pem"),
    pair=Path("/etc/backstop/links/341500/broker/own-1f.pem"),
)
CITY = Plan(node="341500", vhost="341500", children=("341523", "341525"), parent=PARENT)

codes = st.from_regex(r"\A[1-9][0-9]{5}\Z")
families = st.lists(codes, min_size=1, max_size=6, unique=True)


def plan_of(family: list[str]) -> Plan:
    node, *children = family
    return Plan(node=node, vhost=node, children=tuple(children), parent=PARENT)


def names(document: Document, kind: str) -> set[str]:
    return {str(each["name"]) for each in document[kind]}


def rights(document: Document, user: str) -> dict[str, Any]:
    (found,) = [each for each in document["permissions"] if each["user"] == user]
    return found


def everything(document: Document) -> set[str]:
    exchanges = {"amq.default", "amq.topic", "amq.fanout", "events"}
    return names(document, "exchanges") | names(document, "queues") | exchanges


def led_to(document: Document, source: str) -> set[str]:
    return {b["destination"] for b in document["bindings"] if b["source"] == source}


@given(families)
def test_a_child_may_write_its_own_way_in_and_read_its_own_way_out_only(family: list[str]) -> None:
    document = definitions(plan_of(family))

    for child in family[1:]:
        its = rights(document, account_of(child))
        may = {
            what: {name for name in everything(document) if re.search(its[what], name)}
            for what in ("configure", "write", "read")
        }
        assert may == {
            "configure": set(),
            "write": {f"in.{child}"},
            "read": {f"down.{child}"},
        }


@given(families)
def test_nothing_that_a_child_may_write_leads_to_what_another_one_reads(family: list[str]) -> None:
    document = definitions(plan_of(family))

    for child in family[1:]:
        assert led_to(document, f"in.{child}") == {INBOUND, f"papers.{child}"}
        assert led_to(document, f"papers.{child}") == {f"papers.{child}"}
    kinds = {each["name"]: each["type"] for each in document["exchanges"]}
    assert {kinds[f"in.{child}"] for child in family[1:]} <= {"fanout"}


@given(families)
def test_every_name_that_is_used_is_there(family: list[str]) -> None:
    document = definitions(plan_of(family))

    exchanges, queues = names(document, "exchanges"), names(document, "queues")
    assert {each["source"] for each in document["bindings"]} <= exchanges
    assert {each["destination"] for each in document["bindings"]} <= queues
    assert {each["user"] for each in document["permissions"]} == names(document, "users")
    assert all(each["vhost"] == family[0] for each in document["permissions"])


def test_nobody_of_the_links_has_a_password() -> None:
    assert {each["password_hash"] for each in definitions(CITY)["users"]} == {""}


def test_the_shovels_of_a_node_may_only_empty_its_uplink_and_fill_what_comes_from_above() -> None:
    its = rights(definitions(CITY), SHOVEL)

    assert (its["configure"], its["write"], its["read"]) == ("^$", r"^from\.parent$", "^uplink$")


def test_what_is_for_a_child_goes_into_its_queue_and_what_is_for_above_into_the_uplink() -> None:
    keys = {
        (each["routing_key"], each["destination"])
        for each in definitions(CITY)["bindings"]
        if each["source"] == OUT
    }

    assert keys == {
        ("up.#", UPLINK),
        ("down.341523.#", down_queue("341523")),
        ("down.341525.#", down_queue("341525")),
    }


def test_what_leads_nowhere_is_kept() -> None:
    document = definitions(CITY)

    (policy,) = document["policies"]
    assert policy["definition"] == {"alternate-exchange": UNROUTED}
    kept = {name for name in names(document, "exchanges") if re.search(policy["pattern"], name)}
    assert kept == {OUT, FROM_PARENT, "in.341523", "in.341525"}
    assert led_to(document, UNROUTED) == {UNROUTED}


def test_queues_of_a_link_outlive_the_broker_and_drop_nothing_however_often_it_flaps() -> None:
    for queue in definitions(CITY)["queues"]:
        assert queue["durable"]
        assert queue["arguments"]["x-queue-type"] == "quorum"
        assert queue["arguments"]["x-delivery-limit"] >= 1_000_000
        assert "x-message-ttl" not in queue["arguments"]
        is_for_papers = queue["name"].startswith("papers.")
        assert ("x-max-length" in queue["arguments"]) is is_for_papers


def test_papers_are_told_apart_by_what_they_say_of_themselves() -> None:
    document = definitions(CITY)

    kinds = {each["name"]: each["type"] for each in document["exchanges"]}
    for source, papers in (("in.341523", "papers.341523"), (FROM_PARENT, "papers.parent")):
        assert led_to(document, source) == {INBOUND, papers}
        assert kinds[papers] == "headers"
        (binding,) = [each for each in document["bindings"] if each["source"] == papers]
        assert binding["arguments"] == {"x-match": "all", "names": "link.papers"}


def test_an_invited_child_may_ask_and_fetch_and_once_it_is_answered_only_fetch() -> None:
    for is_answered, may_write in ((False, r"^join\.341523$"), (True, "^$")):
        opened = door("341500", "341523", "join-341523-1f", is_answered=is_answered)

        its = rights(opened, "join-341523-1f")
        assert (its["configure"], its["write"]) == ("^$", may_write)
        assert its["read"] == r"^joined\.341523$"
        assert led_to(opened, "join.341523") == {"join.341523"}


def test_who_waits_at_a_door_cannot_fill_the_broker() -> None:
    (asking, _answering) = door("341500", "341523", "join-341523-1f")["queues"]

    assert asking["arguments"]["x-max-length"] <= 10
    assert asking["arguments"]["x-max-length-bytes"] <= 1_000_000
    assert asking["arguments"]["x-overflow"] == "reject-publish"


def test_a_child_that_comes_back_has_an_account_that_its_old_certificate_does_not_open() -> None:
    plan = Plan("341500", "341500", ("341523",), accounts={"341523": account_of("341523", 2)})

    assert names(definitions(plan), "users") == {SHOVEL, "node-341523-2"}


def test_a_child_has_two_shovels_that_wait_for_confirms_and_say_who_they_are() -> None:
    up, down = (each["value"] for each in definitions(CITY)["parameters"])

    assert (up["src-uri"], up["src-queue"]) == ("amqp://shovel@/341500", UPLINK)
    assert (up["dest-uri"], up["dest-exchange"]) == (PARENT.uri, "in.341500")
    assert (down["src-uri"], down["src-queue"]) == (PARENT.uri, "down.341500")
    assert (down["dest-uri"], down["dest-exchange"]) == ("amqp://shovel@/341500", FROM_PARENT)
    for value, user in ((up, "node-341500"), (down, "shovel")):
        assert value["ack-mode"] == "on-confirm"
        assert value["src-prefetch-count"] == 500
        assert value["reconnect-delay"] == 15
        assert value["dest-publish-properties"] == {"user_id": user, "delivery_mode": 2}


def test_the_highest_tier_dials_nobody() -> None:
    assert definitions(Plan("340000", "340000", ("341500",)))["parameters"] == []


def test_the_address_of_the_tier_above_says_whom_to_trust_and_holds_no_secret() -> None:
    url = urlsplit(PARENT.uri)
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}

    assert (url.scheme, url.hostname, url.port) == ("amqps", "links.example.gov.cn", 5671)
    assert (url.username, url.password, url.path) == (None, None, "/340000")
    assert asked == {
        "cacertfile": str(PARENT.authority),
        "certfile": str(PARENT.pair),
        "keyfile": str(PARENT.pair),
        "verify": "verify_peer",
        "server_name_indication": "links.example.gov.cn",
        "auth_mechanism": "external",
        "heartbeat": "10",
        "connection_timeout": "10000",
    }


def test_a_virtual_host_with_a_slash_and_an_address_of_six_stay_what_they_are() -> None:
    dial = Dial("2001:db8::7", 5671, "/", "city.link", Path("/a"), Path("/b"))

    assert dial.uri.startswith("amqps://[2001:db8::7]:5671/%2F?")


def test_a_permission_fits_one_name() -> None:
    assert re.search(exactly("in.341523"), "in.341523")
    assert not re.search(exactly("in.341523"), "in-341523")
    assert not re.search(exactly("in.341523"), "in.3415231")
    assert not re.search(exactly(""), "anything")
