"""What a node knows of its links: where it is dialled, whom it let in, whom it dials.

One file beside the keys, and not in the database: the broker is set up before there is one, and
commands of both tiers must work while a database is away.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from backstop.links.places import FOLDER_TO_PASS, put
from backstop.progress import Trouble


class _Page(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Address(_Page):
    """Where children dial a node's broker."""

    host: str
    port: int
    vhost: str
    name: str
    """What its certificate is made out to: of the node and not of the host, which may change."""

    @property
    def told(self) -> str:
        """Host and port as people write them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Invitation(_Page):
    """A way for a child to ask once to be let in."""

    id: str
    account: str
    ends_at: AwareDatetime
    answered_at: AwareDatetime | None = None


class Child(_Page):
    """A child that was let in."""

    account: str
    vouched_at: AwareDatetime
    ends_at: AwareDatetime
    """When its certificate does."""
    authority: str
    """The fingerprint of the authority that vouches for it."""


class Parent(_Page):
    """The tier above, as this node dials it."""

    code: str
    account: str
    """This node's own on its broker."""
    address: Address


class Books(_Page):
    """All of it."""

    own: Address | None = None
    listens_on: str = ""
    """The address at which the broker listens for children; empty for all."""
    listens_at: int = 0
    """The port at which it does; 0 for the one that children dial."""
    names: tuple[str, ...] = ()
    children: dict[str, Child] = {}
    invitations: dict[str, Invitation] = {}
    parent: Parent | None = None
    generations: dict[str, int] = {}
    """How often each child was let in anew after its account had been taken away."""


def read_books(file: Path) -> Books:
    """Return what is known; nothing of a node that has no links yet."""
    try:
        return Books.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return Books()
    except (OSError, ValidationError) as error:
        raise Trouble(
            f"{file} 读不出来 · cannot be read: {type(error).__name__}\n"
            "请从备份恢复它 · put it back from a copy"
        ) from error


def write_books(file: Path, books: Books) -> None:
    """Keep what is known from now on."""
    put(file, books.model_dump_json(indent=1).encode() + b"\n")


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep a second command off the links of the same node; Trouble tells that there is one."""
    folder.mkdir(mode=FOLDER_TO_PASS, parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _lock(descriptor, folder)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Trouble(
            f"另一个 backstop link 命令正在使用 {folder}；请等它结束\n"
            f"Another `backstop link` works on {folder}; wait until it has ended"
        ) from error
