"""Choose who a server runs as and where its data may lie; no server ever runs as root."""

import os
import pwd
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from backstop.servers.errors import FolderOutOfReach

ROOTS_FOLDER = Path("/var/lib/backstop")
LAST_RESORT = "nobody"


class Account(NamedTuple):
    """A user of this machine that a server may run as."""

    name: str
    uid: int
    gid: int
    groups: Sequence[int]


def account_for(wanted: str) -> Account | None:
    """Return the unprivileged user for a server, or None when we are no root ourselves."""
    if os.geteuid() != 0:
        return None
    for name in (wanted, LAST_RESORT):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        groups = os.getgrouplist(name, entry.pw_gid)
        return Account(name, entry.pw_uid, entry.pw_gid, tuple(groups))
    raise LookupError(f"neither user {wanted} nor user {LAST_RESORT} exists on this machine")


def server_folder(name: str, state: Path) -> Path:
    """Say where a server's data belongs: under `state`, for root under /var/lib/backstop."""
    return ROOTS_FOLDER / name if os.geteuid() == 0 else state / name


def make_folder(folder: Path, account: Account | None) -> None:
    """Make a folder that only the server's user (and root) may enter; repeat freely."""
    if account is not None and not folder.parent.exists():
        folder.parent.mkdir(parents=True)
        # Root's umask may be stricter than the server's user can live with.
        folder.parent.chmod(0o755)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account is None:
        return
    os.chown(folder, account.uid, account.gid)
    barrier = barrier_above(folder, account)
    if barrier is not None:
        raise FolderOutOfReach(folder, barrier, account.name)


def barrier_above(path: Path, account: Account) -> Path | None:
    """Return the topmost parent folder that the account may not enter, if there is one."""
    for parent in reversed(path.resolve().parents):
        if not _may_enter(parent, account):
            return parent
    return None


def write_secret(path: Path, text: str, account: Account | None) -> None:
    """Write a file that only its owner may read, never readable by others for a moment."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        if account is not None:
            os.fchown(file.fileno(), account.uid, account.gid)
    draft.rename(path)


def _may_enter(folder: Path, account: Account) -> bool:
    status = folder.stat()
    if status.st_uid == account.uid:
        return bool(status.st_mode & 0o100)
    if status.st_gid in (account.gid, *account.groups):
        return bool(status.st_mode & 0o010)
    return bool(status.st_mode & 0o001)
