"""What of the case library may answer a question: found by index, weighed word by word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select, text

from services.review.policy.precedents import (
    MOST_CANDIDATES,
    MOST_COMPARED,
    Match,
    Question,
    State,
    ask_for,
    best_of,
    longest_of,
    rarity_of,
    score_of,
)
from services.review.repository.lexicon import ALL, counts_of, first_words_of, written
from services.review.repository.precedents import COLUMNS, Precedent, precedent_of
from services.review.tables import precedents

BEST = 100
"""So many are weighed by item and place too."""

CANDIDATES = text(
    """
SELECT near.precedent_id, near.item_code, near.regions, near.brevity, met.told, met.shared
FROM (
    SELECT precedent_id, item_code, regions, brevity, words
    FROM review.precedents
    WHERE state = 'published' AND words @@ CAST(:found AS tsquery)
      AND (valid_to IS NULL OR valid_to >= :day) AND (valid_from IS NULL OR valid_from <= :day)
    LIMIT :most
) near
CROSS JOIN LATERAL (
    SELECT sum(asked.rarity) AS told, array_agg(asked.word) AS shared
    FROM unnest(
        CAST(:words AS text[]), CAST(:queries AS tsquery[]), CAST(:rarities AS float8[])
    ) AS asked (word, query, rarity)
    WHERE near.words @@ asked.query
) met
WHERE met.told IS NOT NULL
ORDER BY met.told * near.brevity DESC, near.precedent_id
LIMIT :best
"""
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A precedent that may answer what is asked, and why: the words in common."""

    precedent: Precedent
    because: Sequence[str]


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody is about to report: words without persons, and what is known beside."""

    text: str
    day: date
    item: str | None = None
    region: str | None = None


def suggest(db: Connection, wish: Wish, most: int) -> Sequence[Suggestion]:
    """Return the best of what is published and in force on a day, the best first."""
    words = first_words_of(wish.text)
    counts = counts_of(db, words)
    total = counts.pop(ALL, 0)
    known = {word: having for word, having in counts.items() if having > 0}
    if not known:
        return []
    found = _candidates(db, known, total, wish.day)
    question = Question(len(known), wish.item, wish.region)
    scores = [score_of(_match(row), question) for row in found]
    best = [found[place] for place in best_of(scores, most)]
    told = _told(db, [row.precedent_id for row in best])
    return [
        Suggestion(told[row.precedent_id], longest_of(row.shared))
        for row in best
        if row.precedent_id in told
    ]


def _candidates(
    db: Connection, known: Mapping[str, int], total: int, day: date
) -> Sequence[Row[Any]]:
    asked = ask_for(known, total)
    either = [written([word], "&") for word in asked.rare]
    all_of = [f"({written(asked.together, '&')})"] if asked.together else []
    compared = sorted(known, key=lambda word: (known[word], word))[:MOST_COMPARED]
    told = {
        "found": " | ".join((*either, *all_of)),
        "day": day,
        "most": MOST_CANDIDATES,
        "words": compared,
        "queries": [written([word], "&") for word in compared],
        "rarities": [rarity_of(known[word], total) for word in compared],
        "best": BEST,
    }
    return db.execute(CANDIDATES, told).all()


def _match(row: Row[Any]) -> Match:
    return Match(row.told, len(row.shared), row.brevity, row.item_code, row.regions)


def _told(db: Connection, ids: Sequence[UUID]) -> Mapping[UUID, Precedent]:
    c = precedents.c
    query = select(*COLUMNS).where(c.precedent_id.in_(ids), c.state == State.PUBLISHED)
    return {row["precedent_id"]: precedent_of(row) for row in db.execute(query).mappings()}
