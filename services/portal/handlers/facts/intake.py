"""What intake says: what was told, and whether it is in scope."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.portal.handlers.facts.told import Told, earliest, named, persons, shown, told
from services.portal.handlers.sheet import Facts, Sheet
from services.portal.repository import Row
from shared.events.base import Envelope
from shared.events.intake import (
    AppealDecided,
    CaseAccepted,
    CaseAmended,
    CaseAnswered,
    CaseDeclined,
    CaseErased,
    CaseGrouped,
    CaseHeld,
    CaseRegistered,
    CaseSplit,
    CaseUngrouped,
    ComplaintMarked,
    DeclineAppealed,
    FileAdded,
    FileReleased,
    FileReleaseEnded,
    HoldReleased,
    MaterialsAnswered,
    OneTimeCodeMade,
    OwnCodeRenewed,
    PartTakenBack,
    QueryCodeRenewed,
)

Noted = (
    OneTimeCodeMade
    | OwnCodeRenewed
    | QueryCodeRenewed
    | FileAdded
    | FileReleased
    | FileReleaseEnded
    | MaterialsAnswered
    | CaseAnswered
    | CaseGrouped
    | CaseUngrouped
    | CaseSplit
    | PartTakenBack
    | DeclineAppealed
    | AppealDecided
)
NO = (*("declined_at", "decline_reason", "decline_basis", "decline_explanation", "decline_guide"),)
HOLD = ("held_at", "held_by", "held_because", "hold_review_on")


def _registered(sheet: Sheet, envelope: Envelope, event: CaseRegistered) -> None:
    row = _told(sheet, envelope, event, Told.REGISTERED)
    earliest(row, registered_at=event.occurred_at)
    if sheet.is_own(envelope):
        row["is_ours"] = True
    if row["received_at"] is None:  # else the person came sealed for this node
        persons(row, event)


def _accepted(sheet: Sheet, envelope: Envelope, event: CaseAccepted) -> None:
    row = _told(sheet, envelope, event, Told.ACCEPTED)
    earliest(row, accepted_at=event.occurred_at)
    if row["declined_at"] is not None and row["declined_at"] < event.occurred_at:
        row.update(dict.fromkeys(NO))  # after an appeal


def _told(
    sheet: Sheet, envelope: Envelope, event: CaseRegistered | CaseAccepted, rank: Told
) -> Row:
    row = sheet.case(event.case_id)
    row["origin"] = envelope.node
    if told(sheet, event, rank) and sheet.is_own(envelope):
        # Codes of items are a node's own: another one's means something else here, or nothing.
        row["item_code"] = event.item_code
    return row


def _declined(sheet: Sheet, envelope: Envelope, event: CaseDeclined) -> None:
    row = sheet.case(event.case_id)
    row["origin"] = envelope.node
    row["number"] = event.number
    if row["accepted_at"] is not None and row["accepted_at"] > event.occurred_at:
        return
    row["declined_at"] = event.occurred_at
    row["decline_reason"] = event.reason
    row["decline_basis"] = event.legal_basis
    row["decline_explanation"] = event.explanation
    row["decline_guide"] = event.guide_to


def _complaint(sheet: Sheet, envelope: Envelope, event: ComplaintMarked) -> None:
    row, told = sheet.case(event.case_id), event.complained_of
    known = row["complained_of"] or {}
    if envelope.version <= known.get(envelope.node, {}).get("version", 0):
        return
    titles = [unit.title for unit in told.units]
    own = {"own": sorted(told.units_of(sheet.node)), "known_as": sorted(told.hashes)}
    heard = {"version": envelope.version, "units": titles, "persons": len(told.persons), **own}
    everybody = row["complained_of"] = known | {envelope.node: heard}
    row["complained_units"] = _all_of(everybody, "own", row["complained_units"])
    row["complained_persons"] = _all_of(everybody, "known_as", row["complained_persons"])


def _all_of(told: Mapping[str, Any], name: str, before: Sequence[str] | None) -> list[str]:
    # Of what was heard before this was kept for each node, nobody can say whose it is.
    kept = before or () if any(name not in each for each in told.values()) else ()
    return sorted({*kept, *(one for each in told.values() for one in each.get(name, ()))})


def _noted(
    sheet: Sheet,
    _envelope: Envelope,
    event: Noted,
) -> None:
    sheet.case(event.case_id)


def _amended(sheet: Sheet, envelope: Envelope, event: CaseAmended) -> None:
    row = sheet.case(event.case_id)
    # Who gave the case its number orders; this node has looked at what it says in its own name.
    is_order = envelope.node == event.ordered_by and row["origin"] in (None, envelope.node)
    is_told = is_order or sheet.is_own(envelope)
    if is_told and event.amendment > (row["amendment"] or 0):
        row["number"] = event.number
        shown(sheet, event)
        named(row, event)
        row["amendment"] = event.amendment


def _erased(sheet: Sheet, envelope: Envelope, event: CaseErased) -> None:
    row = sheet.case(event.case_id)
    row["number"] = event.number
    if sheet.is_own(envelope):  # what another node has erased stays here until it is erased here
        row["erased_at"] = row["erased_at"] or event.occurred_at


def _held(sheet: Sheet, _envelope: Envelope, event: CaseHeld) -> None:
    row = sheet.case(event.case_id)
    row["held_at"], row["held_by"] = event.occurred_at, event.by.role
    row["held_because"], row["hold_review_on"] = event.because, event.review_on


def _released(sheet: Sheet, _envelope: Envelope, event: HoldReleased) -> None:
    sheet.case(event.case_id).update(dict.fromkeys(HOLD))


FACTS: Facts = {
    CaseRegistered: _registered,
    CaseAccepted: _accepted,
    CaseAnswered: _noted,
    CaseDeclined: _declined,
    DeclineAppealed: _noted,
    AppealDecided: _noted,
    ComplaintMarked: _complaint,
    FileAdded: _noted,
    FileReleased: _noted,
    FileReleaseEnded: _noted,
    MaterialsAnswered: _noted,
    OneTimeCodeMade: _noted,
    OwnCodeRenewed: _noted,
    QueryCodeRenewed: _noted,
    CaseGrouped: _noted,
    CaseUngrouped: _noted,
    CaseSplit: _noted,
    PartTakenBack: _noted,
    CaseAmended: _amended,
    CaseErased: _erased,
    CaseHeld: _held,
    HoldReleased: _released,
}
