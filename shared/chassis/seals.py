"""What seals the audit of a service, each second, in the process that runs it."""

from typing import Any

from nameko.extensions import DependencyProvider

from shared.audit.books import AuditBooks
from shared.audit.sealer import AT_ONCE, seal
from shared.chassis.every import Ticker
from shared.chassis.runtime import runtime_of, unit_of

SECONDS = 1.0


class Books(DependencyProvider):
    """Injects the audits of every schema of the node, to read what stands at their heads."""

    def get_dependency(self, worker_ctx: Any) -> AuditBooks:
        """Return what reads them under the auditor's role."""
        runtime = runtime_of(self.container)
        return AuditBooks(runtime.engine, runtime.node, tuple(runtime.settings))


class Sealer(DependencyProvider):
    """Chains what the service of this container wrote into its audit, whoever wrote it."""

    def start(self) -> None:
        """Begin to seal in a greenlet of the container."""
        runtime, service = runtime_of(self.container), self.container.service_name
        labels = {"node": runtime.node, "service": service, "cue": "seal"}
        self.node, self.unit = runtime.node, unit_of(self.container)
        self.ticker = Ticker(self.seal_once, SECONDS, labels)
        self.thread = self.container.spawn_managed_thread(self.ticker.run, identifier="seal")

    def stop(self) -> None:
        """Finish what is in hand and end."""
        self.kill()
        self.thread.wait()

    def kill(self) -> None:
        """Stop without waiting."""
        self.ticker.end()

    def get_dependency(self, worker_ctx: Any) -> "Sealer":
        """Return the sealer itself; services need not touch it."""
        return self

    def seal_once(self) -> bool:
        """Seal what waits; True while there may be more."""
        return seal(self.unit.engine, self.node, self.unit.plumbing.ledger) == AT_ONCE
