"""What one node says to another: signed by the one, sealed for the other (ADR 8).

A node's card holds what everybody may know of it: two public keys. Ed25519 signs; X25519 agrees on
a key that is used once, under which SM4-GCM seals. Both private keys are derived from the node's
signing secret, so a node has one key file. SM2 takes the place of both curves where a
library for it is at hand: nothing outside this module knows which they are.
"""

import json
from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.security.sealing import (
    KEY_BYTES,
    NodeKeys,
    SealBroken,
    VaultUnavailable,
    decrypt,
    encrypt,
    sm3,
)

PUBLIC_BYTES = 32
FINGERPRINT_CHARACTERS = 32


@dataclass(frozen=True, slots=True)
class Card:
    """What a node shows its neighbours: who it is, and the keys to check and to seal with."""

    code: str
    name: str
    tier: str
    signing: bytes
    sealing: bytes

    @classmethod
    def of(cls, keys: NodeKeys, code: str, name: str, tier: str) -> Self:
        """Return the card of the node that has these keys."""
        signing = _signing_key(keys).public_key().public_bytes_raw()
        sealing = _sealing_key(keys).public_key().public_bytes_raw()
        return cls(code, name, tier, signing, sealing)

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read the card of a neighbour; VaultUnavailable names the file that is none."""
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise VaultUnavailable(f"{file} is no card of a node") from error
        return cls.from_json(text, str(file))

    @classmethod
    def from_json(cls, text: str, source: str) -> Self:
        """Take a card from what `as_json` wrote; VaultUnavailable names the source of another."""
        try:
            told = json.loads(text)
            keys = (b64decode(told["signing"]), b64decode(told["sealing"]))
            card = cls(str(told["code"]), str(told["name"]), str(told["tier"]), *keys)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise VaultUnavailable(f"{source} is no card of a node") from error
        if {len(key) for key in keys} != {PUBLIC_BYTES}:
            raise VaultUnavailable(f"{source} holds no public keys")
        return card

    def as_json(self) -> str:
        """Return the card as its file holds it."""
        told = {"code": self.code, "name": self.name, "tier": self.tier}
        keys = {"signing": _text(self.signing), "sealing": _text(self.sealing)}
        return json.dumps(told | keys, ensure_ascii=False, indent=1)

    @property
    def fingerprint(self) -> str:
        """Four groups to compare on the telephone."""
        digest = sm3(self.signing + self.sealing)[:FINGERPRINT_CHARACTERS]
        return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))


def sign(keys: NodeKeys, body: bytes) -> str:
    """Return the node's signature of these bytes, base64."""
    return _text(_signing_key(keys).sign(body))


def is_signed_by(card: Card, body: bytes, signature: str) -> bool:
    """Tell whether the node of this card signed exactly these bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(card.signing).verify(b64decode(signature), body)
    except (InvalidSignature, BadBase64, ValueError):
        return False
    return True


def seal_for(card: Card, plain: bytes, label: str) -> str:
    """Seal for the node of this card alone; it opens for the same label only."""
    once = X25519PrivateKey.generate()
    shared = once.exchange(X25519PublicKey.from_public_bytes(card.sealing))
    public = once.public_key().public_bytes_raw()
    return _text(public + encrypt(_key_of(shared, public), plain, label.encode()))


def open_sealed(keys: NodeKeys, sealed: str, label: str) -> bytes:
    """Open what was sealed for this node; SealBroken if it was changed or meant for another."""
    try:
        blob = b64decode(sealed, validate=True)
        public, text = blob[:PUBLIC_BYTES], blob[PUBLIC_BYTES:]
        shared = _sealing_key(keys).exchange(X25519PublicKey.from_public_bytes(public))
    except (BadBase64, ValueError) as error:
        raise SealBroken("not sealed for a node") from error
    return decrypt(_key_of(shared, public), text, label.encode())


def _key_of(shared: bytes, public: bytes) -> bytes:
    derive = HKDF(hashes.SM3(), KEY_BYTES, salt=public, info=b"backstop letter")
    return derive.derive(shared)


def _signing_key(keys: NodeKeys) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keys.subkey("letters-sign"))


def _sealing_key(keys: NodeKeys) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(keys.subkey("letters-seal"))


def _text(blob: bytes) -> str:
    return b64encode(blob).decode("ascii")
