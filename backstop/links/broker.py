"""What of a broker only its own tool can do: accounts, their connections, shovels, certificates.

The tool's command line is a setting, for it is called otherwise on a host, in a container and on a
private server. Everything is told to it in arguments or on its standard input, so that it may run
elsewhere than here.
"""

import json
import shlex
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from backstop.progress import Trouble

Run = Callable[[Sequence[str], str], str]
"""Calls the tool with arguments and what it reads; returns what it prints, BrokerRefused if it
fails."""

PATIENCE_SECONDS = 60
MOST_QUOTED = 300
NO_SUCH_USER = "does not exist"


class BrokerRefused(Exception):
    """The tool could not do what it was asked; the text is what it said."""


@dataclass(frozen=True, slots=True)
class Shovel:
    """One shovel as its broker tells of it."""

    name: str
    state: str


@dataclass(frozen=True, slots=True)
class Broker:
    """The broker of a node, as an administrator has it in hand."""

    run: Run
    vhost: str

    @classmethod
    def by_command(cls, line: str, vhost: str) -> Self:
        """Return the broker whose `rabbitmqctl` is called like this."""
        words = shlex.split(line)
        return cls(lambda arguments, told: _call([*words, *arguments], told), vhost)

    def load(self, document: Mapping[str, Any]) -> None:
        """Let it have everything of these definitions; what is there besides stays."""
        self._ask("import_definitions", told=json.dumps(document))

    def lock_out(self, account: str) -> None:
        """Take an account away, which ends its connections; one that is not there is none."""
        try:
            self.run(("--quiet", "delete_user", account), "")
        except BrokerRefused as error:
            if NO_SUCH_USER not in str(error):
                raise Trouble(_in_words(error)) from error

    def shovels(self) -> list[Shovel]:
        """Return the shovels of this node's virtual host and how they do."""
        told = self._list("shovel_status")
        mine = [each for each in told if each.get("vhost") == self.vhost]
        return sorted((Shovel(e["name"], e["state"]) for e in mine), key=lambda s: s.name)

    def drop_shovels(self) -> None:
        """End every shovel of this node."""
        for each in self._list("list_parameters", "--vhost", self.vhost):
            if each["component"] == "shovel":
                self._ask("clear_parameter", "--vhost", self.vhost, "shovel", each["name"])

    def read_certificates_again(self) -> None:
        """Let it notice at once that its certificate files are others; else it takes minutes."""
        self._ask("eval", "ssl:clear_pem_cache().")

    def _list(self, *arguments: str) -> list[dict[str, Any]]:
        told = self._ask(*arguments, "--formatter", "json")
        rows = json.loads(told) if told.strip() else []
        return [row for row in rows if isinstance(row, dict)]

    def _ask(self, *arguments: str, told: str = "") -> str:
        try:
            return self.run(("--quiet", *arguments), told)
        except BrokerRefused as error:
            raise Trouble(_in_words(error)) from error


def _in_words(error: BrokerRefused) -> str:
    return (
        f"本节点的 RabbitMQ 没有照办：{error}\n"
        f"The node's RabbitMQ did not do as it was asked: {error}\n"
        "BACKSTOP_BROKER_CONTROL 写明怎样调用 rabbitmqctl · says how rabbitmqctl is called"
    )


def _call(words: Sequence[str], told: str) -> str:
    try:
        done = subprocess.run(
            words,
            input=told,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BrokerRefused(str(error)) from error
    if done.returncode != 0:
        said = " ".join((done.stderr.strip() or done.stdout.strip()).split())
        raise BrokerRefused(f"{words[0]}: {said[:MOST_QUOTED] or done.returncode}")
    return done.stdout
