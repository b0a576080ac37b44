"""Rows of limits: which one decides, which version a case keeps, what is wrong with a set."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sla.policy import (
    EndRule,
    Limit,
    LimitBook,
    LimitKind,
    LimitRow,
    Limits,
    LimitSet,
    LimitTable,
    LimitUnit,
    Matter,
    StartRule,
    Tier,
    When,
    next_code,
    place_of,
    ruled_by,
    tier_of,
    warns_before,
)
from services.sla.policy.limit_checks import (
    Around,
    findings_of_rows,
)
from services.sla.policy.shipped import SHIPPED

DAY = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
WEEK = timedelta(days=7)
AROUND = Around(Tier.COUNTY, DAY, lambda code: code.startswith("34"))
BASE = SHIPPED["chongming"].rows
MATTER = Matter(
    complexity="ordinary",
    item="SPXK",
    place="341523",
    channel="window",
    demand="help",
    urgency="urgent",
)


def row(code: str, amount: int = 1, kind: LimitKind = LimitKind.RESOLVE, **when: str) -> LimitRow:
    return LimitRow(code=code, kind=kind, limit=Limit(amount), when=When(**when))


def met(code: str, conditions: dict[str, str]) -> LimitRow:
    when = When(**conditions)
    return LimitRow(code=code, kind=LimitKind.RESOLVE, limit=Limit(1), when=when)


def signed(number: int, live_from: datetime, *, moves: bool = False) -> LimitSet:
    return LimitSet(number, f"第 {number} 版", live_from, moves, LimitTable(BASE))


@pytest.mark.parametrize(
    ("heavy", "light"),
    [
        ({"item": "SPXK"}, {"place": "341523", "urgency": "urgent", "channel": "window"}),
        ({"place": "341523"}, {"place": "3415"}),
        ({"place": "34"}, {"urgency": "urgent", "channel": "window"}),
        ({"urgency": "urgent"}, {"channel": "window", "complexity": "ordinary"}),
        ({"channel": "window"}, {"demand": "help", "tier": "county"}),
        ({"demand": "help"}, {"complexity": "ordinary", "tier": "county"}),
        ({"complexity": "ordinary"}, {"tier": "county"}),
        ({"tier": "county"}, {}),
        ({"item": "SPXK", "channel": "window"}, {"item": "SPXK", "complexity": "ordinary"}),
    ],
    ids=[
        *("item", "smaller place", "place", "urgency", "channel", "demand", "complexity", "tier"),
        "both",
    ],
)
def test_the_heavier_condition_decides(heavy: dict[str, str], light: dict[str, str]) -> None:
    rows = [met("light", light), met("heavy", heavy)]

    found = LimitTable(rows, Tier.COUNTY).find(LimitKind.RESOLVE, MATTER, DAY)

    assert found is not None
    assert found.code == "heavy"


@pytest.mark.parametrize(
    "when",
    [
        {"item": "OTHER"},
        {"place": "341502"},
        {"place": "341523101"},
        {"urgency": "critical"},
        {"channel": "web"},
        {"demand": "complaint"},
        {"complexity": "complex"},
        {"tier": "city"},
    ],
    ids=[
        *("item", "place", "part of the place", "urgency", "channel", "demand", "complexity"),
        "tier",
    ],
)
def test_a_row_whose_condition_is_not_met_decides_nothing(when: dict[str, str]) -> None:
    assert LimitTable([met("other", when)], "county").find("resolve", MATTER, DAY) is None


def test_the_promise_and_a_leg_take_the_rows_for_resolving_unless_they_have_their_own() -> None:
    table = LimitTable([row("resolve"), row("promise", kind=LimitKind.CITIZEN)])
    codes = [table.find(kind, MATTER, DAY) for kind in ("citizen", "leg", "contact")]

    assert [found.code if found else None for found in codes] == ["promise", "resolve", None]


def test_what_is_not_known_of_a_matter_meets_no_condition() -> None:
    rows = [met("any", {}), met("item", {"item": "A"}), met("near", {"place": "3415"})]
    rows.append(met("far", {"place": "34"}))
    table = LimitTable(rows)

    found = [
        table.find("resolve", Matter(complexity="simple", place=place), DAY)
        for place in ("", "34")
    ]
    assert [each.code if each else None for each in found] == ["any", "far"]


def test_a_row_holds_from_its_first_day_to_its_last() -> None:
    spring = LimitRow(
        code="spring",
        kind=LimitKind.RESOLVE,
        limit=Limit(1),
        valid_from=DAY,
        valid_until=DAY + WEEK,
    )
    table = LimitTable([spring])

    held = [
        table.find("resolve", MATTER, DAY + timedelta(days=offset)) is not None
        for offset in (-1, 0, 7, 8)
    ]
    assert held == [False, True, True, False]


CHOICES = {
    "item": ("", "A", "B"),
    "place": ("", "34", "3415", "341523", "35"),
    "urgency": ("", "urgent"),
    "channel": ("", "web", "window"),
    "demand": ("", "help", "consult"),
    "complexity": ("", "ordinary", "complex"),
}
CONDITIONS = st.fixed_dictionaries({name: st.sampled_from(of) for name, of in CHOICES.items()})


@given(
    st.lists(CONDITIONS, max_size=12, unique_by=lambda when: str(When(**when))),
    CONDITIONS.filter(lambda told: bool(told["complexity"])),
)
def test_the_index_finds_what_looking_at_each_row_finds(
    conditions: list[dict[str, str]], told: dict[str, str]
) -> None:
    rows = [met(f"L{at}", when) for at, when in enumerate(conditions)]
    matter = Matter(**told)

    def is_met(each: LimitRow) -> bool:
        asked = {name: getattr(each.when, name) for name in CHOICES}
        near = matter.place.startswith(asked.pop("place"))
        return near and all(not value or value == told[name] for name, value in asked.items())

    nearest = sorted(filter(is_met, rows), key=lambda each: each.when.weight)
    found = LimitTable(rows).find("resolve", matter, DAY)
    assert found == (nearest[-1] if nearest else None)


def test_of_rows_that_are_met_no_two_are_equally_near_unless_their_conditions_are_the_same() -> (
    None
):
    asked = [
        When(**dict(zip(CHOICES, values, strict=True))) for values in product(*CHOICES.values())
    ]
    near = [
        when
        for when in asked
        if "341523".startswith(when.place) and "A".startswith(when.item)
        if when.channel in ("", "web") and when.demand in ("", "help")
        if when.complexity in ("", "ordinary")
    ]

    assert len({when.weight for when in near}) == len(near)


def test_a_case_keeps_the_version_of_its_acceptance_until_one_moves_open_cases() -> None:
    first, second = signed(1, AT), signed(2, AT + WEEK, moves=True)
    third = signed(3, AT + 2 * WEEK)
    sets = (first, second, third)

    before = LimitBook(sets)
    assert before.set_for(AT - WEEK) is None
    assert before.set_for(AT) is first
    assert before.set_for(AT + 2 * WEEK) is third
    after = LimitBook(sets, moved_to=2)
    assert after.set_for(AT - WEEK) is second
    assert after.set_for(AT) is second
    assert after.set_for(AT + 3 * WEEK) is third


def test_where_no_row_decides_the_settings_of_the_node_do() -> None:
    limits = Limits.overriding({"contact": {"amount": 2}, "search": {"amount": 4}})
    only = LimitSet(1, "", AT, moves=False, table=LimitTable([row("L001", 9)]))

    ruled = {kind: ruled_by(only, limits, kind, MATTER, AT) for kind in LimitKind}

    assert ruled[LimitKind.RESOLVE].limit == ruled[LimitKind.CITIZEN].limit == Limit(9)
    assert ruled[LimitKind.RESOLVE].code == "L001"
    assert ruled[LimitKind.CONTACT].limit == Limit(2)
    assert ruled[LimitKind.SEARCH].limit == Limit(4)
    assert ruled[LimitKind.CO_HANDLE].limit == Limit(2)
    assert ruled[LimitKind.CONTACT].number == 0


def test_the_promise_does_not_ask_how_urgent_an_order_is() -> None:
    table = LimitTable([row("urgent", 1, urgency="urgent"), row("default", 3)])
    tried = LimitSet(1, "", AT, moves=False, table=table)

    codes = {
        kind: ruled_by(tried, Limits(), kind, MATTER, AT).code for kind in ("resolve", "citizen")
    }

    assert codes == {"resolve": "urgent", "citizen": "default"}


def test_a_row_warns_as_it_says_or_as_the_node_does() -> None:
    early = LimitRow(code="L1", kind=LimitKind.RESOLVE, limit=Limit(15), warn_minutes=4320)

    assert warns_before(early, WEEK) == timedelta(days=3)
    assert warns_before(row("L2"), WEEK) == warns_before(None, WEEK) == WEEK


@pytest.mark.parametrize("name", SHIPPED)
def test_each_set_that_comes_with_the_program_can_be_signed_and_read_back(name: str) -> None:
    rows = SHIPPED[name].rows

    assert findings_of_rows(rows, AROUND) == []
    assert [LimitRow.of_record(each.as_record()) for each in rows] == list(rows)


@pytest.mark.parametrize(
    ("name", "complexity", "more", "limit"),
    [
        ("chongming", "simple", {}, Limit(1, start=StartRule.SAME_DAY)),
        ("chongming", "ordinary", {}, Limit(3)),
        ("chongming", "complex", {}, Limit(5)),
        ("tianjin", "ordinary", {}, Limit(5)),
        ("tianjin", "complex", {}, Limit(10)),
        ("jiangsu", "complex", {}, Limit(15)),
        (
            "beijing",
            "complex",
            {},
            Limit(15, LimitUnit.CALENDAR_DAY, StartRule.INSTANT, EndRule.END_OF_DAY),
        ),
        (
            "beijing",
            "ordinary",
            {"urgency": "critical"},
            Limit(2, LimitUnit.HOUR, StartRule.INSTANT, EndRule.SAME_CLOCK_TIME),
        ),
        ("three_thirteen", "simple", {"demand": "help"}, Limit(3)),
        ("three_thirteen", "complex", {"demand": "complaint"}, Limit(13)),
        ("three_thirteen", "complex", {}, Limit(5)),
        (
            "window_20",
            "on_spot",
            {"channel": "window"},
            Limit(20, LimitUnit.MINUTE, StartRule.INSTANT, EndRule.SAME_CLOCK_TIME),
        ),
        ("window_20", "on_spot", {"channel": "web"}, Limit(1, start=StartRule.SAME_DAY)),
    ],
)
def test_what_the_shipped_sets_promise(
    name: str, complexity: str, more: dict[str, str], limit: Limit
) -> None:
    found = LimitTable(SHIPPED[name].rows).find(
        "resolve", Matter(complexity=complexity, **more), DAY
    )

    assert found is not None
    assert found.limit == limit


def test_a_new_row_gets_a_code_that_is_free() -> None:
    assert next_code({each.code for each in BASE}) == "L012"
    assert next_code({"L002", "X"}) == "L003"
    assert next_code({"S001"}, "S") == "S002"


@pytest.mark.parametrize(
    ("region", "place", "tier"),
    [
        ("340000", "34", Tier.PROVINCE),
        ("341500", "3415", Tier.CITY),
        ("341523", "341523", Tier.COUNTY),
        ("419001", "419001", Tier.COUNTY),
        ("341523101", "341523101", Tier.TOWNSHIP),
        ("341523101001", "341523101001", Tier.TOWNSHIP),
    ],
)
def test_places_lose_the_zeros_that_only_fill_them_up(region: str, place: str, tier: Tier) -> None:
    assert place_of(region) == place
    assert tier_of(region) == tier
