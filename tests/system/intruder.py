"""Somebody at a child's broker who sends what he likes to the tier above, as that child."""

import json
import ssl
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import uuid4

import amqp
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from backstop.links.definitions import account_of
from backstop.links.owned import NAME
from backstop.servers.rabbitmq import RabbitServer
from services.link.handlers.letters import NO_CONTENT
from shared.bus.topology import inbound_exchange
from shared.clock import utcnow
from shared.events.link import ParcelArrived
from shared.security.letters import sign
from shared.security.sealing import NodeKeys
from tests.system.harness import RunningNode

TIMEOUT_SECONDS = 10


@dataclass
class Intruder:
    """A county's certificate, keys and everything, against its city."""

    county: RunningNode
    city: RunningNode
    own: RabbitServer
    above: RabbitServer

    @property
    def account(self) -> str:
        """The account that the certificate opens."""
        return account_of(self.county.settings.code)

    @property
    def way_in(self) -> str:
        """The exchange that the account may write to."""
        return inbound_exchange(self.county.settings.code)

    def dial(self, certificate: bool = True) -> amqp.Connection:
        """Connect to the broker above as the county's broker does."""
        assert self.own.links is not None
        shown = {"certfile": str(self.own.links.own)} if certificate else {}
        trusted = {
            "ca_certs": str(self.own.links.parent_authority),
            "cert_reqs": ssl.CERT_REQUIRED,
        }
        connection = amqp.Connection(
            host=f"{self.above.link_host}:{self.above.link_port}",
            virtual_host=self.city.settings.code,
            login_method="EXTERNAL",
            ssl={**trusted, **shown, "server_hostname": NAME},
            confirm_publish=True,
            connect_timeout=TIMEOUT_SECONDS,
        )
        connection.connect()
        return connection

    def send(self, body: bytes, exchange: str | None = None, **properties: Any) -> None:
        """Publish, and wait until the broker has it; what it refuses is raised."""
        with self.dial() as connection:
            told = {"user_id": self.account, "delivery_mode": 2} | properties
            kept = {name: value for name, value in told.items() if value is not None}
            channel = connection.channel()
            to = self.way_in if exchange is None else exchange
            channel.basic_publish(amqp.Message(body, **kept), exchange=to, timeout=TIMEOUT_SECONDS)

    def leave(self) -> None:
        """Take away what was refused and parked, as if nobody had been here."""
        engine = create_engine(self.city.settings.database_url, poolclass=NullPool)
        with self.city.place(), engine.begin() as db:
            db.execute(text("DELETE FROM link.refused"))
            db.execute(text("DELETE FROM link.parked"))

    @cached_property
    def keys(self) -> NodeKeys:
        """The county's own."""
        return NodeKeys.load(self.county.settings.key_file)

    def letter(self, content: str = NO_CONTENT, **head: Any) -> bytes:
        """Return a letter that the county signed; a mere beat unless `head` says otherwise."""
        [(incarnation,)] = self.county.rows("SELECT incarnation FROM link.links")
        told = {
            "version": 1,
            "sender": self.county.settings.code,
            "addressee": self.city.settings.code,
            "incarnation": str(incarnation),
            "sequence": 0,
        }
        body = f'{{"head":{json.dumps({**told, **head})},"content":{content}}}'
        return self.wrapped({"body": body, "signature": sign(self.keys, body.encode())})

    def wrapped(self, data: dict[str, Any], name: str = ParcelArrived.name, **about: Any) -> bytes:
        """Return an event as it travels."""
        now, subject = utcnow().isoformat(), about.pop("subject", str(uuid4()))
        told = {
            "id": str(uuid4()),
            "source": f"/nodes/{self.county.settings.code}/link",
            "type": name,
            "time": now,
            "subject": subject,
            "version": 0,
            "data": {"occurred_at": now, "parcel_id": subject, **data},
        }
        return json.dumps([{**told, **about}]).encode()
