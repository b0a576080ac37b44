from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dispatch.policy.rule_checks import (
    Finding,
    FindingKind,
    Known,
    covers,
    findings_of,
    is_impossible,
)
from services.dispatch.policy.rule_index import RuleIndex
from services.dispatch.policy.rules import (
    Conditions,
    Facts,
    Hit,
    Met,
    Rule,
    facts_text,
    first_match,
    met_by,
)

MONDAY = datetime(2030, 1, 7, 9, 30)  # noqa: DTZ001  # the policy takes the clock of China as it is
REGIONS = ("34", "3415", "341523", "341523101", "3401")
WORDS = ("噪声", "夜间噪声", "施工", "施工许可", "a", "扰民")


def rule(code: str, unit: str = "one", **conditions: object) -> Rule:
    return Rule(
        code=code,
        title=code,
        conditions=Conditions(**conditions),  # type: ignore[arg-type]  # as told
        unit_code=unit,
    )


def some(values: tuple[str, ...]) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(values), max_size=2)


conditions = st.builds(
    Conditions,
    items=some(("licence", "permit")),
    kinds=some(("许可", "服务")),
    regions=some(REGIONS),
    channels=some(("web", "window")),
    parties=some(("person", "enterprise")),
    any_words=some(WORDS),
    all_words=some(WORDS),
    no_words=st.frozensets(st.sampled_from(WORDS), max_size=1),
    valid_from=st.sampled_from([None, date(2030, 1, 7), date(2030, 1, 8)]),
    valid_until=st.sampled_from([None, date(2030, 1, 7), date(2030, 1, 6)]),
    weekdays=st.frozensets(st.sampled_from([1, 2]), max_size=1),
    hours=st.sampled_from([(0, 24), (9, 12), (18, 8)]),
)
facts = st.builds(
    Facts,
    at=st.sampled_from([MONDAY, MONDAY.replace(hour=20), MONDAY.replace(day=8, hour=3)]),
    item_code=st.sampled_from([None, "licence", "permit", "other"]),
    item_kind=st.sampled_from([None, "许可", "服务"]),
    region=st.sampled_from(["341523", "341523101000", "340100", "340000", "999999", ""]),
    channel=st.sampled_from([None, "web", "window"]),
    party=st.sampled_from([None, "person", "enterprise"]),
    text=st.lists(st.sampled_from((*WORDS, "，", "另")), max_size=5).map("".join),
)
catalogues = st.lists(conditions, max_size=12).map(
    lambda told: [
        Rule(code=str(at), title=str(at), conditions=one, unit_code=str(at % 3))
        for at, one in enumerate(told)
    ]
)


@given(catalogues, facts)
def test_the_index_finds_what_looking_at_each_rule_in_turn_finds(
    rules: list[Rule], matter: Facts
) -> None:
    assert RuleIndex(rules).first(matter) == first_match(rules, matter)


@given(conditions, conditions, facts)
def test_what_is_covered_never_matches_without_what_covers_it(
    earlier: Conditions, later: Conditions, matter: Facts
) -> None:
    if covers(earlier, later) and met_by(later, matter) is not None:
        assert met_by(earlier, matter) is not None


@given(conditions, facts)
def test_what_is_called_impossible_never_matches(one: Conditions, matter: Facts) -> None:
    assert not (is_impossible(one) and met_by(one, matter) is not None)


@given(catalogues)
def test_the_check_of_the_order_finds_the_first_rule_that_covers(rules: list[Rule]) -> None:
    known = Known({"0": True, "1": True, "2": True}, ["licence", "permit"], date(2030, 1, 1))
    found = findings_of(rules, known)
    order = (FindingKind.SHADOWED, FindingKind.CONTRADICTION)

    expected = []
    for at, later in enumerate(rules):
        cover = next((e for e in rules[:at] if covers(e.conditions, later.conditions)), None)
        if cover is not None:
            kind = order[cover.unit_code != later.unit_code]
            expected.append(Finding(kind, later.code, cover.code))
    assert [one for one in found if one.kind in order] == expected


def test_the_first_rule_that_matches_decides_and_says_by_what() -> None:
    rules = [
        rule("town", "town", regions=frozenset({"341523101"}), any_words=frozenset({"噪声"})),
        rule("county", "county", regions=frozenset({"341523"}), any_words=frozenset({"噪声"})),
    ]
    matter = Facts(at=MONDAY, region="341523", text=facts_text("夜间噪声", "每天"))

    assert RuleIndex(rules).first(matter) == Hit(
        rules[1], (Met("region", "341523"), Met("any_words", "噪声"))
    )


@pytest.mark.parametrize(
    ("told", "matches"),
    [
        ({"hours": (18, 8)}, False),
        ({"hours": (9, 10)}, True),
        ({"hours": (8, 9)}, False),
        ({"weekdays": frozenset({1})}, True),
        ({"weekdays": frozenset({6, 7})}, False),
        ({"valid_until": date(2030, 1, 7)}, True),
        ({"valid_until": date(2030, 1, 6)}, False),
        ({"valid_from": date(2030, 1, 8)}, False),
        ({"all_words": frozenset({"噪声", "夜间"})}, True),
        ({"all_words": frozenset({"噪声", "工地"})}, False),
        ({"any_words": frozenset({"噪声"}), "no_words": frozenset({"夜间"})}, False),
        ({"parties": frozenset({"enterprise"})}, False),
    ],
    ids=[
        "not in the night",
        "in the hour",
        "not after the hour",
        "on the day of the week",
        "not on another day of the week",
        "on its last day",
        "not after its last day",
        "not before its first day",
        "with all words",
        "not with one word missing",
        "not with a word that bars it",
        "not for another kind of party",
    ],
)
def test_a_condition_holds_when_it_should(told: dict[str, object], matches: bool) -> None:
    matter = Facts(at=MONDAY, party="person", text="夜间噪声")
    asked = Conditions(**told)  # type: ignore[arg-type]  # as told

    assert (met_by(asked, matter) is not None) is matches


def test_everything_wrong_with_a_draft_is_found() -> None:
    rules = [
        rule("wide", "one", any_words=frozenset({"噪声"})),
        rule("same", "one", all_words=frozenset({"夜间噪声"})),
        rule("other", "two", any_words=frozenset({"噪声"}), weekdays=frozenset({7})),
        rule("no-unit", "nobody", items=frozenset({"gone"})),
        rule("old", "off", valid_until=date(2029, 1, 1), kinds=frozenset({"许可"})),
        rule("never", "two", all_words=frozenset({"工地"}), no_words=frozenset({"地"})),
    ]
    known = Known({"one": True, "two": True, "off": False}, ["licence"], date(2030, 1, 7))

    assert findings_of(rules, known) == [
        Finding(FindingKind.SHADOWED, "same", "wide"),
        Finding(FindingKind.CONTRADICTION, "other", "wide"),
        Finding(FindingKind.UNKNOWN_UNIT, "no-unit", "nobody"),
        Finding(FindingKind.UNKNOWN_ITEM, "no-unit", "gone"),
        Finding(FindingKind.UNIT_INACTIVE, "old", "off"),
        Finding(FindingKind.EXPIRED, "old", "2029-01-01"),
        Finding(FindingKind.NEVER, "never"),
    ]
