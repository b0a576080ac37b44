"""What ended orders taught: kept by case, added up by feature, taken away again."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import rjieba
from sqlalchemy import (
    JSON,
    Connection,
    Text,
    bindparam,
    delete,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from services.dispatch.policy import OrderState, Route, prefixes_of
from services.dispatch.policy.suggesting import Lesson, Track
from services.dispatch.tables import (
    cases,
    items,
    lesson_counts,
    lessons,
    lessons_due,
    orders,
    suggestion_tracks,
)
from shared.db.bulk import among, as_json, insert_rows, unfolded
from shared.events.dispatch import ReturnGround
from shared.regions import today_of
from shared.security.erasing import ERASED

WORD, ITEM, KIND, PLACE = "word", "item", "kind", "region"
"""Kinds of features; a feature is written `kind:value`."""
SHORTEST, LONGEST, MOST_WORDS = 2, 40, 200
"""Signs of a word, and words of a case: what comes after tells no more."""


NOT_THEIRS = (ReturnGround.NOT_OUR_DUTY, ReturnGround.NOT_OUR_AREA, ReturnGround.WRONG_ITEM)
"""Grounds that say the matter is another unit's; others say nothing of whose it is."""
TEACHES_NOT = (Route.DETOUR, Route.ON_SPOT)
"""Past whom a case complains of it goes to a unit whose it would not be, and who takes it down
answers at once what is any unit's."""


@dataclass(frozen=True, slots=True)
class Told:
    """What of a case it can be placed by."""

    title: str
    text: str
    item: str | None
    kind: str | None
    region: str


@dataclass(frozen=True, slots=True)
class Taught:
    """A case and what the orders that ended of it teach, in the order in which they did."""

    case_id: UUID
    lessons: Sequence[Lesson]


def features_of(told: Told) -> frozenset[str]:
    """Return what a case has: words, its item and the kind of that, its place and those around.

    What is wide tells little by itself: the counts see to that.
    """
    cut = rjieba.cut_for_search(f"{told.title}\n{told.text}".lower())
    words = dict.fromkeys(word for word in cut if _tells(word))
    places = (f"{PLACE}:{code}" for code in prefixes_of(today_of(told.region)))
    found = {f"{WORD}:{word}" for word in list(words)[:MOST_WORDS]}.union(places)
    named = ((ITEM, told.item), (KIND, told.kind))
    return frozenset(found.union(f"{kind}:{value}" for kind, value in named if value))


def note_due(db: Connection, case_id: UUID) -> None:
    """Have a case learned, soon."""
    db.execute(insert(lessons_due).values(case_id=case_id).on_conflict_do_nothing())


def note_changed(db: Connection, case_id: UUID) -> None:
    """Have a case learned anew if it was learned before."""
    known = select(lessons.c.case_id).where(lessons.c.case_id == case_id).limit(1)
    db.execute(insert(lessons_due).from_select(["case_id"], known).on_conflict_do_nothing())


def lock_lessons(db: Connection) -> None:
    """Keep others from learning and forgetting until the transaction ends."""
    db.execute(select(func.pg_advisory_xact_lock(func.hashtext("dispatch.lessons"))))


def take_due(db: Connection, limit: int) -> Sequence[UUID]:
    """Take cases that are to be learned, the oldest first."""
    key = lessons_due.c.case_id
    some = select(key).order_by(key).limit(limit).with_for_update(skip_locked=True)
    taken = delete(lessons_due).where(key.in_(some.scalar_subquery()))
    return sorted(db.scalars(taken.returning(key)))


def taught_by(db: Connection, case_ids: Collection[UUID]) -> Sequence[Taught]:
    """Return what these cases teach as they stand; nothing those of which a person was erased."""
    o, c = orders.c, cases.c
    gave_back = (o.state == OrderState.RETURNED) & o.return_ground.in_(NOT_THEIRS)
    ended = func.coalesce(o.finished_at, o.returned_at).label("ended_at")
    shown = (c.title_masked, c.text_masked, c.item_code, c.region, items.c.kind)
    joined = orders.join(cases, o.case_id == c.case_id)
    joined = joined.outerjoin(items, items.c.code == c.item_code)
    query = select(o.case_id, o.unit_code, o.state, ended, *shown).select_from(joined)
    query = query.where(among(o.case_id, case_ids), c.title_masked != ERASED)
    query = query.where(
        or_(o.state == OrderState.FINISHED, gave_back), o.route.not_in(TEACHES_NOT)
    )
    by_case: dict[UUID, list[Any]] = defaultdict(list)
    for row in db.execute(query.order_by(ended, o.order_id)):
        by_case[row.case_id].append(row)
    found = [Taught(case_id, _lessons(rows)) for case_id, rows in by_case.items()]
    return sorted(found, key=lambda one: one.case_id)


def lessons_of(db: Connection, case_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Lesson]]:
    """Return what was learned of these cases."""
    found: dict[UUID, list[Lesson]] = defaultdict(list)
    for row in db.execute(select(lessons).where(among(lessons.c.case_id, case_ids))):
        told = Lesson(row.unit_code, row.finished, row.ended_at, frozenset(row.features))
        found[row.case_id].append(told)
    return found


def replace_lessons(
    db: Connection, case_ids: Collection[UUID], learned: Mapping[UUID, Sequence[Lesson]]
) -> None:
    """Keep of these cases these lessons and no others."""
    db.execute(delete(lessons).where(among(lessons.c.case_id, case_ids)))
    rows = [
        {
            "case_id": case_id,
            "unit_code": one.unit,
            "finished": one.finished,
            "ended_at": one.at,
            "features": sorted(one.features),
        }
        for case_id, told in learned.items()
        for one in told
    ]
    insert_rows(db, lessons, rows)


def forget_due(db: Connection, case_id: UUID) -> None:
    """Have a case not learned any more."""
    db.execute(delete(lessons_due).where(lessons_due.c.case_id == case_id))


def counts_for(db: Connection, features: Iterable[str]) -> dict[str, dict[str, float]]:
    """Return of each of these features how much of it every unit has."""
    c = lesson_counts.c
    asked = bindparam("features", sorted(features), ARRAY(Text))
    # An object for each feature: thousands of rows would take longer than all that follows.
    by_unit = func.json_object_agg(c.unit_code, c.weight, type_=JSON)
    query = select(c.feature, by_unit).where(c.feature == func.any(asked)).group_by(c.feature)
    return {row[0]: row[1] for row in db.execute(query).all()}


def add_counts(db: Connection, changed: Mapping[tuple[str, str], tuple[float, int]]) -> None:
    """Add to the counts; what no lesson has any more is not kept."""
    rows: list[dict[str, Any]] = [
        {"feature": feature, "unit_code": unit, "weight": weight, "lessons": number}
        for (feature, unit), (weight, number) in changed.items()
        if number or weight
    ]
    if not rows:
        return
    names = ("feature", "unit_code", "weight", "lessons")
    adding = insert(lesson_counts).from_select(list(names), unfolded(lesson_counts, names))
    sums = {name: lesson_counts.c[name] + adding.excluded[name] for name in names[2:]}
    keys = [lesson_counts.c.feature, lesson_counts.c.unit_code]
    db.execute(adding.on_conflict_do_update(index_elements=keys, set_=sums), told := _rows(rows))
    if any(number < 0 for _weight, number in changed.values()):
        key = unfolded(lesson_counts, names[:2]).subquery()
        mine = (keys[0] == key.c.feature, keys[1] == key.c.unit_code)
        gone = delete(lesson_counts).where(*mine, lesson_counts.c.lessons <= 0)
        db.execute(gone, told)


def tracks_of(db: Connection, one: float) -> Mapping[int, Track]:
    """Return how suggestions did by their odds; `one` is what a case counts now."""
    rows = db.execute(select(suggestion_tracks))
    return {row.odds: Track(row.right / one, row.asked / one) for row in rows}


def add_tracks(db: Connection, tracks: Mapping[int, Track]) -> None:
    """Add to how suggestions did; in weights that stay."""
    for odds, track in sorted(tracks.items()):
        row = insert(suggestion_tracks).values(odds=odds, asked=track.asked, right=track.right)
        t, more = suggestion_tracks.c, row.excluded
        sums = {"asked": t.asked + more.asked, "right": t.right + more.right}
        db.execute(row.on_conflict_do_update(index_elements=[t.odds], set_=sums))


def learn_all_anew(db: Connection) -> int:
    """Forget everything and have every case with an order learned; return how many."""
    for table in (lessons, lesson_counts, suggestion_tracks, lessons_due):
        db.execute(delete(table))
    ended = (OrderState.FINISHED, OrderState.RETURNED)
    every = select(orders.c.case_id).where(orders.c.state.in_(ended)).distinct()
    db.execute(insert(lessons_due).from_select(["case_id"], every))
    return db.scalar(select(func.count()).select_from(lessons_due)) or 0


def _lessons(rows: Sequence[Any]) -> Sequence[Lesson]:
    first = rows[0]
    words = (first.title_masked, first.text_masked)
    features = features_of(Told(*words, first.item_code, first.kind, first.region))
    # Of a unit that had the case more than once the last end counts.
    last = {row.unit_code: row for row in rows}
    return [
        Lesson(row.unit_code, row.state == OrderState.FINISHED, row.ended_at, features)
        for row in last.values()
    ]


def _tells(word: str) -> bool:
    return SHORTEST <= len(word) <= LONGEST and word.isalnum() and not word.isdecimal()


def _rows(rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    # In one order, whoever else adds to some of them.
    return {"rows": as_json(sorted(rows, key=lambda row: (row["feature"], row["unit_code"])))}
