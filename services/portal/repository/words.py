"""Chinese words as search sees them: cut by the jieba dictionary, kept as a tsvector."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import rjieba
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Text,
    cast,
    exists,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from services.portal.tables import live

MOST_WORDS = 12
"""Of a question; what comes after narrows nothing any more."""
LONGEST_WORD = 60
FEW = 2_000
"""Cases that are fetched and sorted within the time of a page.

In a million, to find a page of twice as many on the way through a list takes no longer.
"""


def words_of(*texts: str | None) -> list[str]:
    """Return the distinct words of these texts in lower case, without marks and spaces."""
    cut = (word for text in texts if text for word in rjieba.cut_for_search(text.lower()))
    return sorted({word for word in cut if word.isalnum() and len(word) <= LONGEST_WORD})


def matches(db: Connection, case_id: Column[UUID], sought: str) -> ColumnElement[bool]:
    """Tell by index whether a case has every word of `sought`, or it is the case's number."""
    return found_by(db, case_id, sought).condition


@dataclass(frozen=True, slots=True)
class FoundBy:
    """The condition that a case has every word that was sought."""

    condition: ColumnElement[bool]
    few: bool
    """Whether the condition alone leads to so few cases that they may be fetched and sorted."""


def found_by(db: Connection, case_id: Column[UUID], sought: str) -> FoundBy:
    """Return the condition that a case has every word of `sought`, or it is the case's number.

    Few matches are looked up; many are met soon enough on the way through the list's own index.
    Left to its estimates PostgreSQL walks through a tenth of all cases to find a rare word.
    """
    # A plan that serves any words would collect every case with a common one before it counts.
    db.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    found = live.words.c.words.bool_op("@@")(cast(literal(_query(sought), Text), TSQUERY))
    ids = select(live.words.c.case_id).where(found)
    probe = ids.limit(FEW + 1).subquery()
    if (db.scalar(select(func.count()).select_from(probe)) or 0) <= FEW:
        return FoundBy(case_id == func.any(func.array(ids.scalar_subquery())), few=True)
    # The offset keeps it a question about each case: joined, every match would be read first.
    asked = select(1).where(live.words.c.case_id == case_id, found).offset(0)
    return FoundBy(exists(asked), few=False)


def _query(text: str) -> str:
    number = quoted(["".join(text.lower().split())[:LONGEST_WORD]])
    words = quoted(words_of(text)[:MOST_WORDS])
    return f"{number} | ({words})" if words not in ("", number) else number


def quoted(words: Iterable[str]) -> str:
    """Return the question for all of these words as text."""
    escaped = (word.replace("\\", "\\\\").replace("'", "''") for word in words)
    return " & ".join(f"'{word}'" for word in escaped)
