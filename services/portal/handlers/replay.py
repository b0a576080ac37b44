"""Build the projection anew from the journal, beside the old one, while the service runs.

1. Make empty shadow tables.
2. Replay the journal into them, round by round, until a round is short or no shorter than before.
3. In one transaction hold off the journal, replay the rest, and put the shadow tables in place.

Nothing is said on the way, so nobody is told anything twice. It works as the owner of the tables,
not under the service's role; a crash leaves the old projection untouched.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from services.portal import repository
from services.portal.handlers.facts import EVERYTHING
from services.portal.handlers.project import Heard, project
from services.portal.repository import Shadow, make_shadow
from shared.errors import Permanent
from shared.events.base import Envelope

KINDS = {kind.name: kind for kind in EVERYTHING}


class ReplayRunning(Permanent):
    """Another replay of this node has not ended."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay did."""

    events: int
    rounds: int
    """How often it had to catch up with what was journalled meanwhile."""


def replay(engine: Engine, batch: int) -> Replayed:
    """Replay the whole journal, `batch` events a transaction, and swap the projections."""
    with engine.connect() as guard, guard.begin():
        if not repository.claim_replay(guard):
            raise ReplayRunning("another replay is running")
        with engine.begin() as db:
            shadow = make_shadow(db)
        return _Replay(engine, shadow, batch).run()


@dataclass(slots=True)
class _Replay:
    engine: Engine
    shadow: Shadow
    batch: int
    position: int = 0
    events: int = 0
    rounds: int = 0

    def run(self) -> Replayed:
        before, behind = None, self._round()
        # Where as much comes in as is replayed meanwhile, going on would never end.
        while behind >= self.batch and (before is None or behind < before):
            before, behind = behind, self._round()
        repository.patiently(self._finish)
        return Replayed(self.events, self.rounds)

    def _round(self) -> int:
        last, before = repository.patiently(self._last), self.events
        self.rounds += 1
        while True:
            with self.engine.begin() as db:
                if not self._step(db, last):
                    return self.events - before

    def _last(self) -> int:
        with self.engine.begin() as db:
            return repository.last_position(db)

    def _finish(self) -> None:
        position, events = self.position, self.events
        try:
            with self.engine.begin() as db:
                last = repository.last_position(db)
                while self._step(db, last):
                    pass
                repository.swap(db, self.shadow)
        except BaseException:
            self.position, self.events = position, events
            raise

    def _step(self, db: Connection, last: int) -> bool:
        rows = repository.journalled(db, self.position, last, self.batch)
        if not rows:
            return False
        project(db, self.shadow.projection, _opened([envelope for _, envelope in rows]))
        self.position = rows[-1][0]
        self.events += len(rows)
        return True


def _opened(envelopes: list[Envelope]) -> Heard:
    return [(envelope, envelope.open(KINDS[envelope.type])) for envelope in envelopes]
