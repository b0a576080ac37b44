"""No rule gives a case to a unit that it complains of, nor to one below it (N17)."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.dispatch.policy import (
    Decision,
    ItemRule,
    Matter,
    PoolReason,
    Route,
    Ruled,
    Rules,
    Tree,
    UnitRule,
    choose_unit,
    is_barred,
    past_conflict,
)
from services.dispatch.policy.rules import Conditions, Hit, Rule

COUNTY, BUREAU, OFFICE, TOWN = "county", "bureau", "office", "town"
PARENTS = {COUNTY: None, BUREAU: COUNTY, OFFICE: BUREAU, TOWN: COUNTY}


def tree_of(parents: dict[str, str | None], *, retired: frozenset[str] = frozenset()) -> Tree:
    units = {code: UnitRule(code, code, active=code not in retired) for code in parents}
    return Tree(units, parents)


TREE = tree_of(PARENTS)


def meant_for(code: str, tree: Tree = TREE) -> Decision:
    return Decision(tree.units[code], Route.ITEM, None, "食品经营许可")


@pytest.mark.parametrize(
    ("meant", "complained_of", "unit"),
    [
        (BUREAU, {BUREAU}, COUNTY),
        (OFFICE, {BUREAU}, COUNTY),
        (OFFICE, {OFFICE}, BUREAU),
        (OFFICE, {OFFICE, BUREAU}, COUNTY),
    ],
    ids=[
        "to the unit above",
        "past a unit below the one complained of",
        "no further than it must",
        "past all that are complained of",
    ],
)
def test_a_detour_leads_to_the_nearest_unit_above(
    meant: str, complained_of: set[str], unit: str
) -> None:
    decision = past_conflict(meant_for(meant), TREE, frozenset(complained_of))

    assert (decision.unit, decision.route) == (TREE.units[unit], Route.DETOUR)
    assert decision.detour_from == meant_for(meant)


@pytest.mark.parametrize("against", [{COUNTY}, {COUNTY, BUREAU}])
def test_where_nobody_above_is_free_a_dispatcher_decides(against: set[str]) -> None:
    decision = past_conflict(meant_for(OFFICE), TREE, frozenset(against))

    assert (decision.unit, decision.reason) == (None, PoolReason.CONFLICT_OF_INTEREST)


def test_a_unit_out_of_use_is_passed_by() -> None:
    tree = tree_of(PARENTS, retired=frozenset({BUREAU}))

    decision = past_conflict(meant_for(OFFICE, tree), tree, frozenset({OFFICE}))

    assert decision.unit == tree.units[COUNTY]


def test_a_complaint_about_somebody_else_changes_nothing() -> None:
    assert past_conflict(meant_for(OFFICE), TREE, frozenset({TOWN})) == meant_for(OFFICE)


CODES = [f"u{n}" for n in range(8)]
REGIONS = ["341523100", "341523", "3415", "34"]


@dataclass(frozen=True)
class Situation:
    """A unit tree with its rules, and a matter that complains of somebody."""

    rules: Rules
    matter: Matter


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    # A unit stands below one before it: any tree can be told so, and no ring.
    parents = {
        code: draw(st.sampled_from([None, *CODES[:place]])) for place, code in enumerate(CODES)
    }
    retired = draw(st.frozensets(st.sampled_from(CODES), max_size=3))
    tree = tree_of(parents, retired=retired)
    rules = Rules(
        units=tree.units,
        items={"item": ItemRule("事项", draw(st.sampled_from(CODES)), draw(st.booleans()))},
        places=draw(st.dictionaries(st.sampled_from(REGIONS), st.sampled_from(CODES))),
        tree=tree,
    )
    against = draw(st.frozensets(st.sampled_from(CODES), min_size=1, max_size=4))
    item, known = draw(st.sampled_from(["item", None])), draw(st.booleans())
    return Situation(rules, Matter(item, "341523100", known, against))


@given(situations())
def test_no_rule_gives_a_case_to_whom_it_complains_of(situation: Situation) -> None:
    rules, matter = situation.rules, situation.matter

    decision = choose_unit(matter, rules)

    _is_free(decision, matter, rules.tree)


@given(situations(), st.sampled_from(CODES), st.lists(st.sampled_from(CODES), max_size=4))
def test_neither_does_a_rule_of_the_catalogue_nor_lets_them_help(
    situation: Situation, lead: str, co_units: list[str]
) -> None:
    rules, matter = situation.rules, situation.matter
    rule = Rule(
        code="r", title="r", conditions=Conditions(), unit_code=lead, co_units=tuple(co_units)
    )

    decision = choose_unit(matter, rules, Ruled(1, Hit(rule, ())))

    _is_free(decision, matter, rules.tree)
    for code in decision.co_units:
        assert not is_barred(code, matter.complained_of, rules.tree.parents)
        assert decision.unit is None or code != decision.unit.code


@given(situations(), st.sampled_from(CODES), st.sampled_from(Route))
def test_neither_does_a_round_that_begins_anew_nor_an_order_taken_back(
    situation: Situation, meant: str, route: Route
) -> None:
    rules, matter = situation.rules, situation.matter
    assume(rules.tree.units[meant].active)

    decision = past_conflict(
        Decision(rules.tree.units[meant], route, None), rules.tree, matter.complained_of
    )

    _is_free(decision, matter, rules.tree)


@given(situations())
def test_what_is_unmarked_again_goes_where_it_went_before(situation: Situation) -> None:
    rules, matter = situation.rules, situation.matter
    free = choose_unit(replace(matter, complained_of=frozenset()), rules)

    assert free.route is not Route.DETOUR
    if free.unit is not None:
        assert past_conflict(free, rules.tree, frozenset()) == free
    left = replace(matter, complained_of=frozenset(sorted(matter.complained_of)[1:]))
    _is_free(choose_unit(left, rules), left, rules.tree)


@given(situations())
def test_a_detour_passes_nobody_who_could_have_it(situation: Situation) -> None:
    tree, against = situation.rules.tree, situation.matter.complained_of
    decision = choose_unit(situation.matter, situation.rules)
    if decision.detour_from is None or decision.detour_from.unit is None:
        return

    assert decision.unit is not None
    passed, at = [], tree.parents[decision.detour_from.unit.code]
    while at is not None and at != decision.unit.code:
        passed.append(at)
        at = tree.parents[at]
    assert at == decision.unit.code, "a detour leads upwards"
    assert all(
        is_barred(one, against, tree.parents) or not tree.units[one].active for one in passed
    )


@given(situations())
def test_without_a_conflict_the_rules_decide_as_ever(situation: Situation) -> None:
    rules, matter = situation.rules, situation.matter
    freed = Matter(matter.item_code, matter.region, matter.is_place_known)

    decision, usual = choose_unit(matter, rules), choose_unit(freed, rules)

    barred = usual.unit and is_barred(usual.unit.code, matter.complained_of, rules.tree.parents)
    assert (decision == usual) == (not barred)


def _is_free(decision: Decision, matter: Matter, tree: Tree) -> None:
    if decision.unit is None:
        assert decision.reason is not None
        return
    above: set[str] = set()
    at: str | None = decision.unit.code
    while at is not None:
        above.add(at)
        at = tree.parents[at]
    assert decision.unit.active
    assert not above & matter.complained_of
