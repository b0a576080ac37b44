"""What a node's broker holds for its links: pure, from who its neighbours are to one document.

A child dials, under an account that may write into its own way in and read its own way out, and
nothing else. Its way in is a fanout exchange, so that no key and no CC header of a message leads
it anywhere but to this node's link; nothing that a child may write to is bound to a queue that
another child reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from shared.bus.topology import (
    FROM_PARENT,
    INBOUND,
    NO_DELIVERY_LIMIT,
    OUT,
    QUEUE_ARGUMENTS,
    UNROUTED,
    UP,
    UPLINK,
    down_queue,
    inbound_exchange,
)

SHOVEL: Final = "shovel"
"""The local account of the shovels: no password, so that nobody logs in under it from outside."""
NOTHING: Final = "^$"
PREFETCH: Final = 500
RECONNECT_SECONDS: Final = 15
"""With 2 an outage writes a gigabyte of logs a day."""
HEARTBEAT_SECONDS: Final = 10
CONNECT_WITHIN_MS: Final = 10_000

Document = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Dial:
    """How a child reaches the broker of the tier above."""

    host: str
    port: int
    vhost: str
    name: str
    """What the broker's certificate is made out to."""
    authority: Path
    """Certificates of the authorities that vouch for it."""
    pair: Path
    """The child's own key and certificate, in one file."""

    @property
    def uri(self) -> str:
        """Return the address as a shovel takes it: no secret in it, for it is stored in clear."""
        asked = {
            "cacertfile": str(self.authority),
            "certfile": str(self.pair),
            "keyfile": str(self.pair),
            "verify": "verify_peer",
            "server_name_indication": self.name,
            "auth_mechanism": "external",
            "heartbeat": HEARTBEAT_SECONDS,
            "connection_timeout": CONNECT_WITHIN_MS,
        }
        host = f"[{self.host}]" if ":" in self.host else self.host
        place = f"{host}:{self.port}/{quote(self.vhost, safe='')}"
        return f"amqps://{place}?{urlencode(asked, safe='/')}"


@dataclass(frozen=True, slots=True)
class Plan:
    """Who a node is linked to."""

    node: str
    vhost: str
    children: Sequence[str] = ()
    """Those that were admitted."""
    parent: Dial | None = None
    reconnect_seconds: int = RECONNECT_SECONDS


def account_of(child: str) -> str:
    """Return the account of a child on its parent's broker: the name in its certificate."""
    return f"node-{child}"


def definitions(plan: Plan) -> Document:
    """Return what the broker of a node loads for its links, in RabbitMQ's own form."""
    parts = [_own(plan.vhost), *(_child(plan.vhost, child) for child in plan.children)]
    document = _merged(parts)
    document["vhosts"] = [{"name": plan.vhost, "default_queue_type": "quorum"}]
    document["parameters"] = [] if plan.parent is None else shovels(plan, plan.parent)
    return document


def shovels(plan: Plan, parent: Dial) -> list[dict[str, Any]]:
    """Return the two shovels of a child: what goes up, and what is fetched from above."""
    own = f"amqp://{SHOVEL}@/{quote(plan.vhost, safe='')}"  # no host: within the broker itself
    up = {
        "src-uri": own,
        "src-queue": UPLINK,
        "dest-uri": parent.uri,
        "dest-exchange": inbound_exchange(plan.node),
    }
    down = {
        "src-uri": parent.uri,
        "src-queue": down_queue(plan.node),
        "dest-uri": own,
        "dest-exchange": FROM_PARENT,
    }
    return [
        _shovel(plan, "up", up, account_of(plan.node)),
        _shovel(plan, "down", down, SHOVEL),
    ]


def _shovel(plan: Plan, name: str, ends: dict[str, Any], user: str) -> dict[str, Any]:
    value = {
        "src-protocol": "amqp091",
        "dest-protocol": "amqp091",
        **ends,
        # It finds the queue there, and refuses to hear of any argument but this one.
        "src-queue-args": {"x-queue-type": "quorum"},
        "src-prefetch-count": PREFETCH,
        "ack-mode": "on-confirm",
        "reconnect-delay": plan.reconnect_seconds,
        # The receiving broker refuses the user id of whoever published first.
        "dest-publish-properties": {"user_id": user, "delivery_mode": 2},
    }
    return {"component": "shovel", "vhost": plan.vhost, "name": name, "value": value}


LINK_QUEUE: Final[dict[str, Any]] = {
    "x-queue-type": "quorum",
    # A link that flaps delivers again and again, and must not throw away for it.
    "x-delivery-limit": NO_DELIVERY_LIMIT,
}


def _own(vhost: str) -> Document:
    return {
        "users": [_user(SHOVEL)],
        "permissions": [_permission(vhost, SHOVEL, write=FROM_PARENT, read=UPLINK)],
        "exchanges": [
            _exchange(vhost, OUT, "topic"),
            _exchange(vhost, FROM_PARENT, "fanout"),
            _exchange(vhost, UNROUTED, "fanout"),
        ],
        "queues": [
            _queue(vhost, INBOUND, dict(QUEUE_ARGUMENTS)),
            _queue(vhost, UPLINK, dict(LINK_QUEUE)),
            _queue(vhost, UNROUTED, dict(LINK_QUEUE)),
        ],
        "bindings": [
            _binding(vhost, OUT, UPLINK, f"{UP}.#"),
            _binding(vhost, FROM_PARENT, INBOUND),
            _binding(vhost, UNROUTED, UNROUTED),
        ],
        "policies": [_alternate(vhost)],
    }


def _child(vhost: str, child: str) -> Document:
    account, way_in, way_out = account_of(child), inbound_exchange(child), down_queue(child)
    return {
        "users": [_user(account)],
        "permissions": [_permission(vhost, account, write=way_in, read=way_out)],
        "exchanges": [_exchange(vhost, way_in, "fanout")],
        "queues": [_queue(vhost, way_out, dict(LINK_QUEUE))],
        "bindings": [
            _binding(vhost, way_in, INBOUND),
            _binding(vhost, OUT, way_out, f"{way_out}.#"),
        ],
    }


def _merged(parts: Sequence[Document]) -> Document:
    kinds = dict.fromkeys(kind for part in parts for kind in part)
    return {kind: [each for part in parts for each in part.get(kind, [])] for kind in kinds}


def _user(name: str) -> dict[str, Any]:
    # Without a password nobody logs in but by a certificate of that name, or from within.
    hashing = "rabbit_password_hashing_sha256"
    return {"name": name, "password_hash": "", "hashing_algorithm": hashing, "tags": []}


def _permission(vhost: str, user: str, *, write: str, read: str) -> dict[str, Any]:
    rights = {"configure": NOTHING, "write": exactly(write), "read": exactly(read)}
    return {"user": user, "vhost": vhost, **rights}


def exactly(name: str) -> str:
    """Return the pattern of a permission that fits one name, and nothing for an empty one."""
    return "^" + name.replace(".", r"\.") + "$"


def _exchange(vhost: str, name: str, kind: str) -> dict[str, Any]:
    fixed = {"durable": True, "auto_delete": False, "internal": False, "arguments": {}}
    return {"name": name, "vhost": vhost, "type": kind, **fixed}


def _queue(vhost: str, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    fixed = {"durable": True, "auto_delete": False}
    return {"name": name, "vhost": vhost, **fixed, "arguments": arguments}


def _binding(vhost: str, source: str, queue: str, key: str = "") -> dict[str, Any]:
    way = {"source": source, "destination": queue, "destination_type": "queue"}
    return {"vhost": vhost, **way, "routing_key": key, "arguments": {}}


def _alternate(vhost: str) -> dict[str, Any]:
    # A shovel does not ask whether what it published was routed: unrouted would be lost.
    return {
        "vhost": vhost,
        "name": "links-lose-nothing",
        "pattern": r"^(link\.out|from\.parent|in\..*)$",
        "apply-to": "exchanges",
        "definition": {"alternate-exchange": UNROUTED},
        "priority": 10,
    }
