"""Count for Prometheus what a transaction did when, and only when, it commits.

What counted at once would count again, if the transaction is rolled back and tried anew.
"""

from prometheus_client import Counter
from sqlalchemy import Connection

TALLIED = "backstop_tallied"


def tally(db: Connection, counter: Counter, **labels: str) -> None:
    """Have something counted after the commit."""
    db.info.setdefault(TALLIED, []).append(counter.labels(**labels))


def take_tallied(db: Connection) -> list[Counter]:
    """Return what is to be counted, once; a new transaction begins without."""
    found: list[Counter] = db.info.pop(TALLIED, [])
    return found
