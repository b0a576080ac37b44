"""What is wrong with the ladders of a draft before anybody signs it."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

from services.sla.policy.clocks import ClockKind
from services.sla.policy.ladders import LadderRow, Side, StepKind, Whom
from services.sla.policy.limit_checks import MINUTES, Around, FoundRow, RowFinding
from services.sla.policy.limit_sets import When

WITHOUT_UNIT = frozenset(
    {ClockKind.CITIZEN, ClockKind.LEG, ClockKind.MEETING, ClockKind.CENTRE_CALLBACK}
)
"""Clocks that no unit owes."""
OF_UNITS = frozenset({Whom.UNIT, Whom.UNIT_LEAD})
ADDRESSED: Mapping[StepKind, Whom] = MappingProxyType(
    {
        StepKind.SUPERVISE: Whom.UNIT,
        StepKind.BULLETIN: Whom.SUPERVISOR,
        StepKind.RAISE: Whom.DISPATCHER,
    }
)
"""Steps that only one part can act upon."""


def findings_of_ladders(rows: Sequence[LadderRow], around: Around) -> list[FoundRow]:
    """Return everything that is wrong with ladders, those about single rows first."""
    alone = [found for row in rows for found in _of_row(row, around)]
    return [*alone, *_of_ladders(rows)]


def _of_row(row: LadderRow, around: Around) -> Iterator[FoundRow]:
    wanted = ADDRESSED.get(row.step)
    if row.whom in OF_UNITS and row.kind in WITHOUT_UNIT:
        yield FoundRow(RowFinding.NO_UNIT, row.code, row.kind)
    if wanted is not None and row.whom is not wanted:
        yield FoundRow(RowFinding.OTHER_WHOM, row.code, wanted)
    if row.side is Side.BEFORE and row.step is not StepKind.REMIND:
        yield FoundRow(RowFinding.ACTS_EARLY, row.code)
    if row.when.place and not around.is_place(row.when.place):
        yield FoundRow(RowFinding.UNKNOWN_PLACE, row.code, row.when.place)
    if row.when.tier not in ("", around.tier):
        yield FoundRow(RowFinding.OTHER_TIER, row.code, row.when.tier)


def _of_ladders(rows: Sequence[LadderRow]) -> Iterator[FoundRow]:
    ladders: dict[tuple[ClockKind, When], list[LadderRow]] = {}
    for row in rows:
        ladders.setdefault((row.kind, row.when), []).append(row)
    for ladder in ladders.values():
        for lower, higher in pairwise(sorted(ladder, key=lambda row: row.level)):
            if lower.level == higher.level:
                yield FoundRow(RowFinding.SAME_LEVEL, higher.code, lower.code)
            elif _about(higher) < _about(lower):
                yield FoundRow(RowFinding.OUT_OF_ORDER, higher.code, lower.code)


def _about(row: LadderRow) -> int:
    minutes = row.amount * MINUTES[row.unit]
    return -minutes if row.side is Side.BEFORE else minutes
