"""docker-compose.yml as an engine reads it: merged, with its variables filled in."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "docker-compose.yml"
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?P<form>:-|:\?)?(?P<default>[^}]*)\}")
OURS = re.compile(r"backstop:")
RUN_SECRETS = "/run/secrets/"


@dataclass(frozen=True)
class Container:
    """One service of the file."""

    name: str
    told: Mapping[str, Any]

    @property
    def is_ours(self) -> bool:
        return OURS.match(self.told["image"]) is not None

    @property
    def lasts(self) -> bool:
        """Tell whether it goes on running, or is a job."""
        return bool(self.told["restart"] != "no")

    @property
    def node(self) -> str:
        """The code of the node to which it belongs."""
        return self.name.rpartition("-")[2]

    @property
    def command(self) -> list[str]:
        return [str(word) for word in self.told["command"]]

    @property
    def environment(self) -> dict[str, str]:
        return dict(self.told.get("environment", {}))

    @property
    def mounts(self) -> dict[str, str]:
        """Where a folder or a named volume is seen inside: target → source."""
        parts = [mount.split(":") for mount in self.told.get("volumes", ())]
        return {target: source for source, target, *_mode in parts}

    @property
    def secrets(self) -> dict[str, str]:
        """Where a secret is seen inside: target → name of the secret."""
        given = [
            (each, each) if isinstance(each, str) else (each["target"], each["source"])
            for each in self.told.get("secrets", ())
        ]
        return {_absolute(target): source for target, source in given}

    @property
    def configs(self) -> dict[str, str]:
        return {each["target"]: each["source"] for each in self.told.get("configs", ())}

    @property
    def ports(self) -> list[tuple[str, int, int]]:
        """What is published: address, port of the host, port inside."""
        parts = [port.rsplit(":", 2) for port in self.told.get("ports", ())]
        return [(address, int(outer), int(inner)) for address, outer, inner in parts]

    @property
    def networks(self) -> list[str]:
        return list(self.told.get("networks", ()))

    def waits_for(self, *others: str) -> bool:
        """Tell whether it starts after all of these."""
        return {*others} <= self.depends_on.keys()

    @property
    def depends_on(self) -> dict[str, str]:
        given = self.told.get("depends_on", {})
        return {name: each["condition"] for name, each in given.items()}


@dataclass(frozen=True)
class Composition:
    """The whole file."""

    told: Mapping[str, Any]

    @classmethod
    def read(
        cls, text: str | None = None, given: Mapping[str, str] | None = None
    ) -> "Composition":
        """Read the file, or a text in its place, under the variables of an `.env` file."""
        plain = FILE.read_text(encoding="utf-8") if text is None else text
        return cls(yaml.safe_load(_filled(plain, given or {})))

    @cached_property
    def containers(self) -> Mapping[str, Container]:
        services = self.told["services"].items()
        return {name: Container(name, told) for name, told in services}

    def ours(self) -> Iterator[Container]:
        return (each for each in self.containers.values() if each.is_ours)

    def file_of(self, kind: str, name: str) -> str:
        """Return the file behind a config or a secret."""
        return str(self.told[kind][name]["file"])


def _filled(text: str, given: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        told = given.get(found["name"]) or ""
        return told or (found["default"] if found["form"] == ":-" else "")

    return VARIABLE.sub(value, text)


def _absolute(target: str) -> str:
    return target if target.startswith("/") else RUN_SECRETS + target
