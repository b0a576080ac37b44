"""Somebody who carries bundles both ways between nodes, again and again, until all is quiet."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from sqlalchemy import text

from backstop.bundles import Desk, export_bundle, import_bundle
from backstop.node import assemble
from backstop.settings import NodeSettings

UNRECEIPTED = text("SELECT 1 FROM link.outgoing WHERE peer = :peer LIMIT 1")
LOOK_EVERY_SECONDS = 0.2
Ends = tuple[str, str]


@dataclass
class Courier:
    """Goes whenever one of two nodes has said something that the other has not receipted."""

    nodes: Sequence[NodeSettings]
    folder: Path
    trips: int = 0
    errors: list[Exception] = field(default_factory=list)
    _files: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self._nodes = {each.code: assemble(each, "courier") for each in self.nodes}
        self._desks = {code: Desk.of(node) for code, node in self._nodes.items()}
        self._links = [(each.code, each.parent) for each in self.nodes if each.parent]

    @contextmanager
    def carrying(self) -> Iterator["Courier"]:
        """Carry while the block runs; what went wrong is told at its end."""
        over = threading.Event()
        carrying = threading.Thread(target=self._carry_until, args=(over,))
        carrying.start()
        try:
            yield self
        finally:
            over.set()
            carrying.join()
            for node in self._nodes.values():
                node.engine.dispose()
        assert self.errors == []

    def _carry_until(self, over: threading.Event) -> None:
        while not self.errors and not over.wait(LOOK_EVERY_SECONDS):
            try:
                for link in self._links:
                    self._look(link)
            except Exception as error:  # noqa: BLE001  # the stories say what they waited for
                self.errors.append(error)

    def _look(self, link: Ends) -> None:
        if self._has_news(*link) or self._has_news(*link[::-1]):
            self._carry(*link)
            self._carry(*link[::-1])  # with the receipts of what came

    def _has_news(self, sender: str, to: str) -> bool:
        with self._desks[sender].unit.transaction() as db:
            return db.execute(UNRECEIPTED, {"peer": to}).first() is not None

    def _carry(self, sender: str, to: str) -> None:
        file = self.folder / f"{sender}-{to}-{next(self._files)}"
        for part in export_bundle(self._desks[sender], to, file).parts:
            import_bundle(self._desks[to], part.file)
            part.file.unlink()
        self.trips += 1
