"""Whatever a citizen can see is there in English too; the desk speaks Chinese."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from babel.messages.extract import extract_from_file

from services.portal.pages import reasons, words
from services.portal.pages.language import translations
from services.portal.pages.rendering import TEMPLATES
from tests.browser.samples import SAMPLES, shown

PAGES = TEMPLATES.parent / "pages"
CITIZEN_PAGES = (
    "draft",
    "files",
    "follow",
    "outside",
    "rate",
    "places",
    "problems",
    "wanted",
    "appeal",
)
CITIZEN_WORDS: tuple[Mapping[Any, str], ...] = (
    *(words.LAMPS, words.LAMP_COLOURS, words.CITIZEN_STATUSES, words.PARTIES, words.OUTCOMES),
    *(words.DECLINE_REASONS, reasons.LEVELS),
    *reasons.REASONS.values(),
)
CITIZENS = [name for name, sample in SAMPLES.items() if sample.template.startswith("citizen/")]


def messages() -> Iterator[str]:
    templates = [*TEMPLATES.glob("citizen/*.html"), *TEMPLATES.glob("parts/*.html")]
    templates += [TEMPLATES / "base.html", TEMPLATES / "problem.html"]
    for file in templates:
        found = extract_from_file("jinja2.ext:babel_extract", file, keywords={"_": None})
        yield from (str(message) for _line, message, _notes, _context in found)
    for name in CITIZEN_PAGES:
        found = extract_from_file("python", PAGES / f"{name}.py", keywords={"_": None})
        yield from (str(message) for _line, message, _notes, _context in found)
    for table in CITIZEN_WORDS:
        yield from table.values()


def test_every_text_of_a_citizen_has_its_english() -> None:
    english = translations("en").gettext

    assert not [message for message in messages() if english(message) == message]


def test_a_translation_keeps_the_places_of_its_values() -> None:
    english = translations("en").gettext
    for message in messages():
        places = re.findall(r"%(?:\(\w+\))?[sd]", message)
        assert re.findall(r"%(?:\(\w+\))?[sd]", english(message)) == places, message


@pytest.mark.parametrize("name", CITIZENS)
def test_an_english_page_says_so_and_speaks_english(name: str) -> None:
    html = shown(name, {"backstop_lang": "en"})

    assert '<html lang="en">' in html
    assert "t-get-it-done window" in html  # the apostrophe is escaped
    assert "下一步" not in html


def test_the_desk_stays_chinese() -> None:
    assert '<html lang="zh-CN">' in shown("desk_list", {"backstop_lang": "en"})


def test_an_unknown_language_is_the_source_language() -> None:
    assert '<html lang="zh-CN">' in shown("home", {"backstop_lang": "../../etc"})
