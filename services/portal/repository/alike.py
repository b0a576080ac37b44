"""Cases that may be about the same matter, open and closed ones, found by the words they share."""

from collections.abc import Sequence

import rjieba
from sqlalchemy import Connection, Text, cast, func, literal, select, text
from sqlalchemy.dialects.postgresql import TSQUERY

from services.portal.policy.alike import nearest, sought_in
from services.portal.repository.lists import LISTED, wanted
from services.portal.repository.scopes import ListedCase, ListScope
from services.portal.repository.words import quoted
from services.portal.tables import live

MOST_MET = 300
"""Cases whose words are compared, whichever the index leads to first."""
MOST_WORDS = 60
BEFORE_SIGHT = 5
"""For each that is shown so many are looked up: the reader may not know of some."""

_case, _word = live.cases.c, live.words.c


def alike_to_text(db: Connection, scope: ListScope, told: str, most: int) -> Sequence[ListedCase]:
    """Return cases of a scope like a text, the nearest first."""
    cut = dict.fromkeys(rjieba.cut_for_search(told.lower()))
    return _alike(db, scope, list(cut)[:MOST_WORDS], most)


def alike_to_case(
    db: Connection, scope: ListScope, number: str, most: int
) -> Sequence[ListedCase]:
    """Return other cases of a scope like one that is known here, the nearest first."""
    of_case = select(func.tsvector_to_array(_word.words)).join_from(
        live.words, live.cases, _case.case_id == _word.case_id
    )
    words = db.scalar(of_case.where(_case.number == number)) or []
    found = _alike(db, scope, words[:MOST_WORDS], most + 1)
    return [case for case in found if case.number != number][:most]


def _alike(
    db: Connection, scope: ListScope, words: Sequence[str], most: int
) -> Sequence[ListedCase]:
    sought = sought_in(words)
    if not sought:
        return []
    # A plan that serves any words would read the table instead of the index.
    db.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    asked = " | ".join(f"({quoted(each)})" for each in sought)
    having = _word.words.bool_op("@@")(cast(literal(asked, Text), TSQUERY))
    met = select(_word.case_id, func.tsvector_to_array(_word.words)).where(having)
    known = {row[0]: row[1] for row in db.execute(met.limit(MOST_MET))}
    near = nearest(words, known, most * BEFORE_SIGHT)
    query = select(*LISTED).where(_case.case_id.in_(near), *wanted(db, scope))
    seen = {row["case_id"]: ListedCase(**row) for row in db.execute(query).mappings()}
    return [seen[case_id] for case_id in near if case_id in seen][:most]
