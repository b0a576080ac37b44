"""Pass an actor on to another process of the node for a minute, signed with HMAC-SM3.

Where the portal and the services run in one process nothing is signed: the actor is handed over
as it is.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any
from uuid import UUID

from shared.security.actor import Actor, ActorKind, Role
from shared.security.sealing import NodeKeys, hmac_sm3

LIVES_FOR = timedelta(seconds=60)
PURPOSE = "actor-token"
LONGEST = 4096


def sign_actor(keys: NodeKeys, actor: Actor, audience: str, now: datetime) -> str:
    """Return a token that one service (`audience`) accepts for 60 seconds."""
    told = {"aud": audience, "exp": (now + LIVES_FOR).timestamp(), "actor": _as_json(actor)}
    body = urlsafe_b64encode(json.dumps(told, separators=(",", ":")).encode()).rstrip(b"=")
    return f"{body.decode()}.{_signature(keys, body.decode())}"


def read_actor(keys: NodeKeys, token: str, audience: str, now: datetime) -> Actor | None:
    """Return the actor of a token; None if forged, late, malformed or for another service."""
    body, _, signature = token.partition(".")
    if len(token) > LONGEST or not token.isascii():
        return None
    known = (_signature_under(key, body) for key in keys.subkeys(PURPOSE))
    if not any(compare_digest(signature, each) for each in known):
        return None
    try:
        told = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        is_valid = told["aud"] == audience and now.timestamp() < told["exp"]
        return _as_actor(told["actor"]) if is_valid else None
    except (BadBase64, ValueError, KeyError, TypeError):
        return None


def _signature(keys: NodeKeys, body: str) -> str:
    return _signature_under(keys.subkey(PURPOSE), body)


def _signature_under(key: bytes, body: str) -> str:
    return hmac_sm3(key, body.encode()).hex()


def _as_json(actor: Actor) -> dict[str, Any]:
    return {
        "kind": actor.kind,
        "node": actor.node,
        "id": actor.id,
        "name": actor.name,
        "unit": actor.unit,
        "above": sorted(actor.above),
        "known_as": sorted(actor.known_as),
        "roles": sorted(actor.roles),
        "scopes": sorted(actor.scopes),
        "case_id": str(actor.case_id) if actor.case_id else None,
    }


def _as_actor(told: dict[str, Any]) -> Actor:
    return Actor(
        kind=ActorKind(told["kind"]),
        node=told["node"],
        id=told["id"],
        name=told["name"],
        unit=told["unit"],
        above=frozenset(told["above"]),
        known_as=frozenset(told["known_as"]),
        roles=frozenset(Role(role) for role in told["roles"]),
        scopes=frozenset(told["scopes"]),
        case_id=UUID(told["case_id"]) if told["case_id"] else None,
    )
