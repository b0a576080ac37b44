"""A person does not agree with a no: once, within its term, a supervisor looks again (N27)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.accept import Acceptance, accept_locked
from services.intake.handlers.complaint import is_in_conflict
from services.intake.handlers.follow import tell
from services.intake.handlers.look import Look
from services.intake.handlers.trace import leave_trace
from services.intake.handlers.words import sealed_words
from services.intake.policy.appeals import AppealState, AppealTerms, state_of
from services.intake.policy.progress import Status
from services.intake.repository.appeals import Appeal, add_appeal, appeal_of, change_appeal
from services.intake.repository.cases import Case, case_of
from shared.audit import digest_of
from shared.clock import new_id
from shared.errors import Refused
from shared.events.intake import AppealDecided, DeclineAppealed
from shared.security.actor import ActorKind
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.sealing import NodeKeys

BECAUSE = "appeal"


@dataclass(frozen=True, slots=True)
class Deciding:
    """What a supervisor decides, and why; how the case is accepted if the no does not stand."""

    upheld: bool
    words: str
    acceptance: Acceptance


@dataclass(frozen=True, slots=True)
class Appealing:
    """Why the no is wrong, and by which terms it is looked at again."""

    because: str
    terms: AppealTerms


def appeal_decline(
    db: Connection, keys: NodeKeys, look: Look, appealing: Appealing, caller: Caller
) -> Appeal:
    """Keep an appeal for the supervisor; Refused if there is no no, had one, or it is too late."""
    case = _appealable(look, caller)
    because, masked = sealed_words(db, keys, case, BECAUSE, appealing.because)
    assert because is not None, "an appeal says why"  # noqa: S101
    appeal = Appeal(
        appeal_id=new_id(),
        case_id=case.case_id,
        state=AppealState.ASKED,
        because=because,
        because_masked=masked,
        asked_at=caller.now,
        asked_by=caller.actor.id if caller.actor.kind is ActorKind.STAFF else None,
        decide_by=appealing.terms.decide_by(caller.now),
    )
    if not add_appeal(db, appeal):
        raise Refused("appealed_already")
    _say_asked(db, appeal, caller)
    leave_trace(db, caller, "decline.appeal", case.number, after=str(appeal.appeal_id))
    return appeal


def decide_appeal(db: Connection, appeal_id: UUID, deciding: Deciding, caller: Caller) -> UUID:
    """Let the no stand with words, or accept the case; its promise counts from the registration.

    Refused to whoever had said no, or has taken the appeal down.
    """
    case, appeal = _undecided(db, appeal_id, caller)
    words = mask_text(deciding.words)
    who = {"decided_by": caller.actor.id, "decided_name": caller.actor.name}
    state = state_of(upheld=deciding.upheld)
    change_appeal(db, appeal_id, state=state, decided_at=caller.now, words_masked=words, **who)
    tell(
        db,
        AppealDecided(
            case_id=case.case_id,
            occurred_at=caller.now,
            appeal_id=appeal.appeal_id,
            upheld=deciding.upheld,
            words_masked=words,
            by=caller.by,
        ),
    )
    after = digest_of({"state": state, "words": deciding.words})
    leave_trace(db, caller, "decline.decide", case.number, after=after)
    if deciding.upheld:
        return case.case_id
    return accept_locked(db, case, deciding.acceptance, caller, late=True)


def _appealable(look: Look, caller: Caller) -> Case:
    if look.progress.status is not Status.DECLINED or look.progress.decline is None:
        raise Refused("not_declined")
    if look.progress.appeal is not None:
        raise Refused("appealed_already")
    until = look.progress.decline.params.get("appeal_by")
    if until is None or datetime.fromisoformat(until) < caller.now:
        raise Refused("appeal_too_late")
    return look.case


def _say_asked(db: Connection, appeal: Appeal, caller: Caller) -> None:
    tell(
        db,
        DeclineAppealed(
            case_id=appeal.case_id,
            occurred_at=appeal.asked_at,
            appeal_id=appeal.appeal_id,
            because_masked=appeal.because_masked,
            decide_by=appeal.decide_by,
            by=caller.by,
        ),
    )


def _undecided(db: Connection, appeal_id: UUID, caller: Caller) -> tuple[Case, Appeal]:
    named = appeal_of(db, appeal_id)
    case = None if named is None else case_of(db, named.case_id, lock=True)
    appeal = appeal_of(db, appeal_id, lock=True)
    if case is None or appeal is None or is_in_conflict(case, caller):
        raise Refused("unknown_appeal")
    if case.erased_at is not None:
        raise Refused("case_erased")
    if appeal.state is not AppealState.ASKED:
        raise Refused("wrong_state")
    if caller.actor.id in (case.declined_by, appeal.asked_by):
        raise Refused("second_person")
    return case, appeal
