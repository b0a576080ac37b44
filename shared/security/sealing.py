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
from pathlib import Path
from typing import Self
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
class NodeKeys:
    """The secrets of one node; they never leave it."""

    current: str
    """Name of the wrapping key that wraps new data keys; the others only unwrap."""
    wrapping: Mapping[str, bytes] = field(repr=False)
    index: bytes = field(repr=False)
    signing: bytes = field(repr=False)

    @classmethod
    def create(cls, path: Path) -> Self:
        """Make new keys and write them to a file of the owner alone; refuse to replace one."""
        keys = cls(
            current="1",
            wrapping={"1": secrets.token_bytes(KEY_BYTES)},
            index=secrets.token_bytes(SECRET_BYTES),
            signing=secrets.token_bytes(SECRET_BYTES),
        )
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(keys._as_json())
            file.flush()
            os.fsync(file.fileno())  # a lost key file is lost data, also after a power cut
        return keys

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the keys of a node; refuse a file that others may read."""
        try:
            with path.open(encoding="ascii") as file:
                exposed = os.fstat(file.fileno()).st_mode & NOT_THE_OWNER
                told = json.load(file)
            keys = cls(
                current=told["current"],
                wrapping={name: b64decode(key) for name, key in told["wrapping"].items()},
                index=b64decode(told["index"]),
                signing=b64decode(told["signing"]),
            )
            keys.wrapping[keys.current]
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise VaultUnavailable(f"the key file {path} cannot be used") from error
        if exposed:
            raise VaultUnavailable(f"the key file {path} may be read by others: chmod 600 it")
        return keys

    def keyed_hash(self, kind: str, value: str) -> str:
        """Return the blind index of a normalised value; the same value of another kind differs."""
        return hmac_sm3(self.index, f"{kind}\0{value}".encode()).hex()

    def subkey(self, purpose: str) -> bytes:
        """Return a key of this node for signing things of one purpose (sessions, tokens)."""
        return hmac_sm3(self.signing, purpose.encode())

    def wrap(self, case_id: UUID, key: bytes) -> bytes:
        """Encrypt the data key of a case."""
        return self.seal_bytes(key, f"data-key {case_id}")

    def unwrap(self, case_id: UUID, wrapped: bytes) -> bytes:
        """Decrypt the data key of a case."""
        return self.open_bytes(wrapped, f"data-key {case_id}")

    def seal_bytes(self, plain: bytes, label: str) -> bytes:
        """Encrypt under the current wrapping key; the result names it and opens for this label."""
        sealed = encrypt(self.wrapping[self.current], plain, label.encode())
        return self.current.encode() + NAME_ENDS + sealed

    def open_bytes(self, sealed: bytes, label: str) -> bytes:
        """Decrypt what this node sealed, also under an earlier wrapping key."""
        name, ends, blob = sealed.partition(NAME_ENDS)
        if not ends:
            raise SealBroken("it names no wrapping key")
        key = self.wrapping.get(name.decode("ascii", errors="replace"))
        if key is None:
            raise VaultUnavailable("the key file lacks the wrapping key of this")
        return decrypt(key, blob, label.encode())

    def _as_json(self) -> str:
        def told(key: bytes) -> str:
            return b64encode(key).decode("ascii")

        wrapping = {name: told(key) for name, key in self.wrapping.items()}
        secrets_told = {"index": told(self.index), "signing": told(self.signing)}
        return json.dumps(
            {"current": self.current, "wrapping": wrapping, **secrets_told}, indent=1
        )


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

    def _binding(self, field: str) -> bytes:
        return self.case_id.bytes + field.encode()


def new_data_key() -> bytes:
    """Return a fresh SM4 key."""
    return secrets.token_bytes(KEY_BYTES)


def sm3(data: bytes) -> str:
    """Return the SM3 digest in hexadecimal."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
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
