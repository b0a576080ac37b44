"""The links between nodes that one person owns on one host: nobody has to ring anybody.

What `backstop link` does in four steps at two places is done here in one, before the brokers
start. Keys and certificates stay from one start to the next until it is time for new ones; what
the brokers load is written anew each time, for their ports change.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from backstop.links.authority import (
    Authority,
    certificate_pem,
    is_issued_by,
    read_certificate,
    renews_at,
)
from backstop.links.definitions import Dial, Plan, account_of, definitions
from backstop.links.places import Places, put

HOST = "127.0.0.1"
NAME = "localhost"
AUTHORITY_LASTS = timedelta(days=3_650)
CERTIFICATE_LASTS = timedelta(days=365)
RECONNECT_SECONDS = 2
"""On one host nothing is far away, and its logs end with the demonstration."""


@dataclass(frozen=True, slots=True)
class Owned:
    """One of the nodes: where its files lie, who is above it, and where its children dial."""

    places: Places
    parent: str | None
    port: int


def link_together(nodes: Mapping[str, Owned], now: datetime) -> None:
    """Make what is missing of keys and certificates, and write what each broker loads."""
    for code, node in nodes.items():
        children = [each for each, other in nodes.items() if other.parent == code]
        if children:
            _open_for_children(node.places, code, now)
    for code, node in nodes.items():
        children = [each for each, other in nodes.items() if other.parent == code]
        dial = _joined(nodes, code, now) if node.parent in nodes else None
        plan = Plan(code, code, children, dial, reconnect_seconds=RECONNECT_SECONDS)
        put(node.places.definitions, json.dumps(definitions(plan)).encode())


def _open_for_children(places: Places, code: str, now: datetime) -> None:
    if not places.authority.exists():
        put(places.authority, Authority.create(code, now, AUTHORITY_LASTS).pem)
    authority = _authority(places)
    if not _holds(places.server, authority, now):
        put(places.server, authority.server([NAME, HOST], now, CERTIFICATE_LASTS).pem)
    put(places.trust, certificate_pem(authority.certificate))


def _joined(nodes: Mapping[str, Owned], code: str, now: datetime) -> Dial:
    node = nodes[code]
    parent = str(node.parent)
    authority = _authority(nodes[parent].places)
    own = node.places.own
    if not _holds(own, authority, now):
        put(own, authority.client(account_of(code), now, CERTIFICATE_LASTS).pem)
    put(node.places.parent_authority, certificate_pem(authority.certificate))
    return Dial(HOST, nodes[parent].port, parent, NAME, node.places.parent_authority, own)


def _authority(places: Places) -> Authority:
    return Authority.read(places.authority.read_bytes())


def _holds(pair: Path, authority: Authority, now: datetime) -> bool:
    if not pair.exists():
        return False
    certificate = read_certificate(pair.read_bytes())
    return is_issued_by(certificate, authority.certificate) and now < renews_at(certificate)
