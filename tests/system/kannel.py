"""Kannel as `deploy/kannel` sets it up: its two boxes between a message centre and a node."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM

import httpx

from backstop.servers.accounts import account_for, make_folder, write_secret
from backstop.servers.leash import Launch, leash
from backstop.servers.packages import ensure
from backstop.servers.ports import LOOPBACK, free_ports
from backstop.servers.server import PrivateServer
from tests.compose import ROOT
from tests.system.composed import put_in_place
from tests.system.smsc import MessageCentre

CONFIGURATION = ROOT / "deploy" / "kannel" / "kannel.conf"
PASSWORD = "geheim"  # of a gateway that only the tests reach
FAST = {"http-queue-delay = 10": "http-queue-delay = 1"}


class Box(PrivateServer):
    """One of the two programs, on the configuration that lies in its folder."""

    stop_signal = SIGTERM

    def __init__(self, folder: Path, name: str, admin_port: int) -> None:
        self.name = name
        super().__init__(folder)
        self._status = f"http://{LOOPBACK}:{admin_port}/status.txt"

    def spawn(self) -> subprocess.Popen[bytes]:
        argv = [
            str(ensure("kannel") / self.name),
            "-v",
            "4",
            "--",
            str(self.folder / "kannel.conf"),
        ]
        with (self.folder / f"{self.name}.out").open("ab") as output:
            launch = Launch(argv, {}, self.folder, output, account_for("kannel"))
            self.process = leash().start(launch)
        return self.process

    def is_ready(self) -> bool:
        """Tell whether bearerbox answers, for smsbox also whether it is connected there."""
        try:
            told = httpx.get(self._status, timeout=5, trust_env=False).text
        except httpx.TransportError:
            return False
        return self.name == "bearerbox" or "smsbox:" in told


@dataclass
class Gateway:
    """A running Kannel, and the message centre that it is bound to."""

    centre: MessageCentre
    bearerbox: Box
    smsbox: Box

    def spooled(self) -> int:
        """Count the messages on disk, which nobody has taken yet."""
        return sum(path.is_file() for path in (self.bearerbox.folder / "spool").rglob("*"))

    def written(self) -> str:
        """Return all that it wrote down of its work."""
        folder = self.bearerbox.folder
        files = sorted([*folder.glob("*.log"), *folder.glob("*.out")])
        return "".join(file.read_text(encoding="utf-8", errors="replace") for file in files)


@contextmanager
def gateway(folder: Path, here: Mapping[str, str]) -> Iterator[Gateway]:
    """Run Kannel as it is shipped, with what is changed `here`, on a message centre of its own."""
    admin, boxes = free_ports(2)
    account = account_for("kannel")
    with ExitStack() as ends:
        centre = ends.enter_context(MessageCentre().open())
        make_folder(folder, account)
        make_folder(folder / "spool", account)
        own = {
            **{"admin-port = 13000": f"admin-port = {admin}", "ADMIN_PASSWORD": PASSWORD},
            **{"smsbox-port = 13001": f"smsbox-port = {boxes}"},
            **{"SMSC_HOST": LOOPBACK, "SMSC_PORT": str(centre.port)},
            **{"SMSC_USERNAME": "plat", "SMSC_PASSWORD": PASSWORD},
            **{"/var/spool/kannel": f"{folder}/spool", "/var/log/kannel/": f"{folder}/"},
        }
        text = put_in_place(CONFIGURATION.read_text(encoding="utf-8"), {**own, **FAST, **here})
        write_secret(folder / "kannel.conf", text, account)
        running = Gateway(centre, *(Box(folder, name, admin) for name in ("bearerbox", "smsbox")))
        for box in (running.bearerbox, running.smsbox):
            ends.callback(box.kill)
            box.start()
        yield running
