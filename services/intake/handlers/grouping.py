"""Put a case under the lead of another one, and take it out again."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.complaint import known_as
from services.intake.handlers.dissolving import dissolve
from services.intake.handlers.follow import tell
from services.intake.handlers.look import Look
from services.intake.handlers.trace import leave_trace
from services.intake.policy.grouping import Candidate, Kind, objection_to_grouping
from services.intake.policy.progress import Status
from services.intake.repository.cases import Case, lock_cases
from services.intake.repository.groupings import Grouping, add_grouping, grouping_of, led_by
from shared.clock import new_id
from shared.errors import Refused
from shared.events.intake import CaseGrouped, ComplainedOf, GroupKind
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.masking import mask_text

AT_REST = frozenset({Status.DECLINED, Status.FINISHED, Status.CLOSED, Status.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class GroupAsking:
    """What two cases have in common, and how somebody knows."""

    kind: Kind
    because: str


def lock_both(db: Connection, case_id: UUID, lead_id: UUID) -> None:
    """Lock a case and its lead, in one order whoever else locks them."""
    lock_cases(db, {case_id, lead_id})


def group_case(
    db: Connection, case: Look, lead: Look, asking: GroupAsking, caller: Caller
) -> Grouping:
    """Put a locked case under a locked lead; Refused with the objection's code."""
    told = candidate(db, case), candidate(db, lead)
    objection = objection_to_grouping(*told, asking.kind)
    if objection is not None:
        raise Refused(objection, field="lead")
    grouping = Grouping(
        grouping_id=new_id(),
        case_id=case.case.case_id,
        lead_id=lead.case.case_id,
        kind=asking.kind,
        because_masked=mask_text(asking.because),
        grouped_at=caller.now,
    )
    add_grouping(db, grouping)
    _say_grouped(db, grouping, lead.case, caller)
    leave_trace(db, caller, "case.group", case.case.number, purpose=lead.case.number)
    return grouping


def ungroup_case(db: Connection, case: Look, because: str, caller: Caller) -> None:
    """Take a locked case out of its group; Refused (`not_grouped`) if it is in none."""
    grouping = grouping_of(db, case.case.case_id)
    if grouping is None:
        raise Refused("not_grouped")
    dissolve(db, grouping, mask_text(because), caller.by, caller.now)
    leave_trace(db, caller, "case.ungroup", case.case.number)


def _say_grouped(db: Connection, grouping: Grouping, lead: Case, caller: Caller) -> None:
    kind = GroupKind(grouping.kind)
    grouped = CaseGrouped(
        case_id=grouping.case_id,
        occurred_at=caller.now,
        lead_id=lead.case_id,
        lead_number=lead.number,
        kind=kind,
        because_masked=grouping.because_masked,
        by=caller.by,
    )
    if kind is GroupKind.JOINED:
        tell(db, grouped)  # the lead is this person's own
    else:
        say(db, grouped)


def candidate(db: Connection, look: Look) -> Candidate:
    """Return a case as far as a group depends on it."""
    case, person = look.case, look.case.complainant
    marks = {each for each in (person.phone_hash, person.id_hash) if each}
    return Candidate(
        number=case.number,
        name=person.name_hash,
        marks=frozenset(marks),
        against=_against(case.complained_of or ComplainedOf()),
        is_here=case.origin is None and look.progress.node is None,
        is_accepted=case.accepted_at is not None,
        is_at_rest=look.progress.status in AT_REST or case.erased_at is not None,
        is_led=grouping_of(db, case.case_id) is not None,
        leads=bool(led_by(db, case.case_id)),
    )


def _against(told: ComplainedOf) -> frozenset[str]:
    return frozenset("/".join(known_as(unit)) for unit in told.units) | told.hashes
