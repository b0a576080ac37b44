"""The guardian ends a launcher's servers when the launcher is gone, however it went.

It is a process of its own that holds one end of a pipe. The launcher writes down what it has
started; when the pipe closes (an orderly exit, a crash, SIGKILL), the guardian ends what is still
written down. PR_SET_PDEATHSIG would be shorter, but it is cleared by a change of user, reaches
only the direct child, and fires when merely the thread that started the child ends.
"""

import os
import signal
import sys
from contextlib import suppress
from typing import BinaryIO

from backstop.servers.processes import is_running, look, members, wait_until

GRACE_SECONDS = 8.0

Written = dict[int, tuple[int, int]]
"""Process id, to the tick at which it started and the signal that ends it politely."""


def note(written: Written, line: bytes) -> None:
    """Follow one line: `+ pid started signal`, or `- pid`."""
    match line.split():
        case [b"+", pid, started, number]:
            written[int(pid)] = (int(started), int(number))
        case [b"-", pid]:
            written.pop(int(pid), None)
        case _:
            # A line cut short by the launcher's death.
            pass


def end_all(written: Written, grace: float = GRACE_SECONDS) -> None:
    """Ask each process to end, the youngest first; after the grace kill whole groups."""
    for pid, (started, number) in reversed(written.items()):
        if is_running(pid, started):
            with suppress(ProcessLookupError):
                os.kill(pid, number)
    wait_until(lambda: not any(members(pid) for pid in written), grace)
    for pid, (started, _) in written.items():
        _kill_group(pid, started)


def main(pipe: BinaryIO) -> None:
    """Read the launcher's pipe to its end, then end what is still written down."""
    # A Ctrl-C in the terminal is the launcher's to handle; the guardian waits for its end.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    written: Written = {}
    for line in pipe:
        note(written, line)
    end_all(written)


def _kill_group(group: int, started: int) -> None:
    leader = look(group)
    # Never a stranger who was given the same number in the meantime.
    if leader is None or leader.started == started:
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main(sys.stdin.buffer)
