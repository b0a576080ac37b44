"""A store in a folder: one file an address, written aside and moved into its place."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives import hashes

from shared.store import ADDRESS, Lost, StoreAway, checked, mark_of

NEW = "new"
"""What is still being written, and what a crash left of it."""
OWNER_ONLY = 0o700


class FolderStore:
    """`ab/ab12…`, readable by its owner alone; several processes may use one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, pieces: Iterable[bytes]) -> str:
        """Write it aside, onto the disk, then move it: at its address it is whole or not there."""
        with _telling():
            aside = self._folder / NEW
            for place in (self._folder, aside):
                place.mkdir(parents=True, exist_ok=True, mode=OWNER_ONLY)
            descriptor, name = tempfile.mkstemp(dir=aside)
        try:
            with os.fdopen(descriptor, "wb") as file:
                address = _written(file, pieces)
            with _telling():
                place = self._place(address)
                place.parent.mkdir(exist_ok=True, mode=OWNER_ONLY)
                Path(name).replace(place)
                _settle(place.parent)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink(missing_ok=True)
            raise
        return address

    def read(self, address: str, piece: int) -> Iterator[bytes]:
        """Yield pieces of so many bytes."""
        with _telling(), self._open(address) as file:
            while data := file.read(piece):
                yield data

    def drop(self, address: str) -> None:
        """Remove its file."""
        with _telling():
            self._place(address).unlink(missing_ok=True)

    def shelf(self, number: int) -> Iterator[str]:
        """Yield the addresses on a shelf."""
        with _telling():
            place = self._folder / mark_of(number)
            names = sorted(os.listdir(place)) if place.is_dir() else []
        yield from [name for name in names if ADDRESS.fullmatch(name)]

    def tidy(self, before: datetime) -> None:
        """Throw away what nobody has gone on writing since then."""
        with _telling():
            for left in (self._folder / NEW).glob("*"):
                with suppress(FileNotFoundError):  # it was finished meanwhile
                    if left.stat().st_mtime < before.timestamp():
                        left.unlink()

    def _place(self, address: str) -> Path:
        return self._folder / checked(address)[:2] / address

    def _open(self, address: str) -> BinaryIO:
        try:
            return self._place(address).open("rb")
        except FileNotFoundError as error:
            raise Lost(address) from error


def _written(file: BinaryIO, pieces: Iterable[bytes]) -> str:
    digest = hashes.Hash(hashes.SM3())
    for piece in pieces:
        digest.update(piece)
        with _telling():
            file.write(piece)
    with _telling():
        file.flush()
        os.fsync(file.fileno())
    return digest.finalize().hex()


def _settle(folder: Path) -> None:
    # The name must be on the disk, too, before a row tells of it.
    for place in (folder, folder.parent):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _telling() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreAway(f"the folder of files: {error.strerror}") from error
