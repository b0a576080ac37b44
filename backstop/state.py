"""Where a running suite on private servers keeps its data, and how other commands find it."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from backstop.servers.accounts import server_folder

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class State:
    """The folders of one checkout's private suite; for root they lie under /var/lib/backstop."""

    folder: Path

    @classmethod
    def of_checkout(cls) -> "State":
        """Return the place that belongs to this checkout and this user alone."""
        # Root's servers cannot live in the checkout, and two checkouts must not share data.
        name = f"run-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}"
        return cls(server_folder(name, ROOT / ".state"))

    @property
    def own(self) -> Path:
        """Keys, environment and logs: readable by the user who runs the suite."""
        folder = self.folder.with_name(f"{self.folder.name}-own")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def server(self, name: str) -> Path:
        """Return the data folder of one private server."""
        return self.folder / name

    @property
    def environment_file(self) -> Path:
        """Return where the addresses of the running suite are written, with their passwords."""
        return self.own / "environment.json"

    def write_environment(self, environment: dict[str, str]) -> None:
        """Let other commands of this user reach the suite that is starting."""
        self.environment_file.unlink(missing_ok=True)
        descriptor = os.open(self.environment_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(environment, file)

    def read_environment(self) -> dict[str, str]:
        """Return the addresses of the suite that runs or ran last; empty if none ever did."""
        try:
            told: dict[str, str] = json.loads(self.environment_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return told
