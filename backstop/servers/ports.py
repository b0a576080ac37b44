"""Find loopback ports that are free for a server started in a moment."""

import random
import socket
from contextlib import ExitStack

LOOPBACK = "127.0.0.1"
# Below the range from which the kernel takes the near end of outgoing connections, so that
# no connection opened in the meantime can take a port that was found free.
CANDIDATES = range(20_000, 32_000)


def free_ports(count: int) -> list[int]:
    """Return distinct ports that nobody listens on now; take them soon."""
    found: list[int] = []
    with ExitStack() as held:
        # Not for secrets: only so that two launchers seldom look at the same port.
        for port in random.sample(CANDIDATES, len(CANDIDATES)):
            probe = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            if _takes(probe, port):
                found.append(port)
            if len(found) == count:
                return found
    raise OSError(f"no {count} free ports between {CANDIDATES.start} and {CANDIDATES.stop}")


def free_port() -> int:
    """Return one port that nobody listens on now."""
    return free_ports(1)[0]


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        return _takes(probe, port)


def _takes(probe: socket.socket, port: int) -> bool:
    # As servers do: a port whose last connections are only lingering counts as free.
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((LOOPBACK, port))
    except OSError:
        return False
    return True
