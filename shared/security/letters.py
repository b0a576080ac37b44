"""What one node says to another: signed by the one, sealed for the other (ADR 8).

A node's card holds what everybody may know of it: two public keys. Ed25519 signs; X25519 agrees on
a key that is used once, under which SM4-GCM seals. Both private keys are derived from the node's
signing secret, so a node has one key file. While one secret follows another (ADR 17) the earlier
one signs and both open; of a neighbour's card both are believed. SM2 takes the place of both
curves where a library for it is at hand: nothing outside this module knows which they are.
"""

import json
from abc import abstractmethod
from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from collections import UserDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.security.sealing import (
    KEY_BYTES,
    Former,
    NodeKeys,
    SealBroken,
    VaultUnavailable,
    decrypt,
    encrypt,
    hmac_sm3,
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
    before: tuple[Former, ...] = ()
    """The keys that these follow, the latest last."""

    @classmethod
    def of(cls, keys: NodeKeys, code: str, name: str, tier: str) -> Self:
        """Return the card under which the node that has these keys signs."""
        mine = former_of(keys.secrets[-1])
        return cls(code, name, tier, mine.signing, mine.sealing, keys.formers)

    def next_of(self, keys: NodeKeys) -> Self | None:
        """Return the card that follows this one of a node, None while none does."""
        if len(keys.secrets) == 1:
            return None
        new = former_of(keys.secrets[0])
        return self.followed_by(new.signing, new.sealing)

    def followed_by(self, signing: bytes, sealing: bytes) -> Self:
        """Return the card with these keys, this one's believed beside them."""
        before = (*self.before, self.newest)
        return replace(self, signing=signing, sealing=sealing, before=before)

    def alone_since(self, moment: datetime) -> Self:
        """Return it without belief in what came before it."""
        ended = (each if each.until else replace(each, until=moment) for each in self.before)
        return replace(self, before=tuple(ended))

    @property
    def newest(self) -> Former:
        """Its keys, without those before them."""
        return Former(self.signing, self.sealing)

    @property
    def keys(self) -> tuple[bytes, bytes]:
        """Both public keys, by which one card is told from another."""
        return keys_of(self)

    @property
    def believed(self) -> tuple[Former, ...]:
        """The earlier keys that are still believed."""
        return tuple(each for each in self.before if each.until is None)

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read the card that a neighbour showed; VaultUnavailable names the file that is none."""
        return cls.from_json(_text_of(file), str(file))

    @classmethod
    def read_kept(cls, file: Path) -> Self:
        """Read a card of the node's own folder, with those before it."""
        text = _text_of(file)
        card = cls.from_json(text, str(file))
        try:
            before = tuple(Former.read(each) for each in json.loads(text).get("before", ()))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise VaultUnavailable(f"{file} is no card of a node") from error
        return replace(card, before=before)

    @classmethod
    def from_json(cls, text: str, source: str) -> Self:
        """Take a card from what `as_json` wrote; VaultUnavailable names the source of another.

        What came before it is not taken: whoever shows a card is believed for that one alone.
        """
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
        """Return the card as others are shown it."""
        return json.dumps(self._told(), ensure_ascii=False, indent=1)

    def as_kept(self) -> str:
        """Return the card as the folder of cards holds it, with those before it."""
        before = {"before": [each.as_told() for each in self.before]} if self.before else {}
        return json.dumps(self._told() | before, ensure_ascii=False, indent=1)

    def _told(self) -> dict[str, Any]:
        told = {"code": self.code, "name": self.name, "tier": self.tier}
        return told | {"signing": _text(self.signing), "sealing": _text(self.sealing)}

    @property
    def fingerprint(self) -> str:
        """Four groups to compare on the telephone."""
        return fingerprint_of(self)


class KnownCards(Mapping[str, Card]):
    """The cards of the neighbours as they are at this moment, by code."""

    @abstractmethod
    def keep(self, card: Card) -> None:
        """Put a card in the place of the one before; OSError where that cannot be."""


class HeldCards(UserDict[str, Card], KnownCards):
    """Cards in memory, for a node without a folder of them."""

    def keep(self, card: Card) -> None:
        """Put a card in the place of the one before."""
        self[card.code] = card


def former_of(secret: bytes) -> Former:
    """Return the public keys of a signing secret."""
    signing = _signing_key(secret).public_key().public_bytes_raw()
    return Former(signing, _sealing_key(secret).public_key().public_bytes_raw())


def keys_of(keys: Card | Former) -> tuple[bytes, bytes]:
    """Return both public keys."""
    return keys.signing, keys.sealing


def fingerprint_of(keys: Card | Former) -> str:
    """Return four groups to compare on the telephone."""
    digest = sm3(keys.signing + keys.sealing)[:FINGERPRINT_CHARACTERS]
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))


def sign(keys: NodeKeys, body: bytes) -> str:
    """Return the node's signature of these bytes, base64: under the card that all know."""
    return _text(_signing_key(keys.secrets[-1]).sign(body))


def sign_as_next(keys: NodeKeys, body: bytes) -> str:
    """Return the signature under the newest card of the node, which not all may know yet."""
    return _text(_signing_key(keys.secrets[0]).sign(body))


def is_signed_by(card: Card, body: bytes, signature: str) -> bool:
    """Tell whether the node of this card signed exactly these bytes, also under one before it.

    Under one before it only while that is believed.
    """
    return any(_is_by(each, body, signature) for each in (card.newest, *card.believed))


def is_signed_by_newest(card: Card, body: bytes, signature: str) -> bool:
    """Tell whether these bytes are signed under the newest keys of this card, and no others."""
    return _is_by(card.newest, body, signature)


def was_signed_by(card: Card, body: bytes, signature: str, at: datetime) -> bool:
    """Tell whether the node of this card signed these bytes under keys that held at this time.

    Whoever has an earlier secret can write an earlier time: only for what came in a believed
    parcel, or has been kept since.
    """
    held = [each for each in card.before if each.until is None or at <= each.until]
    return any(_is_by(each, body, signature) for each in (card.newest, *held))


def _is_by(keys: Former, body: bytes, signature: str) -> bool:
    try:
        told = b64decode(signature, validate=True)
        Ed25519PublicKey.from_public_bytes(keys.signing).verify(told, body)
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
    newest, *before = keys.secrets
    for secret in before:
        with suppress(SealBroken):
            return _opened(secret, sealed, label)
    return _opened(newest, sealed, label)


def opens_newest(keys: NodeKeys, sealed: str, label: str) -> bool:
    """Tell whether something opens under the newest card of this node, and needs none before."""
    try:
        _opened(keys.secrets[0], sealed, label)
    except SealBroken:
        return False
    return True


def _opened(secret: bytes, sealed: str, label: str) -> bytes:
    try:
        blob = b64decode(sealed, validate=True)
        public, text = blob[:PUBLIC_BYTES], blob[PUBLIC_BYTES:]
        shared = _sealing_key(secret).exchange(X25519PublicKey.from_public_bytes(public))
    except (BadBase64, ValueError) as error:
        raise SealBroken("not sealed for a node") from error
    return decrypt(_key_of(shared, public), text, label.encode())


def _key_of(shared: bytes, public: bytes) -> bytes:
    derive = HKDF(hashes.SM3(), KEY_BYTES, salt=public, info=b"backstop letter")
    return derive.derive(shared)


def _signing_key(secret: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hmac_sm3(secret, b"letters-sign"))


def _sealing_key(secret: bytes) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(hmac_sm3(secret, b"letters-seal"))


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise VaultUnavailable(f"{file} is no card of a node") from error


def _text(blob: bytes) -> str:
    return b64encode(blob).decode("ascii")
