"""What seals the audit of a service, each second, in the process that runs it."""

import logging
from datetime import timedelta
from typing import Any

from nameko.extensions import DependencyProvider

from shared.audit import SEALER, record
from shared.audit.books import AuditBooks
from shared.audit.checking import Finding
from shared.audit.rounds import Round
from shared.audit.sealer import AT_ONCE, seal
from shared.audit.searching import verified
from shared.chassis.every import Ticker
from shared.chassis.glance import Kind
from shared.chassis.runtime import runtime_of, unit_of
from shared.clock import utcnow
from shared.security.actor import Actor, ActorKind

log = logging.getLogger(__name__)

SECONDS = 1.0
CHECK_EVERY = timedelta(days=1)


class Books(DependencyProvider):
    """Injects the audits of every schema of the node, to read what stands at their heads."""

    def get_dependency(self, worker_ctx: Any) -> AuditBooks:
        """Return what reads them under the auditor's role."""
        runtime = runtime_of(self.container)
        return AuditBooks(runtime.engine, runtime.node, tuple(runtime.settings))


class Sealer(DependencyProvider):
    """Chains what the service of this container wrote into its audit, whoever wrote it.

    Once a day, and after each start, it goes through the whole chain, slowly.
    """

    def start(self) -> None:
        """Begin to seal in a greenlet of the container, and to check in another one."""
        self.runtime, self.service = runtime_of(self.container), self.container.service_name
        self.unit = unit_of(self.container)
        self.itself = Actor(kind=ActorKind.SYSTEM, node=self.runtime.node, id=SEALER)
        self.round: Round | None = None
        self.next_round = utcnow()
        self.has_more = False
        cues = {"seal": self.seal_once, "check": self.check_once}
        labels = {"node": self.runtime.node, "service": self.service}
        self.tickers = [Ticker(cue, SECONDS, labels | {"cue": name}) for name, cue in cues.items()]
        self.threads = [
            self.container.spawn_managed_thread(ticker.run, identifier=name)
            for name, ticker in zip(cues, self.tickers, strict=True)
        ]
        self.runtime.glance.wake_on(self.service, Kind.UNSEALED, self.tickers[0].wake)

    def stop(self) -> None:
        """Finish what is in hand and end."""
        self.kill()
        for thread in self.threads:
            thread.wait()

    def kill(self) -> None:
        """Stop without waiting."""
        for ticker in self.tickers:
            ticker.end()

    def get_dependency(self, worker_ctx: Any) -> "Sealer":
        """Return the sealer itself; services need not touch it."""
        return self

    def seal_once(self) -> bool:
        """Seal what waits; True while there may be more."""
        if not (self.runtime.glance.take(self.service, Kind.UNSEALED) or self.has_more):
            return False
        sealed = seal(self.unit.engine, self.runtime.node, self.unit.plumbing.ledger)
        self.has_more = sealed == AT_ONCE
        return self.has_more

    def check_once(self) -> None:
        """Go some rows further through the chain; at its end, write down what was found."""
        if not self.runtime.direct.leads(self.service):
            self.round = None
            return
        if self.round is None and utcnow() < self.next_round:
            return
        ledger = self.unit.plumbing.ledger
        self.round = self.round or Round(self.unit.engine, self.runtime.node, ledger)
        if not self.round.step():
            self._tell(self.round.end())
            self.round, self.next_round = None, utcnow() + CHECK_EVERY

    def _tell(self, finding: Finding | None) -> None:
        entry = verified(self.itself, finding, utcnow())
        if finding is not None:
            log.error("audit broken", extra={"service": self.service, "found": str(finding)})
        with self.unit.transaction() as db:
            record(db, self.unit.plumbing.audit, entry)
