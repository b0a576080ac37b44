"""Versions of the limits: drafted row by row, checked, signed by two, in force from a moment on.

A signed version never changes. Cases keep the version of their acceptance, unless the author has
said that open cases move: then their clocks are gone through once it is in force (`recompute`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from services.sla import policy
from services.sla.handlers.recompute import EVERY_CLOCK, Turning, begin
from services.sla.policy import SHIPPED_LADDERS, LadderRow, LimitRow, Limits, When
from services.sla.policy.ladder_checks import findings_of_ladders
from services.sla.policy.limit_checks import (
    Around,
    FoundRow,
    Row,
    findings_of_rows,
    is_signable,
)
from services.sla.policy.shipped import AS_BUILT, SHIPPED, built_in_rows
from services.sla.repository import calendar as calendars
from services.sla.repository import limit_sets as repository
from services.sla.repository.limit_sets import SIGNED, KeptSet, Opening
from services.sla.tables import plumbing
from shared.audit import Entry, digest_of, record
from shared.errors import Refused
from shared.logs import current_traceparent, trace_id
from shared.regions import region_of
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.policy import Action
from shared.security.signatures import first_signature, second_signature

MOST_ROWS = 1_000
COUNTY_DIGITS = 6
DEFAULT = "chongming"


@dataclass(frozen=True, slots=True)
class SetSigning:
    """What is signed: an edition as it was read, and from when it shall hold; None is at once."""

    edition: int
    live_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a new draft is called, and with what it begins: else with what was signed last."""

    title: str
    shipped: str | None = None


def begin_set(db: Connection, beginning: Beginning, limits: Limits, caller: Caller) -> KeptSet:
    """Open a draft with a set that comes with the program, with the settings, or the last one.

    Refused: `draft_open`, `unknown_shipped_set`.
    """
    last, shipped = repository.last_signed(db), beginning.shipped
    opening = Opening(
        title=mask_text(beginning.title),
        rows=_first_rows(shipped, last, limits),
        ladders=ladders_of(last),
        tier=policy.tier_of(caller.actor.node),
        based_on=last.set_id if last else None,
        at=caller.now,
    )
    draft = repository.open_draft(db, opening)
    if draft is None:
        return _opened_before(db, opening)
    trace_set(db, caller, Action.LIMITS_WRITE, draft, {"opened": shipped or DEFAULT})
    return draft


def _first_rows(shipped: str | None, last: KeptSet | None, limits: Limits) -> Sequence[LimitRow]:
    if shipped is None and last is not None:
        return last.rows
    if shipped == AS_BUILT:
        return built_in_rows(limits)
    if shipped is not None and shipped not in SHIPPED:
        raise Refused("unknown_shipped_set", field="shipped")
    return SHIPPED[shipped or DEFAULT].rows


def _opened_before(db: Connection, opening: Opening) -> KeptSet:
    known = the_draft(db)
    told = (known.title, known.rows, known.edition)
    if told != (opening.title, tuple(opening.rows), 0):
        raise Refused("draft_open")
    return known


def the_draft(db: Connection) -> KeptSet:
    """Lock and return the draft; Refused (`no_draft`) where there is none."""
    draft = repository.lock_draft(db)
    if draft is None:
        raise Refused("no_draft")
    return draft


def discard_set(db: Connection, caller: Caller) -> KeptSet:
    """Throw the draft away."""
    draft = the_draft(db)
    repository.drop_draft(db, draft.set_id)
    trace_set(db, caller, Action.LIMITS_WRITE, draft, {"discarded": draft.number})
    return draft


def enter_row(db: Connection, row: LimitRow, caller: Caller) -> KeptSet:
    """Enter a row under its code, or a new one; without a code it gets the next free one."""
    draft = the_draft(db)
    taken = {each.code for each in draft.rows}
    entered = _clean(row if row.code else replace(row, code=policy.next_code(taken)))
    rows = entered_among(draft.rows, entered)
    return _write_rows(db, draft, rows, caller, entered.as_record())


def remove_row(db: Connection, code: str, caller: Caller) -> KeptSet:
    """Take a row out of the draft; Refused (`unknown_row`)."""
    draft = the_draft(db)
    rows = [each for each in draft.rows if each.code != code]
    if len(rows) == len(draft.rows):
        raise Refused("unknown_row", field="code")
    return _write_rows(db, draft, rows, caller, {"removed": code})


def replace_rows(db: Connection, rows: Sequence[LimitRow], caller: Caller) -> KeptSet:
    """Put other rows in the place of all rows of the draft."""
    draft = the_draft(db)
    told = {"rows": [row.as_record() for row in rows]}
    return _write_rows(db, draft, [_clean(row) for row in rows], caller, told)


def say_moving(db: Connection, caller: Caller, *, moves: bool) -> KeptSet:
    """Say whether open cases move to the draft once it is in force, or keep what they have."""
    draft = the_draft(db)
    repository.touch(db, draft, moves=moves)
    trace_set(db, caller, Action.LIMITS_WRITE, draft, {"moves": moves})
    return unsigned(replace(draft, moves=moves))


def sign_set(db: Connection, signing: SetSigning, caller: Caller) -> KeptSet:
    """Sign the draft; the second signature puts it in force from the moment both agreed on.

    Refused: `changed_meanwhile`, `limits_not_clean`, `signed_by_you`, `live_in_the_past`,
    `live_before_last`.
    """
    calendars.hold_calendar(db)
    draft = the_draft(db)
    if signing.edition != draft.edition:
        raise Refused("changed_meanwhile", field="edition")
    if not is_signable(check_draft(draft, caller.now)):
        raise Refused("limits_not_clean")
    signed = _second(db, draft, caller) if draft.first_by else _first(db, signing, caller)
    repository.change_set(db, draft.set_id, **signed)
    calendars.limit_by(db, repository.signed_ids(db))
    trace_set(db, caller, Action.LIMITS_SIGN, draft, {"edition": draft.edition, **signed})
    return replace(draft, **signed)


def check_rows(rows: Sequence[LimitRow], tier: str, now: datetime) -> list[FoundRow]:
    """Return what is wrong with rows at a node of this tier."""
    return findings_of_rows(rows, Around(tier, policy.local_time(now).date(), is_place))


def check_draft(kept: KeptSet, now: datetime) -> list[FoundRow]:
    """Return what is wrong with a version: its limits, and its ladders."""
    rows = check_rows(kept.rows, kept.tier, now)
    return [*rows, *check_ladders(kept.ladders or (), kept.tier, now)]


def check_ladders(rows: Sequence[LadderRow], tier: str, now: datetime) -> list[FoundRow]:
    """Return what is wrong with ladders at a node of this tier."""
    return findings_of_ladders(rows, Around(tier, policy.local_time(now).date(), is_place))


def ladders_of(kept: KeptSet | None) -> Sequence[LadderRow]:
    """Return what follows from the limits of a version; of none, what comes with the program."""
    return SHIPPED_LADDERS if kept is None or kept.ladders is None else kept.ladders


def entered_among(rows: Sequence[Row], entered: Row) -> list[Row]:
    """Return the rows with one of them entered: in the place of that with its code, or last."""
    if entered.code not in {each.code for each in rows}:
        return [*rows, entered]
    return [entered if each.code == entered.code else each for each in rows]


def is_place(code: str) -> bool:
    """Tell whether a region is listed; of one below a county, whether its county is."""
    return region_of(code[:COUNTY_DIGITS].ljust(COUNTY_DIGITS, "0")) is not None


def move_open_cases(db: Connection, now: datetime) -> bool:
    """Have the clocks of open cases gone through for a version that has come into force."""
    if repository.set_to_move(db, now) is None:
        return False
    calendars.hold_calendar(db)
    due = repository.set_to_move(db, now)  # another process may have been here meanwhile
    if due is None:
        return False
    repository.note_moved(db, due.number, now)
    calendars.move_to(db, due.number)
    begin(db, due.set_id, Turning(EVERY_CLOCK), now)
    return True


def _first(db: Connection, signing: SetSigning, caller: Caller) -> dict[str, Any]:
    told = first_signature(caller, signing.live_from)
    _after_last(db, told["live_from"] or caller.now)
    return told


def _second(db: Connection, draft: KeptSet, caller: Caller) -> dict[str, Any]:
    told = second_signature(draft.first_by, draft.live_from, caller)
    _after_last(db, told["live_from"])
    return {**told, "state": SIGNED}


def _after_last(db: Connection, live_from: datetime) -> None:
    last = repository.last_signed(db)
    if last and last.live_from and live_from <= last.live_from:
        raise Refused("live_before_last", field="live_from")


def _clean(row: LimitRow) -> LimitRow:
    return replace(row, when=clean_when(row.when), basis=mask_text(row.basis))


def clean_when(when: When) -> When:
    """Return conditions with the place as rows name it."""
    return replace(when, place=policy.place_of(when.place))


def _write_rows(
    db: Connection,
    draft: KeptSet,
    rows: Sequence[LimitRow],
    caller: Caller,
    told: dict[str, Any],
) -> KeptSet:
    if len(rows) > MOST_ROWS:
        raise Refused("limit_rows_full")
    repository.touch(db, draft, rows=rows)
    trace_set(db, caller, Action.LIMITS_WRITE, draft, told)
    return unsigned(replace(draft, rows=tuple(rows)))


def unsigned(draft: KeptSet) -> KeptSet:
    """Return a draft as it stands once it was changed: nobody has signed that."""
    edition = draft.edition + 1
    signed = replace(draft, first_by=None, first_name=None, first_at=None, live_from=None)
    return replace(signed, edition=edition)


def trace_set(
    db: Connection, caller: Caller, action: Action, kept: KeptSet, told: dict[str, Any]
) -> None:
    """Write into the audit what somebody did with a version of the limits."""
    entry = Entry(
        at=caller.now,
        actor=caller.actor,
        action=action.value,
        object_kind="limit_set",
        object_id=str(kept.number),
        before=None,
        after=digest_of(told),
        trace_id=trace_id(current_traceparent()),
    )
    record(db, plumbing.audit, entry)
