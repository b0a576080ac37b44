"""Where an export goes: a file of the owner alone, the terminal, or a collector of syslog."""

import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from backstop.progress import Trouble
from shared.audit.export import framed

Write = Callable[[str], object]
OWNER_ONLY = 0o600
SECONDS = 10
UDP, TCP = "udp", "tcp"


@contextmanager
def open_sink(to: str) -> Iterator[Write]:
    """Open what `to` names; what is written to it is one line or message each."""
    kind = urlsplit(to).scheme
    if to == "-":
        yield lambda line: sys.stdout.write(line + "\n")
    elif kind in {UDP, TCP}:
        with _connected(to, kind) as connection:
            yield lambda line: connection.sendall(framed(line) if kind == TCP else line.encode())
    else:
        with os.fdopen(_new_file(Path(to)), "w", encoding="utf-8") as file:
            yield lambda line: file.write(line + "\n")


def _connected(to: str, kind: str) -> socket.socket:
    try:
        told = urlsplit(to)
        address = (told.hostname or "", told.port or 514)
        if kind == TCP:
            return socket.create_connection(address, SECONDS)
        family, *_rest = socket.getaddrinfo(*address, type=socket.SOCK_DGRAM)[0]
        connection = socket.socket(family, socket.SOCK_DGRAM)
        connection.connect(address)
    except (OSError, ValueError) as error:
        raise Trouble(f"{to} 没有应答 · does not answer: {error}") from error
    return connection


def _new_file(path: Path) -> int:
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except FileExistsError as error:
        raise Trouble(f"{path} 已经存在 · exists: it is not overwritten") from error
    except OSError as error:
        raise Trouble(f"无法写入 {path} · it cannot be written: {error.strerror}") from error
