"""Each import contract is seen to fail once: a guard that cannot fail guards nothing."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.contract.tree import ROOT, copy_sources

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"

VIOLATIONS = [
    ("direction", "shared/clock.py", "import services.sla.policy"),
    ("direction", "shared/clock.py", "def hidden():\n    import backstop.settings"),
    ("direction", "services/sla/handlers/custody.py", "import backstop.settings"),
    ("independence", "services/sla/repository/clocks.py", "import services.intake.policy"),
    ("independence", "services/portal/service.py", "import services.review.handlers"),
    ("inside-a-service", "services/sla/handlers/custody.py", "import services.sla.settings"),
    ("inside-a-service", "services/sla/policy/due.py", "import services.sla.tables"),
    ("inside-a-service", "services/sla/service.py", "import services.sla.api"),
    ("inside-a-service", "services/sla/helpers.py", ""),
    ("inside-shared", "shared/events/base.py", "import shared.db"),
    ("inside-shared", "shared/http/door.py", "import shared.chassis"),
    ("inside-shared", "shared/outbox.py", "import shared.inbox"),
    ("inside-shared", "shared/helpers.py", ""),
    ("pure-policy", "services/sla/policy/due.py", "import sqlalchemy"),
    ("pure-policy", "services/sla/policy/due.py", "import shared.clock"),
    ("bus-framework-at-the-edge", "services/sla/handlers/custody.py", "import nameko"),
    (
        "bus-framework-at-the-edge",
        "services/sla/handlers/sweep.py",
        "import shared.chassis.hearing",
    ),
    ("bus-framework-at-the-edge", "services/sla/api.py", "import kombu"),
    ("bus-framework-at-the-edge", "services/sla/api.py", "import shared.bus.topology"),
    ("bus-framework-at-the-edge", "shared/unit.py", "import eventlet"),
    ("bus-framework-at-the-edge", "shared/outbox.py", "import amqp"),
    ("web-framework-at-the-edge", "services/sla/handlers/custody.py", "import fastapi"),
    ("web-framework-at-the-edge", "services/sla/service.py", "import shared.http"),
    ("web-framework-at-the-edge", "services/portal/handlers/project.py", "import starlette"),
]


def lint(folder: Path, *options: str) -> tuple[int, str]:
    command = [sys.executable, "-c", LINT, "--no-cache", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_the_tree_keeps_every_contract() -> None:
    status, told = lint(ROOT)

    assert status == 0, told


@pytest.mark.parametrize(
    ("contract", "path", "violation"),
    VIOLATIONS,
    ids=[f"{contract}-{path}-{number}" for number, (contract, path, _) in enumerate(VIOLATIONS)],
)
def test_the_contract_catches_a_violation(
    contract: str, path: str, violation: str, tmp_path: Path
) -> None:
    copy_sources(tmp_path)
    with (tmp_path / path).open("a") as module:
        module.write(f"\n{violation}\n")

    status, told = lint(tmp_path, "--contract", contract)

    assert status == 1, told
    assert "1 broken" in told, "the contract itself could not be read"
    assert Path(path).stem in told


def test_no_contract_goes_without_a_violation() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    contracts = {contract["id"] for contract in tools["importlinter"]["contracts"]}

    assert contracts == {contract for contract, _, _ in VIOLATIONS}
