"""Look a bundle through as a whole, and then read it block by block."""

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

from cryptography.hazmat.primitives import hashes
from pydantic import BaseModel, ValidationError

from shared.security.bundles.form import (
    FORM,
    LENGTH_BYTES,
    WHAT_IT_IS,
    BadBundle,
    Fault,
    Foot,
    Head,
    binding_of,
)
from shared.security.letters import Card, is_signed_by, open_sealed
from shared.security.sealing import NodeKeys, SealBroken, decrypt

MOST_BLOCK_BYTES = 16_777_216
"""No block is larger, packed or unpacked; one message is a few megabytes at most."""
MOST_LINE_BYTES = 65_536

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that is whole and was made by a neighbour for this node."""

    file: Path
    head: Head
    foot: Foot
    size: int


def examine(file: Path, node: str, cards: Mapping[str, Card], most_bytes: int) -> Examined:
    """Look a file through as a whole; BadBundle says why it is not for this node to read."""
    size = file.stat().st_size
    if size > most_bytes:
        raise BadBundle(Fault.SIZE, str(size))
    with file.open("rb") as source:
        digest = hashes.Hash(hashes.SM3())
        head = _head_of(source, digest)
        if head.addressee != node:
            raise BadBundle(Fault.ADDRESSEE, head.addressee)
        card = cards.get(head.sender)
        if card is None:
            raise BadBundle(Fault.STRANGER, head.sender)
        for block in _sealed_blocks(source):
            digest.update(len(block).to_bytes(LENGTH_BYTES, "big"))
            digest.update(block)
        foot = _foot_of(source, digest)
    if not is_signed_by(card, foot.signed, foot.signature):
        raise BadBundle(Fault.SIGNATURE, head.sender)
    return Examined(file, head, foot, size)


def read_bundle(examined: Examined, keys: NodeKeys) -> Iterator[list[dict[str, str]]]:
    """Yield the messages of a file, block by block; BadBundle if it does not open."""
    head = examined.head
    try:
        key = open_sealed(keys, head.key, head.label)
    except SealBroken as error:
        raise BadBundle(Fault.SEALED, head.sender) from error
    with examined.file.open("rb") as source:
        _head_of(source, hashes.Hash(hashes.SM3()))
        for place, block in enumerate(_sealed_blocks(source)):
            yield _messages_of(key, block, binding_of(head, place))


def _head_of(source: IO[bytes], digest: hashes.Hash) -> Head:
    what, told = _line(source), _line(source)
    digest.update(what + told)
    form = what.removeprefix(WHAT_IT_IS).strip()
    if not what.startswith(WHAT_IT_IS) or not form.isdigit():
        raise BadBundle(Fault.NOT_ONE)
    if int(form) != FORM:
        raise BadBundle(Fault.FORM, form.decode())
    if not told.endswith(b"\n"):
        raise BadBundle(Fault.TRUNCATED)
    return _read(Head, told)


def _foot_of(source: IO[bytes], digest: hashes.Hash) -> Foot:
    digest.update(bytes(LENGTH_BYTES))
    told = _line(source)
    if not told.endswith(b"\n"):
        raise BadBundle(Fault.TRUNCATED)
    foot = _read(Foot, told)
    if foot.digest != digest.finalize().hex() or source.read(1):
        raise BadBundle(Fault.DAMAGED)
    return foot


def _line(source: IO[bytes]) -> bytes:
    return source.readline(MOST_LINE_BYTES)


def _sealed_blocks(source: IO[bytes]) -> Iterator[bytes]:
    while length := int.from_bytes(_exactly(source, LENGTH_BYTES), "big"):
        if length > MOST_BLOCK_BYTES:
            raise BadBundle(Fault.DAMAGED)
        yield _exactly(source, length)


def _exactly(source: IO[bytes], length: int) -> bytes:
    told = source.read(length)
    if len(told) < length:
        raise BadBundle(Fault.TRUNCATED)
    return told


def _messages_of(key: bytes, block: bytes, binding: bytes) -> list[dict[str, str]]:
    unpacking = zlib.decompressobj()
    try:
        lines = unpacking.decompress(decrypt(key, block, binding), MOST_BLOCK_BYTES)
        found = [json.loads(line) for line in lines.splitlines()]
    except (SealBroken, zlib.error, ValueError) as error:
        raise BadBundle(Fault.DAMAGED) from error
    if not unpacking.eof or not all(map(_is_message, found)):
        raise BadBundle(Fault.DAMAGED)
    return found


def _is_message(told: Any) -> bool:
    return isinstance(told, dict) and all(isinstance(value, str) for value in told.values())


def _read(kind: type[M], told: bytes) -> M:
    try:
        return kind.model_validate_json(told)
    except ValidationError as error:
        raise BadBundle(Fault.DAMAGED) from error
