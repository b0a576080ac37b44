"""Where a running suite on private servers keeps its data, and how other commands find it."""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from backstop.progress import Trouble
from backstop.servers.accounts import server_folder
from backstop.servers.leash import leash
from backstop.servers.processes import is_running, look, wait_until

ROOT = Path(__file__).resolve().parents[1]
VARIABLE = "BACKSTOP_STATE"
LEFTOVER_SECONDS = 20.0
"""How long a killed launcher's guardian may take to end what that launcher had started."""


@dataclass(frozen=True, slots=True)
class State:
    """The folders of one private suite."""

    folder: Path
    """Of the servers, whose own users must reach it."""

    @classmethod
    def chosen_by(cls, environment: Mapping[str, str]) -> "State":
        """Return the folder of BACKSTOP_STATE, else the one of this checkout and this user."""
        given = environment.get(VARIABLE)
        return cls(Path(given).resolve() / "servers") if given else cls.of_checkout()

    @classmethod
    def of_checkout(cls) -> "State":
        """Return the place that belongs to this checkout; for root under /var/lib/backstop."""
        # Root's servers cannot live in the checkout, and two checkouts must not share data.
        name = f"run-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}"
        return cls(server_folder(name, ROOT / ".state"))

    @property
    def own(self) -> Path:
        """Keys, environment and logs: readable by the user who runs the suite."""
        folder = self.folder.with_name(f"{self.folder.name}-own")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def server(self, name: str) -> Path:
        """Return the data folder of one private server."""
        return self.folder / name

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Keep every other launcher away; wait first until a killed one's guardian is done."""
        with os.fdopen(self._open_lock(), "r+") as lock:
            wait_until(lambda: _locks(lock) or _is_alive(lock), LEFTOVER_SECONDS)
            if not _locks(lock):
                raise Trouble(_in_use(self.folder, _launcher(lock)[:1]))
            _sign(lock)
            # So that it is free only when everything has ended, however this process ends.
            leash().lend(lock.fileno())
            yield

    def _open_lock(self) -> int:
        parent = self.folder.parent
        try:
            if not parent.exists():
                parent.mkdir(parents=True)
                # Root's umask may be stricter than the servers' users can live with.
                parent.chmod(0o755)
            lock = self.folder.with_name(f"{self.folder.name}.lock")
            return os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise Trouble(_not_writable(parent, error)) from error

    def forget(self) -> None:
        """Throw all data, keys and logs away; call it under the claim."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self.own, ignore_errors=True)

    @property
    def environment_file(self) -> Path:
        """Return where the addresses of the running suite are written, with their passwords."""
        return self.own / "environment.json"

    def write_environment(self, environment: Mapping[str, str]) -> None:
        """Let other commands of this user reach the suite that is starting."""
        self.environment_file.unlink(missing_ok=True)
        descriptor = os.open(self.environment_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(environment, file)

    def read_environment(self) -> dict[str, str]:
        """Return the addresses of the suite that runs or ran last; empty if none ever did."""
        try:
            told: dict[str, str] = json.loads(self.environment_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return told


def _locks(lock: TextIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sign(lock: TextIO) -> None:
    seen = look(os.getpid())
    assert seen is not None, "we are running"  # noqa: S101
    lock.seek(0)
    lock.truncate()
    lock.write(f"{seen.pid} {seen.started}")
    lock.flush()


def _launcher(lock: TextIO) -> list[int]:
    lock.seek(0)
    return [int(word) for word in lock.read().split()]


def _is_alive(lock: TextIO) -> bool:
    # Between the lock and the signature there is a moment without one.
    signed = _launcher(lock)
    return bool(signed) and is_running(*signed)


def _in_use(folder: Path, pids: Sequence[int]) -> str:
    pid = "".join(map(str, pids)) or "?"
    return (
        f"这份数据正被另一套系统使用（进程 {pid}，{folder}）。请先停止它，"
        f"或用 {VARIABLE} 另选一个目录。\n"
        f"Another suite runs on this data (process {pid}, {folder}). Stop it first, "
        f"or choose another folder with {VARIABLE}."
    )


def _not_writable(folder: Path, error: OSError) -> str:
    return (
        f"无法写入 {folder}（{error.strerror}）。请用有权限的账号运行，或用 {VARIABLE} 另选"
        "一个目录。\n"
        f"{folder} cannot be written ({error.strerror}). Run as its owner, "
        f"or choose another folder with {VARIABLE}."
    )
