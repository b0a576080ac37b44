"""Notes that a node gives away and gets back: sealed for one purpose, good until an instant.

A cookie or a field of a form may hold one: nobody else can read, change or make it.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from datetime import UTC, datetime
from typing import Any

from shared.security.sealing import NodeKeys, SealBroken, VaultUnavailable


def write_note(keys: NodeKeys, purpose: str, told: Any, until: datetime) -> str:
    """Return what was told (as JSON can hold it), sealed and safe in a cookie."""
    plain = json.dumps([told, until.timestamp()]).encode()
    return urlsafe_b64encode(keys.seal_bytes(plain, purpose)).decode("ascii")


def read_note(keys: NodeKeys, purpose: str, note: str, now: datetime) -> Any:
    """Return what a note tells; None if it is of another purpose, changed, late or nonsense."""
    try:
        told, until = json.loads(keys.open_bytes(urlsafe_b64decode(note), purpose))
    except (BadBase64, SealBroken, VaultUnavailable, ValueError):
        return None
    return told if datetime.fromtimestamp(until, UTC) > now else None
