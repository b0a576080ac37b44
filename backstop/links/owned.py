"""The links between nodes that one person owns on one host: nobody has to ring anybody.

What `backstop link` does in four steps at two places is done here in one, before the brokers
start. Keys and certificates stay from one start to the next until it is time for new ones; what
the brokers load is written anew each time, for their ports change.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from backstop.links.authority import (
    Authority,
    certificate_pem,
    fingerprint,
    is_issued_by,
    read_certificate,
    renews_at,
)
from backstop.links.books import Address, Books, Child, Parent, write_books
from backstop.links.definitions import Dial, Plan, account_of, definitions
from backstop.links.places import Places, put, put_for_broker

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
    host: str = HOST
    """The address at which children dial, this host unless the broker is elsewhere."""


def link_together(nodes: Mapping[str, Owned], now: datetime) -> None:
    """Make what is missing of keys and certificates, and write what each broker loads."""
    below = {
        code: [each for each, other in nodes.items() if other.parent == code] for code in nodes
    }
    for code, node in nodes.items():
        if below[code]:
            _open_for_children(node, code, now)
    joined = [code for code, node in nodes.items() if node.parent in nodes]
    dials = {code: _joined(nodes, code, now) for code in joined}
    for code, node in nodes.items():
        plan = Plan(code, code, below[code], dials.get(code), reconnect_seconds=RECONNECT_SECONDS)
        put_for_broker(node.places.definitions, json.dumps(definitions(plan)).encode())
        write_books(node.places.books, _books(nodes, code, below[code], now))


def _books(nodes: Mapping[str, Owned], code: str, below: Sequence[str], now: datetime) -> Books:
    # So that the commands that look after links know of these as of any others.
    parent, above = nodes[code].parent, None
    if parent is not None and parent in nodes:
        above = Parent(code=parent, account=account_of(code), address=_address(nodes, parent))
    own = _address(nodes, code) if below else None
    children = {each: _child(nodes, code, each, now) for each in below}
    return Books(
        own=own, names=_names(nodes[code]) if below else (), children=children, parent=above
    )


def _child(nodes: Mapping[str, Owned], code: str, child: str, now: datetime) -> Child:
    certificate = read_certificate(nodes[child].places.own.read_bytes())
    mark = fingerprint(certificate_pem(_authority(nodes[code].places).certificate))
    return Child(
        account=account_of(child),
        vouched_at=now,
        ends_at=certificate.not_valid_after_utc,
        authority=mark,
    )


def _address(nodes: Mapping[str, Owned], code: str) -> Address:
    node = nodes[code]
    return Address(host=node.host, port=node.port, vhost=code, name=NAME)


def _names(node: Owned) -> tuple[str, ...]:
    return tuple(dict.fromkeys((NAME, HOST, node.host)))


def _open_for_children(node: Owned, code: str, now: datetime) -> None:
    places = node.places
    if not places.authority.exists():
        put(places.authority, Authority.create(code, now, AUTHORITY_LASTS).pem)
    authority = _authority(places)
    if not _holds(places.server, authority, now):
        put_for_broker(places.server, authority.server(_names(node), now, CERTIFICATE_LASTS).pem)
    put_for_broker(places.trust, certificate_pem(authority.certificate))


def _joined(nodes: Mapping[str, Owned], code: str, now: datetime) -> Dial:
    node = nodes[code]
    parent = str(node.parent)
    authority = _authority(nodes[parent].places)
    own = node.places.own
    if not _holds(own, authority, now):
        put_for_broker(own, authority.client(account_of(code), now, CERTIFICATE_LASTS).pem)
    put_for_broker(node.places.parent_authority, certificate_pem(authority.certificate))
    above = nodes[parent]
    return Dial(above.host, above.port, parent, NAME, node.places.parent_authority, own)


def _authority(places: Places) -> Authority:
    return Authority.read(places.authority.read_bytes())


def _holds(pair: Path, authority: Authority, now: datetime) -> bool:
    if not pair.exists():
        return False
    certificate = read_certificate(pair.read_bytes())
    return is_issued_by(certificate, authority.certificate) and now < renews_at(certificate)
