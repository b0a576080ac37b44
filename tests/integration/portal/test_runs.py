"""Runs over many cases: each case is in one hand, and whoever left it is followed by another."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from services.portal.repository import runs
from services.portal.repository.runs import Run
from shared.clock import new_id
from tests.integration.portal.stories import NINE

pytestmark = pytest.mark.integration

STALE = timedelta(minutes=2)


def test_a_case_is_in_one_hand_until_that_is_gone(db: Connection) -> None:
    run = Run(run_id=new_id(), login="songhui", act="urge", told={}, began_at=NINE)
    assert runs.add_run(db, run, ["BCS-1", "BCS-2", "BCS-3"])
    assert not runs.add_run(db, run, ["BCS-9"])

    def claimed(minutes: int, limit: int) -> list[int]:
        now = NINE + timedelta(minutes=minutes)
        return [line.serial for line in runs.claim_lines(db, run.run_id, now, now - STALE, limit)]

    assert [claimed(0, 2), claimed(1, 2), claimed(1, 2)] == [[0, 1], [2], []]
    runs.settle_line(db, run.run_id, 0, "done")
    runs.settle_line(db, run.run_id, 1, "waiting")
    assert claimed(2, 9) == [1]
    assert claimed(4, 9) == [2]
    assert claimed(9, 9) == [1, 2]
    assert runs.open_lines(db, [run.run_id]) == {run.run_id: 2}

    runs.settle_line(db, run.run_id, 1, "refused", "已经办结")
    runs.end_run(db, run.run_id, NINE)
    assert runs.runs_of(db, "songhui", 5)[0].ended_at is None
    runs.settle_line(db, run.run_id, 2, "done")
    runs.end_run(db, run.run_id, NINE)

    ended = runs.run_of(db, run.run_id, "songhui")
    assert ended is not None
    assert ended.ended_at == NINE
    assert runs.run_of(db, run.run_id, "somebody") is None
    lines = [(line.state, line.said) for line in runs.lines_of(db, run.run_id)]
    assert lines == [("done", None), ("refused", "已经办结"), ("done", None)]
    assert runs.forget_runs_before(db, NINE + STALE, 5) == 1
    assert runs.lines_of(db, run.run_id) == []
