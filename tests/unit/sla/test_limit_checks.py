"""What is wrong with a set of limits, how two differ, and what a replay counts."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.sla.policy import (
    EndRule,
    Limit,
    LimitKind,
    LimitRow,
    LimitUnit,
    StartRule,
    Tier,
    When,
)
from services.sla.policy.limit_checks import (
    Around,
    FoundRow,
    RowFinding,
    findings_of_rows,
    is_signable,
    row_changes,
)
from services.sla.policy.replay import RedTally, Replayed
from services.sla.policy.shipped import SHIPPED

DAY = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
WEEK = timedelta(days=7)
AROUND = Around(Tier.COUNTY, DAY, lambda code: code.startswith("34"))
BASE = SHIPPED["chongming"].rows


def row(code: str, amount: int = 1, kind: LimitKind = LimitKind.RESOLVE, **when: str) -> LimitRow:
    return LimitRow(code=code, kind=kind, limit=Limit(amount), when=When(**when))


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        (row("X", complexity="complex"), FoundRow(RowFinding.SAME_CONDITIONS, "X", "L004")),
        (
            LimitRow(
                code="X",
                kind=LimitKind.SIGN,
                limit=Limit(1),
                when=When(channel="web"),
                valid_from=DAY,
                valid_until=DAY - WEEK,
            ),
            FoundRow(RowFinding.NEVER, "X"),
        ),
        (
            LimitRow(
                code="X",
                kind=LimitKind.SIGN,
                limit=Limit(1),
                when=When(channel="web"),
                valid_until=DAY - WEEK,
            ),
            FoundRow(RowFinding.EXPIRED, "X", "2026-02-23"),
        ),
        (
            row("X", kind=LimitKind.FEEDBACK, urgency="urgent"),
            FoundRow(RowFinding.NO_URGENCY, "X"),
        ),
        (
            LimitRow(
                code="X",
                kind=LimitKind.RESOLVE,
                limit=Limit(20, LimitUnit.MINUTE, StartRule.INSTANT, EndRule.SAME_CLOCK_TIME),
                when=When(channel="window"),
                warn_minutes=20,
            ),
            FoundRow(RowFinding.WARNS_TOO_EARLY, "X", "20"),
        ),
        (row("X", place="9912"), FoundRow(RowFinding.UNKNOWN_PLACE, "X", "9912")),
        (row("X", tier="city"), FoundRow(RowFinding.OTHER_TIER, "X", "city")),
    ],
    ids=lambda told: told.finding.value if isinstance(told, FoundRow) else "row",
)
def test_the_check_names_what_is_wrong(wrong: LimitRow, found: FoundRow) -> None:
    assert findings_of_rows([*BASE, wrong], AROUND) == [found]


@pytest.mark.parametrize("missing", ["L004", "L005", "L008"])
def test_a_kind_without_a_limit_for_every_matter_cannot_be_signed(missing: str) -> None:
    rows = [each for each in BASE if each.code != missing]
    kind = next(each.kind for each in BASE if each.code == missing)

    found = findings_of_rows(rows, AROUND)

    assert found == [FoundRow(RowFinding.NO_DEFAULT, "", kind)]
    assert not is_signable(found)


def test_two_rows_for_the_same_in_turn_are_no_quarrel() -> None:
    until = LimitRow(
        code="A",
        kind=LimitKind.RESOLVE,
        limit=Limit(1),
        when=When(item="SPXK"),
        valid_until=DAY,
    )
    since = LimitRow(
        code="B",
        kind=LimitKind.RESOLVE,
        limit=Limit(2),
        when=When(item="SPXK"),
        valid_from=DAY + timedelta(days=1),
    )

    assert findings_of_rows([*BASE, until, since], AROUND) == []


def test_what_changed_is_told_row_by_row() -> None:
    changed = [*BASE[:3], row("L004", 7, complexity="complex"), row("L012", 2, item="SPXK")]

    told = [
        (each.code, each.before is None, each.after is None) for each in row_changes(BASE, changed)
    ]

    assert told == [
        ("L004", False, False),
        *((f"L{number:03d}", False, True) for number in range(5, 12)),
        ("L012", True, False),
    ]


def test_a_replay_counts_moves_and_lamps_and_can_go_on_from_what_was_kept() -> None:
    def clock(case: str, ended: int, after: int, kind: str = "resolve") -> Replayed:
        hours = [AT + timedelta(hours=hour) for hour in (ended, 10, after)]
        return Replayed(case, kind, "L003", "SCJGJ", *hours)

    first = RedTally()
    first.count([clock("a", 9, 8), clock("b", 9, 10), clock("c", 12, 14)])
    tally = RedTally.of(first.told())
    tally.count([clock("d", 12, 11, "contact")])

    assert tally.clocks == 4
    assert tally.moved("earlier") == {"resolve": 1}
    assert tally.moved("later") == {"contact": 1, "resolve": 1}
    assert tally.reds("unit") == {"SCJGJ": (2, 2)}
    assert tally.reds("kind") == {"contact": (1, 1), "resolve": (1, 1)}
    assert tally.examples == ["a"]
