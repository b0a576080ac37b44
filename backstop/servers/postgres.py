"""A private PostgreSQL: its own data folder, loopback port and password."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from signal import SIGINT

from backstop.servers import carrier
from backstop.servers.accounts import (
    ROOTS_FOLDER,
    Account,
    account_for,
    barrier_above,
    make_folder,
    write_secret,
)
from backstop.servers.databases import create_database, drop_database, sibling_url
from backstop.servers.errors import FolderOutOfReach, ServerFailed, VersionMismatch
from backstop.servers.leash import Launch, leash
from backstop.servers.packages import ensure, find_postgres
from backstop.servers.ports import LOOPBACK, free_port
from backstop.servers.server import PrivateServer

SUPERUSER = "backstop"
READY_LINE = 7
"""Where postmaster.pid says, once the server accepts connections, that it is ready."""

SETTINGS: Mapping[str, str] = {
    "listen_addresses": LOOPBACK,
    # Loopback TCP with a password is the only door: a socket's path may be too long for the
    # kernel (108 bytes), and its folder would have to be shared with whoever connects.
    "unix_socket_directories": "",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    # Short statements only: compiling them costs more than it saves.
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}
FORGETFUL: Mapping[str, str] = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
}
"""For tests only: a crash of the machine may lose everything, a killed server still nothing."""


class PostgresServer(PrivateServer):
    """One private PostgreSQL on a folder; `durable=False` is for tests."""

    name = "postgres"
    # "Fast shutdown": ends the sessions, writes everything down, leaves no recovery to do.
    stop_signal = SIGINT

    def __init__(self, folder: Path, *, durable: bool = True, port: int | None = None) -> None:
        super().__init__(folder)
        self.data = self.folder / "data"
        self.durable = durable
        self.port = port
        self.account = account_for("postgres")

    def url(self, database: str = "postgres") -> str:
        """Return the address of a database, with the password in it."""
        password = (self.folder / "password").read_text()
        return sibling_url(
            f"postgresql://{SUPERUSER}:{password}@{LOOPBACK}:{self.port}/postgres", database
        )

    def create_database(self, name: str, template: str | None = None) -> str:
        """Make a database unless it exists, as a copy of `template`; return its address."""
        return create_database(self.url(), name, template)

    def drop_database(self, name: str) -> None:
        """Remove a database if it exists, whoever is still connected to it."""
        drop_database(self.url(), name)

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the server's process, its data folder first made or taken over."""
        make_folder(self.folder, self.account)
        programs = self._programs()
        self.claim(self.data)
        if not self.data.exists():
            self._initialise(programs)
        # Nobody works in the folder, so a file that says so is left from a crash; the number in
        # it may meanwhile be another process of ours, and PostgreSQL would refuse to start.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self.port = self.port or free_port()
        with self.log.open("ab") as log:
            argv = [str(programs / "postgres"), "-D", str(self.data), *self._options()]
            self.process = leash().start(
                Launch(argv, self._environment(), self.folder, log, self.account, SIGINT)
            )
        return self.process

    def is_ready(self) -> bool:
        """Tell whether the server accepts connections, by what it writes beside its data."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > READY_LINE and lines[READY_LINE].strip() == "ready"

    def _options(self) -> list[str]:
        settings = {**SETTINGS, **({} if self.durable else FORGETFUL), "port": str(self.port)}
        return [f"--{name}={value}" for name, value in settings.items()]

    def _environment(self) -> dict[str, str]:
        # Nothing of the launcher's PG… variables, and messages that can be searched.
        return {"PATH": os.defpath, "HOME": str(self.folder), "LANG": "C.UTF-8"}

    def _programs(self) -> Path:
        version = self.data / "PG_VERSION"
        if not version.exists():
            return _reachable(ensure("postgresql"), self.account)
        made_by = version.read_text().strip()
        found = find_postgres(made_by)
        if found is None and find_postgres() is None:
            ensure("postgresql")
            found = find_postgres(made_by)
        if found is None:
            raise VersionMismatch(self.data, made_by)
        return _reachable(found, self.account)

    def _initialise(self, programs: Path) -> None:
        draft = self.folder / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        password = self.folder / "password"
        write_secret(password, secrets.token_hex(16), self.account)
        with self.log.open("ab") as log:
            process = leash().start(
                Launch(
                    [str(programs / "initdb"), *_initdb_options(draft, password, self.durable)],
                    self._environment(),
                    self.folder,
                    log,
                    self.account,
                )
            )
            status = process.wait()
        leash().untie(process.pid)
        if status != 0:
            raise ServerFailed(self.name, f"initdb: exit status {status}", self.log)
        # Only a folder that is complete gets the name by which it is used.
        draft.rename(self.data)


def _initdb_options(data: Path, password: Path, durable: bool) -> list[str]:
    return [
        f"--pgdata={data}",
        f"--username={SUPERUSER}",
        f"--pwfile={password}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--no-instructions",
        *(() if durable else ("--no-sync",)),
    ]


def _reachable(programs: Path, account: Account | None) -> Path:
    if account is None:
        return programs
    barrier = barrier_above(programs / "postgres", account)
    if barrier is None:
        return programs
    if programs != carrier.carried_programs():
        raise FolderOutOfReach(programs, barrier, account.name)
    # A virtual environment under /root is closed to the server's user: give it a copy.
    return carrier.copy_programs(programs, ROOTS_FOLDER)
