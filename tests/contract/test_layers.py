"""What an import contract cannot say: who reads the environment, what is standard library."""

import ast
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.contract.tree import ROOT, SERVICES, imported, modules

ENVIRONMENT = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}


def environment_reads(module: ast.Module) -> Iterator[int]:
    """Yield the lines in which a module touches the environment of the process."""
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and node.attr in ENVIRONMENT:
            yield node.lineno
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            yield from (node.lineno for alias in node.names if alias.name in ENVIRONMENT)


def foreign_imports(module: ast.Module, own: str) -> list[str]:
    """Return what is neither the standard library nor this policy itself."""
    return [
        name
        for name in imported(module)
        if name.split(".")[0] not in sys.stdlib_module_names and not f"{name}.".startswith(own)
    ]


def test_only_the_composition_root_reads_the_environment() -> None:
    guilty = [
        f"{path}:{line}"
        for path, module in modules("services", "shared")
        for line in environment_reads(module)
    ]

    assert guilty == []


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.environ['A']",
        "import os\nos.getenv('A')",
        "from os import environ",
        "def hidden():\n    from os import getenv as harmless",
    ],
)
def test_a_read_of_the_environment_is_caught(source: str) -> None:
    assert list(environment_reads(ast.parse(source)))


@pytest.mark.parametrize("service", SERVICES)
def test_policy_stands_on_the_standard_library_alone(service: str) -> None:
    guilty = {
        str(path): foreign
        for path, module in modules(f"services/{service}")
        if path.parts[2] in ("policy", "policy.py")
        and (foreign := foreign_imports(module, f"services.{service}.policy."))
    }

    assert guilty == {}


def test_a_foreign_import_in_a_policy_is_caught() -> None:
    planted = ast.parse("import datetime\nimport holidays\nfrom services.sla.tables import clocks")

    found = foreign_imports(planted, "services.sla.policy.")

    assert found == ["holidays", "services.sla.tables"]


def test_the_web_process_loads_no_greenlets() -> None:
    question = (
        "import sys, backstop.web; print(*({'nameko', 'eventlet', 'kombu'} & set(sys.modules)))"
    )

    told = subprocess.run(
        [sys.executable, "-c", question], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert told.stdout.split() == []
