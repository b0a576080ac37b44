"""Wait for what comes over a wire, with an end to it."""

from collections.abc import Callable

from backstop.servers.processes import wait_until

PATIENCE_SECONDS = 30


def comes(condition: Callable[[], bool]) -> bool:
    """Look until it is so, and no longer than a link may take."""
    return wait_until(condition, PATIENCE_SECONDS)
