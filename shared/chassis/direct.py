"""One direct database connection per process and node: LISTEN, leader locks, and the glance.

It must not go through a pooler in transaction mode. The locks live as long as the session: if
it is lost, leadership is lost with it, and another process may take over at once.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID
from zlib import crc32

import eventlet
import psycopg
from eventlet.hubs import notify_close, trampoline
from psycopg import sql

from shared.chassis.backoff import Backoff
from shared.chassis.glance import Glance
from shared.clock import new_id
from shared.unit import SAID_CHANNEL

log = logging.getLogger(__name__)

LOCK_CLASS = 0x0B57
"""First half of every advisory lock of this project, so that others' locks never meet ours."""
IDLE_SECONDS = 1.0
SERVER_KEEPALIVE = (
    "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
)
"""A server that notices nothing would hold the locks of a dead leader for hours."""
SHORT = "-c statement_timeout=2000 -c lock_timeout=200"
"""Milliseconds: the process stands still while a statement of this connection runs."""


class Direct:
    """Holds leader locks and tells relays when another process has said something."""

    def __init__(self, dsn: str, application: str, glance: Glance) -> None:
        self._dsn = dsn
        self._application = application
        self._glance = glance
        self._connection: psycopg.Connection | None = None
        self._wakes: dict[str, Callable[[], None]] = {}
        self._held: dict[str, UUID] = {}
        self._stopping = False

    def wake_on(self, service: str, wake: Callable[[], None]) -> None:
        """Call `wake` whenever a process says something in this service's schema."""
        self._wakes[service] = wake

    def leads(self, service: str) -> bool:
        """Tell whether this process holds the relay's lock of a service, taking it if free."""
        return self.term_of(service) is not None

    def term_of(self, service: str) -> UUID | None:
        """Return the id, ordered by time, under which this process holds that lock, if it does."""
        if self._connection is None:
            self._held.clear()
            return None
        if service not in self._held and self._take(self._connection, service):
            self._held[service] = new_id()
        return self._held.get(service)

    def run(self) -> None:
        """Keep the connection until `stop`; reconnect with back-off when it is lost."""
        backoff = Backoff()
        while not self._stopping:
            try:
                self._connect()
                self._listen(backoff)
            except (psycopg.Error, OSError) as error:
                self._drop()
                if not self._stopping:
                    log.warning("direct connection lost", extra={"error": type(error).__name__})
                    eventlet.sleep(backoff.next())
        self._drop()

    def stop(self) -> None:
        """End the loop within a second and give the locks back."""
        self._stopping = True

    def _take(self, connection: psycopg.Connection, service: str) -> bool:
        key = crc32(service.encode()) & 0x7FFFFFFF
        try:
            row = connection.execute(
                "SELECT pg_try_advisory_lock(%s, %s)", (LOCK_CLASS, key)
            ).fetchone()
        except psycopg.Error:
            self._drop()
            return False
        return bool(row and row[0])

    def _connect(self) -> None:
        connection = psycopg.connect(
            self._dsn,
            autocommit=True,
            application_name=self._application,
            connect_timeout=5,
            options=f"{SERVER_KEEPALIVE} {SHORT}",
            keepalives_idle=30,
            keepalives_interval=10,
            keepalives_count=3,
        )
        connection.add_notify_handler(lambda notice: self._wake(notice.payload))
        connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(SAID_CHANNEL)))
        self._connection = connection
        for wake in self._wakes.values():
            wake()

    def _listen(self, backoff: Backoff) -> None:
        while not self._stopping and self._connection is not None:
            # The hub waits for the descriptor: libpq's own wait would stop every greenlet.
            with suppress(eventlet.Timeout):
                trampoline(
                    self._connection.fileno(),
                    read=True,
                    timeout=IDLE_SECONDS,
                    timeout_exc=eventlet.Timeout,
                )
            self._take_notices()
            if self._connection is not None:
                self._glance.look(self._connection)
            backoff.reset()

    def _take_notices(self) -> None:
        connection = self._connection
        if connection is None:
            return
        connection.pgconn.consume_input()
        while notice := connection.pgconn.notifies():
            self._wake(notice.extra.decode())

    def _wake(self, service: str) -> None:
        if wake := self._wakes.get(service):
            wake()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        self._held.clear()
        if connection is not None:
            with suppress(psycopg.Error, OSError):
                # The hub must let go of the descriptor first: the next socket gets its number.
                notify_close(connection.fileno())
                connection.close()
