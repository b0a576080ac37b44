"""Write messages into a bundle, block by block and part by part."""

import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO
from uuid import UUID

from cryptography.hazmat.primitives import hashes

from shared.clock import new_id
from shared.security.bundles.form import FORM, LENGTH_BYTES, WHAT_IT_IS, Foot, Head, binding_of
from shared.security.letters import Card, seal_for, sign
from shared.security.sealing import NodeKeys, encrypt, new_data_key

BLOCK_BYTES = 1_000_000
"""A block is closed as soon as it has so many."""
OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class Ends:
    """The node that makes a bundle, and the one that it is for."""

    sender: str
    keys: NodeKeys
    addressee: Card
    made_at: datetime


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
        sealed = encrypt(self._key, packed, binding_of(self._head, self.blocks))
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
