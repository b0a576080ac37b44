"""Lets each asker through as often as their budget allows; the counts are this process's own.

Nothing is written for a request: the doors at which guessing is worth something (sign-in, query
codes) count in the database besides, for all processes together.
"""

import time
from math import ceil

from starlette.types import Scope

from backstop.addresses import UNKNOWN, Networks
from backstop.budgets import Budget, Budgets, budget_of
from backstop.door_settings import DoorSettings
from shared.errors import Refused
from shared.http.households import household
from shared.metrics import REQUESTS_LIMITED

UNCOUNTED = ("/static/", "/healthz", "/readyz", "/metrics")
"""What costs next to nothing and is the same for everybody."""
INNER = "backstop.inner"
"""Marks a page's own request to the API: its reader has paid for the page."""


class Turnstile:
    """Counts the requests of one node in one process."""

    def __init__(self, node: str, settings: DoorSettings) -> None:
        self._node = node
        self._budgets = Budgets.of({each: getattr(settings, each.value) for each in Budget})
        self._spared = Networks(settings.spared)
        for budget in Budget:  # seen at 0 before the first: a rate needs a beginning
            REQUESTS_LIMITED.labels(node=node, budget=budget)

    def admit(self, scope: Scope) -> None:
        """Count a request by its address, before anything is looked up for it; or refuse."""
        address = self._counted(scope)
        if address is not None:
            self._spend(Budget.ADDRESS, address)

    def charge(self, scope: Scope) -> None:
        """Count a request by who was found to ask; or refuse."""
        address = self._counted(scope)
        if address is not None:
            self._spend(*budget_of(scope["actor"], scope["method"], address))

    def _counted(self, scope: Scope) -> str | None:
        if scope.get(INNER) or scope["path"].startswith(UNCOUNTED):
            return None
        address = scope["client"][0] if scope.get("client") else UNKNOWN
        return None if self._spared.has(address) else household(address)

    def _spend(self, budget: Budget, asker: str) -> None:
        wait = self._budgets.spend(budget, asker, time.monotonic())
        if wait:
            REQUESTS_LIMITED.labels(node=self._node, budget=budget).inc()
            raise Refused("too_many_requests", str(ceil(wait)))
