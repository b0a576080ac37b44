"""Prometheus and Alertmanager as docker-compose.yml starts them, and somebody who is told."""

import json
import re
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from signal import SIGTERM
from typing import Any

import httpx

from backstop.servers.accounts import account_for, make_folder, write_secret
from backstop.servers.leash import Launch, leash
from backstop.servers.packages import ensure
from backstop.servers.ports import LOOPBACK, free_port
from backstop.servers.server import PrivateServer
from backstop.settings import OPERATIONS_PORT_OFFSET
from tests.compose import ROOT, Composition
from tests.system.composed import ComposedTiers, put_in_place

DEPLOY = ROOT / "deploy"
SCRAPE_TIMES = {
    "scrape_interval: 15s": "scrape_interval: 1s",
    "scrape_timeout: 10s": "scrape_timeout: 1s",
    "evaluation_interval: 15s": "evaluation_interval: 1s",
}
TELLING_TIMES = {"group_wait: 30s": "group_wait: 0s", "group_interval: 5m": "group_interval: 1s"}
AT_ONCE = "for: 1s"


class Watcher(PrivateServer):
    """A program of Debian's package on a configuration of its own, read from `files`."""

    name = "watcher"
    stop_signal = SIGTERM

    def __init__(self, folder: Path, program: str, flags: list[str], port: int) -> None:
        super().__init__(folder)
        self.port = port
        self.files: dict[str, str] = {}
        self._program = program
        self._flags = flags
        self._account = account_for("prometheus")

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def spawn(self) -> subprocess.Popen[bytes]:
        make_folder(self.folder, self._account)
        for name, text in self.files.items():
            write_secret(self.folder / name, text, self._account)
        argv = [str(ensure("prometheus") / self._program), *self._flags]
        argv.append(f"--web.listen-address={LOOPBACK}:{self.port}")
        with self.log.open("ab") as log:
            self.process = leash().start(Launch(argv, {}, self.folder, log, self._account))
        return self.process

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/-/ready", timeout=5, trust_env=False).is_success
        except httpx.TransportError:
            return False


@dataclass
class OnDuty:
    """A webhook, and what it was told."""

    alerts: list[dict[str, Any]] = field(default_factory=list)

    @contextmanager
    def listening(self) -> Iterator[str]:
        """Give the address at which alerts are taken."""
        told = self.alerts

        class Take(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                told.extend(json.loads(body)["alerts"])
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        with ThreadingHTTPServer((LOOPBACK, 0), Take) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://{LOOPBACK}:{server.server_port}/alerts"
            server.shutdown()

    def told(self, status: str, **labels: str) -> dict[str, Any] | None:
        """Return the last alert of this status with these labels."""
        fitting = (
            alert
            for alert in reversed(self.alerts)
            if alert["status"] == status and labels.items() <= alert["labels"].items()
        )
        return next(fitting, None)


@dataclass
class Watch:
    """Everything that watches."""

    prometheus: Watcher
    on_duty: OnDuty

    def ask(self, query: str) -> list[dict[str, Any]]:
        """Return what Prometheus answers to an instant query."""
        answer = httpx.get(
            f"{self.prometheus.url}/api/v1/query",
            params={"query": query},
            timeout=10,
            trust_env=False,
        ).json()
        assert answer["status"] == "success", answer
        return list(answer["data"]["result"])


@contextmanager
def watching(tiers: ComposedTiers, scratch: Path) -> Iterator[Watch]:
    """Start Alertmanager and Prometheus as they are shipped, on these tiers."""
    on_duty = OnDuty()
    with ExitStack() as ends:
        webhook = ends.enter_context(on_duty.listening())
        alertmanager = _alertmanager(scratch / "alertmanager", tiers.composed, webhook)
        prometheus = _prometheus(scratch / "prometheus", tiers, alertmanager.port)
        for server in (alertmanager, prometheus):
            ends.callback(server.kill)
            server.start()
        yield Watch(prometheus, on_duty)


def _alertmanager(folder: Path, composed: Composition, webhook: str) -> Watcher:
    own = {"/etc/alertmanager/": f"{folder}/", "path=/alertmanager": f"path={folder}/data"}
    flags = _flags(composed, "alertmanager", own)
    server = Watcher(folder, "prometheus-alertmanager", flags, free_port())
    # Debian's release is older than the image and knows no files of addresses yet.
    here = {"url_file: /run/secrets/alert_webhook": f"url: {webhook}", **TELLING_TIMES}
    server.files["alertmanager.yml"] = put_in_place(_read("alertmanager/alertmanager.yml"), here)
    return server


def _prometheus(folder: Path, tiers: ComposedTiers, alertmanager: int) -> Watcher:
    own = {"/etc/prometheus/": f"{folder}/", "path=/prometheus": f"path={folder}/data"}
    flags = _flags(tiers.composed, "prometheus", own)
    server = Watcher(folder, "prometheus", flags, free_port())
    here = {**_targets(tiers), "alertmanager:9093": f"{LOOPBACK}:{alertmanager}", **SCRAPE_TIMES}
    server.files["prometheus.yml"] = put_in_place(_read("prometheus/prometheus.yml"), here)
    server.files["rules.yml"] = re.sub(r"for: \d+m", AT_ONCE, _read("prometheus/rules.yml"))
    return server


def _flags(composed: Composition, name: str, own: Mapping[str, str]) -> list[str]:
    return put_in_place("\n".join(composed.containers[name].command), own).split("\n")


def _targets(tiers: ComposedTiers) -> dict[str, str]:
    scraped = {}
    for each in tiers.composed.containers.values():
        kind, _, node = each.name.partition("-")
        if kind == "web":
            port = each.ports[0][2]
            for name, offset in (("web", 0), ("bus", OPERATIONS_PORT_OFFSET)):
                here = f"{LOOPBACK}:{port + offset + tiers.shift}"
                scraped[f"{name}-{node}:{port + offset}"] = here
        elif kind == "rabbitmq":
            scraped[f"{each.name}:15692"] = tiers.broker_metrics(node)
    return scraped


def _read(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")
