"""A replay of past cases under a draft: in pieces, to its end, with what it would change."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, func, select

from backstop.commands.rules import replay, told
from services.dispatch import handlers
from services.dispatch.api.rule_bodies import RuleBody
from services.dispatch.handlers import Caller, drafting, simulate
from services.dispatch.handlers.deciding import Asked, decide
from services.dispatch.handlers.drafting import RuleEntry, the_draft
from services.dispatch.handlers.live_rules import CHINA, rules_of
from services.dispatch.handlers.simulate import Period, ask_simulation, simulate_some
from services.dispatch.repository.simulations import (
    Simulation,
    change_simulation,
    find_simulation,
    past_cases,
)
from services.dispatch.tables import simulation_ways
from shared.errors import Refused
from shared.security.actor import Role
from shared.unit import Unit
from tests.integration.dispatch.stories import (
    DISPATCHER,
    MARKET_OFFICER,
    NINE,
    NODE,
    TEN,
    accepted,
    at_ten,
    fill_catalogue,
    giving_back,
    held_case,
)
from tests.integration.dispatch.test_conflict import against
from tests.integration.dispatch.test_rules import AT, INSPECTOR, NOISE, drafted
from tests.integration.doorway import Call, staff

pytestmark = pytest.mark.integration

CALLER = Caller(DISPATCHER, NINE)
PERIOD = Period(NINE - timedelta(days=90), NINE + timedelta(days=1))
NOISY: dict[str, Any] = {"item_code": None, "text_masked": "有施工噪声"}


def replayed(db: Connection, simulation: Simulation, at: datetime = TEN) -> Simulation:
    while simulate_some(db, NODE, at):
        pass
    found = find_simulation(db, simulation.simulation_id)
    assert found is not None
    return found


def noise_rule() -> RuleEntry:
    return RuleBody.model_validate(NOISE).entry(None)


def test_a_replay_tells_what_would_go_elsewhere_and_what_it_would_cost(
    db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulate, "AT_ONCE", 2)
    fill_catalogue(db)
    kept = held_case(db)
    handlers.return_order(db, giving_back(kept.order_id), at_ten(MARKET_OFFICER))
    moved = [held_case(db, **NOISY).case_id for _ in range(2)]
    pooled = accepted(region="999999", item_code=None, text_masked="别处")
    handlers.route_cases(db, [pooled])
    drafting.begin_draft(db, "二", CALLER)
    drafting.enter_rule(db, noise_rule(), CALLER)

    asked = ask_simulation(db, PERIOD, CALLER)
    assert simulate_some(db, NODE, TEN)
    half = find_simulation(db, asked.simulation_id)
    done = replayed(db, asked)

    assert half is not None
    assert (half.state, half.counted, half.total) == ("running", 2, 4)
    assert (done.state, done.ended_at) == ("done", TEN)
    report = done.report
    assert report is not None
    assert {one for move in report["moves"] for one in move.pop("examples")} == {
        str(case_id) for case_id in moved
    }
    # One of three orders was given back: of either unit too few to say more of it than of all.
    assert report == {
        "cases": 4,
        "changed": 2,
        "ways": 1,
        "moves": [{"from": "cgz", "to": "scjgj", "count": 2}],
        "load": [
            {"unit": "cgz", "before": 2, "after": 0},
            {"unit": "scjgj", "before": 1, "after": 3},
        ],
        "pooled": {"before": 1, "after": 1},
        "returns": {"before": 1.0, "after": 1.0},
    }


def test_pieces_of_any_length_add_up_to_what_each_case_says_alone(
    db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_catalogue(db)
    for case in (NOISY, {}, NOISY, {"region": "999999", "item_code": None}, {}, NOISY, NOISY):
        handlers.route_cases(db, [accepted(**case)], NODE)
    drafting.begin_draft(db, "二", CALLER)
    drafting.enter_rule(db, noise_rule(), CALLER)
    catalogue = the_draft(db)
    alone: Counter[tuple[str, str]] = Counter()
    asked = ask_simulation(db, PERIOD, CALLER)
    for past in past_cases(db, asked, CHINA, 100):
        (made,) = decide(db, rules_of(db, catalogue), [Asked(past.facts, past.case_id)], NODE)
        alone[past.unit_code, made.unit.code if made.unit else ""] += 1

    for length in (1, 3, 1_000):
        monkeypatch.setattr(simulate, "AT_ONCE", length)
        report = replayed(db, ask_simulation(db, PERIOD, CALLER)).report
        assert report is not None
        moves = {(each["from"], each["to"]): each["count"] for each in report["moves"]}
        assert moves == {way: number for way, number in alone.items() if way[0] != way[1]}
        assert report["cases"] == alone.total() == 7
        assert {each["unit"]: (each["before"], each["after"]) for each in report["load"]} == {
            code: (_at_end(alone, 0, code), _at_end(alone, 1, code)) for code in ("cgz", "scjgj")
        }
    assert db.scalar(select(func.count()).select_from(simulation_ways)) == 0


def _at_end(ways: Counter[tuple[str, str]], end: int, code: str) -> int:
    return sum(number for way, number in ways.items() if way[end] == code)


def test_a_replay_of_an_earlier_release_is_counted_from_its_beginning(db: Connection) -> None:
    fill_catalogue(db)
    held_case(db, **NOISY)
    drafting.begin_draft(db, "二", CALLER)
    asked = ask_simulation(db, PERIOD, CALLER)
    half = {"cases": 1, "moves": {}, "examples": {}, "before": {"cgz": 1}, "after": {"cgz": 1}}
    change_simulation(db, asked.simulation_id, tally=half, after_at=TEN, after_id=UUID(int=1))

    report = replayed(db, asked).report

    assert report is not None
    assert (report["cases"], report["load"]) == (1, [{"unit": "cgz", "before": 1, "after": 1}])


def test_a_draft_that_changed_ends_its_replay(db: Connection) -> None:
    fill_catalogue(db)
    held_case(db, **NOISY)
    drafting.begin_draft(db, "二", CALLER)
    asked = ask_simulation(db, PERIOD, CALLER)

    drafting.enter_rule(db, noise_rule(), CALLER)

    done = replayed(db, asked)
    assert (done.state, done.report) == ("outdated", None)


def test_a_period_without_cases_is_at_its_end_at_once(db: Connection) -> None:
    drafting.begin_draft(db, "二", CALLER)
    asked = ask_simulation(db, PERIOD, CALLER)

    done = replayed(db, asked)

    assert done.report is not None
    assert (done.state, done.report["cases"], done.report["moves"]) == ("done", 0, [])
    with pytest.raises(Refused, match="period_empty"):
        ask_simulation(db, Period(NINE, NINE), CALLER)


def test_signers_see_the_replay_and_nobody_an_example_that_complains_of_them(
    unit: Unit, call: Call
) -> None:
    with unit.transaction() as db:
        fill_catalogue(db)
        held_case(db, **NOISY, number="BCS-341523-20300102-00001-X")
        held_case(db, **NOISY, number="BCS-341523-20300102-00002-Y", complained_of=against("cgz"))
    drafted(call, NOISE)
    period = {"since": PERIOD.since.isoformat(), "until": PERIOD.until.isoformat()}
    asked = call(DISPATCHER, "POST", f"{AT}/draft/simulations", json=period)
    with unit.transaction() as db:
        while simulate_some(db, NODE, TEN):
            pass

    def examples(unit_code: str | None) -> set[str]:
        reader = staff(Role.SUPERVISOR, unit=unit_code)
        (shown,) = call(reader, "GET", f"{AT}/1/simulations").json()
        return {one for move in shown["report"]["moves"] for one in move["examples"]}

    assert asked.status_code == 201
    assert len(examples("zwfw")) == 2
    assert examples("cgz") == {"BCS-341523-20300102-00001-X"}
    (one,) = call(INSPECTOR, "GET", f"{AT}/1/simulations").json()
    assert (one["state"], one["done"], one["total"]) == ("done", 2, 2)


def test_an_operator_replays_a_period_and_reads_what_came_of_it(unit: Unit, call: Call) -> None:
    with unit.transaction() as db:
        fill_catalogue(db)
        held_case(db, **NOISY)
    drafted(call, NOISE)
    said: list[str] = []

    done = replay(unit, PERIOD, CALLER, said.append)

    assert said == ["1/1"]
    assert told(done)[-1] == "  cgz → scjgj  1"
