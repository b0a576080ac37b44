"""Routing decisions a second under many rules, a replay of many cases, samples placed right.

Run with `./dev bench rules [--rules 10000] [--units 5000] [--cases 100000]`. The index is told
beside a plain look at each rule in turn, over the same matters in the same run, and checked
against it. The replay runs on a PostgreSQL of its own, through the pieces that the service does.
"""

import argparse
import cProfile
import gc
import json
import pstats
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from time import process_time

from sqlalchemy import Engine, text

from backstop.demo.catalogue import FOLDER, read_catalogue
from backstop.servers.postgres import PostgresServer
from services.dispatch.handlers import Caller, drafting
from services.dispatch.handlers.simulate import Period, ask_simulation, simulate_some
from services.dispatch.policy.rule_index import RuleIndex
from services.dispatch.policy.rules import Conditions, Facts, Rule, first_match
from services.dispatch.repository import rules as repository
from services.dispatch.repository.simulations import find_simulation
from services.dispatch.tables import metadata
from shared.clock import utcnow
from shared.db import transaction
from shared.security.actor import Actor, ActorKind, Role
from tests.bench._processor import spent
from tests.integration.schemas import build_schemas
from tests.unit.backstop.told import NODES, STORIES, placed

NODE = "341523"
SEED = 7
BEGAN = datetime(2030, 1, 1, 9)  # noqa: DTZ001  # rules take the clock of China as it is
SIGNS = [chr(0x4E00 + at * 7) for at in range(2_500)]
"""As many as are in daily use."""
CHANNELS = ("web", "window", "hotline", "app")
LINEAR = 100
"""So many matters are looked up rule by rule; all of them by the index."""
FILL = """
INSERT INTO dispatch.units
SELECT 'u' || n, gen_random_uuid(), '单位' || n, '341523', NULL, NULL, true
FROM generate_series(0, :units - 1) AS n
"""
PLACES = """
INSERT INTO dispatch.places
SELECT '341523' || lpad(n::text, 3, '0'), 'u' || n FROM generate_series(0, 99) AS n
"""
CASES = """
INSERT INTO dispatch.cases (case_id, number, region, item_code, complexity, title_masked,
  text_masked, round, state, unit_code, accepted_at, channel, party)
SELECT gen_random_uuid(), 'N' || n, '341523' || lpad((n % 100)::text, 3, '0'),
  'i' || n % 4000, 'ordinary', '标题', t.told[1 + n % array_length(t.told, 1)], 1, 'held',
  'u' || n % 100, now() - make_interval(mins => n % 129600), 'web', 'person'
FROM generate_series(1, :cases) AS n, (SELECT CAST(:texts AS text[]) AS told) AS t
"""
ORDERS = """
INSERT INTO dispatch.orders (order_id, case_id, round, unit_code, unit_name, complexity, route,
  because, state, dispatched_at)
SELECT gen_random_uuid(), case_id, 1, unit_code, unit_code, 'ordinary', 'item', '', 'dispatched',
  accepted_at FROM dispatch.cases
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", type=int, default=10_000)
    parser.add_argument("--units", type=int, default=5_000)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--profile", action="store_true", help="tell where the replay's time goes")
    given = parser.parse_args()
    rules = made_rules(given.rules, given.units)
    decide_fast(rules)
    replay(rules, given)
    samples()


def words(dice: random.Random) -> str:
    """Return a word of two to four signs."""
    return "".join(dice.choices(SIGNS, k=dice.randint(2, 4)))


def made_rules(count: int, units: int) -> list[Rule]:
    """Return rules by item and town, by words and town, and by words and time."""
    dice = random.Random(SEED)  # noqa: S311  # the same at each run
    return [rule(at, dice, units) for at in range(count)]


def rule(at: int, dice: random.Random, units: int) -> Rule:
    """Return one rule."""
    towns = frozenset(f"341523{dice.randrange(100):03d}" for _ in range(2))
    match at % 3:
        case 0:
            told = Conditions(items=frozenset({f"i{dice.randrange(4000)}"}), regions=towns)
        case 1:
            told = Conditions(any_words=frozenset({words(dice), words(dice)}), regions=towns)
        case _:
            told = Conditions(all_words=frozenset({words(dice)}), hours=(8, 18))
    return Rule(
        code=f"R{at:05d}",
        title=f"规则{at}",
        conditions=told,
        unit_code=f"u{dice.randrange(units)}",
        legal_basis="依据",
    )


def matters(count: int, rules: Sequence[Rule]) -> list[Facts]:
    """Return matters of about 300 signs; every other one has the words of some rule."""
    dice = random.Random(SEED + 1)  # noqa: S311
    return [
        Facts(
            at=BEGAN + timedelta(minutes=at),
            item_code=f"i{dice.randrange(4000)}",
            region=f"341523{dice.randrange(100):03d}",
            channel=dice.choice(CHANNELS),
            text="".join(dice.choices(SIGNS, k=300)) + (_words_of(rules, dice) if at % 2 else ""),
        )
        for at in range(count)
    ]


def _words_of(rules: Sequence[Rule], dice: random.Random) -> str:
    told = dice.choice(rules).conditions
    return "，".join(sorted(told.all_words | told.any_words))


def decide_fast(rules: Sequence[Rule]) -> None:
    """Tell how many decisions a second the index makes, and a look at each rule in turn."""
    began = process_time()
    index = RuleIndex(rules)
    say(f"{len(rules):,} rules made ready in {process_time() - began:.2f} s")
    some = matters(5_000, rules)
    for matter in some[:LINEAR]:
        if index.first(matter) != first_match(rules, matter):
            raise AssertionError("the index and the list disagree")
    by_index = rate("decisions by the index", len(some), lambda: [index.first(m) for m in some])
    few = some[:LINEAR]
    by_list = rate("rule by rule", len(few), lambda: [first_match(rules, m) for m in few])
    hits = sum(index.first(matter) is not None for matter in some)
    looked = sum(len(index.candidates(matter)) for matter in some) / len(some)
    say(f"    {by_index / by_list:.0f} times as many; {hits / len(some):.0%} met a rule;")
    say(f"    {looked:.1f} of {len(rules):,} rules looked at for one matter")


def replay(rules: Sequence[Rule], given: argparse.Namespace) -> None:
    """Tell how long a replay takes, piece by piece, as the service does it."""
    with tempfile.TemporaryDirectory(prefix="backstop-rules-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o711)
        with PostgresServer(folder / "postgres") as server:
            engine = build_schemas(server.create_database("rules"), metadata)
            fill(engine, rules, given.units, given.cases)
            simulated(engine, rules, profiled=given.profile)
            engine.dispose()


def fill(engine: Engine, rules: Sequence[Rule], units: int, cases: int) -> None:
    """Make units, cases of ninety days, and the first order of each."""
    texts = [matter.text for matter in matters(997, rules)]
    with engine.begin() as db:
        db.execute(text(FILL), {"units": units})
        db.execute(text(PLACES))
        told = {"cases": cases, "texts": texts}
        db.execute(text(CASES), told)
        db.execute(text(ORDERS))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.execute(text("ANALYZE"))


def simulated(engine: Engine, rules: Sequence[Rule], *, profiled: bool) -> None:
    """Ask for a replay of everything and do it."""
    now = utcnow()
    actor = Actor(kind=ActorKind.STAFF, node=NODE, id="bench", roles=frozenset({Role.DISPATCHER}))
    caller = Caller(actor, now)
    with transaction(engine, "dispatch") as db:
        draft = drafting.begin_draft(db, "bench", caller)
        repository.add_rules(db, draft.catalogue_id, rules)
        asked = ask_simulation(db, Period(now - timedelta(days=400), now), caller)
    profile = cProfile.Profile() if profiled else None
    began, pieces, busy = spent(engine), 0, True
    with profile or nullcontext():
        while busy:
            with transaction(engine, "dispatch") as db:
                busy = simulate_some(db, NODE, now)
            pieces += busy
    took = spent(engine).since(began)
    with transaction(engine, "dispatch") as db:
        done = find_simulation(db, asked.simulation_id)
    report = done.report if done else None
    if report is None:
        raise AssertionError("the replay did not end")
    say(f"replay of {report['cases']:,} cases under {len(rules):,} rules: {took}")
    say(f"    in {pieces} pieces; {report['changed']:,} would go elsewhere")
    if profile is not None:
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)


def samples() -> None:
    """Tell how many sample cases come to the unit that a competent officer would choose.

    The samples name the leading unit; compared is its name without the place before it. No words
    were looked for: these are the demonstration's items and places alone.
    """
    titles = {(n, unit.code): unit.title for n in NODES for unit in read_catalogue(n).units}
    ended: Counter[str] = Counter()
    for told in (FOLDER / "cases.jsonl").read_text().splitlines():
        line = json.loads(told)
        node, lead = STORIES.lines[line["id"]].node, line["expect"].get("lead_unit")
        if node == "none" or not lead:
            continue
        unit = placed(node, line["item"], line["region"])
        ended["left to a dispatcher" if unit is None else _verdict(titles[node, unit], lead)] += 1
    say(f"samples with a leading unit, by item and place alone: {dict(ended)}")


def _verdict(title: str, lead: str) -> str:
    return "right" if _bare(title) == _bare(lead) else "another unit"


def _bare(title: str) -> str:
    return title.lstrip("省市县区").removeprefix("级")


def rate(name: str, count: int, run: Callable[[], object]) -> float:
    """Print and return how many a second of processor time one round made."""
    gc.collect()
    began = process_time()
    run()
    result = count / (process_time() - began)
    say(f"{name:<32}{result:>12,.0f}/s")
    return result


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
