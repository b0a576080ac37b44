"""The key file of a node while the node runs: read again when it changes, and changed safely.

A change is a whole new file that takes the place of the old one at once: whoever reads sees all of
the one or all of the other. Every process of the node looks at the file before it seals or opens
anything (a microsecond), so a new key is in use a moment later and without a restart, and a file
that is taken away stops all sealing at once.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from shared.errors import Refused
from shared.security.letters import former_of
from shared.security.sealing import (
    KEY_BYTES,
    SECRET_BYTES,
    Former,
    NodeKeys,
    VaultUnavailable,
)

INDEX = "index"
"""How the blind-index key is called among the things that were renewed."""
CARD = "card"
"""How the signing secret is called among them."""
KEPT = "before"
RANDOM_BYTES = 8
"""So many make the name of a file that is being written."""
SETTLES = timedelta(hours=1)
"""What was under way when a key was renewed has ended by then: transactions, sealed cookies."""


class LiveKeys(NodeKeys):
    """The keys as the file holds them at this moment."""

    def __init__(self, path: Path) -> None:
        state = _State(path, _mark(path), NodeKeys.load(path))
        object.__setattr__(self, "_state", state)

    def __repr__(self) -> str:
        """Tell where the keys are, and nothing of them."""
        return f"LiveKeys({str(self._state.path)!r})"

    _state: "_State"

    @property
    def now(self) -> NodeKeys:
        """Return what the file holds; VaultUnavailable if it is away, broken or exposed."""
        return self._state.fresh()

    @property
    def current(self) -> str:
        """The name of the wrapping key that wraps new data keys."""
        return self.now.current

    @property
    def wrapping(self) -> Mapping[str, bytes]:
        """The wrapping keys by name."""
        return self.now.wrapping

    @property
    def index(self) -> bytes:
        """The key of the blind index."""
        return self.now.index

    @property
    def signing(self) -> bytes:
        """The secret from which the signing keys are derived; it seals nothing of people.

        While the file is away, the last one that was read: staff stay known, and see what is
        masked.
        """
        return self.still.signing

    @property
    def still(self) -> NodeKeys:
        """Return what the file holds, or what it held before it was taken away."""
        try:
            return self.now
        except VaultUnavailable:
            return self._state.keys

    @property
    def index_before(self) -> bytes | None:
        """The key of the blind index before this one."""
        return self.now.index_before

    @property
    def codes(self) -> bytes | None:
        """The key under which query codes are hashed."""
        return self.now.codes

    @property
    def made(self) -> Mapping[str, datetime]:
        """When keys were renewed."""
        return self.now.made

    @property
    def signing_before(self) -> bytes | None:
        """The signing secret before this one."""
        return self.still.signing_before

    @property
    def lasting(self) -> bytes | None:
        """The secret of what cannot be hashed anew."""
        return self.still.lasting

    @property
    def formers(self) -> tuple[Former, ...]:
        """The cards that were retired."""
        return self.still.formers


Mark = tuple[int, int, int]


@dataclass(slots=True)
class _State:
    path: Path
    mark: Mark
    keys: NodeKeys

    def fresh(self) -> NodeKeys:
        mark = _mark(self.path)
        if mark != self.mark:
            # The mark of before the read: what changes meanwhile is read once more.
            self.keys = NodeKeys.load(self.path)
            self.mark = mark
        return self.keys


def _mark(path: Path) -> Mark:
    try:
        found = path.stat()
    except OSError as error:
        raise VaultUnavailable(f"the key file {path} cannot be used") from error
    return found.st_mtime_ns, found.st_ino, found.st_mode


@dataclass(frozen=True, slots=True)
class Renewed:
    """A new key is in use: its name, and the copy that was kept of the file before."""

    name: str
    copy: Path


@dataclass(frozen=True, slots=True)
class KeyFile:
    """Renews and retires keys in a file; only one process at a time does so."""

    path: Path

    def rotate(self, now: datetime) -> Renewed:
        """Make a new wrapping key the current one; the earlier ones go on opening."""
        with self._alone():
            keys = NodeKeys.load(self.path)
            name = str(max(int(known) for known in keys.wrapping if known.isdecimal()) + 1)
            wrapping = {**keys.wrapping, name: secrets.token_bytes(KEY_BYTES)}
            made = {**keys.made, name: now}
            renewed = replace(keys, current=name, wrapping=wrapping, made=made)
            return Renewed(name, self._put(renewed, keep=name))

    def rotate_index(self, now: datetime) -> Renewed:
        """Make a new blind-index key; Refused while the one before is still in use."""
        with self._alone():
            keys = NodeKeys.load(self.path)
            if keys.index_before is not None:
                raise Refused("key_in_use")
            renewed = replace(
                keys,
                index=secrets.token_bytes(SECRET_BYTES),
                index_before=keys.index,
                codes=keys.codes or keys.index,
                made={**keys.made, INDEX: now},
            )
            return Renewed(INDEX, self._put(renewed, keep=f"{INDEX}-{now:%Y%m%d%H%M%S}"))

    def rotate_card(self, now: datetime) -> Renewed:
        """Make a new signing secret, and with it a card; the one before signs until the end.

        Refused while a card before it is still in use.
        """
        with self._alone():
            keys = NodeKeys.load(self.path)
            if keys.signing_before is not None:
                raise Refused("card_renewing")
            renewed = replace(
                keys,
                signing=secrets.token_bytes(SECRET_BYTES),
                signing_before=keys.signing,
                lasting=keys.lasting or keys.signing,
                made={**keys.made, CARD: now},
            )
            return Renewed(CARD, self._put(renewed, keep=f"{CARD}-{now:%Y%m%d%H%M%S}"))

    def finish_card(self, now: datetime) -> None:
        """Destroy the signing secret before this one; its public keys stay, with the time."""
        with self._alone():
            keys = NodeKeys.load(self.path)
            if keys.signing_before is None:
                raise Refused("card_not_renewing")
            ended = replace(former_of(keys.signing_before), until=now)
            formers = (*keys.formers, ended)
            self._put(replace(keys, signing_before=None, formers=formers))

    def retire(self, name: str) -> None:
        """Take a key out of the file for good; Refused if there is none, or it is the current."""
        with self._alone():
            keys = NodeKeys.load(self.path)
            made = {known: at for known, at in keys.made.items() if known != name}
            if name == INDEX and keys.index_before is not None:
                self._put(replace(keys, index_before=None, made=made))
                return
            if name not in keys.earlier:
                raise Refused("key_in_use" if name == keys.current else "unknown_key")
            left = {known: key for known, key in keys.wrapping.items() if known != name}
            self._put(replace(keys, wrapping=left, made=made))

    def copies(self) -> list[Path]:
        """Return the copies of earlier files beside it, which hold keys that were retired."""
        return sorted(self.path.parent.glob(f"{self.path.name}.{KEPT}-*"))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # The folder is locked and not the file, for the file itself is replaced.
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
            os.fsync(folder)
        finally:
            os.close(folder)

    def _put(self, keys: NodeKeys, keep: str = "") -> Path:
        new = self.path.with_name(f".{self.path.name}.{secrets.token_hex(RANDOM_BYTES)}")
        copy = self.path
        try:
            self._sweep()
            keys.write(new, like=self.path.stat())
            if keep:
                copy = self._keep(f"{self.path.name}.{KEPT}-{keep}")
            new.replace(self.path)
        except OSError as error:
            with suppress(OSError):  # where nothing can be written nothing can be removed either
                new.unlink(missing_ok=True)
            raise Refused("key_file_fixed", type(error).__name__) from error
        return copy

    def _keep(self, name: str) -> Path:
        # A copy is there if a renewal broke off, or an earlier file was put back: it stays.
        copy, numbers = self.path.with_name(name), count(2)
        while True:
            with suppress(FileExistsError):
                os.link(self.path, copy)
                return copy
            if copy.read_bytes() == self.path.read_bytes():
                return copy
            copy = self.path.with_name(f"{name}.{next(numbers)}")

    def _sweep(self) -> None:
        # Only under the lock: what is there then was left by a process that died.
        for left in self.path.parent.glob(f".{self.path.name}.{'?' * 2 * RANDOM_BYTES}"):
            left.unlink(missing_ok=True)
