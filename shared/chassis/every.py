"""The entrypoint through which time wakes a service.

Nameko's own timer logs each failure with its traceback. A database that is away fails every tick
of every service, so here it is told once, and what a bug raises is logged and tried again.
"""

import logging
from collections.abc import Callable
from typing import Any

import eventlet
from eventlet.event import Event as Signal
from nameko.extensions import Entrypoint

from shared.chassis.runtime import runtime_of, service_of
from shared.errors import Verdict, verdict
from shared.logs import follow_trace

log = logging.getLogger(__name__)


class Every(Entrypoint):
    """Calls a method each so many seconds, and at once again while it returns True.

    With `woken` also whenever the service has said or posted something in this process.
    """

    def __init__(self, seconds: float, *, woken: bool = False, **options: Any) -> None:
        self.seconds = seconds
        self.is_woken = woken
        self.nudged = Signal()
        self.is_away = False
        self.ended = Signal()
        super().__init__(**options)

    def start(self) -> None:
        """Begin to wait for the first tick in a greenlet of the container."""
        self.labels = {
            "node": runtime_of(self.container).node,
            "service": self.container.service_name,
            "cue": self.method_name,
        }
        self.thread = self.container.spawn_managed_thread(self.run, identifier=self.method_name)

    def stop(self) -> None:
        """Finish the call in hand and end."""
        self.kill()
        self.thread.wait()

    def kill(self) -> None:
        """Stop without waiting."""
        if not self.ended.ready():
            self.ended.send()
        self.wake()

    def wake(self) -> None:
        """Tick now, and not only when it is time."""
        if not self.nudged.ready():
            self.nudged.send()

    def run(self) -> None:
        """Tick until stopped."""
        cue = getattr(service_of(self.container, self), self.method_name)
        while not self._is_over():
            # A call blocks the process while it asks the database: the others take turns with it.
            while self.tick(cue) and not self._ends_within(0):
                continue

    def tick(self, cue: Callable[[], bool | None]) -> bool:
        """Call once; tell whether there is more to do at once."""
        follow_trace(None)
        try:
            more = bool(cue())
        except Exception as error:
            if verdict(error) is not Verdict.WAIT:
                log.exception("tick failed", extra=self.labels)
            elif not self.is_away:
                self.is_away = True
                log.warning("tick waits", extra={**self.labels, "error": type(error).__name__})
            return False
        self.is_away = False
        return more

    def _is_over(self) -> bool:
        waited_for = self.nudged if self.is_woken else self.ended
        with eventlet.Timeout(self.seconds, False):
            waited_for.wait()
        # Before the tick looks at anything: what is posted from now on wakes it again.
        self.nudged = Signal()
        return bool(self.ended.ready())

    def _ends_within(self, seconds: float) -> bool:
        with eventlet.Timeout(seconds, False):
            self.ended.wait()
        return bool(self.ended.ready())


every = Every.decorator
"""`@every(seconds=5) def sweep(self) -> bool`: True when there is more to do at once."""
