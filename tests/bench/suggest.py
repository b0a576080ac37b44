"""Units that suggestions get right, how fast one is, how long learning takes, at 100,000 orders.

Run with `./dev bench suggest [--tried 10000] [--orders 100000] [--seed 11]`. The history is made
by `_history` from a seed, with noise, vague texts and wrong earlier dispatches. Right is the unit
whose the matter was, which the methods never see: they see who ended it.

First, in memory, each case left out in turn: the policy beside the owner of the item, the unit
that finished most with the item, multinomial naive Bayes with add-one smoothing, and the nearest
neighbours by BM25. Then the sample cases, whose texts no history has. Then a PostgreSQL of its
own, by the very handlers of the service.
"""

import argparse
import json
import math
import random
import resource
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from uuid import uuid4

from sqlalchemy import Engine, text

from backstop.demo.catalogue import FOLDER
from backstop.servers.postgres import PostgresServer
from services.dispatch.handlers import Caller, learn_some, suggest
from services.dispatch.policy.suggesting import Ledger, Lesson, confidence_of, rank, weight_at
from services.dispatch.repository.lessons import (
    Told,
    features_of,
    tracks_of,
)
from services.dispatch.tables import cases, metadata
from shared.db import transaction
from shared.db.bulk import insert_rows
from shared.security.actor import Actor, ActorKind, Role
from tests.bench._history import COUNTY, DUTIES, Tale, history
from tests.bench._past_orders import analyse, case_row, fill, learn_at_once
from tests.bench._processor import spent
from tests.integration.schemas import build_schemas

UNTIL = datetime(2030, 1, 2, 1, tzinfo=UTC)
NEAREST, K1, B = 50, 1.2, 0.75
ASKED = 2_000
SURE = 0.9
OWNERS = {duty.item: duty.unit for duty in DUTIES}
SIZE = """
SELECT sum(pg_total_relation_size(CAST('dispatch.' || name AS regclass)))
FROM unnest(ARRAY['lessons', 'lesson_counts', 'suggestion_tracks', 'lessons_due']) AS name
"""


@dataclass(frozen=True, slots=True)
class Past:
    """A case of the history, cut into features once."""

    tale: Tale
    features: frozenset[str]

    @property
    def lessons(self) -> list[Lesson]:
        """What its orders teach."""
        told = self.tale
        return [Lesson(unit, done, told.at, self.features) for unit, done in told.orders]


Method = Callable[[Past], Sequence[str]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tried", type=int, default=10_000)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument(
        "--asked-only",
        action="store_true",
        help="write what was learned at once, and tell only how long a suggestion takes",
    )
    given = parser.parse_args()
    if not given.asked_only:
        left_out(given.tried, given.seed)
        samples(given.tried, given.seed)
    in_the_database(given.orders, given.seed, asked_only=given.asked_only)


def made(count: int, seed: int) -> list[Past]:
    """Return a history."""
    return [Past(tale, _features(tale)) for tale in history(count, UNTIL, seed)]


def _features(tale: Tale) -> frozenset[str]:
    return features_of(Told("", tale.text, tale.item, None, tale.region))


def left_out(count: int, seed: int) -> None:
    """Tell how often each method names the right unit for a case that it has not learned."""
    past = made(count, seed)
    asked = random.Random(seed).sample(past, min(ASKED, count))  # noqa: S311
    vague = sum(OWNERS.get(each.tale.item or "") is None for each in asked) / len(asked)
    say(f"{count:,} past cases, {len(asked):,} left out in turn; {vague:.0%} of them name no item")
    methods: dict[str, Method] = {
        "owner of the item": by_owner,
        "most often with the item": most_often(past),
        "nearest by BM25": nearest(past),
        "multinomial, add one": add_one(past),
        "this": learned(past),
    }
    for name, method in methods.items():
        tell(name, [(method(each), each.tale.right) for each in asked])
    waiting = [each for each in asked if each.tale.item is None]
    say("of those that no rule by item can place:")
    for name in ("nearest by BM25", "multinomial, add one", "this"):
        tell(name, [(methods[name](each), each.tale.right) for each in waiting])


def tell(name: str, found: Sequence[tuple[Sequence[str], str]]) -> None:
    """Print the share that is right at the first place, and among three."""
    first = sum(right in named[:1] for named, right in found) / len(found)
    three = sum(right in named[:3] for named, right in found) / len(found)
    say(f"    {name:<28}{first:>8.1%} first{three:>8.1%} among three")


def by_owner(past: Past) -> Sequence[str]:
    """Return whose the item is, by the catalogue of the day before anything moved."""
    owner = OWNERS.get(past.tale.item or "")
    return [owner] if owner else []


def most_often(past: Sequence[Past]) -> Method:
    """Return the method that names who finished most cases with the same item, or with none."""
    finished: dict[str | None, Counter[str]] = defaultdict(Counter)
    for each in past:
        finished[each.tale.item].update(_finishers(each))

    def method(one: Past) -> Sequence[str]:
        counted = finished[one.tale.item] - Counter(_finishers(one))
        return [unit for unit, _count in counted.most_common(3)]

    return method


def nearest(past: Sequence[Past]) -> Method:
    """Return the method that adds up the nearest cases by BM25, each feature counted once."""
    having = Counter(name for each in past for name in each.features)
    rarity = {
        name: math.log(1 + (len(past) - number + 0.5) / (number + 0.5))
        for name, number in having.items()
    }
    posts: dict[str, list[int]] = defaultdict(list)
    for at, each in enumerate(past):
        for name in each.features:
            posts[name].append(at)
    usual = sum(having.values()) / len(past)

    def method(one: Past) -> Sequence[str]:
        scores: dict[int, float] = defaultdict(float)
        for name, at in ((each, at) for each in one.features for at in posts[each]):
            scores[at] += rarity[name] * brevity(past[at], usual)
        order = sorted(scores, key=lambda at: (-scores[at], at))[: NEAREST + 1]
        near = [(past[at], scores[at]) for at in order if past[at] is not one]
        votes: dict[str, float] = defaultdict(float)
        for lesson, score in ((told, score) for each, score in near for told in each.lessons):
            votes[lesson.unit] += score * lesson.weight
        return sorted(votes, key=lambda unit: -votes[unit])[:3]

    return method


def brevity(one: Past, usual: float) -> float:
    """Return by how much each feature of a case counts that has so many."""
    return (K1 + 1) / (1 + K1 * (1 - B + B * len(one.features) / usual))


def add_one(past: Sequence[Past]) -> Method:
    """Return the textbook: counts of finished cases, one added to each, every year alike."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    numbers: Counter[str] = Counter()
    for each in past:
        for unit in _finishers(each):
            numbers[unit] += 1
            counts[unit].update(each.features)
    totals = {unit: counts[unit].total() for unit in counts}
    words = len({name for each in past for name in each.features})

    def method(one: Past) -> Sequence[str]:
        mine = Counter(_finishers(one))
        scores = {}
        for unit, had in counts.items():
            own = mine[unit]
            below = totals[unit] - own * len(one.features) + words
            told = math.log(max(numbers[unit] - own, 0) + 1)
            scores[unit] = told + sum(
                math.log((had[name] - own + 1) / below) for name in one.features
            )
        return sorted(scores, key=lambda unit: -scores[unit])[:3]

    return method


def learned(past: Sequence[Past]) -> Method:
    """Return what the service does, without its tables."""
    ledger = Ledger()
    for each in past:
        for lesson in each.lessons:
            ledger.learn(lesson)
    same = {unit: unit for each in past for unit, _done in each.tale.orders}

    def method(one: Past) -> Sequence[str]:
        for lesson in one.lessons:
            ledger.learn(lesson, -1)
        found = [each.unit for each in rank(one.features, ledger.counts, UNTIL, same)[:3]]
        for lesson in one.lessons:
            ledger.learn(lesson)
        return found

    return method


def _finishers(past: Past) -> list[str]:
    return [unit for unit, done in past.tale.orders if done]


def samples(count: int, seed: int) -> None:
    """Tell whose the sample cases look like, by a history that has none of their words as such."""
    past, found, by_item = made(count, seed), [], []
    method = learned(past)
    known = {duty.unit for duty in DUTIES}
    for line in (FOLDER / "cases.jsonl").read_text().splitlines():
        told = json.loads(line)
        lead = bare(told["expect"].get("lead_unit") or "")
        right = next((unit for unit in known if bare(unit) in lead or lead in bare(unit)), None)
        if not lead or right is None:
            continue
        item = told["item"]
        tale = Tale(f"{told['title']}，{told['text']}", item, COUNTY, right, (), UNTIL)
        found.append((method(Past(tale, _features(tale))), right))
        by_item.append((by_owner(Past(tale, frozenset())), right))
    say(f"{len(found)} sample cases whose leading unit is among those of the history:")
    tell("owner of the item", by_item)
    tell("this", found)


def bare(title: str) -> str:
    """Return a unit's name without its place and the words that names differ by."""
    short = title.lstrip("省市县区").replace("管理中心", "").replace("和交易", "")
    return short.replace("委员会", "").replace("便民服务中心", "").removesuffix("中心")


def in_the_database(count: int, seed: int, *, asked_only: bool) -> None:
    """Tell how long learning takes, and one suggestion, by the handlers of the service."""
    with tempfile.TemporaryDirectory(prefix="backstop-suggest-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o711)
        with PostgresServer(folder / "postgres") as server:
            engine = build_schemas(server.create_database("suggest"), metadata)
            fill(engine, count, UNTIL, seed)
            if asked_only:
                learn_at_once(engine)
                say(f"{count:,} past cases written at once")
                ask(engine, seed)
            else:
                teach(engine, count)
                ask(engine, seed)
                trust(engine, seed)
            engine.dispose()


def teach(engine: Engine, count: int) -> None:
    """Learn everything, piece by piece, as the service does."""
    began, pieces, busy = perf_counter(), 0, True
    while busy:
        with transaction(engine, "dispatch") as db:
            busy = learn_some(db)
        pieces += busy
    took = perf_counter() - began
    analyse(engine)
    with engine.connect() as db:
        size = db.scalar(text(SIZE)) or 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(f"{count:,} past cases learned in {took:.1f} s ({count / took:,.0f}/s), {pieces} pieces;")
    say(f"    {float(size) / 2**20:.0f} MB in the database; this process at most {most:.0f} MB")


def ask(engine: Engine, seed: int) -> None:
    """Tell how long one suggestion with its evidence takes."""
    new = [(uuid4(), tale) for tale in history(300, UNTIL, seed + 1)]
    with engine.begin() as db:
        insert_rows(db, cases, [case_row(case_id, tale, "pooled") for case_id, tale in new])
    actor = Actor(
        kind=ActorKind.STAFF, node=COUNTY, id="bench", roles=frozenset({Role.DISPATCHER})
    )
    took, found, began_all = [], [], spent(engine)
    for case_id, tale in new:
        began = perf_counter()
        with transaction(engine, "dispatch") as db:
            told = suggest(db, case_id, Caller(actor, UNTIL))
        took.append((perf_counter() - began) * 1000)
        found.append(([one.unit.code for one in told], tale.right))
    cuts = quantiles(took, n=100)
    say(f"one suggestion with its evidence: p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms")
    say(f"    {len(new)} of them: {spent(engine).since(began_all)}")
    tell("new cases", found)


def trust(engine: Engine, seed: int) -> None:
    """Tell how many would be given alone above a confidence, and how many of these rightly."""
    with transaction(engine, "dispatch") as db:
        tracks = tracks_of(db, weight_at(UNTIL))
    past = made(10_000, seed)
    ledger = Ledger()
    for each in past:
        for lesson in each.lessons:
            ledger.learn(lesson)
    same = {unit: unit for each in past for unit, _done in each.tale.orders}
    asked = made(ASKED, seed + 2)
    best = [(rank(each.features, ledger.counts, UNTIL, same), each.tale.right) for each in asked]
    sure = [
        ranked[0].unit == right
        for ranked, right in best
        if ranked and confidence_of(ranked[0], tracks).confidence >= SURE
    ]
    share = sum(sure) / len(sure) if sure else 0.0
    say(f"above {SURE:.0%}: {len(sure) / len(asked):.0%} of new cases, {share:.1%} of them right")


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
