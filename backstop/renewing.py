"""The renewal of a node's keys: what is still under an earlier key, and its slow sealing anew.

Rows say themselves which key they are under, so a renewal that was cut short goes on where it
stood, and several processes may work at it: each takes rows that no other one holds.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from time import monotonic

from sqlalchemy import Connection

from backstop.node import Node
from backstop.suite import MEMBERS
from services.intake.handlers import count_to_rehash, rehash_persons
from shared.metrics import RESEALED, RESEALING_FAILED
from shared.security.resealing import Batch, Place, left_under, reseal
from shared.security.sealing import NodeKeys

BATCH = 500
"""Rows a second: some 40 ms of work, and a million rows in 34 minutes."""
REST_SECONDS = 60.0
"""How long to look no more once nothing is left: what was under way may still come."""
HASHES = "intake.cases.person_hashes"


@dataclass(frozen=True, slots=True)
class Task:
    """Rows of one kind in one service, and how they come under the present keys."""

    service: str
    place: str
    is_due: Callable[[NodeKeys], bool]
    """Whether any row can be under an earlier key at all."""
    left: Callable[[Connection, NodeKeys], int]
    run: Callable[[Connection, NodeKeys, Place, int], Batch]


def tasks(services: Sequence[str] = tuple(MEMBERS)) -> Iterator[Task]:
    """Yield what these services have under keys that can be renewed."""
    for name in services:
        for sealed in MEMBERS[name].sealed:
            left, run = partial(left_under, sealed), partial(reseal, sealed)
            yield Task(name, sealed.place, lambda keys: bool(keys.earlier), left, run)
    if "intake" in services:
        yield Task("intake", HASHES, lambda _keys: True, count_to_rehash, rehash_persons)


def left(node: Node) -> Mapping[str, int]:
    """Return how many rows of each kind are still under an earlier key."""
    keys = node.keys.now
    counted = {}
    for task in tasks():
        if task.is_due(keys):
            with node.unit(task.service).transaction() as db:
                counted[task.place] = task.left(db, keys)
    return counted


class Renewer:
    """Brings what it finds under the present keys, one batch of each kind at a time."""

    def __init__(self, node: Node, services: Sequence[str]) -> None:
        self._node = node
        self._tasks = tuple(tasks(services))
        self._after: dict[str, Place] = {}
        self._rests_until = 0.0
        self._seen: NodeKeys | None = None

    def tick(self) -> bool:
        """Do one batch of each kind; nothing while it rests and no key was renewed."""
        keys = self._node.keys.now
        if keys is self._seen and monotonic() < self._rests_until:
            return False
        if keys is not self._seen:
            self._after.clear()
        self._seen = keys
        batches = [self._batch(task, keys) for task in self._tasks if task.is_due(keys)]
        if not any(batches):
            self._rests_until = monotonic() + REST_SECONDS
        return False

    def _batch(self, task: Task, keys: NodeKeys) -> bool:
        with self._node.unit(task.service).transaction() as db:
            batch = task.run(db, keys, self._after.get(task.place, ()), BATCH)
        self._after[task.place] = batch.end or ()
        RESEALED.labels(node=self._node.code).inc(batch.done)
        RESEALING_FAILED.labels(node=self._node.code).inc(batch.broken)
        return batch.done > 0 or batch.end is not None
