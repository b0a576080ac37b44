"""Somebody at a lower host who has everything of it, and how what he tries ends."""

import json
import ssl
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import amqp
import kombu

from backstop.links.definitions import Plan, definitions
from backstop.links.owned import NAME
from shared.bus.topology import (
    OUT,
    down_queue,
)
from tests.chaos._apart import Stage
from tests.system.harness import RunningNode, eventually
from tests.system.intruder import Intruder
from tests.system.link_books import stuck
from tests.system.linked import COUNTY

SIBLING = "341524"
TIMEOUT_SECONDS = 10
HEARD = "SELECT heard FROM link.links WHERE peer = :peer"
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
                what, in_words(error), may="" if not may else "refused", went_through=False
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
        [(heard,)] = self.city.rows(HEARD, peer=COUNTY)
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


def _have_sibling(stage: Stage, files: Path) -> None:
    code = stage.nodes.city.settings.code
    file = files / "sibling.json"
    file.write_text(json.dumps(definitions(Plan(code, code, [COUNTY, SIBLING]))))
    stage.nodes.broker_of(stage.nodes.city).control("import_definitions", str(file))
    with at_home(stage) as channel:
        channel.queue_purge(down_queue(SIBLING))
        message = channel.prepare_message(b"for the sibling", properties={"delivery_mode": 2})
        channel.basic_publish(message, OUT, f"{down_queue(SIBLING)}.link")
    eventually("the sibling has a letter", lambda: depth(stage, down_queue(SIBLING)) == 1)


def depth(stage: Stage, queue: str) -> int:
    """Return how many messages lie in a queue of the node above."""
    with at_home(stage) as channel:
        return int(channel.queue_declare(queue, passive=True).message_count)


@contextmanager
def at_home(stage: Stage) -> Iterator[Any]:
    """Have a channel to the broker above as its own node has one."""
    city = stage.nodes.city
    with city.place(), kombu.Connection(city.settings.bus_url) as bus:
        yield bus.channel()


def in_words(error: Exception) -> str:
    """Return how an attempt was refused, short enough for a table."""
    told = " ".join(str(error).split()) or type(error).__name__
    return f"refused: {told[:110]}".replace("|", "·")


def _answer(told: Any) -> str:
    if told is None or not isinstance(told, (int, tuple)):
        return ""
    return f", answer {told}"
