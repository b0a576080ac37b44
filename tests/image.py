"""deploy/images/Dockerfile as the tests read it: what the image would hold."""

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

from tests.compose import ROOT

DOCKERFILE = ROOT / "deploy" / "images" / "Dockerfile"
IGNORED = DOCKERFILE.with_name("Dockerfile.dockerignore")
FROM_A_STAGE = "--from="


def instructions(text: str | None = None) -> Iterator[tuple[str, list[str]]]:
    """Yield each instruction of the Dockerfile with its words; continued lines are one."""
    plain = (DOCKERFILE.read_text() if text is None else text).replace("\\\n", " ")
    for line in plain.splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, rest = line.partition(" ")
            yield name, shlex.split(rest)


def copied(text: str | None = None) -> list[tuple[str, str]]:
    """Return what the last stage takes from the checkout or from `pages`: source and target."""
    found: list[tuple[str, str]] = []
    for name, words in instructions(text):
        if name == "FROM":
            found.clear()
        elif name == "COPY":
            stage = words.pop(0) if words[0].startswith(FROM_A_STAGE) else ""
            if stage != f"{FROM_A_STAGE}packages":
                found += [(source.removeprefix("/pages/"), words[-1]) for source in words[:-1]]
    return found


def build_tree(target: Path) -> Path:
    """Make /app of the image, without the Python packages; return it."""
    target.mkdir(parents=True)
    # What Python has compiled comes along, as the image compiles it when it is built.
    ignored = shutil.ignore_patterns("vendor")
    for source, place in copied():
        inside = target / place
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, inside, ignore=ignored)
        else:
            into = inside / Path(source).name if place.endswith("/") else inside
            into.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / source, into)
    return target


def packages(lock: Path) -> dict[str, str]:
    """Return what a lock file names: each package with its version, marker and hashes."""
    blocks = re.split(r"\n(?=\S)", lock.read_text())
    named = ((re.match(r"([\w.-]+)==", block), block) for block in blocks)
    return {name[1]: block.strip() for name, block in named if name}
