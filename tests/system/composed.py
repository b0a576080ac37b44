"""docker-compose.yml without an engine: the containers of some nodes as plain processes.

Command line, environment, mounts, order and health checks are those of the file; what is put in
their place are addresses and paths, for everything is on loopback and in a folder of the test.
The servers are private ones, on the configuration that is shipped.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from signal import SIGKILL

from backstop.links.places import Places
from backstop.servers.accounts import make_folder, write_secret
from backstop.servers.leash import Launch, leash
from backstop.servers.packages import ensure
from backstop.servers.ports import free_port
from backstop.servers.postgres import PostgresServer
from backstop.servers.rabbitmq import RabbitServer
from tests.compose import ROOT, Composition, Container
from tests.conftest import go_without
from tests.contract.preparing import prepare
from tests.image import build_tree, instructions
from tests.system.tiers import free_shift

DEPLOY = ROOT / "deploy"
APP = "/app/"
LOOPBACK = "127.0.0.1"
BROKER = "rabbitmq-"
LINKS = "/etc/backstop/links/"
CARDS_OF_BOTH = "/etc/backstop/cards/{node}"
NOWHERE = 9
HEALTHY_WITHIN_SECONDS = 90.0
GLANCE_SECONDS = 0.3


class ShippedPostgres(PostgresServer):
    """A private PostgreSQL on the configuration of the containers."""

    def _options(self) -> list[str]:
        shipped = (DEPLOY / "postgres" / "postgresql.conf").read_text(encoding="utf-8")
        file = self.folder / "postgresql.conf"
        write_secret(file, shipped, self.account)
        # Only what comes with the place stays on the command line, where it wins.
        own = ("listen_addresses", "unix_socket", "port", "fsync", "full_page", "config_file")
        given = [each for each in super()._options() if each.removeprefix("--").startswith(own)]
        return [f"--config_file={file}", *given]

    def furnish(self, node: str, password_file: Path) -> None:
        """Run what an image runs once, when the data folder is made."""
        psql = ensure("postgresql") / "psql"
        if not psql.is_file():
            go_without("psql is not among the programs of PostgreSQL")
        script = (DEPLOY / "postgres" / "node.sql").read_text(encoding="utf-8")
        subprocess.run(
            [psql, "--no-psqlrc", "--quiet", self.url()],
            input=script.replace("/run/secrets/database", str(password_file)),
            env={"NODE": node, "PATH": os.defpath},
            text=True,
            check=True,
        )


class ShippedRabbit(RabbitServer):
    """A private RabbitMQ on the configuration of a node's container."""

    def __init__(self, folder: Path, node: str, own: Path, links: Places) -> None:
        enabled = (DEPLOY / "rabbitmq" / "enabled_plugins").read_text()
        plugins = enabled.strip().strip("[].").split(",")
        super().__init__(folder, plugins=plugins, port=free_port())
        self.node, self._own, self._places = node, own, links
        self.link_port = free_port()

    def _write_configuration(self) -> None:
        shipped = (DEPLOY / "rabbitmq" / "rabbitmq.conf").read_text(encoding="utf-8")
        here = {
            "/etc/rabbitmq/definitions.json": str(self._definitions),
            "prometheus.tcp.port = 15692": f"prometheus.tcp.ip = {LOOPBACK}\n"
            f"prometheus.tcp.port = {self._internal_ports[2]}",
        }
        folder = self.folder / "conf.d"
        make_folder(folder, self.account)
        write_secret(folder / "50-backstop.conf", put_in_place(shipped, here), self.account)
        links = self._places.configuration
        told = links.read_text().replace(
            "listeners.ssl.default = ", f"listeners.ssl.default = {LOOPBACK}:"
        )
        write_secret(self.folder / "links.conf", told, self.account)

    def _write_definitions(self) -> None:
        write_secret(self._definitions, self._own.read_text(), self.account)

    def _environment(self) -> dict[str, str]:
        files = {
            "RABBITMQ_CONFIG_FILE": f"{self.folder}/links.conf",
            "RABBITMQ_CONFIG_FILES": f"{self.folder}/conf.d",
        }
        return super()._environment() | files


def put_in_place(text: str, here: Mapping[str, str]) -> str:
    """Replace addresses and paths, each of which must be there."""
    for shipped, own in here.items():
        assert shipped in text, f"{shipped} is not in the configuration"
        text = text.replace(shipped, own)
    return text


@dataclass
class Running:
    """A container as a process."""

    process: subprocess.Popen[bytes]
    log: Path


@dataclass
class ComposedTiers:
    """The containers of our own, and the private servers under them."""

    scratch: Path
    nodes: Sequence[str]
    composed: Composition = field(default_factory=Composition.read)
    shift: int = field(default_factory=free_shift)
    running: dict[str, Running] = field(default_factory=dict)
    fine: set[str] = field(default_factory=set)
    """Those that have been healthy once, or have done their job."""

    def __post_init__(self) -> None:
        self.secrets = self.scratch / "secrets"
        self.app = build_tree(self.scratch / "app")
        for target, source in self._mounted_into_the_app():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(source)
        prepare(self.secrets)
        self.brokers = {node: self._broker(node) for node in self.nodes}
        self.postgres = {
            node: ShippedPostgres(self.scratch / f"postgres-{node}", durable=False)
            for node in self.nodes
        }

    @contextmanager
    def up(self) -> Iterator["ComposedTiers"]:
        """Start everything in the order of the file, wait until it is healthy; end it."""
        with ExitStack() as ends:
            ends.enter_context(self._servers())
            ends.callback(self._end_all)
            self._start_all()
            yield self

    def port(self, container: str) -> int:
        """Return where a web or bus container answers its health check."""
        return self._health_port(self.composed.containers[container])

    def url(self, node: str) -> str:
        return f"http://{LOOPBACK}:{self.port(f'web-{node}')}"

    def broker_metrics(self, node: str) -> str:
        """Return where a broker tells its numbers; nobody answers for one that does not run."""
        broker = self.brokers.get(node)
        if broker is None:
            return f"{LOOPBACK}:{NOWHERE}"
        return broker.prometheus_url.removeprefix("http://").removesuffix("/metrics")

    def start(self, name: str) -> None:
        """Start one container of ours."""
        each = self.composed.containers[name]
        log = self.scratch / f"{name}.log"
        argv = [sys.executable, "-m", "backstop", *self.command(name)]
        with log.open("ab") as output:
            launch = Launch(argv, self._environment(each), self.app, output)
            self.running[name] = Running(leash().start(launch), log)

    def command(self, name: str) -> list[str]:
        """Return the words after `backstop` with which a container starts."""
        return [self._address(word) for word in self.composed.containers[name].command]

    def inside(self, name: str, *words: str, typed: str = "") -> tuple[int, str]:
        """Run `backstop WORDS` as `docker compose exec` does; return status and output."""
        done = subprocess.run(
            [sys.executable, "-m", "backstop", *words],
            cwd=self.app,
            env=self._environment(self.composed.containers[name]),
            input=typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    def kill(self, name: str) -> None:
        """End one at once, as a crash would; nobody starts it again."""
        process = self.running.pop(name).process
        if process.poll() is None:
            os.killpg(process.pid, SIGKILL)
        process.wait()
        leash().untie(process.pid)

    def is_healthy(self, name: str) -> bool:
        """Ask as the container's health check does."""
        each = self.composed.containers[name]
        words = [sys.executable, "-I", "-S", str(self.app / "ready.py"), str(self.port(name))]
        assert each.told["healthcheck"]["test"][1:3] == ["python", "ready.py"]
        return (
            subprocess.run(words, cwd=self.app, capture_output=True, check=False).returncode == 0
        )

    @contextmanager
    def _servers(self) -> Iterator[None]:
        with ExitStack() as servers:
            # Nobody will read their data any more: killed, they cost no seconds at the end.
            for server in (*self.brokers.values(), *self.postgres.values()):
                servers.callback(server.kill)
            with ThreadPoolExecutor(len(self.nodes)) as starting:
                list(starting.map(self._start_postgres, self.nodes))
            self._write_addresses()
            yield

    def _start_postgres(self, node: str) -> None:
        server = self.postgres[node]
        server.start()
        server.furnish(node, self.secrets / f"{node}.database")

    def _write_addresses(self) -> None:
        for node in self.nodes:
            here = {f"postgres-{node}:5432": f"{LOOPBACK}:{self.postgres[node].port}"}
            self._readdress(f"{node}.database_url", here)
            broker = f"{LOOPBACK}:{self.brokers[node].port}"
            self._readdress(f"{node}.bus_url", {f"rabbitmq-{node}:5672": broker})

    def _readdress(self, secret: str, here: Mapping[str, str]) -> None:
        file = self.secrets / secret
        file.write_text(put_in_place(file.read_text(), here))

    def _start_all(self) -> None:
        waiting = dict(self._chosen())
        deadline = time.monotonic() + HEALTHY_WITHIN_SECONDS
        while waiting or self.running.keys() > self.fine:
            for broker in self.brokers.values():
                self._start_broker(broker)
            for name in [name for name, each in waiting.items() if self._may_start(each)]:
                self.start(name)
                del waiting[name]
            time.sleep(GLANCE_SECONDS)
            self.fine.update(filter(self._is_fine, self.running.keys() - self.fine))
            assert time.monotonic() < deadline, self._what_is_not_fine()

    def _chosen(self) -> Iterator[tuple[str, Container]]:
        """Yield the containers of the chosen nodes, and those for which they wait."""
        ours = {each.name: each for each in self.composed.ours()}
        mine = {name for name, each in ours.items() if each.node in self.nodes}
        mine |= {name for each in mine for name in ours[each].depends_on if name in ours}
        return ((name, ours[name]) for name in ours if name in mine)

    def _may_start(self, each: Container) -> bool:
        brokers = [
            self.brokers[name.removeprefix(BROKER)] for name in each.depends_on if BROKER in name
        ]
        return self._has_jobs_done(each) and all(broker.is_ready() for broker in brokers)

    def _has_jobs_done(self, each: Container) -> bool:
        ours = {name for name in each.depends_on if self.composed.containers[name].is_ours}
        return ours <= self.fine

    def _start_broker(self, broker: ShippedRabbit) -> None:
        if broker.process is None:
            if self._has_jobs_done(self.composed.containers[BROKER + broker.node]):
                broker.spawn()
            return
        assert broker.pid is not None, broker.log.read_text()[-2000:]

    def _is_fine(self, name: str) -> bool:
        status = self.running[name].process.poll()
        if self.composed.containers[name].lasts:
            assert status is None, self._tail(name)
            return self.is_healthy(name)
        assert status in {None, 0}, self._tail(name)
        return status == 0

    def _what_is_not_fine(self) -> str:
        late = self.running.keys() - self.fine
        return f"not within {HEALTHY_WITHIN_SECONDS:.0f} s:\n" + "\n".join(map(self._tail, late))

    def _tail(self, name: str) -> str:
        return f"{name}: {self.running[name].log.read_text(errors='replace')[-2000:]}"

    def _environment(self, each: Container) -> dict[str, str]:
        given = {name: self._own(value, each) for name, value in each.environment.items()}
        return {
            **self._of_the_image,
            **given,
            **({"BACKSTOP_HOST": LOOPBACK} if "BACKSTOP_HOST" in given else {}),
            "BACKSTOP_PORT_SHIFT": str(self.shift),
            # A folder that is not there: no suite of this machine is to be found by chance.
            "BACKSTOP_STATE": str(self.scratch / "state"),
        }

    @cached_property
    def _of_the_image(self) -> dict[str, str]:
        words = [word for name, given in instructions() if name == "ENV" for word in given]
        told = dict(word.split("=", 1) for word in words)
        return {**told, "PATH": os.environ["PATH"], "PYTHONPATH": str(self.app)}

    def _address(self, word: str) -> str:
        """Replace a broker by where its children dial it, nowhere if it is not to run."""
        if not word.startswith(BROKER):
            return word
        broker = self.brokers.get(word.removeprefix(BROKER))
        return f"{LOOPBACK}:{broker.link_port if broker else NOWHERE}"

    def _own(self, value: str, each: Container) -> str:
        """Replace what a container sees by where it lies."""
        if value.startswith(LINKS):
            return str(self.scratch / "volumes" / "links-{node}")
        if value == CARDS_OF_BOTH:
            return str(self.scratch / "volumes" / "cards-{node}")
        for target, secret in each.secrets.items():
            if value == target:
                return str(self.secrets / secret)
        for target, source in each.mounts.items():
            if value.startswith(target):
                return str(self._mounted(source)) + value.removeprefix(target)
        return value

    def _mounted(self, source: str) -> Path:
        if source.startswith("."):
            return ROOT / source
        folder = self.scratch / "volumes" / source
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _broker(self, node: str) -> ShippedRabbit:
        links = self._mounted(f"links-{node}")
        own = self.secrets / f"{node}.definitions.json"
        broker = ShippedRabbit(self.scratch / f"rabbitmq-{node}", node, own, Places(links))
        if broker.account is not None:
            # As `group_add` does: what is made in it has a group that the broker belongs to.
            os.chown(links, -1, broker.account.gid)
            links.chmod(0o2711)
        return broker

    def _mounted_into_the_app(self) -> set[tuple[Path, Path]]:
        return {
            (self.app / target.removeprefix(APP), self._mounted(source))
            for each in self.composed.ours()
            for target, source in each.mounts.items()
            if target.startswith(APP)
        }

    def _health_port(self, each: Container) -> int:
        return int(each.told["healthcheck"]["test"][-1]) + self.shift

    def _end_all(self) -> None:
        for name in list(self.running):
            self.kill(name)
