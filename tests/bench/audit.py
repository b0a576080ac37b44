"""Rows of an audit sealed, verified, exported and verified from the export a second.

Run with `./dev bench audit [--rows 100000]`, on a PostgreSQL of its own. Everything is told beside
bare SM3 over the same bytes in the same run, and writing a row beside the same without the trigger
that queues it for its seal.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from sqlalchemy import Engine, text

from backstop.servers.postgres import PostgresServer
from services.intake.tables import metadata, plumbing
from shared.audit.books import AuditBooks
from shared.audit.export import Span, json_lines
from shared.audit.offline import check
from shared.audit.sealer import AT_ONCE, seal
from shared.audit.searching import Wanted, search
from shared.audit.verifying import links, verify
from shared.clock import utcnow
from shared.security.sealing import sm3
from tests.integration.schemas import build_schemas

NODE = "341500"
LEDGER = plumbing.ledger
BOOKS = ("intake",)
TABLES = ("audit", "audit_seal")
ROUNDS = 5
FILL = """
INSERT INTO intake.audit (at, node, actor_kind, actor_id, actor_name, action, object_kind,
  object_id, outcome, after)
SELECT now() - make_interval(secs => :rows - n), '341500', 'staff', 'u' || n % 50, '李专员',
  'case.accept', 'case', 'BCS-341500-20260302-' || n, 'done', md5(n::text) || md5(n::text)
FROM generate_series(1, :rows) AS n
"""


def main() -> None:
    """Measure and print."""
    given = argparse.ArgumentParser(description=main.__doc__)
    given.add_argument("--rows", type=int, default=100_000)
    rows = given.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="backstop-audit-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o711)
        with PostgresServer(folder / "postgres") as server:
            engine = build_schemas(server.create_database("audit"), metadata)
            measure(engine, rows)
            engine.dispose()


def measure(engine: Engine, rows: int) -> None:
    """Go through everything that is done with a row."""
    fill(engine, rows)
    sealing = rate("sealed", rows, lambda: seal_all(engine))
    bodies = [(one.head + (one.row or "")).encode() for one in links(engine, LEDGER)]
    bare = rate("bare SM3 over the same bytes", rows, lambda: [sm3(one) for one in bodies])
    verifying = rate("verified where they lie", rows, lambda: verify(engine, NODE, LEDGER, {}))
    say(f"    sealing {sealing / bare:.3f}, verifying {verifying / bare:.3f} of bare SM3")
    with engine.begin() as db:
        db.execute(text("ANALYZE intake.audit_seal"))
        sizes = (
            "pg_total_relation_size('intake.audit'), pg_total_relation_size('intake.audit_seal')"
        )
        audit, seals = db.execute(text(f"SELECT {sizes}")).one()
    say(
        f"    on disk {audit / rows:.0f} bytes a row with its indexes, {seals / rows:.0f} its seal"
    )
    books, lines = AuditBooks(engine, NODE, BOOKS), list[str]()
    rate("exported", rows, lambda: lines.extend(json_lines(books, Span(), utcnow())))
    rate("verified from the export", rows, lambda: check(lines, []))
    looked(books)


def fill(engine: Engine, rows: int) -> None:
    """Write rows in one transaction, in turn with the queue and without it; leave them queued."""
    spent: dict[str, list[float]] = {"ENABLE": [], "DISABLE": []}
    for _ in range(ROUNDS):
        for word, seconds in spent.items():
            with engine.begin() as db:
                db.execute(text(f"ALTER TABLE intake.audit {word} TRIGGER audit_awaits_seal"))
                began = perf_counter()
                db.execute(text(FILL), {"rows": rows // (2 * ROUNDS)})
                seconds.append(perf_counter() - began)
    per_row = {word: min(seconds) * 2 * ROUNDS / rows * 1e6 for word, seconds in spent.items()}
    queued, bare = per_row.values()
    say(f"a row written {bare:.1f} µs, with the queue {queued:.1f} µs")
    with engine.begin() as db:
        db.execute(text("ALTER TABLE intake.audit ENABLE TRIGGER audit_awaits_seal"))
        waiting = "SELECT id FROM intake.audit ON CONFLICT DO NOTHING"
        db.execute(text(f"INSERT INTO intake.audit_unsealed (audit_id) {waiting}"))
        db.execute(text("ANALYZE intake.audit"))


def seal_all(engine: Engine) -> None:
    """Seal until nothing waits."""
    while seal(engine, NODE, LEDGER) == AT_ONCE:
        pass


def looked(books: AuditBooks) -> None:
    """Search pages of fifty."""
    for name, wanted in {
        "newest": Wanted(),
        "an actor": Wanted(actor="u7"),
        "an object": Wanted(object_id="BCS-341500-20260302-77"),
        "an action": Wanted(action="case.accept"),
    }.items():
        rate(f"pages of {name}", 50, lambda wanted=wanted: pages(books, wanted))  # type: ignore[misc]


def pages(books: AuditBooks, wanted: Wanted) -> None:
    """Search fifty times."""
    for _ in range(50):
        search(books, wanted, None, 50)


def rate(name: str, count: int, run: Callable[[], object]) -> float:
    """Print and return how many a second that was."""
    began = perf_counter()
    run()
    made = count / (perf_counter() - began)
    say(f"{name:<36}{made:>12,.0f}/s")
    return made


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
