"""What is asked and written when a report is entered: each by one statement."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import (
    Connection,
    Date,
    bindparam,
    exists,
    func,
    literal_column,
    select,
    true,
)

from services.intake.policy.facts import Fact
from services.intake.repository.benchmarks import in_use_on
from services.intake.repository.cases import Case, case_row
from services.intake.repository.catalogue import FINDING_ITEM, Item
from services.intake.repository.timeline import fact_row
from services.intake.tables import benchmarks, cases, timeline
from shared.db.bulk import Row, insert_together
from shared.security.vault import case_keys

_ITEM = FINDING_ITEM.subquery("item")
_TITLE = func.coalesce(_ITEM.c.normal_title, bindparam("normal"))
_ELSEWHERE = exists().where(
    benchmarks.c.normal_title == _TITLE,
    benchmarks.c.weighs,
    in_use_on(bindparam("day", type_=Date)),
)
_NAMED = select(literal_column("true").label("named")).subquery("asked")
_ASKING = select(_ITEM, _ELSEWHERE.label("elsewhere")).select_from(_NAMED.outerjoin(_ITEM, true()))


def item_and_benchmark(
    db: Connection, name: str, normal: str, day: date
) -> tuple[Item | None, bool]:
    """Return what `find_item` does, and whether another region does what is named so on a day."""
    told = dict(db.execute(_ASKING, {"name": name, "normal": normal, "day": day}).mappings().one())
    elsewhere = told.pop("elsewhere")
    return None if told["code"] is None else Item(**told), elsewhere


def add_case(db: Connection, key: Row, case: Case, facts: Sequence[Fact]) -> None:
    """Insert a case with its data key and its first facts."""
    first = [fact_row(case.case_id, fact) for fact in facts]
    wrapped = f"\\x{key['wrapped'].hex()}"  # bytes as PostgreSQL reads them in a text
    insert_together(
        db,
        (case_keys, [{**key, "wrapped": wrapped}]),
        (cases, [case_row(case)]),
        (timeline, first),
    )
