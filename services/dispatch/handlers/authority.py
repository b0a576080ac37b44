"""The authority table at work: import it, ask it about a case, refuse what it does not allow."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from services.dispatch.handlers.authority_sheet import LineError, read_sheet
from services.dispatch.handlers.live_rules import CHINA
from services.dispatch.handlers.trace import Trace, leave_trace
from services.dispatch.policy.authority import TIERS, Grant, Standing, is_tier_below, standing_of
from services.dispatch.repository.authority import (
    all_grants,
    grants_for,
    lock_authority,
    replace_grants,
)
from services.dispatch.repository.cases import Case
from services.dispatch.repository.catalogue import region_of_unit
from services.dispatch.repository.items import item_codes
from shared.errors import Refused
from shared.regions import full_name_of
from shared.security.caller import Caller
from shared.security.policy import Action

TIER_NAMES = dict(zip(TIERS, ("省级", "市级", "县级", "乡镇（街道）"), strict=True))
COUNTY_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Preview:
    """What a sheet would change, or what is wrong with it."""

    errors: Sequence[LineError]
    added: Sequence[Grant]
    removed: Sequence[Grant]
    changed: Sequence[Grant]
    same: int
    applied: bool = False


def import_authority(db: Connection, data: bytes, caller: Caller, *, apply: bool) -> Preview:
    """Let the table be what a sheet says, all of it or nothing; without `apply` only look."""
    sheet = read_sheet(data, item_codes(db))
    if sheet.errors:
        return Preview(sheet.errors, (), (), (), 0)
    if apply:
        lock_authority(db)
    preview = _compared(all_grants(db), sheet.grants, applied=apply)
    if apply and (preview.added or preview.removed or preview.changed):
        replace_grants(db, sheet.grants)
        rows = [asdict(grant) for grant in sheet.grants]
        trace = Trace(Action.ITEM_WRITE, "authority", "all", {"rows": rows})
        leave_trace(db, caller, trace)
    return preview


def standing_here(db: Connection, case: Case, code: str, at: datetime) -> Standing:
    """Return whether the node, neighbour or unit of a region code may handle a case's item."""
    if case.item_code is None:
        return Standing(True)
    grants = grants_for(db, [case.item_code]).get(case.item_code, [])
    return standing_of(grants, code, day_of(at))


def whose_below(db: Connection, case: Case, unit: str, node: str, at: datetime) -> str | None:
    """Return whose an item is where a unit of a tier below the node may not handle it."""
    place = region_of_unit(db, unit)
    if not is_tier_below(place, node):
        return None
    standing = standing_here(db, case, place, at)
    return None if standing.allowed else told(standing.holders)


def refuse_undelegated(db: Connection, case: Case, code: str, at: datetime, field: str) -> None:
    """Refuse (`not_delegated`, with the ground) to send a case down to who may not handle it."""
    standing = standing_here(db, case, code, at)
    if not standing.allowed:
        raise Refused("not_delegated", told(standing.holders), field=field)


def told(holders: Sequence[Grant]) -> str:
    """Return whose an item is, with the legal basis, for people."""
    return "；".join(
        f"{TIER_NAMES[one.tier]}{_where(one)}办理（{one.legal_basis}）" for one in holders[:3]
    )


def day_of(at: datetime) -> date:
    """Return the day of an instant in China."""
    return at.astimezone(CHINA).date()


def _where(grant: Grant) -> str:
    if not grant.region:
        return ""
    name = full_name_of(grant.region[:COUNTY_DIGITS].ljust(COUNTY_DIGITS, "0"))
    return f"“{name or ''}{grant.region}”"


def _compared(before: Sequence[Grant], after: Sequence[Grant], *, applied: bool) -> Preview:
    earlier = {grant.key: grant for grant in before}
    later = {grant.key: grant for grant in after}
    known = [grant for grant in after if grant.key in earlier]
    changed = [grant for grant in known if earlier[grant.key] != grant]
    return Preview(
        (),
        [grant for grant in after if grant.key not in earlier],
        [grant for grant in before if grant.key not in later],
        changed,
        len(known) - len(changed),
        applied,
    )
