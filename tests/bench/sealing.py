"""What sealing costs a registration: the same one with and without it, in turns in one process.

Run with `./dev bench sealing [--cases 300] [--rounds 5]`. The product has no way to store a person
in the clear; here the ciphers are replaced from outside, in this process and its throw-away
database only. Masking is counted apart: its cost is that of reading the text, not of hiding it.
"""

import argparse
import asyncio
import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from statistics import median
from typing import Any
from unittest.mock import patch

import httpx

from backstop.node import assemble
from backstop.web import build_application
from shared.security.sealing import NONCE_BYTES, TAG_BYTES
from tests.bench._load import ITEM
from tests.bench._stand import say, standing

REPORT: Mapping[str, Any] = {
    "region": "341523",
    "channel": "web",
    "reporter": {
        "kind": "person",
        "name": "张三丰",
        "phone": "13812345678",
        "id_number": "341523198712053010",
        "address": "城关镇梅河路 88 号",
    },
    "title": "食品经营许可证提交二十天没有回音",
    "text": "材料网上提交，系统显示已接收，二十天了没有受理。我叫张三丰，请打13812345678。" * 3,
    "item": ITEM,
    "attempts": 2,
}
WARM = 50
OFF: Mapping[str, Mapping[str, Callable[..., Any]]] = {
    "as it is": {},
    "without sealing": {
        "shared.security.sealing.encrypt": lambda _key, plain, _bound: (
            bytes(NONCE_BYTES) + plain + bytes(TAG_BYTES)
        ),
        "shared.security.sealing.hash_under": lambda _key, kind, value: f"{kind}{value}".ljust(64),
        "shared.security.parties.hash_under": lambda _key, kind, value: f"{kind}{value}".ljust(64),
    },
    "without masking": {
        "services.intake.handlers.register.mask_text": lambda text, _known=(): text
    },
}


@contextmanager
def replaced(functions: Mapping[str, Callable[..., Any]]) -> Iterator[None]:
    """Put other functions in place of some while the block runs."""
    with ExitStack() as stack:
        for place, function in functions.items():
            stack.enter_context(patch(place, function))
        yield


async def register(client: httpx.AsyncClient, cases: int) -> tuple[float, float]:
    """Register so many cases one after the other; return how many a second, and CPU ms of each."""
    gc.collect()
    started, used = time.perf_counter(), time.process_time()
    for _ in range(cases):
        answer = await client.post("/api/v1/cases", json=REPORT)
        assert answer.status_code == httpx.codes.CREATED, answer.text
    spent = time.process_time() - used
    return cases / (time.perf_counter() - started), spent * 1000 / cases


async def in_turns(
    client: httpx.AsyncClient, cases: int, rounds: int
) -> dict[str, list[tuple[float, float]]]:
    """Measure every way in each round, so that a busy machine is busy for all of them."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in OFF}
    await register(client, WARM)
    for _ in range(rounds):
        for name, functions in OFF.items():
            with replaced(functions):
                found[name].append(await register(client, cases))
    return found


def main() -> None:
    """Measure and print registrations a second and their ratios."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--cases", type=int, default=300, help="registrations in each turn")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with standing() as stand:
        node = assemble(stand.node("sealing").settings, "bench")
        transport = httpx.ASGITransport(build_application(node))
        client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8002")
        found = asyncio.run(in_turns(client, given.cases, given.rounds))
        node.engine.dispose()
    tell(found)


def tell(found: Mapping[str, list[tuple[float, float]]]) -> None:
    """Print medians; the ratio is of CPU, which a busy machine does not change."""
    usual = median(spent for _rate, spent in found["as it is"])
    say(f"{'':<16}registrations/s  CPU ms of the web process  this : as it is")
    for name, turns in found.items():
        rate, spent = (median(figures) for figures in zip(*turns, strict=True))
        say(f"{name:<16}{rate:>15.0f}{spent:>27.2f}{spent / usual:>17.1%}")


if __name__ == "__main__":
    main()
