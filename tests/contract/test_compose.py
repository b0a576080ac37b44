"""docker-compose.yml holds together: with itself, with the files it mounts, with our commands.

No engine runs here: what one would only find out at the start is looked at beforehand.
"""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from backstop import contracts
from backstop.cli import app
from backstop.links.places import Places
from backstop.nodes import FOLDER, node_file
from backstop.settings import OPERATIONS_PORT_OFFSET, NodeSettings
from tests.compose import FILE, ROOT, VARIABLE, Composition, Container
from tests.contract.preparing import prepared

COMPOSED = Composition.read()
NODES = {file.stem: file for file in sorted(FOLDER.glob("*.toml"))}
ADDRESSES = {"BACKSTOP_DATABASE_URL": "?", "BACKSTOP_BUS_URL": "?"}
SCRAPED = ROOT / "deploy" / "prometheus" / "prometheus.yml"
EXAMPLE = ROOT / "deploy" / "compose.env.example"
PINNED = re.compile(r"^\S+:v?\d+\.\d+[\w.-]*$")

PRIVATE = ("links-", "cards-", "keys-", "files-")
"""Volumes of one node, which of all others only the job sees that joins it."""

Faults = Callable[[Composition], Iterator[str]]


def settings_of(node: str) -> NodeSettings:
    return NodeSettings.load(node_file(node), ADDRESSES)


LINKED = [{node, settings_of(node).parent} for node in NODES]


def fits_the_schema(file: Path) -> bool:
    words = ["-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(file)]
    done = subprocess.run([sys.executable, *words], capture_output=True, check=False)
    return done.returncode == 0


def test_it_fits_the_specification_and_a_slip_does_not(tmp_path: Path) -> None:
    slip = tmp_path / "compose.yml"
    slip.write_text(FILE.read_text().replace("depends_on:", "dependson:"))

    assert fits_the_schema(FILE)
    assert not fits_the_schema(slip)


def loose_ends(composed: Composition) -> Iterator[str]:
    """Yield what is named and not there, or there and never named."""
    used: dict[str, set[str]] = {"networks": set(), "volumes": set(), "secrets": set()}
    used["configs"] = set()
    for each in composed.containers.values():
        used["networks"].update(each.networks)
        used["volumes"].update(s for s in each.mounts.values() if not s.startswith("."))
        used["secrets"].update(each.secrets.values())
        used["configs"].update(each.configs.values())
        yield from (f"{each.name} → {other}" for other in wrong_waits(composed, each))
    for kind, names in used.items():
        yield from (f"{kind}: {name}" for name in names ^ set(composed.told[kind]))


def wrong_waits(composed: Composition, each: Container) -> Iterator[str]:
    """Yield what a container waits for in vain: nothing, or what it never becomes."""
    for name, condition in each.depends_on.items():
        other = composed.containers.get(name)
        if other is None:
            yield name
        elif other.lasts != (condition == "service_healthy"):
            yield f"{name} ({condition})"


def paths_that_are_not_there(composed: Composition) -> Iterator[str]:
    """Yield files and folders of the checkout that would be mounted or built from."""
    paths = {file["file"] for file in composed.told["configs"].values()}
    for each in composed.containers.values():
        paths.update(source for source in each.mounts.values() if source.startswith("."))
        if "build" in each.told:
            paths.add(each.told["build"]["dockerfile"])
    yield from (path for path in sorted(paths) if not (ROOT / path).exists())


def secrets_that_nobody_makes(composed: Composition) -> Iterator[str]:
    """Yield the secrets that deploy/prepare.py does not write, and files that nobody mounts."""
    made = {f"./deploy/secrets/{name}" for name in prepared()}
    mounted = {secret["file"] for secret in composed.told["secrets"].values()}
    yield from sorted(mounted - made)
    # They are the parts of addresses and definitions, which are mounted.
    parts = {name for name in made if name.endswith(".bus")}
    yield from sorted(made - mounted - parts)


def wrong_ports(composed: Composition) -> Iterator[str]:
    """Yield ports that are published twice, to everybody, or not where the node listens."""
    published = [(each, *port) for each in composed.containers.values() for port in each.ports]
    twice = Counter(outer for _each, _address, outer, _inner in published)
    yield from (f"{port} twice" for port, times in twice.items() if times > 1)
    for each, address, outer, inner in published:
        if address != "127.0.0.1":
            yield f"{each.name} on {address}"
        if each.name.startswith("web-") and {outer, inner} != {settings_of(each.node).web_port}:
            yield f"{each.name} {outer}:{inner}"


def wrong_health_checks(composed: Composition) -> Iterator[str]:
    """Yield what runs unwatched, or is asked on a port on which it does not answer."""
    for each in composed.containers.values():
        test = each.told.get("healthcheck", {}).get("test", [])
        if each.lasts and not test:
            yield f"{each.name} has none"
        if each.lasts and each.is_ours:
            offset = OPERATIONS_PORT_OFFSET if each.name.startswith("bus-") else 0
            expected = ["CMD", "python", "ready.py", str(settings_of(each.node).web_port + offset)]
            if test != expected:
                yield f"{each.name} {test}"


def wrong_targets(composed: Composition, scraped: str | None = None) -> Iterator[str]:
    """Yield what Prometheus would scrape and is not there, or runs and is not scraped."""
    jobs = yaml.safe_load(scraped or SCRAPED.read_text())["scrape_configs"]
    told = {
        target: static.get("labels", {})
        for job in jobs
        for static in job["static_configs"]
        for target in static["targets"]
    }
    expected = dict(expected_targets(composed))
    yield from sorted(f"{target} {told.get(target)}" for target in wrong(told, expected))


def wrong(told: dict[str, object], expected: dict[str, object]) -> Iterator[str]:
    return (key for key in told | expected if told.get(key) != expected.get(key))


def expected_targets(composed: Composition) -> Iterator[tuple[str, object]]:
    """Yield each address with the labels it must have."""
    port = re.search(r"prometheus\.tcp\.port = (\d+)", read("rabbitmq/rabbitmq.conf"))
    assert port is not None
    for each in composed.containers.values():
        kind = each.name.partition("-")[0]
        if kind not in {"web", "bus", "rabbitmq"}:
            continue
        settings = settings_of(each.node)
        ports = {"web": settings.web_port, "bus": settings.web_port + OPERATIONS_PORT_OFFSET}
        labels = {"tier": settings.tier, "node": settings.code, "service": kind}
        yield f"{each.name}:{ports.get(kind, port[1])}", labels
    yield "alertmanager:9093", {}


def read(name: str) -> str:
    return (ROOT / "deploy" / name).read_text(encoding="utf-8")


def unknown_variables(composed: Composition) -> Iterator[str]:
    """Yield variables given to our processes that no setting reads."""
    known = {each.variable for each in contracts.settings()}
    for each in composed.ours():
        yield from (f"{each.name} {name}" for name in each.environment if name not in known)


def secrets_in_the_open(composed: Composition) -> Iterator[str]:
    """Yield variables that hold what belongs in a file."""
    for each in composed.containers.values():
        for name, value in each.environment.items():
            hidden = value.startswith("/run/secrets/") and value in each.secrets
            if re.search(r"PASSWORD|SECRET|_URL_FILE", name) and not hidden:
                yield f"{each.name} {name}"
            if re.search(r"://[^/]*:[^/]*@", value):
                yield f"{each.name} {name}"


def wrong_commands(composed: Composition) -> Iterator[str]:
    """Yield command lines of ours that `backstop` would refuse."""
    for each in composed.ours():
        # Asked for help at its end, a command line is read and nothing is done.
        read_by = CliRunner().invoke(app, [*each.command, "--help"])
        if read_by.exit_code != 0:
            yield f"{each.name}: {read_by.output}"
        if each.node not in each.command:
            yield f"{each.name}: not for {each.node}"


def weak_spots(composed: Composition) -> Iterator[str]:
    """Yield what an operator would have to add before it may run for people."""
    everywhere = ("restart", "logging", "mem_limit", "pids_limit", "stop_grace_period")
    for each in composed.containers.values():
        yield from (f"{each.name}: no {key}" for key in everywhere if key not in each.told)
        if not PINNED.match(each.told["image"]):
            yield f"{each.name}: {each.told['image']}"
        if each.is_ours and not (each.told["read_only"] and each.told["cap_drop"] == ["ALL"]):
            yield f"{each.name}: may write or has capabilities"
        if each.name.startswith("rabbitmq-") and each.told.get("user") != "rabbitmq":
            yield f"{each.name}: begins as root"
        if each.name.startswith("postgres-") and each.networks != [settings_of(each.node).tier]:
            yield f"{each.name}: reached from {each.networks}"


def wrong_meetings(composed: Composition) -> Iterator[str]:
    """Yield what of two tiers is on one network, but for the brokers of a link."""
    for one, other in combinations(composed.containers.values(), 2):
        nodes = {each.node for each in (one, other)}
        if len(nodes) == 2 and nodes <= NODES.keys() and {*one.networks} & {*other.networks}:
            if not all(each.name.startswith("rabbitmq-") for each in (one, other)):
                yield f"{one.name} meets {other.name}"
            elif nodes not in LINKED:
                yield f"{one.name} meets {other.name}, which is not next to it"


def wrong_links(composed: Composition) -> Iterator[str]:
    """Yield who sees the keys of another node's link, and what a broker would look for in vain."""
    for each in composed.containers.values():
        seen = {source for source in each.mounts.values() if source.startswith(PRIVATE)}
        mine = {f"links-{each.node}"}
        whose = {each.node} | ({settings_of(each.node).parent} if is_link_job(each) else set())
        others = {source for source in seen if source.rpartition("-")[2] not in whose}
        yield from (f"{each.name} sees {other}" for other in sorted(others))
        if each.name.startswith(("web-", "bus-")) and not each.waits_for(*links_of(each.node)):
            yield f"{each.name} starts before the cards are there"
        if each.name.startswith("rabbitmq-"):
            folder = next((place for place, what in each.mounts.items() if {what} == mine), "?")
            lines = str(Places(Path(folder)).configuration)
            if each.environment.get("RABBITMQ_CONFIG_FILE") != lines:
                yield f"{each.name} does not read {lines}"
            if not each.waits_for(*links_of(each.node)):
                yield f"{each.name} starts before its links are there"


def is_link_job(each: Container) -> bool:
    return each.name.startswith("link-")


def links_of(node: str) -> Iterator[str]:
    """Yield the jobs that join a node to those next to it."""
    settings = settings_of(node)
    yield from (f"link-{child}" for child in settings.children)
    if settings.parent is not None:
        yield f"link-{node}"


@pytest.mark.parametrize(
    ("faults", "sound", "broken"),
    [
        (wrong_meetings, "[county, city-county, watch-county]", "[county, city, watch-county]"),
        (wrong_meetings, "[county, city-county, watch-county]", "[county, province-city]"),
        (wrong_links, "links-341523:/etc/backstop/links/341523:ro", "links-341500:/etc/x:ro"),
        (wrong_links, "cards-341523:/etc/backstop/cards #", "cards-341500:/etc/backstop/cards #"),
        (
            wrong_links,
            "migrate-341523: {condition: service_completed_successfully}\n      link-341523: {",
            "migrate-341523: {condition: service_completed_successfully}\n      keys-341523: {",
        ),
        (wrong_links, "links/341523/broker/links.conf", "links/341523/links.conf"),
        (
            wrong_links,
            "    depends_on:\n      link-341523: {",
            "    x-after:\n      link-341523: {",
        ),
        (loose_ends, "migrate-341523: {cond", "migrate-341524: {cond"),
        (
            loose_ends,
            "postgres-341523: {condition: service_healthy}",
            "postgres-341523: {condition: service_completed_successfully}",
        ),
        (loose_ends, "networks: [county, watch-county]", "networks: [town, watch-county]"),
        (loose_ends, "broker-341523:/var", "brokers-341523:/var"),
        (paths_that_are_not_there, "./deploy/rabbitmq/rabbitmq.conf", "./deploy/rabbit.conf"),
        (paths_that_are_not_there, "./deploy/prometheus:", "./deploy/prom:"),
        (secrets_that_nobody_makes, "secrets/341523.bus_url", "secrets/341523.bus-url"),
        (wrong_ports, ":8002:8002", ":8001:8001"),
        (wrong_ports, "127.0.0.1:9090:9090", "0.0.0.0:9090:9090"),
        (wrong_health_checks, 'ready.py, "9002"', 'ready.py, "9000"'),
        (wrong_health_checks, 'test: [CMD, python, ready.py, "8002"]', "interval: 1s"),
        (wrong_targets, "rabbitmq-341523:\n", "rabbit-341523:\n"),
        (unknown_variables, "BACKSTOP_CARDS", "BACKSTOP_CARDS_"),
        (
            secrets_in_the_open,
            "BACKSTOP_BUS_URL_FILE: /run/secrets/bus_url",
            "BACKSTOP_BUS_URL: amqp://a:b@c/d",
        ),
        (secrets_in_the_open, "/run/secrets/database_url", "/run/secrets/database-url"),
        (wrong_commands, 'migrate, --node, "341523"', 'migrate, --nodes, "341523"'),
        (wrong_commands, 'node, bus, "341523"', 'node, buses, "341523"'),
        (wrong_commands, 'node, bus, "341523"', 'node, bus, "341500"'),
        (weak_spots, "rabbitmq:3.13.7", "rabbitmq:latest"),
        (weak_spots, "\n  mem_limit: 512m\n", "\n"),
        (weak_spots, "  read_only: true\n", "  read_only: false\n"),
    ],
)
def test_nothing_is_wrong_and_a_planted_fault_is_found(
    faults: Faults, sound: str, broken: str
) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert sound in text

    assert list(faults(COMPOSED)) == []
    assert list(faults(Composition.read(text.replace(sound, broken)))) != []


def test_a_target_with_the_label_of_another_tier_is_found() -> None:
    text = SCRAPED.read_text().replace("tier: county", "tier: city")

    assert list(wrong_targets(COMPOSED, text)) != []


def test_every_node_has_all_its_parts() -> None:
    parts = {"postgres", "rabbitmq", "keys", "migrate", "web", "bus"}
    expected = {f"{part}-{node}" for part in parts for node in NODES}
    links = {link for node in NODES for link in links_of(node)}

    assert set(COMPOSED.containers) == expected | links | {"prometheus", "alertmanager", "grafana"}


def test_every_variable_has_a_default_and_the_example_tells_the_same() -> None:
    used = {(v["name"], v["form"], v["default"]) for v in VARIABLE.finditer(FILE.read_text())}
    shown = re.findall(r"^#?(\w+)=(.*)$", EXAMPLE.read_text(), re.MULTILINE)

    assert {(name, ":-", default) for name, default in shown} == used


def test_every_process_would_start_with_the_settings_it_is_given(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("amqp://secret")
    for each in COMPOSED.ours():
        given = {
            name: str(secret) if name.endswith("_URL_FILE") else value
            for name, value in each.environment.items()
        }
        settings = NodeSettings.load(node_file(each.node), {**ADDRESSES, **given})

        assert str(settings.key_file.parent) == "/etc/backstop/keys"
        assert settings.code == each.node
