"""Register cases through intake's own handler, one transaction a case, at the pace told.

The benches start it as a process of its own, so that its processor time is its own as well:
`python -m tests.bench._load NODE_FILE CASES RATE`. RATE is cases a second, 0 for no limit.
"""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from backstop.node import Node, assemble
from backstop.settings import NodeSettings
from services.intake.handlers import Caller, Party, Report, register_case
from shared.clock import utcnow
from shared.events.sealed import PartyKind
from shared.events.words import Channel
from shared.security.actor import anonymous

ITEM = "食品经营许可"
"""It is in the catalogue of the benches: each case is accepted and dispatched at once."""


def report_of(node: str, number: int) -> Report:
    """Return a report of usual length, each with another telephone."""
    return Report(
        region=node,
        channel=Channel.WEB,
        reporter=Party(kind=PartyKind.PERSON, name="张三丰", phone=f"+86138{10**7 + number:08}"),
        title="食品经营许可证提交二十天没有回音",
        text="材料网上提交，系统显示已接收，二十天了没有受理。窗口说在等上级系统的数据。",
        item=ITEM,
        attempts=2,
    )


def paced(cases: int, rate: float) -> Iterator[int]:
    """Yield so many numbers; with a rate each at its moment, however late the last one was."""
    begun = time.monotonic()
    for number in range(cases):
        if rate:
            time.sleep(max(0.0, begun + number / rate - time.monotonic()))
        yield number


def load_node(file: str) -> Node:
    """Put the node of a file together for a bench's process."""
    return assemble(NodeSettings.load(Path(file), {}), "bench")


def main() -> None:
    """Register as the command line says."""
    file, cases, rate = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    node = load_node(file)
    for number in paced(cases, rate):
        caller = Caller(anonymous(node.code), utcnow())
        with node.unit("intake").begin() as work:
            register_case(work.db, node.keys, report_of(node.code, number), caller)


if __name__ == "__main__":
    main()
