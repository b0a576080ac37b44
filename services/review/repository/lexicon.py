"""The words of precedents: cut by the jieba dictionary, counted, kept as a tsvector."""

from collections.abc import Sequence
from typing import Any

import rjieba
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Text,
    bindparam,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, insert

from services.review.tables import lexicon

SHORTEST, LONGEST = 2, 40
MOST_ASKED = 48
"""Distinct words of a question; what comes after makes a good match no better."""
ALL = ""
"""Under this word stands how many precedents there are."""
_PLAIN = (
    "我们 你们 他们 自己 没有 不能 不会 不是 什么 怎么 怎样 如何 这个 那个 这样 那样 因为 所以"
    " 但是 已经 还是 可以 需要 要求 时候 今天 昨天 明天 现在 然后 就是 一直 一下 一个 两次 三次"
    " 结果 知道 觉得 希望 请问 谢谢 有人 人员 工作 工作人员 说法 问题 情况"
    " the and for with that this"
)
SAYING_NOTHING = frozenset(_PLAIN.split())
"""Words that any report may have."""


def words_of(*texts: str | None) -> list[str]:
    """Return the distinct telling words of these texts in lower case, sorted."""
    cut = (word for text in texts if text for word in rjieba.cut_for_search(text.lower()))
    return sorted({word for word in cut if _tells(word)})


def first_words_of(text: str) -> list[str]:
    """Return as many telling words of a question as are worth looking for."""
    cut = dict.fromkeys(word for word in rjieba.cut_for_search(text.lower()) if _tells(word))
    return list(cut)[:MOST_ASKED]


def vector_of(words: Sequence[str]) -> ColumnElement[Any]:
    """Return words as PostgreSQL keeps them."""
    return func.array_to_tsvector(cast(list(words), ARRAY(Text)))


def query_of(words: Sequence[str], by: str) -> ColumnElement[Any]:
    """Return the question for all (`&`) or any (`|`) of these words."""
    return cast(literal(written(words, by), Text), TSQUERY)


def written(words: Sequence[str], by: str) -> str:
    """Return such a question as text."""
    return f" {by} ".join(f"'{_escaped(word)}'" for word in words)


def count_words(db: Connection, words: Sequence[str], step: int) -> None:
    """Count a precedent in, or out (-1), under each of its words."""
    rows = [{"word": word, "precedents": step} for word in sorted({ALL, *words})]
    counting = insert(lexicon).values(rows)
    total = lexicon.c.precedents + counting.excluded.precedents
    db.execute(counting.on_conflict_do_update(index_elements=["word"], set_={"precedents": total}))


def counts_of(db: Connection, words: Sequence[str]) -> dict[str, int]:
    """Return how many precedents have each of these words, and how many there are (`ALL`)."""
    asked: BindParameter[Any] = bindparam("words", [ALL, *words], ARRAY(Text))
    c = lexicon.c
    found = db.execute(select(c.word, c.precedents).where(c.word == func.any(asked)))
    return {row.word: row.precedents for row in found}


def _tells(word: str) -> bool:
    fits = SHORTEST <= len(word) <= LONGEST and word.isalnum() and not word.isdecimal()
    return fits and word not in SAYING_NOTHING


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("'", "''")
