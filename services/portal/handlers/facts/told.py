"""What was told at the door, as far as the one who says it knows: the best account is kept."""

from datetime import datetime
from enum import IntEnum, unique

from services.portal.handlers.sheet import Sheet
from services.portal.repository import Row
from shared.events.dispatch import HandOverOffered
from shared.events.intake import CaseAccepted, CaseAmended, CaseRegistered
from shared.events.link import CaseReceived

Account = CaseRegistered | CaseAccepted | CaseReceived | HandOverOffered


@unique
class Told(IntEnum):
    """Who knows better what a case is about: who looked the item up knows best.

    An offer between nodes tells less than all of these; of several offers the last one counts.
    """

    REGISTERED = 1_000_001
    RECEIVED = 1_000_002
    ACCEPTED = 1_000_003


def told(sheet: Sheet, event: Account, rank: int) -> bool:
    """Keep an account of what a case is about, unless a better one is known; tell whether."""
    row = sheet.case(event.case_id)
    row["number"] = event.number
    if rank < (row["told_rank"] or 0):
        return False
    row["told_rank"] = rank
    if not row["amendment"]:
        shown(sheet, event)
    row["region"] = event.region
    row["channel"] = getattr(event, "channel", None)
    row["demand"] = getattr(event, "demand", None)
    if row["reclassified_at"] is None:  # else this is a late word
        row["complexity"] = getattr(event, "complexity", None)
    row["item_code"] = None
    row["item_name"] = event.item_name
    return True


def shown(sheet: Sheet, event: Account | CaseAmended) -> None:
    """Show title and text, and let the case be found by their words."""
    row, words = sheet.case(event.case_id), (event.title_masked, event.text_masked)
    if words != (row["title_masked"], row["text_masked"]):
        sheet.texts[event.case_id] = (event.number, *words)
    row["title_masked"], row["text_masked"] = words


def persons(row: Row, event: CaseRegistered | CaseReceived) -> None:
    """Keep who told it, as far as everybody at a desk may see."""
    row["attempts"] = event.attempts
    row["party_kind"] = event.complainant.kind
    if not row["amendment"]:
        named(row, event)


def named(row: Row, event: CaseRegistered | CaseReceived | CaseAmended) -> None:
    """Show the persons of a case, masked."""
    person, agent = event.complainant, event.agent
    row["person_masked"] = person.masked_name
    row["phone_masked"] = person.masked_phone
    row["agent_masked"] = agent.masked_name if agent else None
    row["name_withheld"] = person.withheld or None
    if not isinstance(event, CaseReceived):
        row["others"] = [each.party.masked_name for each in event.others] or None
    if event.authority is not None:
        row["authority"] = event.authority.model_dump(mode="json", exclude={"note", "code_hash"})
    if event.measures is not None:
        row["measures"] = list(event.measures) or None


def earliest(row: Row, **instants: datetime) -> None:
    """Keep the earliest of each of these instants: several nodes tell the same moment."""
    for name, at in instants.items():
        row[name] = at if row[name] is None else min(row[name], at)
