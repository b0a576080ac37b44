"""The processes of a node as commands: one web server and one bus process, on given nodes."""

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from backstop.program import Program

ROOT = Path(__file__).resolve().parents[1]


def web_command(ports: Sequence[int], host: str) -> list[str]:
    """Return the command of the web process that listens on these ports."""
    binds = [part for port in ports for part in ("-b", f"{host}:{port}")]
    config = str(Path(__file__).with_name("gunicorn_conf.py"))
    return [sys.executable, "-m", "gunicorn", "-c", config, *binds, "backstop.asgi:app"]


def bus_command(nodes: Sequence[str], services: Sequence[str] = (), index: int = 0) -> list[str]:
    """Return the command of a bus process of these nodes."""
    chosen = [part for service in services for part in ("--service", service)]
    return [sys.executable, "-m", "backstop.bus_main", *nodes, *chosen, "--index", str(index)]


def web_environment(
    environment: Mapping[str, str], nodes: Sequence[str], scratch: Path
) -> dict[str, str]:
    """Return the web process's environment; its metrics folder is emptied, as it must be."""
    metrics = scratch / "web-metrics"
    shutil.rmtree(metrics, ignore_errors=True)
    metrics.mkdir(parents=True)
    return {
        **process_environment(environment),
        "BACKSTOP_NODE_FILES": os.pathsep.join(nodes),
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
    }


def process_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which the checkout's packages are found."""
    before = environment.get("PYTHONPATH", "")
    path = os.pathsep.join(filter(None, (str(ROOT), before)))
    # One malloc arena: with one for each thread, what a busy minute needed is never given back.
    arenas = {"MALLOC_ARENA_MAX": "1"}
    return {**arenas, **environment, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}


def node_programs(
    nodes: Sequence[str],
    addresses: tuple[str, Sequence[int]],
    environment: Mapping[str, str],
    scratch: Path,
) -> list[Program]:
    """Return bus and web process of these nodes, in the order in which they start.

    `addresses` are the host and the web ports; logs go to files in `scratch`.
    """
    host, ports = addresses
    scratch.mkdir(parents=True, exist_ok=True)
    return [
        Program(
            "bus",
            bus_command(nodes),
            env=process_environment(environment),
            log=scratch / "bus.log",
            folder=ROOT,
        ),
        Program(
            "web",
            web_command(ports, host),
            env=web_environment(environment, nodes, scratch),
            log=scratch / "web.log",
            folder=ROOT,
        ),
    ]
