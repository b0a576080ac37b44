"""What a page weighs over the wire: itself, its style, scripts and pictures, as they are served.

`pytest -rP` prints the table. A browser that comes again has libraries for a day.
"""

import re
import sys

import pytest

from tests.integration.whole.conftest import Lived
from tests.whole.node import WholeNode
from tests.whole.pages import CODE, give_codes
from tests.whole.stories import register

pytestmark = pytest.mark.integration

MOST = 100_000
ASSET = re.compile(r'(?:src|href)="(/static/[^"]+)"')
HEADERS = 400
"""About so many bytes of headers come with each answer."""


async def over_the_wire(whole: WholeNode, path: str, who: dict[str, str]) -> tuple[int, str]:
    headers = {**who, "accept-encoding": "gzip, deflate, br"}
    async with whole.client.stream("GET", path, headers=headers) as answer:
        raw = b"".join([piece async for piece in answer.aiter_raw()])
    assert answer.status_code == 200, path
    text = raw.decode() if "content-encoding" not in answer.headers else ""
    return len(raw) + HEADERS, text


def weight(whole: WholeNode, path: str, who: dict[str, str]) -> tuple[int, int]:
    """Return the bytes of a page alone, and with all that it loads."""
    alone, html = whole.loop.run(over_the_wire(whole, path, who))
    assets = sorted(set(ASSET.findall(html)))
    assert any(each.endswith(".css") for each in assets)
    return alone, alone + sum(whole.loop.run(over_the_wire(whole, one, {}))[0] for one in assets)


def opened(whole: WholeNode, number: str, code: str) -> dict[str, str]:
    answer = whole.ask("POST", "/follow", {}, data={"number": number, "code": code})
    whole.client.cookies.clear()
    return {"cookie": answer.headers["set-cookie"].partition(";")[0]}


def test_pages_of_citizens_are_light_enough_for_a_poor_line(lived: Lived) -> None:
    city = lived.tiers.city
    [number, *_] = lived.crowd.numbers["awaits rating"]
    give_codes(city, [number])
    told = register(city)
    city.settle()
    mine = opened(city, told.number, told.holder["backstop-code"])
    rating = opened(city, number, CODE)
    pages = {
        "/": {},
        "/report": {},
        "/follow": {},
        "/follow/case": mine,
        "/follow/files": mine,
        "/follow/rate": rating,
    }

    found = {path: weight(city, path, who) for path, who in pages.items()}

    for path, (alone, whole) in found.items():
        sys.stdout.write(f"{path:16} {alone:7} B alone {whole:7} B in all\n")
    assert {path: whole for path, (_, whole) in found.items() if whole > MOST} == {}
