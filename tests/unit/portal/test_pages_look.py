"""The tokens of the stylesheet keep WCAG 2.2 AA, in light and dark."""

import re
from pathlib import Path

import pytest

from services.portal.pages.rendering import STATIC, TEMPLATES

CSS = (STATIC / "backstop.css").read_text(encoding="utf-8")
TEXT = 4.5
SHAPE = 3.0
GROUNDS = ("ground", "surface", "sunken", "accent-soft")
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "ink-soft", "accent") for ground in GROUNDS),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-strong", TEXT),
    *((f"{lamp}", f"{lamp}-soft", TEXT) for lamp in ("green", "yellow", "red")),
    ("on-green", "green", TEXT),
    ("on-yellow", "yellow-fill", TEXT),
    ("on-red", "red", TEXT),
    ("edge", "surface", SHAPE),
    ("edge", "ground", SHAPE),
]
BLOCKS = re.findall(r":root \{(.*?)\n\s*\}", CSS, re.DOTALL)


def tokens(look: str) -> dict[str, str]:
    light, dark = (dict(re.findall(r"--([\w-]+): (#\w{6});", block)) for block in BLOCKS[:2])
    return light if look == "light" else light | dark


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_a_pair_of_tokens_has_enough_contrast(
    look: str, ink: str, ground: str, least: float
) -> None:
    colours = tokens(look)

    assert contrast(colours[ink], colours[ground]) >= least


def test_lamp_colours_are_used_by_lamps_alone() -> None:
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL))
    users = {
        selector.strip()
        for selector, body in rules
        if re.search(r"var\(--(?:on-)?(?:green|yellow|red)", body)
    }

    assert users == {f".{part}.{lamp}" for part in ("lamp", "tile", "share") for lamp in LAMPS}


LAMPS = ("green", "yellow", "red")
OWN_CODE = r"<style|style=|<script(?! src=)|\son\w+=|javascript:"


def test_nothing_is_smaller_than_16_pixels() -> None:
    sizes = [float(size) for size in re.findall(r"font-size: ([\d.]+)rem", CSS)]
    enlarged = re.findall(r"\.large \.brand small \{ font-size: 0.875rem; \}", CSS)

    assert sorted(sizes)[len(enlarged)] >= 1


def test_no_template_carries_script_or_style_of_its_own() -> None:
    for template in TEMPLATES.rglob("*.html"):
        html = template.read_text(encoding="utf-8")
        assert not re.search(OWN_CODE, html), template


def test_nothing_is_fetched_from_another_host() -> None:
    for file in (*TEMPLATES.rglob("*.html"), *own_assets()):
        addresses = re.findall(r"(?:src|href|url\()=?[\"']?(https?:)?//", file.read_text("utf-8"))
        assert not addresses, file


def own_assets() -> list[Path]:
    return [*STATIC.glob("*.css"), *STATIC.glob("*.js")]
