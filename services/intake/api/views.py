"""A case as its person sees it, made of intake's own row and the facts that intake has heard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from services.intake.api.answers import (
    AppealAnswer,
    AuthorityAnswer,
    CaseAnswer,
    Contact,
    DeclineAnswer,
    HelperAnswer,
    HolderAnswer,
    MeetingAnswer,
    Promise,
    Rated,
    ResultAnswer,
    SiblingAnswer,
    Step,
    TrackingAnswer,
    UrgeAnswer,
    Wanted,
    WithdrawalAnswer,
)
from services.intake.api.nodes import name_of
from services.intake.api.texts import Names, next_text, seen_by, timeline_text
from services.intake.handlers import Look, demand_of, told_party
from services.intake.policy.agency import is_lapsed
from services.intake.policy.days import day_in_china
from services.intake.policy.facts import Fact
from services.intake.policy.following import next_step
from services.intake.policy.progress import Progress, Status
from services.intake.policy.urging import UrgeRules, next_urge_at, objection_to_urge
from services.intake.policy.withdrawing import (
    Asker,
    objection_to_taking_back,
    objection_to_withdrawing,
    take_back_by,
)
from services.intake.repository.cases import Case
from shared.events.sealed import PartyRole
from shared.events.words import Channel
from shared.http import NodeFacts


@dataclass(frozen=True, slots=True)
class Asked:
    """In which language somebody asks, when, and how this node lets people urge and withdraw."""

    language: str
    now: datetime
    urging: UrgeRules
    take_back_term: timedelta
    pressed_until: datetime | None = None
    """So long one who was pressed may take a withdrawal back."""
    complainant: int | None = None
    """Which of several asks; None for who speaks for all."""


def case_answer(
    look: Look, asked: Asked, here: NodeFacts, siblings: Sequence[Look] = ()
) -> CaseAnswer:
    """Return the answer to “where does my case stand?”, its sentences in one language."""
    language = asked.language
    case, progress = look.case, look.progress
    names: Names = partial(name_of, here=here)
    return CaseAnswer(
        case_id=case.case_id,
        number=case.number,
        status=progress.status,
        round=progress.round,
        title_masked=case.title_masked,
        channel=Channel(case.channel),
        demand=demand_of(case),
        region=case.region,
        registered_at=case.registered_at,
        lamp=progress.lamp,
        promise=_promise(progress),
        holder=_holder(look, names),
        result=_result(progress.result),
        answered=_result(progress.answered),
        decline=_decline(progress),
        appeal=_appeal(progress),
        timeline=[
            Step(
                at=fact.at,
                event=fact.kind.value,
                text=timeline_text(seen_by(fact, asked.complainant), names, language),
            )
            for fact in look.facts
        ],
        next=next_text(next_step(progress), language),
        wanted=[_wanted(fact) for fact in progress.wanted.values()],
        meetings=[MeetingAnswer(**fact.params) for fact in progress.meetings.values()],
        tracking=_tracking(progress),
        urge=_urge(look, asked),
        withdrawal=_withdrawal(look, asked),
        contact=_contact(case, asked.complainant),
        together=1 + sum(not each.left for each in case.others),
        mine=asked.complainant,
        measures=list(case.measures or ()),
        helper=_helper(progress),
        authority=_authority(case, asked),
        withheld=case.complainant.withheld,
        can_rate=progress.can_rate and asked.complainant is None,
        rated=None if progress.rated is None else Rated(level=progress.rated),
        siblings=[_sibling(each) for each in siblings],
        version=look.version,
    )


def _sibling(look: Look) -> SiblingAnswer:
    case, progress = look.case, look.progress
    return SiblingAnswer(
        number=case.number,
        title_masked=case.title_masked,
        status=progress.status,
        due_at=datetime.fromisoformat(progress.due_at) if progress.due_at else None,
        is_report=case.promised_from is None,
        joined_to=progress.joined_to,
    )


def _urge(look: Look, asked: Asked) -> UrgeAnswer:
    progress, rules = look.progress, asked.urging
    is_own = look.case.origin is None and look.case.erased_at is None
    return UrgeAnswer(
        can=is_own and objection_to_urge(progress, asked.now, rules) is None,
        urges=progress.urges,
        next_at=next_urge_at(progress, rules),
    )


def _withdrawal(look: Look, asked: Asked) -> WithdrawalAnswer:
    progress, now = look.progress, asked.now
    is_own = look.case.origin is None and look.case.erased_at is None
    fact = progress.withdrawn
    if fact is None:
        objection = objection_to_withdrawing(progress, Asker(is_staff=False))
        until = take_back_by(progress, now, asked.take_back_term)
        return WithdrawalAnswer(can=is_own and objection is None, take_back_by=until)
    objection = objection_to_taking_back(progress, now, asked.pressed_until)
    return WithdrawalAnswer(
        can=False,
        take_back_by=fact.params["take_back_by"],
        at=fact.at,
        reason=fact.params["reason"],
        can_take_back=is_own and objection is None,
    )


def _contact(case: Case, complainant: int | None) -> Contact:
    if complainant is not None:
        mine = next(each.party for each in case.others if each.serial == complainant)
        return Contact(party=PartyRole.COMPLAINANT, masked_phone=mine.masked_phone)
    role = told_party(case)
    party = case.agent if role is PartyRole.AGENT and case.agent else case.complainant
    return Contact(party=role, masked_phone=party.masked_phone)


def _helper(progress: Progress) -> HelperAnswer | None:
    told = None if progress.helper is None else progress.helper.params
    if told is None or told["helper"] is None:
        return None
    return HelperAnswer(name=told["helper"], phone=told["phone"])


def _authority(case: Case, asked: Asked) -> AuthorityAnswer | None:
    kept = case.authority
    if kept is None:
        return None
    names = ("relation", "told", "kind", "valid_until")
    lapsed = is_lapsed(kept.valid_until, day_in_china(asked.now))
    told = {name: getattr(kept, name) for name in names}
    return AuthorityAnswer(**told, scopes=list(kept.scopes), lapsed=lapsed)


def _wanted(fact: Fact) -> Wanted:
    named = ("request_id", "unit_name", "materials_masked", "answer_by")
    return Wanted(**{name: fact.params[name] for name in named}, asked_at=fact.at)


def _promise(progress: Progress) -> Promise | None:
    if progress.due_at is None:
        return None
    due_at = datetime.fromisoformat(progress.due_at)
    return Promise(due_at=due_at, provisional=progress.provisional)


def _holder(look: Look, names: Names) -> HolderAnswer | None:
    holder = look.progress.holder
    if holder is None:
        return None
    code, node = holder.code, holder.node
    told = {"code": code, "phone": look.holder_phone}
    if node is None:
        return HolderAnswer(**told, name=holder.name)
    name = names(node) if code == node else holder.name
    return HolderAnswer(**told, name=name, node=node, node_name=names(node))


def _result(fact: Fact | None) -> ResultAnswer | None:
    if fact is None:
        return None
    outcome, answer = fact.params["outcome"], fact.params["answer_masked"]
    return ResultAnswer(outcome=outcome, answer_masked=answer, at=fact.at)


def _tracking(progress: Progress) -> TrackingAnswer | None:
    fact = progress.tracked
    if fact is None:
        return None
    named = ("unit_name", "explanation_masked", "ground_masked", "next_on")
    return TrackingAnswer(**{name: fact.params[name] for name in named}, at=fact.at)


def _decline(progress: Progress) -> DeclineAnswer | None:
    fact = progress.decline
    if fact is None or progress.status is not Status.DECLINED:
        return None
    return DeclineAnswer(**fact.params, at=fact.at)


def _appeal(progress: Progress) -> AppealAnswer | None:
    asked, decided = progress.appeal, progress.appeal_decided
    if asked is None:
        return None
    told = {name: asked.params[name] for name in ("because_masked", "decide_by")}
    if decided is None:
        return AppealAnswer(**told, at=asked.at)
    answered = {name: decided.params[name] for name in ("upheld", "words_masked")}
    return AppealAnswer(**told, **answered, at=asked.at, decided_at=decided.at)
