"""The launcher: what it says, what it locks, and that a second start does nothing."""

import ast
import fcntl
import importlib.machinery
import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from backstop import checkout, progress
from backstop.progress import Progress, Trouble, watch

LOCKS = (
    "requirements.lock",
    "requirements-pip.lock",
    "requirements-node.lock",
    "requirements-uv.lock",
    "requirements-build.lock",
    "requirements-open311.lock",
)
COMMANDS = [
    *("run", "test", "check", "format", "bench", "chaos"),
    *("events", "migration", "backstop", "setup", "lock"),
]


def load_launcher() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("dev", str(checkout.ROOT / "dev"))
    spec = importlib.util.spec_from_loader("dev", loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def dev() -> ModuleType:
    return load_launcher()


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout that looks set up, with a link to this Python for its `.venv`."""
    places = {
        "ROOT": tmp_path,
        "VENV": tmp_path / ".venv",
        "PYTHON": tmp_path / ".venv/bin/python",
        "READY": tmp_path / ".venv/ready",
        "UNFINISHED": tmp_path / ".venv/unfinished",
        "STATE": tmp_path / ".state/dev",
        "PACKAGES_LOCK": tmp_path / "requirements.lock",
        "PAGES_LOCKS": (tmp_path / "package.json", tmp_path / "package-lock.json"),
        "VENDOR": tmp_path / "vendor",
    }
    for name, place in places.items():
        monkeypatch.setattr(checkout, name, place)
    for folder in (tmp_path / ".venv/bin", tmp_path / ".state/dev", tmp_path / "vendor"):
        folder.mkdir(parents=True)
    for text in ("requirements.lock", "package.json", "package-lock.json"):
        (tmp_path / text).write_text(text)
    (tmp_path / ".venv/bin/python").symlink_to(sys.executable)
    return tmp_path


def leave_stamps(tree: Path) -> None:
    for library in checkout.LIBRARIES:
        (tree / "vendor" / Path(library).name).touch()
    checkout.READY.write_text(checkout._environment_digest())
    (checkout.STATE / "pages").write_text(checkout._pages_digest())


def refuse_to_run(*_arguments: object, **_named: object) -> None:
    raise AssertionError("a program was started")


def test_an_old_python_reads_far_enough_to_say_what_it_lacks() -> None:
    source = (checkout.ROOT / "dev").read_text()

    head = source[: source.index("if sys.version_info")]

    ast.parse(source, feature_version=(3, 7))  # the oldest that the parser can imitate
    imported = {
        name.name
        for node in ast.parse(head).body
        if isinstance(node, ast.Import)
        for name in node.names
    }
    assert imported <= sys.stdlib_module_names
    assert ":=" not in source
    assert not re.search(r"\{\w+=\}", source)


def test_the_message_for_an_old_python_is_bilingual_and_names_both_versions(
    dev: ModuleType,
) -> None:
    message = dev.too_old("3.8.10", "/usr/bin/python3")

    assert "兜底需要 Python 3.11" in message
    assert "Backstop needs Python 3.11 or newer" in message
    assert message.count("3.8.10") == 2


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_names_no_address(name: str) -> None:
    text = (checkout.ROOT / name).read_text()

    assert "://" not in text
    assert "--index-url" not in text
    assert "--find-links" not in text
    assert "#" not in text


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_of_a_lock_file_is_pinned_with_hashes(name: str) -> None:
    text = (checkout.ROOT / name).read_text().replace("\\\n", " ")

    for line in text.splitlines():
        assert re.fullmatch(r"[\w.-]+==\S+( ; [^#]+?)?( +--hash=sha256:[0-9a-f]{64})+", line), line


def test_the_lock_file_covers_every_declared_dependency() -> None:
    tomllib = pytest.importorskip("tomllib")
    project = tomllib.loads((checkout.ROOT / "pyproject.toml").read_text())["project"]
    declared = project["dependencies"] + project["optional-dependencies"]["dev"]
    locked = {
        line.partition("==")[0]
        for line in (checkout.ROOT / "requirements.lock").read_text().splitlines()
    }

    names = {re.split(r"[\[<>=!~;, ]", each)[0].lower().replace("_", "-") for each in declared}
    assert names <= locked


def test_the_page_libraries_are_locked_by_hash_and_without_address() -> None:
    text = (checkout.ROOT / "package-lock.json").read_text()
    packages = {name: entry for name, entry in json.loads(text)["packages"].items() if name}

    assert "resolved" not in text
    assert "://" not in text
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert {f"node_modules/{library.split('/')[1]}" for library in checkout.LIBRARIES} <= set(
        packages
    )


def test_page_libraries_are_pinned_to_one_version() -> None:
    wanted = json.loads((checkout.ROOT / "package.json").read_text())["dependencies"]

    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())


def test_a_second_start_starts_no_program(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leave_stamps(tree)
    monkeypatch.setattr(subprocess, "run", refuse_to_run)
    monkeypatch.setattr(subprocess, "Popen", refuse_to_run)

    checkout.prepare(pages=True)


@pytest.mark.parametrize("name", ["requirements.lock", ".venv/ready", ".venv/bin/python"])
def test_a_change_under_the_environment_is_noticed(tree: Path, name: str) -> None:
    leave_stamps(tree)
    assert checkout.environment_is_ready()

    (tree / name).unlink()
    (tree / name).write_text("other")

    assert not checkout.environment_is_ready()


@pytest.mark.parametrize("name", ["package.json", "package-lock.json", ".state/dev/pages"])
def test_a_change_under_the_page_libraries_is_noticed(tree: Path, name: str) -> None:
    leave_stamps(tree)
    assert checkout.pages_are_ready()

    (tree / name).write_text("other")

    assert not checkout.pages_are_ready()


def test_a_page_library_that_was_deleted_is_noticed(tree: Path) -> None:
    leave_stamps(tree)

    (tree / "vendor" / "htmx.min.js").unlink()

    assert not checkout.pages_are_ready()


def test_an_interrupted_set_up_is_not_trusted(tree: Path) -> None:
    assert checkout._is_usable()

    checkout.UNFINISHED.touch()

    assert not checkout._is_usable()


def test_a_second_set_up_waits_for_the_first(tree: Path) -> None:
    checkout.STATE.joinpath("lock").touch()

    with (checkout.STATE / "lock").open() as other:
        with checkout.only_one(), pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_checkout_can_be_imported_from_its_environment_after_it_was_moved(tree: Path) -> None:
    packages = tree / ".venv/lib/python3.11/site-packages"
    packages.mkdir(parents=True)

    checkout._make_importable()

    path = (packages / "backstop-checkout.pth").read_text().strip()
    assert not os.path.isabs(path)
    assert (packages / path).resolve() == tree.resolve()


@pytest.mark.parametrize(
    ("printed", "hint"),
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("Failed: Temporary failure in name resolution", "cannot be reached"),
        ("npm error code EAI_AGAIN", "cannot be reached"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "was refused"),
        ("ERROR: No matching distribution found for x", "3.11 – 3.14"),
        ("something else", "see the output above"),
    ],
)
def test_a_failure_is_told_in_words_with_what_to_do(
    printed: str, hint: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", f"print({printed!r}); raise SystemExit(1)"]

    with pytest.raises(Trouble) as trouble:
        watch(Progress("step"), command, dict(os.environ), tmp_path)

    assert hint in str(trouble.value)
    assert printed in str(trouble.value)


def test_progress_in_a_log_is_plain_lines(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    watch(Progress("step"), [sys.executable, "-c", ""], dict(os.environ), tmp_path)

    out, err = capsys.readouterr()
    assert out == ""
    assert "\x1b" not in err
    assert err.splitlines()[-1].startswith("step  完成 · done")


def test_progress_counts_only_lines_that_count() -> None:
    step = progress.Progress("step", 2, ("Collecting",))

    for line in ("Collecting a", "Downloading a", "Collecting b", "Collecting c"):
        step.saw(line)

    assert step.done == 2


def test_the_overview_names_every_command(
    dev: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    dev.main(["--help"])

    shown = capsys.readouterr().out
    assert list(dev.COMMANDS) == COMMANDS
    assert all(f"\n  {name} " in shown for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_before_anything_is_set_up(
    name: str, dev: ModuleType, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dev.main([name, "--help"])

    assert capsys.readouterr().out.startswith(f"usage: ./dev {name}")


def test_a_command_that_does_not_exist_is_a_usage_error(dev: ModuleType) -> None:
    with pytest.raises(SystemExit) as stopped:
        dev.main(["runn"])

    assert stopped.value.code == 2


def test_a_bench_that_does_not_exist_is_said_with_those_that_do(
    dev: ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "flow.py").write_text('"""Measure the flow.\n\nMore."""\n')
    (tmp_path / "__init__.py").touch()

    assert dev.known_runs(tmp_path) == {"flow": "Measure the flow."}
    with pytest.raises(Trouble, match="no such name: nothing"):
        dev.main(["bench", "nothing"])


def test_the_launcher_works_from_any_folder(tmp_path: Path) -> None:
    command = [sys.executable, str(checkout.ROOT / "dev"), "--help"]

    shown = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)

    assert shown.stdout.startswith(b"usage: ./dev")
