"""A withdrawn case leaves its groups; those that it led go on under another of them."""

from sqlalchemy import Connection

from services.intake.handlers.dissolving import dissolve
from services.intake.handlers.grouping import GroupAsking, candidate, group_case
from services.intake.handlers.look import look_at_all
from services.intake.policy.grouping import Kind, objection_to_grouping
from services.intake.repository.cases import Case, cases_among, lock_cases
from services.intake.repository.groupings import Grouping, around, led_by
from shared.security.caller import Caller

BECAUSE = "诉求人已撤回这一件"


def lock_with_groups(db: Connection, case: Case) -> None:
    """Lock a case with its lead and those that it leads, in one order whoever else does."""
    groups = around(db, case.case_id)
    lock_cases(db, {case.case_id}.union(*({one.case_id, one.lead_id} for one in groups)))


def leave_groups(db: Connection, case: Case, caller: Caller) -> None:
    """Dissolve every group of a locked case, then group anew those that it led."""
    led = led_by(db, case.case_id)
    for grouping in around(db, case.case_id):
        dissolve(db, grouping, BECAUSE, caller.by, caller.now)
    for kind in Kind:
        _lead_on(db, [one for one in led if one.kind == kind], kind, caller)


def _lead_on(db: Connection, led: list[Grouping], kind: Kind, caller: Caller) -> None:
    """Let the earliest lead the others, as far as they may still go together."""
    found = cases_among(db, [one.case_id for one in led])
    looks = look_at_all(db, [found[one.case_id] for one in led])
    for other in looks[1:]:
        told = candidate(db, other), candidate(db, looks[0])
        if objection_to_grouping(*told, kind) is None:
            group_case(db, other, looks[0], GroupAsking(kind, BECAUSE), caller)
