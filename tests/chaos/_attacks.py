"""What a node below that lies, or a thief with its key, tries against the node above.

Each attempt is made for true, over the line, with what the attacker has; it is told how it ended,
and anything that went through and should not have is a breach.
"""

import json
import ssl
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import amqp
import kombu

from backstop.links.authority import Authority
from backstop.links.definitions import Plan, account_of, definitions, papers_from
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
from tests.chaos._stage import say
from tests.system.harness import RunningNode, eventually
from tests.system.intruder import Intruder
from tests.system.link_books import stuck
from tests.system.link_stories import hand_overs, offer, registered
from tests.system.linked import COUNTY

SIBLING = "341524"
TIMEOUT_SECONDS, BEATS_SECONDS = 10, 30
YEAR = timedelta(days=365)
LAST_REASON = "SELECT reason FROM link.refused ORDER BY position DESC LIMIT 1"
LAST_PARKED = "SELECT left(reason, 80) FROM link.parked ORDER BY position DESC LIMIT 1"
GONE_WRONG = (OSError, amqp.AMQPError, ssl.SSLError)


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt and how it ended."""

    what: str
    outcome: str
    may: str = ""
    """Why it does no harm that it went through; empty for what must be refused."""
    went_through: bool = False

    @property
    def is_breach(self) -> bool:
        """Tell whether something went through that must not."""
        return self.went_through and not self.may

    @property
    def row(self) -> str:
        """Return it as a row of a table."""
        mark = "**BREACH**" if self.is_breach else self.may or "—"
        return f"| {self.what} | {self.outcome} | {mark} |"


def table(tried: Sequence[Tried]) -> str:
    """Return all of them as a table in Markdown."""
    head = "| attempt | how it ended | why that does no harm |\n|---|---|---|"
    return "\n".join([head, *(each.row for each in tried)])


@dataclass
class Attacker:
    """Somebody at the lower host with everything of it, and what he tries."""

    stage: Stage
    one: Intruder
    files: Path

    @property
    def city(self) -> RunningNode:
        """The node above."""
        return self.stage.nodes.city

    @contextmanager
    def dialled(
        self,
        pair: Path | None = None,
        *,
        shows: bool = True,
        vhost: str | None = None,
        name: str = NAME,
        **login: str,
    ) -> Iterator[Any]:
        """Have a channel to the broker above, by the child's pair unless told otherwise."""
        assert self.one.own.links is not None
        pair = pair or self.one.own.links.own
        shown = {"certfile": str(pair)} if shows else {}
        how: Mapping[str, Any] = login or {"login_method": "EXTERNAL"}
        connection = amqp.Connection(
            host=f"{self.one.above.link_host}:{self.one.above.link_port}",
            virtual_host=self.city.settings.code if vhost is None else vhost,
            ssl={
                "ca_certs": str(self.one.own.links.parent_authority),
                "cert_reqs": ssl.CERT_REQUIRED,
                "server_hostname": name,
                **shown,
            },
            confirm_publish=True,
            connect_timeout=TIMEOUT_SECONDS,
            read_timeout=TIMEOUT_SECONDS,
            **how,
        )
        with self.stage.nodes.county.place():
            connection.connect()
        with connection:
            yield connection.channel()

    def tries(self, what: str, act: Callable[[Any], Any], may: str = "", **dial: Any) -> Tried:
        """Do something on a channel and tell how it ended."""
        try:
            with self.dialled(**dial) as channel:
                told = act(channel)
        except GONE_WRONG as error:
            return Tried(
                what, _in_words(error), may="" if not may else "refused", went_through=False
            )
        return Tried(what, f"let through{_answer(told)}", may, went_through=True)

    def writes(self, letter: bytes, **properties: Any) -> Callable[[Any], None]:
        """Return the act of publishing to the child's own way in unless told otherwise."""
        exchange = properties.pop("exchange", self.one.way_in)
        key = properties.pop("key", "")
        told = {"user_id": self.one.account, "delivery_mode": 2} | properties
        kept = {name: value for name, value in told.items() if value is not None}

        def act(channel: Any) -> None:
            message = amqp.Message(letter, **kept)
            channel.basic_publish(message, exchange, key, timeout=TIMEOUT_SECONDS)

        return act

    def is_disbelieved(self, what: str, letter: bytes, **properties: Any) -> Tried:
        """Send a letter that the broker takes and that link must not believe; tell its reason."""
        before, heard = stuck(self.city), self._heard()
        with self.dialled() as channel:
            self.writes(letter, **properties)(channel)

        def is_noticed() -> str:
            now = stuck(self.city)
            if now["refused"] > before["refused"]:
                return f"link refuses: {self.city.rows(LAST_REASON)[0][0]}"
            if now["parked"] > before["parked"]:
                return f"link parks: {self.city.rows(LAST_PARKED)[0][0]}"
            return ""

        told = eventually(what, is_noticed)
        return Tried(what, told, went_through=self._heard() < heard)

    def _heard(self) -> int:
        [(heard,)] = self.city.rows("SELECT heard FROM link.links")
        return int(heard)


@contextmanager
def attacker(stage: Stage) -> Iterator[Attacker]:
    """Have one, and a sibling of the child whose things he may try; tidied when the block ends."""
    county, city = stage.both
    intruder = Intruder(county, city, stage.nodes.broker_of(county), stage.nodes.broker_of(city))
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder)
        files.chmod(0o755)
        _have_sibling(stage, files)
        yield Attacker(stage, intruder, files)
        intruder.leave()


def attacks(stage: Stage) -> None:
    """Try everything that a child with its own certificate and keys can try."""
    with attacker(stage) as one:
        tried = [*_writing(one), *_reading(one), *_connecting(one), *_lying(one)]
        kept = _depth(stage, down_queue(SIBLING))
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
    [(sequence,)] = one.city.rows("SELECT heard FROM link.links")
    facts = "SELECT count(*) FROM link.facts WHERE name = 'weather.fine.v1'"
    content = json.dumps({"facts": [{"type": "weather.fine.v1"}], "boxes": {}})
    before = one.city.rows("SELECT last_heard_at FROM link.links")
    with one.dialled() as channel:
        one.writes(one.one.letter(content, sequence=sequence))(channel)
    eventually("heard", lambda: one.city.rows("SELECT last_heard_at FROM link.links") != before)
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
            yield Tried("revoked: a connection that was open", _in_words(error))
        else:
            yield Tried("revoked: a connection that was open", "still works", went_through=True)
    yield one.tries("revoked: dial again", lambda channel: channel.basic_get(down_queue(COUNTY)))
    told = stage.nodes.command(city, "link", "status")
    is_listed = f"child {COUNTY}" in told
    yield Tried("revoked: `link status`", "the child is gone from it", went_through=is_listed)


def _have_sibling(stage: Stage, files: Path) -> None:
    code = stage.nodes.city.settings.code
    file = files / "sibling.json"
    file.write_text(json.dumps(definitions(Plan(code, code, [COUNTY, SIBLING]))))
    stage.nodes.broker_of(stage.nodes.city).control("import_definitions", str(file))
    with _at_home(stage) as channel:
        channel.queue_purge(down_queue(SIBLING))
        message = channel.prepare_message(b"for the sibling", properties={"delivery_mode": 2})
        channel.basic_publish(message, OUT, f"{down_queue(SIBLING)}.link")
    eventually("the sibling has a letter", lambda: _depth(stage, down_queue(SIBLING)) == 1)


def _depth(stage: Stage, queue: str) -> int:
    with _at_home(stage) as channel:
        return int(channel.queue_declare(queue, passive=True).message_count)


@contextmanager
def _at_home(stage: Stage) -> Iterator[Any]:
    city = stage.nodes.city
    with city.place(), kombu.Connection(city.settings.bus_url) as bus:
        yield bus.channel()


def _in_words(error: Exception) -> str:
    told = " ".join(str(error).split()) or type(error).__name__
    return f"refused: {told[:110]}".replace("|", "·")


def _answer(told: Any) -> str:
    if told is None or not isinstance(told, (int, tuple)):
        return ""
    return f", answer {told}"
