"""Clients of a node that are careful: each report has a key and is sent again until answered."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, islice
from uuid import uuid4

import httpx

from tests.system.harness import RunningNode, eventually
from tests.system.test_story import REPORT

CLIENTS = 4
AGAIN_SECONDS = 0.1
GIVE_UP_SECONDS = 180.0


@dataclass(slots=True)
class Traffic:
    """What four clients report, why again, and what the node confirmed."""

    node: RunningNode
    pause: float = 0.0
    """Seconds between two reports of one client: traffic, not a test of load."""
    most: int | None = None
    """So many reports; without it, until the block that they flow in ends."""
    confirmed: list[str] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    """Seconds from the first try of a report until it was confirmed."""
    begun: int = 0
    again: Counter[str] = field(default_factory=Counter)
    """Why reports had to be sent again: no answer, or what was answered."""
    refused: list[str] = field(default_factory=list)
    """Answers that no client may get, and reports that were never answered."""
    _over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def flowing(self) -> Iterator[None]:
        """Report while the block runs, and until every report begun is answered."""
        tickets = islice(count(), self.most)
        clients = [threading.Thread(target=self._work, args=(tickets,)) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        try:
            yield
        except BaseException:
            self._over.set()
            raise
        finally:
            if self.most is None:
                self._over.set()
            for client in clients:
                client.join()

    def _work(self, tickets: Iterator[int]) -> None:
        with self.node.caller(timeout=10) as client:
            for _ in tickets:
                if self._over.wait(self.pause):
                    return
                self.begun += 1
                self._report(client)

    def _report(self, client: httpx.Client) -> None:
        key = {"Idempotency-Key": str(uuid4())}
        begun = time.monotonic()
        while time.monotonic() < begun + GIVE_UP_SECONDS:
            try:
                answer = client.post("/api/v1/cases", json=REPORT, headers=key)
            except httpx.TransportError:
                answer = None  # it may have been registered all the same: hence the key
            if answer is not None and not answer.is_server_error:
                self._take(answer, time.monotonic() - begun)
                return
            self.again[_in_words(answer)] += 1
            time.sleep(AGAIN_SECONDS)
        self.refused.append("never answered")

    def _take(self, answer: httpx.Response, seconds: float) -> None:
        if answer.status_code == httpx.codes.CREATED:
            self.took.append(seconds)
            self.confirmed.append(answer.json()["case_id"])
        else:
            self.refused.append(f"{answer.status_code} {answer.text[:200]}")


def _in_words(answer: httpx.Response | None) -> str:
    if answer is None:
        return "no answer"
    told = answer.json()
    return f"{answer.status_code} {told['detail']} {told['detail_en']}"


def persist(node: RunningNode) -> str:
    """Register one case as such a client does; return its id."""
    key = {"Idempotency-Key": str(uuid4())}

    def confirmed() -> str | None:
        answer = node.client.post("/api/v1/cases", headers=key, json=REPORT)
        return str(answer.json()["case_id"]) if answer.is_success else None

    return eventually("the registration is confirmed", confirmed)
