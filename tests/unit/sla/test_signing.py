"""Limits that count from a signature: where they lie before it, with it, and without it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sla.api.limit_words import spoken_row
from services.sla.policy import (
    UNHEARD,
    ZONE,
    CountsFrom,
    Due,
    EndRule,
    Limit,
    LimitKind,
    LimitRow,
    Limits,
    LimitSet,
    LimitTable,
    LimitUnit,
    Matter,
    Rule,
    Signing,
    StartRule,
    due_at,
    due_signed,
    resigned,
    ruled_by,
)
from services.sla.policy.limit_checks import Around, RowFinding, findings_of_rows
from services.sla.policy.shipped import SHIPPED
from services.sla.repository.calendar import load_calendar
from tests.unit.sla.calendars import CALENDAR, SOME, STARTS, at

LIMITS = st.builds(
    Limit,
    st.integers(2, 60),
    st.sampled_from(LimitUnit),
    st.sampled_from(StartRule),
    st.sampled_from(EndRule),
    st.just(CountsFrom.SIGNATURE),
)
SPANS = st.timedeltas(timedelta(0), timedelta(days=9))
THREE = Limit(3, counts_from=CountsFrom.SIGNATURE)
DISPATCHED, BY = at("2026-03-02 10:00"), at("2026-03-03 17:00")
"""A Monday; the unit signs by the closing of the Tuesday."""
TABLE = SHIPPED["chongming_signed"].rows
HOURS = Limit(2, LimitUnit.HOUR, StartRule.INSTANT, EndRule.SAME_CLOCK_TIME)


def due(signed: str | None, limit: Limit = THREE) -> Due:
    signing = Signing(BY, at(signed) if signed else None)
    return due_signed(DISPATCHED, limit, CALENDAR, signing)


def told(found: Due) -> str:
    return found.at.astimezone(ZONE).strftime("%m-%d %H:%M")


@pytest.mark.parametrize(
    ("signed", "limit", "ends", "rule"),
    [
        ("2026-03-02 11:00", THREE, "03-05 17:00", Rule.SIGNED),
        ("2026-03-03 16:59", THREE, "03-06 17:00", Rule.SIGNED),
        (None, THREE, "03-06 17:00", Rule.UNSIGNED),
        ("2026-03-03 17:00", THREE, "03-06 17:00", Rule.UNSIGNED),
        ("2026-03-09 10:00", THREE, "03-06 17:00", Rule.UNSIGNED),
        ("2026-03-01 10:00", THREE, "03-05 17:00", Rule.START_NOT_COUNTED),
        (None, replace(HOURS, counts_from=CountsFrom.SIGNATURE), "03-03 19:00", Rule.UNSIGNED),
        ("2026-03-03 16:59", Limit(3), "03-05 17:00", Rule.START_NOT_COUNTED),
    ],
    ids=["in time", "last moment", "never", "at closing", "late", "before", "hours", "dispatch"],
)
def test_a_limit_counts_from_the_signature_or_from_when_that_was_due(
    signed: str | None, limit: Limit, ends: str, rule: Rule
) -> None:
    found = due(signed, limit)

    assert told(found) == ends
    assert found.steps[0].rule is rule


@SOME
@given(STARTS, LIMITS, SPANS, SPANS, SPANS)
def test_nobody_gains_by_signing_later_or_not_at_all(
    start: datetime, limit: Limit, within: timedelta, soon: timedelta, later: timedelta
) -> None:
    by, first = start + within, start + soon
    never = due_signed(start, limit, CALENDAR, Signing(by)).at
    one, other = (
        due_signed(start, limit, CALENDAR, Signing(by, each)).at for each in (first, first + later)
    )

    assert due_at(start, limit, CALENDAR).at <= one <= other <= never
    assert other == never or first + later < by
    assert due_signed(start, limit, CALENDAR, UNHEARD) == due_at(start, limit, CALENDAR)


@SOME
@given(STARTS, LIMITS, SPANS, st.none() | SPANS)
def test_another_node_computes_the_same_of_what_it_was_told(
    start: datetime, limit: Limit, within: timedelta, after: timedelta | None
) -> None:
    signing = Signing(start + within, None if after is None else start + after)
    here = due_signed(start, limit, CALENDAR, signing)
    there = due_signed(start, Limit.parse(str(limit)), OTHER, signing)

    assert here == there


OTHER = load_calendar(CALENDAR.hours, last_year=2040)


def test_what_a_dispatch_and_a_signature_give_alike_is_told_apart() -> None:
    early, plain = due("2026-03-02 11:00"), due(None, Limit(3))

    assert told(early) == told(plain)
    assert early.digest != plain.digest
    assert str(Limit(3)) == "3 working_day next_working_day end_of_working_day"
    assert Limit.parse(str(Limit(3))) == Limit(3)


def test_only_what_a_unit_owes_with_its_order_counts_from_a_signature() -> None:
    live = LimitSet(1, "", DISPATCHED, moves=False, table=LimitTable(TABLE))
    matter = Matter(complexity="ordinary")
    counted = {
        kind: ruled_by(live, Limits(), kind, matter, DISPATCHED).limit.by_signature
        for kind in ("resolve", "contact", "citizen", "leg", "feedback", "rectify")
    }
    around = Around("county", DISPATCHED.date(), lambda _code: True)
    wrong = LimitRow(code="L090", kind=LimitKind.FEEDBACK, limit=THREE)

    assert [kind for kind, by in counted.items() if by] == ["resolve", "contact"]
    assert findings_of_rows(TABLE, around) == []
    [found, *_] = findings_of_rows([*TABLE[:5], wrong, *TABLE[6:]], around)
    assert (found.finding, found.field) == (RowFinding.NOT_SIGNED_FOR, "counts_from")
    assert found.blocks


def test_settings_may_say_so_of_what_is_signed_for_alone() -> None:
    limits = Limits.overriding({"ordinary": {"counts_from": "signature"}})

    assert limits.ordinary == THREE
    with pytest.raises(ValueError, match="feedback"):
        Limits.overriding({"feedback": {"counts_from": "signature"}})


def test_a_row_is_read_and_written_with_it() -> None:
    row = LimitRow(code="L003", kind=LimitKind.RESOLVE, limit=THREE)
    old = {name: value for name, value in row.as_record().items() if name != "counts_from"}
    spoken = spoken_row(row)

    assert LimitRow.of_record(row.as_record()) == row
    assert LimitRow.of_record(old).limit == Limit(3)
    assert spoken.zh.startswith("办结 · 3 个工作日 · 从签收次日起 · 未按时签收的从签收期满起 · ")
    assert "from the signature, from the next day" in spoken.en


@pytest.mark.parametrize(
    ("signing", "now", "by"),
    [
        (Signing(BY), DISPATCHED, "03-04 17:00"),
        (Signing(BY, DISPATCHED), DISPATCHED, "03-03 17:00"),
        (Signing(BY), BY + timedelta(minutes=1), "03-03 17:00"),
    ],
    ids=["moves", "signed", "over"],
)
def test_until_when_is_signed_moves_only_while_somebody_waits_for_it(
    signing: Signing, now: datetime, by: str
) -> None:
    moved = resigned(signing, DISPATCHED, Limit(2), CALENDAR, now)

    assert moved.by is not None
    assert moved.by.astimezone(ZONE).strftime("%m-%d %H:%M") == by
    assert resigned(UNHEARD, DISPATCHED, Limit(2), CALENDAR, now) == UNHEARD
