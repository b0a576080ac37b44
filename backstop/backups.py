"""A copy of a node: its database, then the bytes of its files; and both put back elsewhere.

In this order: bytes are laid down before a row tells of them, so whatever the copy of the database
tells of lies in the store when the copy of that begins. What was added between has bytes and no
row, and is dropped in time.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from backstop.migrate import ROLES
from backstop.progress import Trouble
from backstop.rights import ensure_role
from backstop.servers.packages import find_postgres
from backstop.settings import NodeSettings
from backstop.stocktaking import PIECE_BYTES
from backstop.stores import rooms_in, stores_of
from backstop.suite import MEMBERS
from shared.store import SHELVES, Lost, Store

DUMP = "database.dump"
FILES = "files"
OWNER_ONLY = 0o700


@dataclass(frozen=True, slots=True)
class Copied:
    """How many files were copied; the addresses of those whose bytes are not what they were."""

    files: int
    wrong: tuple[str, ...] = ()


def back_up(settings: NodeSettings, folder: Path) -> Copied:
    """Copy a node, which may run, into a folder, or bring the copy there up to date.

    The key file is not copied: with it and this copy all can be read.
    """
    dump_database(settings, folder)
    return copy_files(settings, folder)


def dump_database(settings: NodeSettings, folder: Path) -> None:
    """Copy the whole database as it is at one instant."""
    folder.mkdir(parents=True, exist_ok=True, mode=OWNER_ONLY)
    new = folder / f"{DUMP}.new"
    _tool(settings, "pg_dump", "--format=custom", f"--file={new}")
    new.chmod(0o600)
    new.replace(folder / DUMP)


def copy_files(settings: NodeSettings, folder: Path) -> Copied:
    """Copy the bytes that are not in the folder yet.

    What the store has dropped since stays: an empty one, mounted by mistake, empties no copy.
    """
    return _copied(stores_of(settings), rooms_in(folder / FILES))


def put_back(settings: NodeSettings, folder: Path) -> Copied:
    """Put a copy into the database and the store that a node's settings name.

    Raises Trouble if there is no copy, or if the database is one that a node has used.
    """
    if not (folder / DUMP).is_file():
        raise Trouble(f"没有备份 · no copy: {folder / DUMP}")
    _prepare(settings)
    flags = ("--exit-on-error", "--single-transaction", "--no-owner")
    _tool(settings, "pg_restore", *flags, str(folder / DUMP))
    return _copied(rooms_in(folder / FILES), stores_of(settings))


def _prepare(settings: NodeSettings) -> None:
    engine = create_engine(_url(settings), poolclass=NullPool)
    with engine.begin() as db:
        used = set(inspect(db).get_schema_names()) & set(MEMBERS)
        if used:
            raise Trouble(f"数据库不是空的 · the database is not empty: {', '.join(sorted(used))}")
        for role in ROLES:  # they belong to the server: a dump names them and has none
            ensure_role(db, role)


def _copied(here: Mapping[str, Store], there: Mapping[str, Store]) -> Copied:
    count, wrong = 0, []
    for service, source in here.items():
        for shelf in range(SHELVES):
            lacking = set(source.shelf(shelf)) - set(there[service].shelf(shelf))
            for address in sorted(lacking):
                is_whole = _copy(source, there[service], address)
                count += is_whole is True
                wrong += [address] if is_whole is False else []
    return Copied(count, tuple(wrong))


def _copy(source: Store, target: Store, address: str) -> bool | None:
    try:
        arrived = target.put(source.read(address, PIECE_BYTES))
    except Lost:
        return None  # it was dropped meanwhile
    if arrived != address:
        target.drop(arrived)
    return arrived == address


def _url(settings: NodeSettings) -> str:
    return settings.database_direct_url or settings.database_url


def _tool(settings: NodeSettings, name: str, *told: str) -> None:
    url = make_url(_url(settings))
    where = (url.username, None, url.host, url.port, url.database, url.query)
    command = [_program(name), *told, f"--dbname={URL.create('postgresql', *where)}"]
    # Not in the command: whoever may list processes would read it.
    secret = {} if url.password is None else {"PGPASSWORD": url.password}
    done = subprocess.run(
        command, env={**os.environ, **secret}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Trouble(f"{name}: {done.stderr.strip()}")


def _program(name: str) -> str:
    servers = find_postgres()
    beside = None if servers is None else shutil.which(name, path=servers)
    found = beside or shutil.which(name)
    if found is None:
        raise Trouble(f"没有 {name} · no {name}: apt install postgresql-client")
    return found
