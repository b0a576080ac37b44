"""Every process of a node, its broker and its database killed once, spread over its traffic."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from backstop.servers.server import PrivateServer
from tests.system.harness import RunningNode, eventually
from tests.system.traffic import GIVE_UP_SECONDS, Traffic

LOOK_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that may befall a node."""

    what: str
    happen: Callable[[], None]


def every_kill(node: RunningNode) -> list[Fault]:
    """Return the sudden death of each process, and of each server that the node stands on."""
    processes = [Fault(f"{name} killed", partial(_kill, node, name)) for name in node.programs]
    servers = [Fault(f"{each.name} killed", partial(_replace, each)) for each in node.servers]
    return processes + servers


def befall(
    traffic: Traffic,
    faults: Sequence[Fault],
    chance: random.Random,
    tell: Callable[[str], None] = lambda _line: None,
) -> None:
    """Let each fault happen once while the traffic flows, in an order and at moments of chance."""
    assert traffic.most is not None, "moments are shares of the whole"
    begun = time.monotonic()
    # One share more than there are faults: each of them is followed by traffic.
    share = traffic.most / (len(faults) + 1)
    with ThreadPoolExecutor(len(faults)) as happening:
        ends = []
        for place, fault in enumerate(chance.sample(faults, len(faults))):
            due = int(share * (place + chance.random()))
            _wait_for(traffic, due)
            tell(f"{time.monotonic() - begun:6.1f} s  {len(traffic.confirmed):>5}  {fault.what}")
            # A broker takes seconds to come back; the next fault does not wait for it.
            ends.append(happening.submit(fault.happen))
        for end in ends:
            end.result()


@contextmanager
def stopped(server: PrivateServer) -> Iterator[None]:
    """Stop a server in good order, and start it again when the block ends."""
    server.stop()
    try:
        yield
    finally:
        server.start()


def _wait_for(traffic: Traffic, confirmed: int) -> None:
    eventually(
        f"{confirmed} cases confirmed",
        lambda: len(traffic.confirmed) >= confirmed,
        GIVE_UP_SECONDS,
        LOOK_SECONDS,
    )


def _kill(node: RunningNode, name: str) -> None:
    eventually(f"{name} runs", lambda: node.supervisor.pid(name))
    node.crash(name)


def _replace(server: PrivateServer) -> None:
    server.kill()
    server.start()
