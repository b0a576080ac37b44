"""What a node below that lies, or a thief with its key, tries against the node above.

Each attempt is made for true, over the line, with what the attacker has; it is told how it ended,
and anything that went through and should not have is a breach.
"""

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from backstop.links.authority import Authority
from backstop.links.definitions import account_of, papers_from
from backstop.links.listener import MOST_BYTES as MOST_OF_BROKER
from backstop.links.owned import NAME
from backstop.servers.rabbitmq import USER
from services.link.handlers.letters import MOST_BYTES
from shared.bus.topology import (
    FROM_PARENT,
    INBOUND,
    OUT,
    UNROUTED,
    UPLINK,
    down_queue,
    inbound_exchange,
)
from shared.clock import utcnow
from shared.security.letters import sign
from shared.security.sealing import NodeKeys
from tests.chaos._apart import Stage, answers
from tests.chaos._attacker import (
    GONE_WRONG,
    HEARD,
    SIBLING,
    Attacker,
    Tried,
    attacker,
    depth,
    in_words,
    table,
)
from tests.chaos._stage import say
from tests.system.harness import eventually
from tests.system.intruder import Intruder
from tests.system.link_stories import hand_overs, offer, registered
from tests.system.linked import COUNTY

BEATS_SECONDS = 30
HEARD_AT = "SELECT last_heard_at FROM link.links WHERE peer = :peer"
YEAR = timedelta(days=365)


def attacks(stage: Stage) -> None:
    """Try everything that a child with its own certificate and keys can try."""
    with attacker(stage) as one:
        tried = [*_writing(one), *_reading(one), *_connecting(one), *_lying(one)]
        kept = depth(stage, down_queue(SIBLING))
    if kept != 1:
        tried.append(
            Tried(f"the sibling's queue held 1 letter, now {kept}", "", went_through=True)
        )
    _tell(stage, tried)


def stolen_key(stage: Stage) -> None:
    """Try what a thief of the child's TLS key can do, who has no other key; then revoke."""
    with attacker(stage) as one:
        tried = [*_thieving(stage, one), *_revoked(stage, one)]
    _tell(stage, tried)


def _tell(stage: Stage, tried: Sequence[Tried]) -> None:
    breaches = [each for each in tried if each.is_breach]
    through = sum(each.went_through for each in tried)
    stage.account.breaches += len(breaches)
    stage.account.notes.append(
        f"{len(tried)} attempts: {len(tried) - through} refused, {through} let through, "
        f"{len(breaches)} breaches"
    )
    say(f"\n{table(tried)}\n")


def _writing(one: Attacker) -> Iterator[Tried]:
    beat, sibling = one.one.letter(), inbound_exchange(SIBLING)
    elsewhere = {
        "the sibling's way in": {"exchange": sibling},
        "out, to the sibling's queue": {"exchange": OUT, "key": f"{down_queue(SIBLING)}.link"},
        "as if from above": {"exchange": FROM_PARENT},
        "the city's own events": {"exchange": "events", "key": "dispatch.0"},
        "what has nowhere to go": {"exchange": UNROUTED},
        "the sibling's papers": {"exchange": papers_from(SIBLING)},
        "the default exchange, to the sibling's queue": {
            "exchange": "",
            "key": down_queue(SIBLING),
        },
        "the default exchange, to link": {"exchange": "", "key": INBOUND},
        "amq.topic": {"exchange": "amq.topic", "key": "#"},
        "amq.direct": {"exchange": "amq.direct", "key": INBOUND},
    }
    for what, to in elsewhere.items():
        yield one.tries(f"write: {what}", one.writes(beat, **to))
    for header in ("CC", "BCC"):
        led = {
            "application_headers": {header: [down_queue(SIBLING), f"{down_queue(SIBLING)}.link"]}
        }
        may = "a fanout leads to link alone; the sibling's queue is untouched"
        yield one.tries(f"write: {header} to the sibling's queue", one.writes(beat, **led), may)
    yield one.tries("write: user_id of the sibling", one.writes(beat, user_id=account_of(SIBLING)))
    huge = b"x" * (MOST_OF_BROKER + 1)
    yield one.tries("write: longer than the broker takes", one.writes(huge))


def _reading(one: Attacker) -> Iterator[Tried]:
    own, sibling = down_queue(COUNTY), down_queue(SIBLING)
    acts: dict[str, tuple[Callable[[Any], Any], str]] = {
        "get: the sibling's queue": (lambda c: c.basic_get(sibling), ""),
        "consume: the sibling's queue": (lambda c: c.basic_consume(sibling), ""),
        "get: link's queue": (lambda c: c.basic_get(INBOUND), ""),
        "get: the city's uplink": (lambda c: c.basic_get(UPLINK), ""),
        "get: what had nowhere to go": (lambda c: c.basic_get(UNROUTED), ""),
        "get: the sibling's papers": (lambda c: c.basic_get(papers_from(SIBLING)), ""),
        "get: its own queue": (lambda c: c.basic_get(own), "its own letters, sent again"),
        "purge: the sibling's queue": (lambda c: c.queue_purge(sibling), ""),
        "purge: link's queue": (lambda c: c.queue_purge(INBOUND), ""),
        "purge: its own queue": (lambda c: c.queue_purge(own), "its own letters, sent again"),
        "delete: its own queue": (lambda c: c.queue_delete(own), ""),
        "delete: the sibling's queue": (lambda c: c.queue_delete(sibling), ""),
        "delete: its own way in": (lambda c: c.exchange_delete(one.one.way_in), ""),
        "declare: a queue": (lambda c: c.queue_declare("mine"), ""),
        "declare: a queue that the server names": (lambda c: c.queue_declare(""), ""),
        "declare: an exchange": (lambda c: c.exchange_declare("mine", "topic"), ""),
        "bind: its own queue to everything that goes out": (
            lambda c: c.queue_bind(own, OUT, "#"),
            "",
        ),
        "bind: its way in to what goes out": (
            lambda c: c.exchange_bind(one.one.way_in, OUT, "#"),
            "",
        ),
        "unbind: its way in from link": (lambda c: c.queue_unbind(INBOUND, one.one.way_in), ""),
        "look: how long the sibling's queue is": (
            lambda c: c.queue_declare(sibling, passive=True).message_count,
            "AMQP asks no right for it: a number and nothing else",
        ),
    }
    for what, (act, may) in acts.items():
        yield one.tries(what, act, may)


def _connecting(one: Attacker) -> Iterator[Tried]:
    def nothing(_channel: Any) -> None:
        return None

    assert one.one.above.links is not None
    password = (one.one.above.folder / "password").read_text()
    rogue = Authority.create("341500", utcnow(), YEAR)
    true = Authority.read(one.one.above.links.authority.read_bytes())
    pairs = {
        "connect: a certificate of another authority": rogue.client(
            one.one.account, utcnow(), YEAR
        ),
        "connect: a server's certificate as a client's": true.server([NAME], utcnow(), YEAR),
        "connect: a certificate that has ended": true.client(
            one.one.account, utcnow() - 2 * YEAR, YEAR
        ),
        "connect: a certificate of nobody's account": true.client("admin", utcnow(), YEAR),
    }
    for what, pair in pairs.items():
        file = one.files / "pair.pem"
        file.write_bytes(pair.pem)
        yield one.tries(what, nothing, pair=file)
    yield one.tries("connect: no certificate", nothing, shows=False)
    plain = {"login_method": "PLAIN"}
    logins = {
        "the city's own account and its password": {"userid": USER, "password": password},
        "its account and no password": {"userid": one.one.account, "password": ""},
        "guest": {"userid": "guest", "password": "guest"},
        "shovel and no password": {"userid": "shovel", "password": ""},
    }
    for what, login in logins.items():
        yield one.tries(f"connect: certificate and PLAIN, {what}", nothing, **plain, **login)
    yield one.tries("connect: virtual host /", nothing, vhost="/")
    yield one.tries("connect: a broker that shows another name", nothing, name="province.link")
    yield from _dialling(one)


def _dialling(one: Attacker) -> Iterator[Tried]:
    city, nodes = one.city, one.stage.nodes
    ports = {
        "the broker without TLS": nodes.broker_of(city).port,
        "the database": nodes.databases[city.settings.code].port,
        "the web port": city.settings.web_port,
        "the bus process": city.settings.web_port + 1000,
        "Erlang's port mapper": nodes.broker_of(city)._internal_ports[0],
        "Erlang's distribution": nodes.broker_of(city)._internal_ports[1],
    }
    for what, port in ports.items():
        found = answers(nodes.line.below.space, nodes.line.above.address, int(port or 0))
        told = "it answers" if found else "nobody listens"
        yield Tried(f"connect: {what}", told, went_through=found)


def _lying(one: Attacker) -> Iterator[Tried]:
    own, city = one.one, one.city.settings.code
    finished = own.wrapped(
        {"case_id": "01936f5e-0000-7000-8000-000000000002", "round": 1},
        "dispatch.case_finished.v1",
        source=f"/nodes/{city}/dispatch",
    )
    long = json.dumps({"facts": [], "x": "x" * MOST_BYTES})
    letters = {
        "a letter changed on its way": own.letter().replace(b"boxes", b"boxer"),
        "a letter signed with another key": _signed_by_another(own),
        "a letter of the sibling": own.letter(sender=SIBLING),
        "a letter of the city itself": own.letter(sender=city),
        "a letter to the province": own.letter(addressee="340000"),
        "a letter with a number below 0": own.letter(sequence=-1),
        "a letter that is too long": own.letter(long),
        "a letter that is no JSON": own.wrapped({"body": "{", "signature": "x"}),
        "a letter that is deep": own.wrapped({"body": "[" * 50_000, "signature": "x"}),
        "a letter in form 2": own.letter(version=2),
        "an event of a later release": own.wrapped({"body": "?"}, "link.parcel_arrived.v2"),
        "an event of the city's dispatch": finished,
        "not an event at all": b"\x00\xff",
    }
    for what, letter in letters.items():
        yield one.is_disbelieved(what, letter)
    yield one.is_disbelieved("a letter without user_id", own.letter(), user_id=None)
    yield _replayed(one)


def _replayed(one: Attacker) -> Tried:
    [(sequence,)] = one.city.rows(HEARD, peer=COUNTY)
    facts = "SELECT count(*) FROM link.facts WHERE name = 'weather.fine.v1'"
    content = json.dumps({"facts": [{"type": "weather.fine.v1"}], "boxes": {}})
    before = one.city.rows(HEARD_AT, peer=COUNTY)
    with one.dialled() as channel:
        one.writes(one.one.letter(content, sequence=sequence))(channel)
    eventually("heard", lambda: one.city.rows(HEARD_AT, peer=COUNTY) != before)
    went_through = one.city.rows(facts) != [(0,)]
    return Tried(
        "a letter under a number that was heard", "counted once", went_through=went_through
    )


def _signed_by_another(own: Intruder) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "keys.json"
        NodeKeys.create(file)
        keys = NodeKeys.load(file)
    [envelope] = json.loads(own.letter())
    envelope["data"]["signature"] = sign(keys, envelope["data"]["body"].encode())
    return json.dumps([envelope]).encode()


def _thieving(stage: Stage, one: Attacker) -> Iterator[Tried]:
    yield one.is_disbelieved(
        "the thief writes a letter: he has no key to sign", _signed_by_another(one.one)
    )
    yield one.tries("the thief looks for other queues", lambda c: c.basic_get(down_queue(SIBLING)))
    case = registered(stage.nodes.city)
    taken = _taken(one, lambda: offer(stage.nodes.city, stage.nodes.county, case))
    told = json.loads(taken)[0]["data"]
    yield Tried(
        "the thief takes a letter from the child's queue",
        f"he reads {len(told['body'])} bytes: a signed letter with an offer",
        "facts are masked, what is personal is sealed for the child's other key",
        went_through=True,
    )
    yield one.is_disbelieved("the thief sends that letter up", taken)
    eventually(
        "what he took was sent again",
        lambda: hand_overs(stage.nodes.county, case, direction="in", state="open"),
        120,
    )
    yield Tried(
        "what the thief took away",
        "the offer came to the child all the same: without a receipt it is sent again",
        "LinkUnreceipted, if he goes on for 15 minutes",
        went_through=True,
    )


def _taken(one: Attacker, say_something: Callable[[], object]) -> bytes:
    taken: list[Any] = []
    before_others = {"x-priority": 10}
    with one.dialled() as channel:
        channel.basic_consume(
            down_queue(COUNTY), no_ack=True, callback=taken.append, arguments=before_others
        )
        say_something()
        while not (numbered := [one for one in map(_body, taken) if _number(one)]):
            channel.connection.drain_events(timeout=BEATS_SECONDS)
    return numbered[0]


def _body(message: Any) -> bytes:
    return message.body if isinstance(message.body, bytes) else str(message.body).encode()


def _number(letter: bytes) -> int:
    [envelope] = json.loads(letter)
    return int(json.loads(envelope["data"]["body"])["head"]["sequence"])


def _revoked(stage: Stage, one: Attacker) -> Iterator[Tried]:
    city = stage.nodes.city
    with one.dialled() as channel:
        stage.nodes.command(city, "link", "revoke", COUNTY, "--yes", "--drain")
        try:
            one.writes(one.one.letter())(channel)
        except GONE_WRONG as error:
            yield Tried("revoked: a connection that was open", in_words(error))
        else:
            yield Tried("revoked: a connection that was open", "still works", went_through=True)
    yield one.tries("revoked: dial again", lambda channel: channel.basic_get(down_queue(COUNTY)))
    told = stage.nodes.command(city, "link", "status")
    is_listed = f"child {COUNTY}" in told
    yield Tried("revoked: `link status`", "the child is gone from it", went_through=is_listed)
