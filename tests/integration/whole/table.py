"""The table of statements: what stands in it, and how it is written anew.

`.venv/bin/python -m tests.integration.whole.table` counts everything and writes the table; the
difference is then read like any other.
"""

import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from backstop.servers.postgres import PostgresServer
from tests.integration.whole.living import live_in_step, writes
from tests.whole.counting import cost
from tests.whole.crowd import Crowd, live_through
from tests.whole.node import WholeNode
from tests.whole.pages import readings
from tests.whole.tiers import WholeTiers, whole_tiers
from tests.whole.waves import Cost, Ledger

TABLE = Path(__file__).with_name("statements.txt")
WIDTH = 84
PASSED_BY = Cost(1, 0)
"""The inbox: an event that concerns nobody."""
HEAD = """\
# What requests and events cost in SQL statements: test_statements.py compares, and `python -m
# tests.integration.whole.table` writes it anew.
#
# BEGIN, the role that goes with it, and COMMIT do not count. A page is asked with a session (one
# statement to find out whose), a change with a token (none). Of an event: what one
# alone costs, + what each further one of its batch does: a batch of 50 costs alone + 49 × further.
# Where it differs (a case kept until its cause is heard, another round) it is the most. An event
# that a service only lets pass costs 1 + 0 and has no line.
# A lower number is a saving: write it here. A higher one is to be explained, or mended.
"""


def written() -> Mapping[str, str]:
    """Return the lines of the table: what it is, and what it costs."""
    lines = [line for line in TABLE.read_text().splitlines() if not line.startswith("#")]
    return {line[:WIDTH].rstrip(): line[WIDTH:].strip() for line in lines}


def of_pages(whole: WholeNode, crowd: Crowd) -> Mapping[str, str]:
    """Return what each page costs; single cases are those of the crowd."""
    return {
        f"page {each.name}": str(
            cost(whole, partial(whole.done, "GET", next(each.paths), just_seen(whole, each.who)))
        )
        for each in readings(whole, crowd)
    }


def just_seen(whole: WholeNode, who: Mapping[str, str]) -> Mapping[str, str]:
    """Return the headers of somebody whose session was used a moment ago, however slow we are."""
    whole.ask("GET", "/nothing", who)  # the first use in a minute writes down that it was used
    for door in whole.node.doors.values():
        door.repeats.counts.clear()  # as the first look of its minute: it is written down
    return who


def of_writes(tiers: WholeTiers) -> Mapping[str, str]:
    """Return what each change costs."""
    return {f"write {name}": str(n) for name, n in writes(tiers)}


def of_events(tiers: WholeTiers) -> Mapping[str, str]:
    """Return what each event costs those who do something with it."""
    ledger = Ledger()
    live_in_step(tiers, ledger)
    return {
        f"event {service} hears {name}": f"{each.alone} + {each.further:g}"
        for (service, name), each in ledger.costs.items()
        if each != PASSED_BY
    }


def main() -> None:
    """Count everything, and write the table."""
    with tempfile.TemporaryDirectory(prefix="backstop-table-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o711)
        with (
            PostgresServer(folder / "postgres", durable=False) as server,
            whole_tiers(folder, server.create_database) as tiers,
        ):
            crowd, _moulds = live_through(tiers)
            found = {**of_pages(tiers.city, crowd), **of_writes(tiers), **of_events(tiers.below)}
    lines = [f"{name:<{WIDTH}}  {told}\n" for name, told in sorted(found.items())]
    TABLE.write_text(HEAD + "".join(lines))


if __name__ == "__main__":
    main()
