"""The image holds what the processes need, in the versions that the tests have tried."""

import re
import socket
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from backstop.checkout import LIBRARIES
from tests.compose import ROOT, Composition
from tests.contract.tree import PACKAGES, imported, modules
from tests.image import DOCKERFILE, IGNORED, copied, instructions, packages

FULL, IMAGE = ROOT / "requirements.lock", ROOT / "requirements-image.lock"
READY = DOCKERFILE.with_name("ready.py")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def missing_sources(text: str | None = None) -> list[str]:
    """Return what would be copied and is not in the checkout, or kept from the builder."""
    let_in = [line[1:] for line in IGNORED.read_text().splitlines() if line.startswith("!")]
    stages = {words[0] for name, words in instructions(text) if name == "COPY"}
    assert "--from=packages" in stages
    local = [
        source
        for name, words in instructions(text)
        if name == "COPY" and not words[0].startswith("--from=")
        for source in words[:-1]
    ]
    return [s for s in local if s not in let_in or not (ROOT / s).exists()]


def test_everything_that_is_copied_is_there_and_let_in() -> None:
    text = DOCKERFILE.read_text()

    assert missing_sources() == []
    assert missing_sources(text.replace("COPY shared shared", "COPY share shared")) == ["share"]


def test_the_page_libraries_are_those_of_the_launcher() -> None:
    libraries = [source for source, _target in copied() if source.startswith("node_modules/")]

    assert libraries == list(LIBRARIES)


def test_it_has_the_same_packages_as_the_tests_without_those_of_a_developer() -> None:
    full, image = packages(FULL), packages(IMAGE)
    wanted = {re.split(r"[\[<>=; ]", name)[0] for name in PROJECT["dependencies"]}
    developers = {"pytest", "ruff", "mypy", "playwright", "hypothesis"}

    assert image.items() <= full.items()
    assert wanted <= image.keys()
    assert developers.isdisjoint(image)


def not_in_the_image(names: set[str]) -> set[str]:
    """Return the modules that come with none of the image's packages."""
    there = {name.lower().replace("_", "-") for name in packages(IMAGE)}
    brings = packages_distributions()
    return {
        name
        for name in names
        if there.isdisjoint(each.lower().replace("_", "-") for each in brings.get(name, ()))
    }


def test_nothing_is_imported_that_the_image_does_not_have() -> None:
    tops = {
        name.partition(".")[0] for _path, module in modules(*PACKAGES) for name in imported(module)
    }
    foreign = tops - {*PACKAGES, *sys.stdlib_module_names}

    assert {"fastapi", "kombu", "sqlalchemy"} <= foreign
    assert not_in_the_image(foreign) == set()
    assert not_in_the_image({"pytest", "kombu"}) == {"pytest"}


def test_it_is_named_for_the_release() -> None:
    images = {each.told["image"] for each in Composition.read().ours()}

    assert images == {f"backstop:{PROJECT['version']}"}


def test_it_runs_as_nobody_special_and_the_command_line_is_its_entry() -> None:
    told = dict(instructions())

    assert re.fullmatch(r"[1-9]\d{4}:[1-9]\d{4}", told["USER"][0])
    assert 'ENTRYPOINT ["python", "-m", "backstop"]' in DOCKERFILE.read_text()


@contextmanager
def answering(status: int) -> Iterator[int]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/readyz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def asked(port: int) -> int:
    proxy = {"http_proxy": "http://127.0.0.1:1"}
    words = [sys.executable, str(READY), str(port)]
    return subprocess.run(words, env=proxy, capture_output=True, check=False).returncode


@pytest.mark.parametrize(("status", "exit_status"), [(200, 0), (503, 1)])
def test_the_health_check_passes_on_what_readyz_says(status: int, exit_status: int) -> None:
    with answering(status) as port:
        assert asked(port) == exit_status


def test_the_health_check_fails_where_nobody_answers(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))

        assert asked(nobody.getsockname()[1]) == 1
