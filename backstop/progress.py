"""Show a long step to the person who waits: one line that counts, or plain lines in a log.

Standard library only, because `./dev` runs it before anything is installed. All of it goes to
standard error: standard output belongs to the program that is handed over to.
"""

import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

SECONDS_BETWEEN_LIVE = 0.2
SECONDS_BETWEEN_PLAIN = 15
LINES_QUOTED = 15
NO_NETWORK = (
    "name resolution",
    "NewConnectionError",
    "ConnectTimeout",
    "timed out",
    "unreachable",
)
NO_NETWORK_NPM = ("ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "ECONNREFUSED", "ECONNRESET")
HINTS = (
    (("No space left", "ENOSPC"), "磁盘已满 · the disk is full"),
    (
        ("DO NOT MATCH THE HASHES", "EINTEGRITY"),
        "下载的文件与锁定文件的摘要不符，未予采用；请换一个软件源再试\n"
        "A download has not the hash of the lock file and was refused; try another package index",
    ),
    (
        (*NO_NETWORK, *NO_NETWORK_NPM),
        "连不上软件源；请检查网络、代理或 pip / npm 的镜像设置，再运行一次\n"
        "The package index cannot be reached; check the network, the proxy or the mirror set for"
        " pip / npm, then run this again",
    ),
    (("Permission denied", "EACCES"), "没有写入权限 · no permission to write there"),
    (
        ("No matching distribution",),
        "软件源里没有适合本机 Python 的版本；支持 Python 3.11 – 3.14\n"
        "The package index has none for this Python; Python 3.11 – 3.14 are supported",
    ),
)


class Trouble(Exception):
    """A condition that a person can mend; its text says how."""


class Progress:
    """One step as it is seen while it runs."""

    def __init__(self, title: str, total: int = 0, counted: tuple[str, ...] = ()) -> None:
        """`counted` are the beginnings of those output lines that are one of `total` things."""
        self.title = title
        self.total = total
        self.counted = counted
        self.done = 0
        self._live = sys.stderr.isatty()
        self._started = time.monotonic()
        self._over = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Self:
        self._started = time.monotonic()
        self._show("…")
        self._ticker.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._ticker.join()
        self._show("失败 · failed" if error else "完成 · done")
        if self._live:
            say()

    def saw(self, line: str) -> None:
        """Count a line of output if it is one of those that count."""
        if self.counted and line.startswith(self.counted):
            self.done = min(self.done + 1, self.total)

    def _tick(self) -> None:
        while not self._over.wait(SECONDS_BETWEEN_LIVE if self._live else SECONDS_BETWEEN_PLAIN):
            self._show(f"{self.done}/{self.total}" if self.total else "…")

    def _show(self, state: str) -> None:
        line = f"{self.title}  {state}  {time.monotonic() - self._started:.0f} s"
        sys.stderr.write(f"\r\x1b[K{line}" if self._live else f"{line}\n")
        sys.stderr.flush()


def say(text: str = "") -> None:
    """Write a line for the person."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def watch(
    progress: Progress, command: Sequence[str | Path], environment: dict[str, str], folder: Path
) -> None:
    """Run a program behind one line of progress; what it printed is quoted only when it fails."""
    tail: deque[str] = deque(maxlen=LINES_QUOTED)
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        close_fds=False,  # the program inherits the lock of the set-up
    )
    try:
        with process, progress:
            for line in process.stdout or ():
                tail.append(line.rstrip())
                progress.saw(line)
            if process.wait() != 0:
                raise Trouble(explain(tail))
    finally:
        process.terminate()
        process.wait()


def explain(output: Sequence[str]) -> str:
    """Quote what a program said before it failed, and add what a person can do about it."""
    text = "\n".join(output)
    hints = [hint for signs, hint in HINTS if any(sign in text for sign in signs)]
    quoted = "\n".join(f"    {line}" for line in output)
    return f"{quoted}\n{hints[0] if hints else '请看上面的输出 · see the output above'}"
