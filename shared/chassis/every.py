"""The entrypoint through which time wakes a service.

Nameko's own timer logs each failure with its traceback. A database that is away fails every tick
of every service, so here it is told once, and what a bug raises is logged and tried again.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import eventlet
from eventlet.event import Event as Signal
from nameko.extensions import Entrypoint

from shared.chassis.runtime import runtime_of, service_of
from shared.errors import Verdict, verdict
from shared.logs import follow_trace

log = logging.getLogger(__name__)

Cue = Callable[[], bool | None]


class Every(Entrypoint):
    """Calls a method each so many seconds, and at once again while it returns True.

    With `woken` also whenever the service has said or posted something in this process.
    """

    def __init__(self, seconds: float, *, woken: bool = False, **options: Any) -> None:
        self.seconds = seconds
        self.is_woken = woken
        self.tickers: list[Ticker] = []
        self.threads: list[Any] = []
        super().__init__(**options)

    def start(self) -> None:
        """Begin to wait for the first tick in a greenlet of the container."""
        labels = {
            "node": runtime_of(self.container).node,
            "service": self.container.service_name,
            "cue": self.method_name,
        }
        cue = getattr(service_of(self.container, self), self.method_name)
        self.tickers = [Ticker(each, self.seconds, labels) for each in self.cues(cue)]
        for ticker in self.tickers:
            thread = self.container.spawn_managed_thread(ticker.run, identifier=self.method_name)
            self.threads.append(thread)

    def cues(self, cue: Callable[..., bool | None]) -> Sequence[Cue]:
        """Return what ticks, each by itself: here the method."""
        return [cue]

    def stop(self) -> None:
        """Finish the call in hand and end."""
        self.kill()
        for thread in self.threads:
            thread.wait()

    def kill(self) -> None:
        """Stop without waiting."""
        for ticker in self.tickers:
            ticker.end()

    def wake(self) -> None:
        """Tick now, and not only when it is time."""
        for ticker in self.tickers:
            ticker.wake()


class Ticker:
    """Calls one cue when it is time or when it is woken, until it is ended."""

    def __init__(self, cue: Cue, seconds: float, labels: Mapping[str, str]) -> None:
        self._cue = cue
        self._seconds = seconds
        self._labels = labels
        self._is_away = False
        self._nudged = Signal()
        self._ended = Signal()

    def wake(self) -> None:
        """Tick now, and not only when it is time."""
        if not self._nudged.ready():
            self._nudged.send()

    def end(self) -> None:
        """Tick no more after the call in hand."""
        if not self._ended.ready():
            self._ended.send()
        self.wake()

    def run(self) -> None:
        """Tick until ended."""
        while not self._is_over():
            # A call blocks the process while it asks the database: the others take turns with it.
            while self._tick() and not self._ends_within(0):
                continue

    def _tick(self) -> bool:
        follow_trace(None)
        try:
            more = bool(self._cue())
        except Exception as error:
            if verdict(error) is not Verdict.WAIT:
                log.exception("tick failed", extra=self._labels)
            elif not self._is_away:
                self._is_away = True
                log.warning("tick waits", extra={**self._labels, "error": type(error).__name__})
            return False
        self._is_away = False
        return more

    def _is_over(self) -> bool:
        with eventlet.Timeout(self._seconds, False):
            self._nudged.wait()
        # Before the tick looks at anything: what is posted from now on wakes it again.
        self._nudged = Signal()
        return bool(self._ended.ready())

    def _ends_within(self, seconds: float) -> bool:
        with eventlet.Timeout(seconds, False):
            self._ended.wait()
        return bool(self._ended.ready())


every = Every.decorator
"""`@every(seconds=5) def sweep(self) -> bool`: True when there is more to do at once."""
