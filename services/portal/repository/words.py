"""Chinese words as search sees them: cut by the jieba dictionary, kept as a tsvector."""

from collections.abc import Iterable
from uuid import UUID

import rjieba
from sqlalchemy import Column, ColumnElement, Text, cast, exists, literal, select
from sqlalchemy.dialects.postgresql import TSQUERY

from services.portal.tables import live

MOST_WORDS = 12
"""Of a question; what comes after narrows nothing any more."""
LONGEST_WORD = 60


def words_of(*texts: str | None) -> list[str]:
    """Return the distinct words of these texts in lower case, without marks and spaces."""
    cut = (word for text in texts if text for word in rjieba.cut_for_search(text.lower()))
    return sorted({word for word in cut if word.isalnum() and len(word) <= LONGEST_WORD})


def matches(case_id: Column[UUID], text: str) -> ColumnElement[bool]:
    """Tell by index whether a case has every word of `text`, or it is the case's number."""
    whole = "".join(text.lower().split())[:LONGEST_WORD]
    asked = _quoted(words_of(text)[:MOST_WORDS])
    query = f"{_quoted([whole])} | ({asked})" if asked else _quoted([whole])
    found = live.words.c.words.bool_op("@@")(cast(literal(query, Text), TSQUERY))
    return exists(select(1).where(live.words.c.case_id == case_id, found))


def _quoted(words: Iterable[str]) -> str:
    escaped = (word.replace("\\", "\\\\").replace("'", "''") for word in words)
    return " & ".join(f"'{word}'" for word in escaped)
