"""A file of messages from one node to another, carried by hand: sealed and signed (ADR 21).

    BACKSTOP BUNDLE 1         what it is, and in which form
    {"bundle_id": …}          the head: from whom, for whom, and the key, sealed for them alone
    length, sealed block      again and again: messages as lines of JSON, compressed
    0, {"digest": …}          the foot: the SM3 of all that stands before it, signed

Everything is written and read block by block, so a file of any size takes little memory. A file is
looked through as a whole before anything of it is read: damage is found before it does any.
"""

import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from pathlib import Path
from typing import IO, Any, TypeVar
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from shared.clock import new_id
from shared.errors import Permanent
from shared.security.letters import Card, is_signed_by, open_sealed, seal_for, sign
from shared.security.sealing import NodeKeys, SealBroken, decrypt, encrypt, new_data_key

WHAT_IT_IS = b"BACKSTOP BUNDLE "
FORM = 1
LENGTH_BYTES = 4
BLOCK_BYTES = 1_000_000
"""A block is closed as soon as it has so many."""
MOST_BLOCK_BYTES = 16_777_216
"""No block is larger, packed or unpacked; one message is a few megabytes at most."""
MOST_LINE_BYTES = 65_536
OWNER_ONLY = 0o600

M = TypeVar("M", bound=BaseModel)


@unique
class Fault(StrEnum):
    """Why a file is not taken."""

    NOT_ONE = "not_a_bundle"
    FORM = "form"
    """Of a later release."""
    SIZE = "size"
    ADDRESSEE = "addressee"
    STRANGER = "no_neighbour"
    TRUNCATED = "truncated"
    DAMAGED = "damaged"
    SIGNATURE = "signature"
    SEALED = "sealed"
    """For another key than the one that this node has."""


class BadBundle(Permanent):
    """A file that is not taken: `about` names the node or the number that is meant."""

    def __init__(self, fault: Fault, about: str = "") -> None:
        super().__init__(f"{fault}: {about}")
        self.fault = fault
        self.about = about


class Head(BaseModel):
    """What a bundle says about itself before anything else."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    bundle_id: UUID
    sender: str
    addressee: str
    made_at: AwareDatetime
    part: int = Field(ge=1)
    key: str
    """Under which the blocks are sealed, itself sealed for the addressee."""

    @property
    def label(self) -> str:
        """What binds key and blocks to this bundle and part."""
        return f"bundle {self.bundle_id} {self.part}"


class Foot(BaseModel):
    """What stands at the end of a part."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    digest: str
    messages: int = Field(ge=0)
    is_last: bool
    signature: str = ""

    @property
    def signed(self) -> bytes:
        """Exactly what is signed."""
        return f"backstop bundle {self.digest} {self.messages} {self.is_last}".encode()


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that is whole and was made by a neighbour for this node."""

    file: Path
    head: Head
    foot: Foot
    size: int


@dataclass(frozen=True, slots=True)
class Ends:
    """The node that makes a bundle, and the one that it is for."""

    sender: str
    keys: NodeKeys
    addressee: Card
    made_at: AwareDatetime


class Part:
    """One file while it is written; it takes its name when it is whole, and not before."""

    def __init__(self, file: Path, ends: Ends, bundle_id: UUID, number: int) -> None:
        self.file = file
        self.size = 0
        self._ends = ends
        self._key = new_data_key()
        self._digest = hashes.Hash(hashes.SM3())
        self.blocks = 0
        self._messages = 0
        self._head = self._headed(bundle_id, number)
        self._unfinished = file.with_name(f".{file.name}.unfinished")
        self._unfinished.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        self._out: IO[bytes] = os.fdopen(os.open(self._unfinished, flags, OWNER_ONLY), "wb")
        self._write(WHAT_IT_IS + f"{FORM}\n".encode())
        self._write(self._head.model_dump_json().encode() + b"\n")

    def add(self, messages: Sequence[Mapping[str, str]]) -> None:
        """Seal and write messages as one block."""
        lines = "\n".join(json.dumps(each, ensure_ascii=False) for each in messages)
        packed = zlib.compress(lines.encode())
        sealed = encrypt(self._key, packed, _binding(self._head, self.blocks))
        self._write(len(sealed).to_bytes(LENGTH_BYTES, "big") + sealed)
        self.blocks += 1
        self._messages += len(messages)

    def finish(self, *, is_last: bool) -> None:
        """Sign it, bring it onto the disk and give it its name."""
        self._write(bytes(LENGTH_BYTES))
        digest = self._digest.finalize().hex()
        foot = Foot(digest=digest, messages=self._messages, is_last=is_last)
        signed = foot.model_copy(update={"signature": sign(self._ends.keys, foot.signed)})
        self._out.write(signed.model_dump_json().encode() + b"\n")
        self._out.flush()
        os.fsync(self._out.fileno())
        self._out.close()
        self._unfinished.replace(self.file)
        self.size = self.file.stat().st_size

    def drop(self) -> None:
        """Leave nothing of a part that is not finished."""
        self._out.close()
        self._unfinished.unlink(missing_ok=True)

    def _headed(self, bundle_id: UUID, number: int) -> Head:
        ends = self._ends
        names = {"sender": ends.sender, "addressee": ends.addressee.code}
        about = {**names, "made_at": ends.made_at, "part": number}
        bare = Head(bundle_id=bundle_id, key="", **about)
        key = seal_for(ends.addressee, self._key, bare.label)
        return bare.model_copy(update={"key": key})

    def _write(self, told: bytes) -> None:
        self._digest.update(told)
        self._out.write(told)
        self.size += len(told)


def write_bundle(
    file: Path, ends: Ends, messages: Iterable[Mapping[str, str]], part_bytes: int
) -> Iterator[Part]:
    """Write messages into a file, and into more beside it as each has its size; yield each part.

    FileExistsError where one of them is there already: nothing is written over.
    """
    bundle_id, number = new_id(), 1
    part = _opened(file, ends, bundle_id, number)
    try:
        for block in _blocks(messages):
            if part.blocks and part.size >= part_bytes:
                part.finish(is_last=False)
                yield part
                number += 1
                part = _opened(file, ends, bundle_id, number)
            part.add(block)
        part.finish(is_last=True)
    except BaseException:
        part.drop()
        raise
    yield part


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
            yield _messages_of(key, block, _binding(head, place))


def _opened(file: Path, ends: Ends, bundle_id: UUID, number: int) -> Part:
    name = file if number == 1 else file.with_name(f"{file.name}.{number}")
    if name.exists():
        raise FileExistsError(name)
    return Part(name, ends, bundle_id, number)


def _blocks(messages: Iterable[Mapping[str, str]]) -> Iterator[list[Mapping[str, str]]]:
    block: list[Mapping[str, str]] = []
    size = 0
    for message in messages:
        block.append(message)
        size += sum(map(len, message.values()))
        if size >= BLOCK_BYTES:
            yield block
            block, size = [], 0
    if block:
        yield block


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


def _binding(head: Head, place: int) -> bytes:
    return f"{head.label} {place}".encode()
