"""A telephone network's message centre, as far as a gateway sees of it: SMPP 3.4."""

import socket
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from backstop.servers.ports import LOOPBACK

HEAD = struct.Struct(">4I")
"""Length of the whole, command, status, number."""
SUBMIT, DELIVER, UNBIND, ENQUIRE = 0x4, 0x5, 0x6, 0x15
BINDS = frozenset({0x1, 0x2, 0x9})
ANSWER = 0x8000_0000
UCS_2 = 8
INTERNATIONAL, ISDN = 1, 1
WITH_HEADER = 0x40
PART_SIGNS = 67
"""So many signs of UCS-2 go into one part of a longer message."""
ALONE_SIGNS = 70


@dataclass
class MessageCentre:
    """One that a single gateway binds to; a person's message goes up by `write`."""

    submitted: list[bytes] = field(default_factory=list)
    """What the gateway wanted sent to people, each as it came."""
    taken: set[int] = field(default_factory=set)
    """The numbers of the messages that the gateway has answered for."""
    _line: socket.socket | None = None
    _number: int = 0
    _server: socket.socket = field(default_factory=lambda: socket.create_server((LOOPBACK, 0)))

    @property
    def port(self) -> int:
        return int(self._server.getsockname()[1])

    @property
    def is_bound(self) -> bool:
        """Tell whether a gateway is there."""
        return self._line is not None

    @contextmanager
    def open(self) -> Iterator["MessageCentre"]:
        """Listen while the block runs."""
        threading.Thread(target=self._serve, daemon=True).start()
        try:
            yield self
        finally:
            for one in (self._server, self._line):
                if one is not None:
                    with suppress(OSError):
                        one.shutdown(socket.SHUT_RDWR)
                    one.close()

    def write(self, sender: str, text: str) -> Sequence[int]:
        """Let a person send a text, in parts if it is long; return the numbers of the parts."""
        if len(text) <= ALONE_SIGNS:
            return [self._deliver(sender, text)]
        parts = [text[at : at + PART_SIGNS] for at in range(0, len(text), PART_SIGNS)]
        reference = self._number % 256
        return [
            self._deliver(sender, part, bytes([5, 0, 3, reference, len(parts), place]))
            for place, part in enumerate(parts, 1)
        ]

    def _deliver(self, sender: str, text: str, header: bytes = b"") -> int:
        assert self._line is not None, "a gateway is there"
        self._number += 1
        signs = header + text.encode("utf-16-be")
        source = bytes([INTERNATIONAL, ISDN]) + sender.encode() + b"\0"
        body = b"\0" + source + bytes([0, ISDN]) + b"12345\0"
        body += bytes([WITH_HEADER if header else 0, 0, 0]) + b"\0\0" + bytes([0, 0, UCS_2, 0])
        body += bytes([len(signs)]) + signs
        self._line.sendall(HEAD.pack(HEAD.size + len(body), DELIVER, 0, self._number) + body)
        return self._number

    def _serve(self) -> None:
        with suppress(OSError):  # closed under our hands: the block has ended
            while True:
                line, _ = self._server.accept()
                with line, suppress(EOFError):
                    self._talk(line)
                self._line = None

    def _talk(self, line: socket.socket) -> None:
        while True:
            length, command, _status, number = HEAD.unpack(_read(line, HEAD.size))
            body = _read(line, length - HEAD.size)
            if command == DELIVER | ANSWER:
                self.taken.add(number)
            elif command == SUBMIT:
                self.submitted.append(body)
            if command & ANSWER == 0:
                told = b"centre\0" if command in BINDS | {SUBMIT} else b""
                head = HEAD.pack(HEAD.size + len(told), command | ANSWER, 0, number)
                line.sendall(head + told)
            if command in BINDS:
                self._line = line


def _read(line: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size:
        more = line.recv(size - len(got))
        if not more:
            raise EOFError
        got += more
    return got
