"""What a node's broker holds for its links: pure, from who its neighbours are to one document.

A child dials, under an account that may write into its own way in and read its own way out, and
nothing else. Its way in is a fanout exchange, so that no key and no CC header of a message leads
it anywhere but to this node's link; nothing that a child may write to is bound to a queue that
another child reads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from shared.bus.topology import (
    FROM_PARENT,
    INBOUND,
    NAMES_HEADER,
    NO_DELIVERY_LIMIT,
    OUT,
    PAPERS,
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

MOST_PAPERS: Final = 16
"""Papers of one neighbour that wait at most; the oldest goes."""
MOST_REQUESTS: Final = 8
"""Requests under one invitation that wait at most; a further one is refused."""
MOST_REQUEST_BYTES: Final = 262_144

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
    accounts: Mapping[str, str] = field(default_factory=dict)
    """Accounts that are not the usual one: of a child here, and of the node itself above."""
    reconnect_seconds: int = RECONNECT_SECONDS

    def account(self, node: str) -> str:
        """Return the account of a child on this broker, or of this node on the one above."""
        return self.accounts.get(node, account_of(node))


def account_of(child: str, generation: int = 1) -> str:
    """Return the account of a child on its parent's broker: the name in its certificate.

    A child whose account was taken away comes back under another one, for its old certificate
    would open the same one again.
    """
    return f"node-{child}" if generation == 1 else f"node-{child}-{generation}"


def papers_from(neighbour: str) -> str:
    """Return the queue of a neighbour's papers; of the tier above it is `papers.parent`."""
    return f"papers.{neighbour}"


PARENT: Final = "parent"


def definitions(plan: Plan) -> Document:
    """Return what the broker of a node loads for its links, in RabbitMQ's own form."""
    children = [_child(plan.vhost, child, plan.account(child)) for child in plan.children]
    papers = [_papers(plan.vhost, inbound_exchange(child), child) for child in plan.children]
    above = [] if plan.parent is None else [_papers(plan.vhost, FROM_PARENT, PARENT)]
    document = merged([_own(plan.vhost), *children, *papers, *above])
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
        _shovel(plan, "up", up, plan.account(plan.node)),
        _shovel(plan, "down", down, SHOVEL),
    ]


def door(vhost: str, child: str, account: str, *, is_answered: bool = False) -> Document:
    """Return what a child needs that was invited: it may ask once, and fetch the answer."""
    ask, answer = asking(child), answering(child)
    few = {"x-max-length": MOST_REQUESTS, "x-max-length-bytes": MOST_REQUEST_BYTES}
    refusing = {"x-queue-type": "quorum", **few, "x-overflow": "reject-publish"}
    return {
        "users": [_user(account)],
        "permissions": [
            _permission(vhost, account, write="" if is_answered else ask, read=answer)
        ],
        "exchanges": [_exchange(vhost, ask, "fanout")],
        "queues": [_queue(vhost, ask, refusing), _queue(vhost, answer, dict(LINK_QUEUE))],
        "bindings": [_binding(vhost, ask, ask)],
    }


def asking(child: str) -> str:
    """Return the exchange, and the queue, of the requests of an invited child."""
    return f"join.{child}"


def answering(child: str) -> str:
    """Return the queue in which an invited child finds its answer."""
    return f"joined.{child}"


def _shovel(plan: Plan, name: str, ends: dict[str, Any], user: str) -> dict[str, Any]:
    value = {
        "src-protocol": "amqp091",
        "dest-protocol": "amqp091",
        **ends,
        "src-queue-args": {"x-queue-type": "quorum"},  # it takes no other
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


def _child(vhost: str, child: str, account: str) -> Document:
    way_in, way_out = inbound_exchange(child), down_queue(child)
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


def _papers(vhost: str, source: str, neighbour: str) -> Document:
    # What comes over a link goes to link in any case, which leaves out what it does not know.
    # Beside it, and by its header, a paper comes here.
    name = papers_from(neighbour)
    few = {**LINK_QUEUE, "x-max-length": MOST_PAPERS, "x-overflow": "drop-head"}
    matching = {"x-match": "all", NAMES_HEADER: PAPERS}
    return {
        "exchanges": [_exchange(vhost, name, "headers")],
        "queues": [_queue(vhost, name, few)],
        "bindings": [
            {**_binding(vhost, source, name), "destination_type": "exchange"},
            {**_binding(vhost, name, name), "arguments": matching},
        ],
    }


def merged(parts: Sequence[Document]) -> Document:
    """Return one document with everything of several."""
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
