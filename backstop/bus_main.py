"""The entry of a bus process. Eventlet patches the standard library before anything else loads."""

from backstop import starting

import eventlet  # isort: skip

# Before the patch: psycopg then waits with the real selectors, in connecting as in querying.
# Waiting in the hub, it hangs for ever when libpq closes a socket and is given the same number
# again, as it is while a database that was killed comes back (test_node_faults shows it).
import psycopg  # noqa: F401

eventlet.monkey_patch()

import argparse  # noqa: E402

from backstop.bus import run_bus  # noqa: E402
from backstop.nodes import load_nodes  # noqa: E402

starting.loaded()


def main() -> None:
    """Run the bus services of the given nodes in this process until it is told to stop."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("nodes", nargs="+", help="codes or files of the nodes")
    parser.add_argument("--service", action="append", default=[], help="only these services")
    parser.add_argument("--index", type=int, default=0, help="which bus process of the node it is")
    given = parser.parse_args()
    run_bus(load_nodes(given.nodes), given.service, given.index)


if __name__ == "__main__":
    main()
