"""A private RabbitMQ broker: its own Erlang port mapper, cookie, ports, account and data."""

import base64
import hashlib
import json
import os
import secrets
import shlex
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from signal import SIGKILL, SIGTERM
from urllib.parse import quote

from backstop.links.definitions import Document
from backstop.links.listener import PLUGINS, Listener, common, configuration
from backstop.links.places import Places
from backstop.servers.accounts import Account, account_for, make_folder, write_secret
from backstop.servers.errors import ServerFailed
from backstop.servers.leash import Launch, leash
from backstop.servers.packages import ensure
from backstop.servers.ports import LOOPBACK, free_port, free_ports
from backstop.servers.processes import descendants
from backstop.servers.server import PrivateServer

USER = "backstop"
NODE = "backstop@localhost"
READY = b"Server startup complete"
PROMETHEUS = "rabbitmq_prometheus"
CONTROL = "rabbitmqctl"
"""The file in a broker's folder that is `rabbitmqctl` of it."""

# Sleeping schedulers leave the processor to others; a small write-ahead log keeps quorum
# queues of a private broker from holding half a gigabyte before they write a segment.
ERLANG_ARGS = (
    "-noinput -start_epmd false -kernel inet_dist_use_interface {127,0,0,1} "
    "+sbwt none +sbwtdcpu none +sbwtdio none"
)
ONE_OF_SEVERAL = "+S 1:1 +SDcpu 1:1 +SDio 1"
"""Where several brokers share a host: further schedulers cost memory and bring nothing."""
MOST_PROCESSES = "65536"
"""Of Erlang: the table of RabbitMQ's million takes 16 MB; a private broker has some 500."""
CONFIGURATION = """\
load_definitions = {definitions}
raft.wal_max_size_bytes = 67108864
disk_free_limit.absolute = 100MB
prometheus.tcp.ip = 127.0.0.1
prometheus.tcp.port = {prometheus_port}
"""


class RabbitServer(PrivateServer):
    """One private broker on a folder, with one virtual host per node code."""

    name = "rabbitmq"
    stop_signal = SIGTERM

    def __init__(
        self,
        folder: Path,
        vhosts: Iterable[str] = (),
        *,
        plugins: Sequence[str] = (),
        port: int | None = None,
        links: Places | None = None,
    ) -> None:
        self.vhosts = list(vhosts)
        if links is not None:  # each of the nodes has a broker of its own
            self.name = "-".join((self.name, *self.vhosts))
        super().__init__(folder)
        self.links = links
        self.plugins = (*plugins, *(PLUGINS if links else ()))
        self.port = port
        self.is_small = False
        self.link_host, self.link_port = LOOPBACK, free_port() if links else 0
        self.account = account_for("rabbitmq")
        self.epmd: subprocess.Popen[bytes] | None = None
        self._internal_ports: list[int] = []
        self._log_read_from = 0

    def url(self, vhost: str) -> str:
        """Return the AMQP address of a virtual host, with the password in it."""
        password = (self.folder / "password").read_text()
        return f"amqp://{USER}:{password}@{LOOPBACK}:{self.port}/{quote(vhost, safe='')}"

    @property
    def prometheus_url(self) -> str:
        """Where the broker's metrics are read, when the plugin is among its plugins."""
        return f"http://{LOOPBACK}:{self._internal_ports[2]}/metrics"

    def create_vhost(self, name: str) -> str:
        """Add a virtual host to the running broker unless it exists; return its address."""
        if name not in self.vhosts:
            self.vhosts.append(name)
            self._write_definitions()
            self.control("import_definitions", str(self._definitions))
        return self.url(name)

    def control(self, *arguments: str) -> str:
        """Run `rabbitmqctl` against this broker and return what it prints; takes a second."""
        tool = ensure("rabbitmq") / "rabbitmqctl"
        here = str(free_port())
        ports = {"RABBITMQ_CTL_DIST_PORT_MIN": here, "RABBITMQ_CTL_DIST_PORT_MAX": here}
        done = subprocess.run(
            [tool, "--quiet", "--node", NODE, *arguments],
            env=self._environment() | ports,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            user=None if self.account is None else self.account.uid,
            group=None if self.account is None else self.account.gid,
            extra_groups=None if self.account is None else self.account.groups,
        )
        if done.returncode != 0:
            raise ServerFailed(self.name, f"rabbitmqctl: {done.stderr.strip()}", self.log)
        return done.stdout

    def control_command(self) -> str:
        """Return a command line that is `rabbitmqctl` of this broker, for other processes.

        It is a file of this broker's folder, so that nobody has to know ports and cookie.
        """
        script = self.folder / CONTROL
        tool = ensure("rabbitmq") / "rabbitmqctl"
        given = [f"{name}={value}" for name, value in self._environment().items()]
        words = [*_as(self.account), "env", "-i", *given, str(tool), "--node", NODE]
        write_secret(script, f'#!/bin/sh\ncd / && exec {shlex.join(words)} "$@"\n', None)
        script.chmod(0o700)
        return str(script)

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the broker's process and, if it is not there, its port mapper."""
        programs = ensure("rabbitmq")
        self._prepare()
        self.claim(self.folder)
        self._start_epmd()
        self._log_read_from = self._size_of_log()
        with (self.folder / "console.log").open("ab") as console:
            self.process = leash().start(
                Launch(
                    [str(programs / "rabbitmq-server")],
                    self._environment(),
                    self.folder,
                    console,
                    self.account,
                )
            )
        return self.process

    def is_ready(self) -> bool:
        """Tell whether the broker has said, since it was started last, that it is up."""
        if not self.log.exists():
            return False
        with self.log.open("rb") as log:
            # A log that has grown full meanwhile begins anew.
            log.seek(self._log_read_from if self._log_read_from <= self._size_of_log() else 0)
            return READY in log.read()

    def pids(self) -> list[int]:
        """Return the ids of all living processes of the broker, the main one first."""
        mapper = self.epmd
        if mapper is None or mapper.poll() is not None:
            return super().pids()
        return [*super().pids(), mapper.pid, *descendants(mapper.pid)]

    def kill(self) -> None:
        """End broker and port mapper at once, as a power cut would; the data stays."""
        super().kill()
        if self.epmd is not None:
            self.epmd.wait()
            leash().untie(self.epmd.pid)
            self.epmd = None

    @property
    def _definitions(self) -> Path:
        return self.folder / "definitions.json"

    def _prepare(self) -> None:
        make_folder(self.folder, self.account)
        if not self._internal_ports:
            self._internal_ports = free_ports(3)
        self.port = self.port or free_port()
        for name, size in ((".erlang.cookie", 20), ("password", 16)):
            if not (self.folder / name).exists():
                write_secret(self.folder / name, secrets.token_hex(size), self.account)
        plugins = f"[{','.join(self.plugins)}].\n"
        write_secret(self.folder / "enabled_plugins", plugins, self.account)
        self._write_configuration()
        self._write_definitions()

    def _write_configuration(self) -> None:
        lines = CONFIGURATION.format(
            definitions=self._definitions, prometheus_port=self._internal_ports[2]
        ).splitlines()
        # The broker refuses settings of a plugin that is not enabled.
        wanted = [x for x in lines if PROMETHEUS in self.plugins or "prometheus." not in x]
        text = "\n".join(wanted) + "\n" + self._link_configuration()
        write_secret(self.folder / "rabbitmq.conf", text, self.account)

    def _link_configuration(self) -> str:
        if self.links is None:
            return ""
        if not self.links.server.exists():
            return common([USER])  # nobody dials it: the node has no children
        return configuration(Listener(self.links, self.link_host, self.link_port, [USER]))

    def _write_definitions(self) -> None:
        password = (self.folder / "password").read_text()
        told = definitions(password, self.vhosts)
        if self.links is not None:
            told = with_links(told, json.loads(self.links.definitions.read_text()))
        write_secret(self._definitions, json.dumps(told), self.account)

    def _start_epmd(self) -> None:
        if self.epmd is not None and self.epmd.poll() is None:
            return
        # Our own child in the foreground: the one that Erlang starts by itself outlives the node.
        mapper = shutil.which("epmd")
        if mapper is None:
            raise ServerFailed(self.name, "epmd (Erlang) was not found", self.log)
        argv = [mapper, "-address", LOOPBACK, "-port", str(self._internal_ports[0])]
        self.epmd = leash().start(
            Launch(
                argv, {"PATH": os.defpath}, Path("/"), subprocess.DEVNULL, self.account, SIGKILL
            )
        )

    def _environment(self) -> dict[str, str]:
        base = str(self.folder)
        mapper_port, distribution_port = self._internal_ports[:2]
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": base,
            "ERL_EPMD_PORT": str(mapper_port),
            "ERL_EPMD_ADDRESS": LOOPBACK,
            # Nothing from the machine's own broker.
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_NODENAME": NODE,
            "RABBITMQ_NODE_IP_ADDRESS": LOOPBACK,
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(distribution_port),
            "RABBITMQ_BASE": base,
            "RABBITMQ_MNESIA_BASE": f"{base}/mnesia",
            "RABBITMQ_MNESIA_DIR": f"{base}/mnesia/node",
            "RABBITMQ_FEATURE_FLAGS_FILE": f"{base}/mnesia/feature_flags",
            "RABBITMQ_LOG_BASE": base,
            "RABBITMQ_LOGS": str(self.log),
            "RABBITMQ_CONFIG_FILE": f"{base}/rabbitmq.conf",
            "RABBITMQ_ADVANCED_CONFIG_FILE": f"{base}/advanced.config",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{base}/enabled_plugins",
            "RABBITMQ_PID_FILE": f"{base}/node.pid",
            # Makes the script become the broker instead of waiting beside it, so that our
            # child is the broker; -noinput takes back what it would mean otherwise.
            "RABBITMQ_ALLOW_INPUT": "1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": self._erlang_args(),
            "RABBITMQ_MAX_NUMBER_OF_PROCESSES": MOST_PROCESSES,
        }

    def _erlang_args(self) -> str:
        return f"{ERLANG_ARGS} {ONE_OF_SEVERAL}" if self.is_small else ERLANG_ARGS

    def _size_of_log(self) -> int:
        return self.log.stat().st_size if self.log.exists() else 0


def _as(account: Account | None) -> Sequence[str]:
    if account is None:
        return ()
    who = (f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups")
    return ("setpriv", *who)


def with_links(own: Document, links: Document) -> Document:
    """Return what the broker loads with what it needs for its links; a vhost is named once."""
    known = {vhost["name"] for vhost in own["vhosts"]}
    added = [vhost for vhost in links["vhosts"] if vhost["name"] not in known]
    return {
        kind: [*own.get(kind, []), *(added if kind == "vhosts" else links.get(kind, []))]
        for kind in {**own, **links}
    }


def definitions(password: str, vhosts: Iterable[str]) -> Document:
    """Return what the broker loads at each start: one account and its virtual hosts."""
    salt = secrets.token_bytes(4)
    digest = salt + hashlib.sha256(salt + password.encode()).digest()
    account = {
        "name": USER,
        "password_hash": base64.b64encode(digest).decode(),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": "administrator",
    }
    rights = {"user": USER, "configure": ".*", "write": ".*", "read": ".*"}
    names = list(vhosts)
    return {
        "users": [account],
        "vhosts": [{"name": name} for name in names],
        "permissions": [{"vhost": name, **rights} for name in names],
    }
