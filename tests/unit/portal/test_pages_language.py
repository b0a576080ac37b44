"""Whatever a person can read is there in English too, at the desk as on citizens' pages."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from babel.messages.extract import extract_from_file

from services.portal.pages.language import say, speak, translations
from services.portal.pages.outlook import Watch
from services.portal.pages.rendering import TEMPLATES, environment
from services.portal.pages.story import story
from services.portal.pages.streams import key_of
from services.portal.pages.together import PHONE_AT_THE_END
from services.portal.repository import ListKind, ListScope, Sight
from services.portal.repository.cards import Step
from shared.clock import new_id
from shared.http import NodeFacts
from tests.browser.samples import SAMPLES, shown

PAGES = sorted((TEMPLATES.parent / "pages").glob("*.py"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PLACE = re.compile(r"%(?:\(\w+\))?[sd]|\{\w*\}")
ONLY_CHINESE = {
    "食品经营许可",
    "《食品安全法》第三十五条",
    "县市场监督管理局",
    "一二三四五六日",
    "{单位}",
    "{日期}",
    PHONE_AT_THE_END.pattern,
}
"""Examples in files to be filled in, what is typed and read, and the days of the Chinese dates."""
MADE_WHOLE = {"dates.py", "draft.py", "parts.py", "register.py", "snap_draft.py"}
"""Where Chinese stands among values: in dates, and in what goes into a case or to the unit."""
AT = datetime(2026, 3, 5, 2, tzinfo=UTC)
NODE = NodeFacts("341523", "county", "舒城县政务服务中心", "", {})
STAFF = ("desk_list", "admin", "board", "desk_ledger", "desk_new", "admin_calendar", "wall")


def messages() -> Iterator[str]:
    for file in TEMPLATES.rglob("*.html"):
        found = extract_from_file("jinja2.ext:babel_extract", file, keywords={"_": None})
        yield from (str(message) for _line, message, _notes, _context in found)
    for file in PAGES:
        yield from (text for text in texts_of(ast.parse(file.read_text("utf-8"))))


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def texts_of(tree: ast.Module) -> Iterator[str]:
    """What a module holds of Chinese, but for docstrings and what stands among values."""
    beside = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            beside |= {id(part) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (
                [node.value] if id(node) not in beside and CHINESE.search(node.value) else []
            )


CITIZENS = [name for name, sample in SAMPLES.items() if sample.template.startswith("citizen/")]


def test_every_text_has_its_english() -> None:
    english = translations("en").gettext
    without = {message for message in messages() if english(message) == message}

    assert {message for message in without if CHINESE.search(message)} == ONLY_CHINESE


def test_a_translation_keeps_the_places_of_its_values() -> None:
    english = translations("en").gettext
    for message in messages():
        places = sorted(PLACE.findall(message))
        assert sorted(PLACE.findall(english(message))) == places, message


def test_no_sentence_is_put_together_where_it_cannot_be_translated() -> None:
    made = set()
    for file in PAGES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            parts = node.values if isinstance(node, ast.JoinedStr) else ()
            if any(is_text(each) and CHINESE.search(ast.unparse(each)) for each in parts):
                made.add(file.name)

    assert made == MADE_WHOLE


@pytest.mark.parametrize("name", CITIZENS)
def test_an_english_page_says_so_and_speaks_english(name: str) -> None:
    html = shown(name, {"backstop_lang": "en"})

    assert '<html lang="en">' in html
    assert "t-get-it-done window" in html  # the apostrophe is escaped
    assert "下一步" not in html


@pytest.mark.parametrize("name", STAFF)
def test_a_page_of_staff_speaks_english_too(name: str) -> None:
    html = shown(name, {"backstop_lang": "en"})

    assert '<html lang="en">' in html
    assert ">中文</button>" in html or name in ("board", "wall")
    assert not {"登记新件", "办件", "在办", "台账"} & set(re.findall(r">([^<>]+)<", html))


def test_what_somebody_typed_is_not_translated() -> None:
    html = (
        environment("en")
        .from_string(
            '{% import "parts/fields.html" as fields with context %}'
            '{{ fields.text("title", "x", {"title": word}, {}) }}{{ word }}'
        )
        .render(language="en", word="求助")
    )

    assert 'value="求助"' in html
    assert html.endswith("Request for help")


@pytest.fixture
def in_english() -> Iterator[None]:
    speak("en")
    yield
    speak("zh")


@pytest.mark.usefixtures("in_english")
def test_the_story_of_a_case_speaks_english() -> None:
    told = {"unit_name": "县医保局", "route": "item"}
    name = "dispatch.order_dispatched.v1"
    steps = [Step(id=new_id(), at=AT, node=None, name=name, params=told)]

    assert [line.text for line in story(steps, NODE)] == ["To 县医保局 (Dispatched by item)"]
    assert say("没有这句话") == "没有这句话"


def test_an_unknown_language_is_the_source_language() -> None:
    assert '<html lang="zh-CN">' in shown("home", {"backstop_lang": "../../etc"})


@pytest.mark.usefixtures("in_english")
def test_boards_in_two_languages_share_no_words() -> None:
    watch = Watch(scope=ListScope(kind=ListKind.OPEN, sight=Sight()))
    english = key_of(watch)
    speak("zh")

    assert key_of(watch) != english
