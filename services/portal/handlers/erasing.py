"""What the projection shows of a case whose person was erased: that, and no words of theirs.

Whatever is said of the case later is emptied in the same way, so the order of facts is no matter.
"""

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import Connection

from services.portal import repository
from services.portal.handlers.sheet import Sheet
from services.portal.repository import Row
from services.portal.repository.notices import forget_of_cases
from services.portal.tables import plumbing
from shared.forgetting import forget_unheard
from shared.security.erasing import ERASED

GONE = (
    "measures",
    "others",
    "person_masked",
    "phone_masked",
    "agent_masked",
    "complained_persons",
)
WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "cases": (
            *("title_masked", "text_masked", "answer_masked"),
            *("decline_basis", "decline_explanation", "decline_guide"),
            *("reopened_because", "reported_because", "held_because"),
            "pressed_masked",
        ),
        "orders": (
            *("because", "legal_basis", "note_masked", "answer_masked"),
            *("materials_masked", "extension_because"),
            *("tracking_masked", "tracking_ground"),
        ),
        "hand_overs": (
            *("because", "legal_basis", "withdrawn_because"),
            *("refusal_basis", "note_masked", "answer_masked"),
        ),
        "supervisions": ("text_masked", "answer_masked"),
        "parts": ("task_masked", "answer_masked", "legal_basis", "end_note_masked"),
        "clocks": ("explanation",),
    }
)
"""Columns by table that people wrote into; where nothing stands, nothing will."""


def empty(sheet: Sheet) -> frozenset[UUID]:
    """Empty the rows of erased cases on the sheet; return which cases these are."""
    erased = frozenset(key for key, row in sheet.cases.items() if row["erased_at"] is not None)
    if not erased:
        return erased
    for case_id in erased:
        _empty_case(sheet, sheet.cases[case_id])
    _empty_hanging(sheet, erased)
    return erased


def _empty_case(sheet: Sheet, row: Row) -> None:
    _reword(row, WORDS["cases"])
    row.update(dict.fromkeys(GONE))
    told = row["complained_of"] or {}
    row["complained_of"] = {node: each | {"known_as": []} for node, each in told.items()} or None
    row["item_name"] = row["item_name"] if row["item_code"] else None
    sheet.texts[row["case_id"]] = (row["number"] or "",)


def _empty_hanging(sheet: Sheet, erased: Collection[UUID]) -> None:
    tables = {
        "orders": sheet.orders,
        "hand_overs": sheet.hand_overs,
        "supervisions": sheet.supervisions,
        "parts": sheet.parts,
        "clocks": sheet.clocks,
    }
    for name, rows in tables.items():
        for key, row in rows.items():
            if row["case_id"] in erased:
                _reword(row, WORDS[name])
                sheet.changed.add(key)


def _reword(row: Row, names: Iterable[str]) -> None:
    row.update({name: ERASED for name in names if row[name]})


def forget(db: Connection, erased: Iterable[UUID]) -> None:
    """Empty the journal of erased cases, what could not be heard of them, what staff were told."""
    erased = frozenset(erased)
    if erased:
        forget_of_cases(db, erased)
    for case_id in erased:
        repository.redact_journal(db, case_id)
        repository.forget_looks(db, case_id)
        forget_unheard(db, plumbing, case_id)
