"""Clients that report over HTTP, each on one connection, as cheaply as can be.

`python -m tests.bench._clients PORT CLIENTS CASES PATH` prints the seconds it took and the
milliseconds of each answer as JSON. Requests are built beforehand and answers are read no further
than needed: on two cores a comfortable client would take a good part of what is measured.
"""

import json
import socket
import sys
import threading
import time
from collections.abc import Sequence

from tests.bench._load import ITEM
from tests.system.harness import CODE

CREATED = b"HTTP/1.1 201 "


def requests(path: str, numbers: range) -> list[bytes]:
    """Return the requests of one client, each with another telephone."""
    return [_request(path, number) for number in numbers]


def _request(path: str, number: int) -> bytes:
    report = {
        "region": CODE,
        "channel": "web",
        "reporter": {"kind": "person", "name": "张三丰", "phone": f"138{10**7 + number:08}"},
        "title": "食品经营许可证提交二十天没有回音",
        "text": "材料网上提交，系统显示已接收，二十天了没有受理。窗口说在等上级系统的数据。",
        "item": ITEM,
        "attempts": 2,
    }
    body = json.dumps(report, ensure_ascii=False).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Client(threading.Thread):
    """Sends its requests one after the other and notes how long each took."""

    def __init__(self, port: int, sending: Sequence[bytes]) -> None:
        super().__init__()
        self.connection = socket.create_connection(("127.0.0.1", port))
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sending = sending
        self.milliseconds: list[float] = []
        self.failure = ""

    def run(self) -> None:
        """Send all, or stop at the first answer that is not 201."""
        for request in self.sending:
            begun = time.perf_counter()
            self.connection.sendall(request)
            answer = self._answer()
            self.milliseconds.append((time.perf_counter() - begun) * 1000)
            if not answer.startswith(CREATED):
                self.failure = answer[:300].decode(errors="replace")
                return

    def _answer(self) -> bytes:
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._more()
        head, _, body = answer.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        while len(body) < length:
            body += self._more()
        return head

    def _more(self) -> bytes:
        more = self.connection.recv(65_536)
        if not more:
            raise SystemExit("the server closed the connection")
        return more


def main() -> None:
    """Report as the command line says."""
    port, clients, cases, path = (*map(int, sys.argv[1:4]), sys.argv[4])
    share = cases // clients
    all_ = [
        Client(port, requests(path, range(each * share, (each + 1) * share)))
        for each in range(clients)
    ]
    begun = time.perf_counter()
    for client in all_:
        client.start()
    for client in all_:
        client.join()
    seconds = time.perf_counter() - begun
    failures = [client.failure for client in all_ if client.failure]
    if failures:
        raise SystemExit(failures[0])
    took = sorted(each for client in all_ for each in client.milliseconds)
    print(json.dumps({"seconds": seconds, "milliseconds": took}))  # noqa: T201


if __name__ == "__main__":
    main()
