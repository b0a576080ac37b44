"""What may stand in a snippet."""

import pytest

from services.portal.policy.snippets import (
    MOST_OF_ONE,
    SnippetRefusal,
    objection_among,
    objection_to_snippet,
)
from shared.security.masking import mask_text


@pytest.mark.parametrize(
    ("abbreviation", "text", "refusal"),
    [
        ("bq", "请补齐{事项}的材料，{日期}前送到{单位}。", None),
        ("补齐2", "请补齐材料。", None),
        ("", "请补齐材料。", SnippetRefusal.ABBREVIATION),
        ("b q", "请补齐材料。", SnippetRefusal.ABBREVIATION),
        ("/bq", "请补齐材料。", SnippetRefusal.ABBREVIATION),
        ("BQ", "请补齐材料。", SnippetRefusal.ABBREVIATION),
        ("b" * 13, "请补齐材料。", SnippetRefusal.ABBREVIATION),
        ("bq", "请找{姓名}。", SnippetRefusal.PLACEHOLDER),
        ("bq", "请补齐{}。", SnippetRefusal.PLACEHOLDER),
        ("bq", "有事打 13800006160。", SnippetRefusal.PERSON),
        ("bq", "请找身份证 341523199001010019 的人。", SnippetRefusal.PERSON),
    ],
)
def test_what_stands_against_a_snippet(
    abbreviation: str, text: str, refusal: SnippetRefusal | None
) -> None:
    assert objection_to_snippet(abbreviation, text, mask_text(text)) is refusal


def test_an_abbreviation_means_one_thing_and_there_are_not_too_many() -> None:
    assert objection_among("bq", ["yq"]) is None
    assert objection_among("bq", ["bq"]) is SnippetRefusal.TWICE
    assert objection_among("bq", [str(n) for n in range(MOST_OF_ONE)]) is SnippetRefusal.TOO_MANY
