"""How gunicorn serves the web process of one or several nodes."""

import os
from typing import Any

from prometheus_client import multiprocess

worker_class = "asgi"
workers = int(os.environ.get("BACKSTOP_WEB_WORKERS", "1"))
# Several workers share one copy of the code in memory (nothing connects before the fork); for one,
# a copy in the arbiter as well would only be a second one.
preload_app = workers > 1
timeout = 60
# An idle connection of a browser is waited for as long as a request in hand: keep it short.
graceful_timeout = 3
keepalive = 5
# Our own line per request carries the trace and no query string.
accesslog = None
loglevel = "warning"
# Workers tell the arbiter that they live through a file: in memory, not on a slow disk.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108


def child_exit(_server: Any, worker: Any) -> None:
    """Forget the gauges of a worker that has ended, so that they are not summed for ever."""
    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
