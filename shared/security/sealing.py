"""Seal personal data with SM4-GCM, and make it findable by keyed SM3.

Each case has a data key; the node's key only wraps data keys. Whoever destroys the wrapped data
key of a case has erased its personal data wherever a copy of the ciphertext lies.
"""

import json
import os
import secrets
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Self
from uuid import UUID

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from shared.errors import Permanent, Unavailable
from shared.events.sealed import SM4_GCM, Sealed

KEY_BYTES = 16
NONCE_BYTES = 12
TAG_BYTES = 16
SECRET_BYTES = 32
PIECE_BYTES = 262_144
NAME_ENDS = b":"
OWNER_ONLY = 0o600
NOT_THE_OWNER = 0o077


class SealBroken(Permanent):
    """The sealed text was changed, moved to another case or field, or never came from this key."""


class KeyDestroyed(Permanent):
    """The data key is gone: the personal data of the case was erased."""


class VaultUnavailable(Unavailable):
    """Nothing can be sealed or opened now: what needs it is refused, never stored in the clear."""


@dataclass(frozen=True, slots=True)
class Former:
    """The public keys of a card that another one follows."""

    signing: bytes
    sealing: bytes
    until: datetime | None = None
    """Until when it was believed; None while it still is."""

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Self:
        """Take it from what `as_told` returned; KeyError or the like for another thing."""
        until = told.get("until")
        ends = None if until is None else datetime.fromisoformat(until)
        return cls(b64decode(told["signing"]), b64decode(told["sealing"]), ends)

    def as_told(self) -> dict[str, str]:
        """Return it as a file holds it."""
        told = {"signing": _text(self.signing), "sealing": _text(self.sealing)}
        return told if self.until is None else told | {"until": self.until.isoformat()}


@dataclass(frozen=True, slots=True)
class NodeKeys:
    """The secrets of one node; they never leave it."""

    current: str
    """Name of the wrapping key that wraps new data keys; the others only unwrap."""
    wrapping: Mapping[str, bytes] = field(repr=False)
    index: bytes = field(repr=False)
    signing: bytes = field(repr=False)
    index_before: bytes | None = field(default=None, repr=False)
    """The blind-index key before this one, while hashes under it are still to be found."""
    codes: bytes | None = field(default=None, repr=False)
    """Under which query codes are hashed, once that is no more the key of the blind index."""
    made: Mapping[str, datetime] = field(default_factory=dict)
    """When a wrapping key, `index` or `card` took the place of the one before."""
    signing_before: bytes | None = field(default=None, repr=False)
    """The signing secret before this one, until every neighbour knows the card of this one."""
    lasting: bytes | None = field(default=None, repr=False)
    """Under which things are hashed that are kept nowhere, once that is no more `signing`."""
    formers: tuple[Former, ...] = ()
    """The cards of signing secrets that were retired, the latest last."""

    @property
    def now(self) -> "NodeKeys":
        """Return the keys as they are at this moment, for work that must not see a change."""
        return self

    @property
    def earlier(self) -> tuple[str, ...]:
        """Return the names of the wrapping keys that only unwrap."""
        now = self.now
        return tuple(name for name in now.wrapping if name != now.current)

    @classmethod
    def create(cls, path: Path) -> Self:
        """Make new keys and write them to a file of the owner alone; refuse to replace one."""
        keys = cls(
            current="1",
            wrapping={"1": secrets.token_bytes(KEY_BYTES)},
            index=secrets.token_bytes(SECRET_BYTES),
            signing=secrets.token_bytes(SECRET_BYTES),
        )
        keys.write(path)
        return keys

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the keys of a node; refuse a file that others may read."""
        try:
            with path.open(encoding="ascii") as file:
                exposed = os.fstat(file.fileno()).st_mode & NOT_THE_OWNER
                keys = cls.read(json.load(file))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise VaultUnavailable(f"the key file {path} cannot be used") from error
        if exposed:
            raise VaultUnavailable(f"the key file {path} may be read by others: chmod 600 it")
        return keys

    def write(self, path: Path, like: os.stat_result | None = None) -> None:
        """Write them to a file that is not there, for its owner alone, and onto the disk."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            if like is not None and like.st_uid != os.geteuid():
                os.fchown(descriptor, like.st_uid, like.st_gid)  # root renews what the node reads
            file.write(self.as_json())
            file.flush()
            os.fsync(descriptor)  # a lost key file is lost data, also after a power cut

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Self:
        """Take keys from what a key file holds; KeyError or the like if that is another thing."""
        keys = cls(
            current=told["current"],
            wrapping={name: b64decode(key) for name, key in told["wrapping"].items()},
            index=b64decode(told["index"]),
            signing=b64decode(told["signing"]),
            index_before=_maybe(told.get("index_before")),
            codes=_maybe(told.get("codes")),
            made={name: datetime.fromisoformat(at) for name, at in told.get("made", {}).items()},
            signing_before=_maybe(told.get("signing_before")),
            lasting=_maybe(told.get("lasting")),
            formers=tuple(Former.read(each) for each in told.get("formers", ())),
        )
        keys.wrapping[keys.current]
        return keys

    def keyed_hash(self, kind: str, value: str) -> str:
        """Return the blind index of a normalised value; the same value of another kind differs."""
        return hash_under(self.index, kind, value)

    def keyed_hashes(self, kind: str, value: str) -> tuple[str, ...]:
        """Return every hash by which a value may be found now: two while the index is renewed."""
        before = self.index_before
        earlier = () if before is None else (hash_under(before, kind, value),)
        return (self.keyed_hash(kind, value), *earlier)

    def code_hash(self, number: str, code: str) -> str:
        """Return the hash of a query code; it outlives the index, for the code is kept nowhere."""
        return self.lasting_hash("query_code", f"{number}/{code}")

    def lasting_hash(self, kind: str, value: str) -> str:
        """Return the hash of a secret that is kept nowhere, and so cannot be hashed anew."""
        now = self.now
        return hash_under(now.codes or now.index, kind, value)

    def subkey(self, purpose: str) -> bytes:
        """Return a key of this node for signing things of one purpose (sessions, tokens)."""
        return hmac_sm3(self.signing, purpose.encode())

    def subkeys(self, purpose: str) -> tuple[bytes, ...]:
        """Return every key under which something of a purpose holds: two while one follows."""
        return tuple(hmac_sm3(secret, purpose.encode()) for secret in self.secrets)

    def lasting_subkey(self, purpose: str) -> bytes:
        """Return the key for what is kept nowhere, or travels, and so cannot be hashed anew."""
        still = self.still
        return hmac_sm3(still.lasting or still.signing, purpose.encode())

    @property
    def still(self) -> "NodeKeys":
        """Return the keys as they were last read: who signs needs no more than that."""
        return self

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """Return the signing secrets that hold, the newest first."""
        still = self.still
        before = still.signing_before
        return (still.signing,) if before is None else (still.signing, before)

    def wrap(self, case_id: UUID, key: bytes) -> bytes:
        """Encrypt the data key of a case."""
        return self.seal_bytes(key, data_key_label(case_id))

    def unwrap(self, case_id: UUID, wrapped: bytes) -> bytes:
        """Decrypt the data key of a case."""
        return self.open_bytes(wrapped, data_key_label(case_id))

    def seal_bytes(self, plain: bytes, label: str) -> bytes:
        """Encrypt under the current wrapping key; the result names it and opens for this label."""
        now = self.now
        sealed = encrypt(now.wrapping[now.current], plain, label.encode())
        return now.current.encode() + NAME_ENDS + sealed

    def open_bytes(self, sealed: bytes, label: str) -> bytes:
        """Decrypt what this node sealed, also under an earlier wrapping key."""
        name, ends, blob = sealed.partition(NAME_ENDS)
        if not ends:
            raise SealBroken("it names no wrapping key")
        key = self.wrapping.get(name.decode("ascii", errors="replace"))
        if key is None:
            raise VaultUnavailable("the key file lacks the wrapping key of this")
        return decrypt(key, blob, label.encode())

    def as_json(self) -> str:
        """Return the keys as their file holds them."""
        names = ("index", "signing", "index_before", "codes", "signing_before", "lasting")
        others = {name: key for name in names if (key := getattr(self, name)) is not None}
        told = {
            "current": self.current,
            "wrapping": {name: _text(key) for name, key in self.wrapping.items()},
            **{name: _text(key) for name, key in others.items()},
            "made": {name: at.isoformat() for name, at in self.made.items()},
            **({"formers": [each.as_told() for each in self.formers]} if self.formers else {}),
        }
        return json.dumps(told, indent=1)


@dataclass(frozen=True, slots=True)
class Sealer:
    """The data key of one case, while it is in use; keep it no longer than the transaction."""

    case_id: UUID
    key_id: UUID
    key: bytes = field(repr=False)

    def seal(self, field: str, text: str) -> Sealed:
        """Encrypt a text so that it opens only for this case and as this field."""
        sealed = encrypt(self.key, text.encode(), self._binding(field))
        data = urlsafe_b64encode(sealed).rstrip(b"=").decode("ascii")
        return Sealed(key_id=self.key_id, field=field, data=data)

    def seal_if(self, field: str, text: str | None) -> Sealed | None:
        """Encrypt what was told; nothing stays nothing."""
        return None if text is None else self.seal(field, text)

    def open(self, sealed: Sealed) -> str:
        """Decrypt a text that was sealed under this key."""
        if sealed.key_id != self.key_id or sealed.algorithm != SM4_GCM:
            raise SealBroken("sealed under another key or with an unknown algorithm")
        try:
            blob = urlsafe_b64decode(sealed.data + "=" * (-len(sealed.data) % 4))
        except (BadBase64, ValueError) as error:
            raise SealBroken("not base64") from error
        return decrypt(self.key, blob, self._binding(sealed.field)).decode()

    def seal_bytes(self, field: str, plain: bytes) -> bytes:
        """Encrypt bytes so that they open only for this case and as this field."""
        return encrypt(self.key, plain, self._binding(field))

    def open_bytes(self, field: str, blob: bytes) -> bytes:
        """Decrypt bytes that were sealed under this key."""
        return decrypt(self.key, blob, self._binding(field))

    def _binding(self, field: str) -> bytes:
        return self.case_id.bytes + field.encode()


def can_seal(keys: NodeKeys) -> bool:
    """Tell whether something can be sealed and hashed at this moment."""
    try:
        keys.seal_bytes(b"", "trial")
        keys.keyed_hash("trial", "")
    except VaultUnavailable:
        return False
    return True


def hash_under(key: bytes, kind: str, value: str) -> str:
    """Return the keyed hash of a value of one kind."""
    return hmac_sm3(key, f"{kind}\0{value}".encode()).hex()


def data_key_label(case_id: UUID) -> str:
    """Return what a wrapped data key is bound to."""
    return f"data-key {case_id}"


def new_data_key() -> bytes:
    """Return a fresh SM4 key."""
    return secrets.token_bytes(KEY_BYTES)


def sm3(data: bytes) -> str:
    """Return the SM3 digest in hexadecimal."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize().hex()


def sm3_of(source: BinaryIO) -> str:
    """Return the SM3 digest of all that can be read, a piece at a time, in hexadecimal."""
    digest = hashes.Hash(hashes.SM3())
    source.seek(0)
    while piece := source.read(PIECE_BYTES):
        digest.update(piece)
    return digest.finalize().hex()


def hmac_sm3(key: bytes, data: bytes) -> bytes:
    """Return the HMAC-SM3 of the data, 32 bytes."""
    try:
        code = hmac.HMAC(key, hashes.SM3())
    except UnsupportedAlgorithm as error:
        raise VaultUnavailable("this build of OpenSSL has no SM3") from error
    code.update(data)
    return code.finalize()


def encrypt(key: bytes, plain: bytes, binding: bytes) -> bytes:
    """Return nonce, SM4-GCM ciphertext and tag; it opens only with the same binding."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    try:
        cipher = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    except UnsupportedAlgorithm as error:
        raise VaultUnavailable("this build of OpenSSL has no SM4-GCM") from error
    cipher.authenticate_additional_data(binding)
    return nonce + cipher.update(plain) + cipher.finalize() + cipher.tag


def decrypt(key: bytes, blob: bytes, binding: bytes) -> bytes:
    """Return what `encrypt` sealed; SealBroken if it was changed or bound otherwise."""
    if len(blob) < NONCE_BYTES + TAG_BYTES:
        raise SealBroken("too short")
    nonce, text, tag = blob[:NONCE_BYTES], blob[NONCE_BYTES:-TAG_BYTES], blob[-TAG_BYTES:]
    try:
        cipher = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
        cipher.authenticate_additional_data(binding)
        return cipher.update(text) + cipher.finalize()
    except UnsupportedAlgorithm as error:
        raise VaultUnavailable("this build of OpenSSL has no SM4-GCM") from error
    except InvalidTag as error:
        raise SealBroken("the tag does not fit") from error


def _text(key: bytes) -> str:
    return b64encode(key).decode("ascii")


def _maybe(told: str | None) -> bytes | None:
    return None if told is None else b64decode(told)
