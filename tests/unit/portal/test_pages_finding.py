"""Names are found by typing: then no page brings a whole list; without scripts it is all there."""

import re
from dataclasses import replace
from typing import Any

import pytest

from tests.browser.samples import SAMPLES, rendered

TYPES = {"backstop_typing": "yes"}
ITEMS = {f"FK-{n:05}": f"某某事项 {n:05}" for n in range(5_000)}
UNITS = [(f"U{n:03}", f"县某某局 {n:03}") for n in range(400)]
PAGES: dict[str, dict[str, Any]] = {
    "desk_split": {"items": [("", list(ITEMS.items()))]},
    "desk_new": {"items": [("", list(ITEMS.items()))], "units": UNITS},
    "pool_case": {"units": UNITS},
    "desk_meetings_of_case": {"units": [("", UNITS)], "convenors": [("", UNITS)]},
    "limits": {"items": ITEMS},
    "ladders": {"items": ITEMS},
    "admin_rules": {"items": ITEMS, "units": UNITS},
    "admin_authority": {"items": ITEMS},
}
MUCH = 200_000
"""Bytes that five thousand options take at least, written shortly."""


def size(name: str, cookies: dict[str, str] | None = None, **more: Any) -> int:
    sample = SAMPLES[name]
    return len(rendered(replace(sample, values={**sample.values, **more}), cookies).encode())


@pytest.mark.parametrize("name", PAGES)
def test_who_types_gets_no_list_however_long_it_is(name: str) -> None:
    long, few = size(name, TYPES, **PAGES[name]), size(name, TYPES)

    assert abs(long - few) < 500
    whole = size(name, **PAGES[name])
    assert whole - long > (MUCH if "items" in PAGES[name] else 20_000)


def test_without_scripts_every_option_is_there_and_with_them_the_way_to_it() -> None:
    sample = SAMPLES["desk_split"]
    many = replace(sample, values={**sample.values, **PAGES["desk_split"]})

    assert rendered(many).count('<option value="FK-04999"') == rendered(many).count("data-suggest")
    typing = rendered(many, TYPES)
    assert "FK-04999" not in typing
    assert '<noscript><button class="button plain" form="look" name="typing" value="no">' in typing


def test_what_was_chosen_stays_chosen_by_its_name() -> None:
    sample = SAMPLES["desk_new"]
    chosen = re.search(r'<option value="(\d+)" selected>([^<]+)<', rendered(sample))

    assert chosen is not None
    assert chosen.group(0) in rendered(sample, TYPES)
