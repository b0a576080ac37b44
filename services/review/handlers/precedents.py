"""Keep the case library: one writes a precedent without persons, another one publishes it."""

from dataclasses import dataclass, fields, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.review.handlers.supervise import complains_of
from services.review.handlers.trace import leave_trace
from services.review.policy.precedents import (
    MOST_AVOIDED_A_DAY,
    State,
    narrows,
    objection_to_publishing,
    objection_to_writing,
)
from services.review.repository.evaluations import find_case
from services.review.repository.precedents import (
    Avoided,
    Precedent,
    Text,
    add_avoided,
    drop_edition,
    find_edition,
    lock_latest,
    mark_checked,
    move_edition,
    times_said,
    write_edition,
)
from shared.clock import new_id
from shared.errors import Refused
from shared.events.review import WAYS, PrecedentPublished, PrecedentWithdrawn, ReportAvoided
from shared.events.words import Scope
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.masking import mask_text, unmasked_in
from shared.security.policy import Action, Resource, may

MASKED = ("title", "question", "answer")
"""What is told in sentences: people are masked in it, as in every text of staff."""
WORK = (Action.PRECEDENT_WRITE, Action.PRECEDENT_PUBLISH)
NAMED = ("item_name", "policy")
"""What is a name of something: a mask in it would make it another one."""


@dataclass(frozen=True, slots=True)
class Drafting:
    """What somebody writes into the library."""

    text: Text
    scope: Scope
    case_id: UUID | None = None
    """The finished case in which it was solved."""


def draft_precedent(db: Connection, drafting: Drafting, caller: Caller, node: str) -> Precedent:
    """Begin a precedent; Refused if its case is not finished, or a person is named in it."""
    number = None
    if drafting.case_id is not None:
        number = _finished(db, drafting.case_id, caller)
    text = told_of_nobody(drafting.text)
    draft = Precedent(
        **_fields(text),
        precedent_id=new_id(),
        node=node,
        state=State.DRAFT,
        scope=drafting.scope,
        source_case=drafting.case_id,
        source_number=number,
        writers=(caller.actor.id,),
        drafted_at=caller.now,
    )
    _write(db, draft, caller)
    return draft


def revise_precedent(
    db: Connection, precedent_id: UUID, drafting: Drafting, caller: Caller, node: str
) -> Precedent:
    """Change a draft, or begin the next edition of what is published."""
    latest = locked(db, precedent_id, caller)
    if latest.node != node:
        raise Refused("others_precedent")
    _check_scope(db, precedent_id, drafting.scope)
    text = told_of_nobody(drafting.text)
    draft = replace(_open_edition(latest, caller), **_fields(text), scope=drafting.scope)
    _write(db, draft, caller)
    return draft


def publish_precedent(db: Connection, precedent_id: UUID, caller: Caller, node: str) -> Precedent:
    """Publish a draft that somebody else wrote, in place of the edition before."""
    draft = locked(db, precedent_id, caller)
    if draft.node != node:
        raise Refused("others_precedent")
    _refuse_if(objection_to_publishing(draft.state, draft.writers, caller.actor.id))
    demand_no_person(draft)
    before = find_edition(db, precedent_id, State.PUBLISHED)
    if before is not None:
        move_edition(db, before, State.REPLACED, caller.now)
    move_edition(db, draft, State.PUBLISHED, caller.now)
    published = replace(draft, state=State.PUBLISHED, published_at=caller.now)
    say(db, _published(published, caller))
    after = {"edition": draft.edition, "scope": draft.scope, **_fields(draft)}
    leave_trace(db, caller, Action.PRECEDENT_PUBLISH, precedent_id, after)
    return published


def withdraw_precedent(db: Connection, precedent_id: UUID, caller: Caller, node: str) -> Precedent:
    """Take back what is published, at every node that has it; its origin alone may."""
    published = _published_one(db, precedent_id, caller)
    if published.node != node:
        raise Refused("others_precedent")
    move_edition(db, published, State.WITHDRAWN, caller.now)
    say(db, _withdrawn(published, caller))
    after = {"edition": published.edition, "state": State.WITHDRAWN}
    leave_trace(db, caller, Action.PRECEDENT_PUBLISH, precedent_id, after)
    return replace(published, state=State.WITHDRAWN, withdrawn_at=caller.now)


def discard_draft(db: Connection, precedent_id: UUID, caller: Caller, node: str) -> Precedent:
    """Throw a draft away; what is published of it stays."""
    draft = locked(db, precedent_id, caller)
    _refuse_if(objection_to_writing(draft.state, is_ours=draft.node == node))
    drop_edition(db, draft)
    after = {"edition": draft.edition, "discarded": True}
    leave_trace(db, caller, Action.PRECEDENT_WRITE, precedent_id, after)
    return draft


def check_precedent(db: Connection, precedent_id: UUID, caller: Caller) -> Precedent:
    """Say that a precedent tells nothing of a person who was erased; the masker must agree."""
    published = _published_one(db, precedent_id, caller)
    if published.check_since is None:
        raise Refused("nothing_to_check")
    demand_no_person(published)
    mark_checked(db, published)
    after = {"edition": published.edition, "checked": True}
    leave_trace(db, caller, Action.PRECEDENT_PUBLISH, precedent_id, after)
    return replace(published, check_since=None)


def count_avoided(db: Connection, told: Avoided) -> bool:
    """Count that a precedent made a report unnecessary, once for each form and so often a day."""
    if find_edition(db, told.precedent_id, State.PUBLISHED) is None:
        raise Refused("unknown_precedent")
    if told.asker is not None and times_said(db, told) >= MOST_AVOIDED_A_DAY:
        return False
    if not add_avoided(db, told):
        return False
    fact = {"precedent_id": told.precedent_id, "at_desk": told.at_desk}
    say(db, ReportAvoided(**fact, occurred_at=told.at))
    return True


def locked(db: Connection, precedent_id: UUID, caller: Caller) -> Precedent:
    """Lock and return the last edition of a precedent; Refused where the caller may not see it."""
    latest = lock_latest(db, precedent_id)
    if latest is None or is_hidden(db, latest, caller):
        raise Refused("unknown_precedent")
    return latest


def is_hidden(db: Connection, precedent: Precedent, caller: Caller) -> bool:
    """Tell whether it is a draft that is not for who asks, or of a case that complains of them."""
    source = precedent.source_case
    if precedent.state is not State.DRAFT:
        return False
    return not works_on_it(caller) or (source is not None and complains_of(db, source, caller))


def works_on_it(caller: Caller) -> bool:
    """Tell whether somebody writes or publishes: nobody else sees drafts, or what they are of."""
    here = Resource(node=caller.actor.node, unit=caller.actor.unit)
    return any(may(caller.actor, action, here).allowed for action in WORK)


def told_of_nobody(text: Text) -> Text:
    """Return a text with people masked; Refused where one is named in a name or a keyword."""
    masked: dict[str, Any] = {name: mask_text(getattr(text, name)) for name in MASKED}
    told = replace(text, **masked)
    demand_no_person(told)
    return told


def demand_no_person(text: Text) -> None:
    """Refuse what the masker still finds somebody in, by field and place."""
    told = {name: getattr(text, name) or "" for name in (*MASKED, *NAMED)}
    told |= {f"keywords.{place}": word for place, word in enumerate(text.keywords)}
    for name, words in told.items():
        found = unmasked_in(words)
        if found:
            raise Refused("person_found", str(found[0].start + 1), field=name)


def _fields(text: Text) -> dict[str, Any]:
    return {each.name: getattr(text, each.name) for each in fields(Text)}


def _finished(db: Connection, case_id: UUID, caller: Caller) -> str:
    case = find_case(db, case_id)
    if case is None or complains_of(db, case_id, caller):
        raise Refused("unknown_case", field="case_id")
    if case.finished_at is None:
        raise Refused("not_finished", field="case_id")
    return case.number


def _open_edition(latest: Precedent, caller: Caller) -> Precedent:
    me = caller.actor.id
    if latest.state is State.DRAFT:
        return replace(latest, writers=tuple(sorted({*latest.writers, me})))
    return replace(
        latest,
        edition=latest.edition + 1,
        state=State.DRAFT,
        writers=(me,),
        drafted_at=caller.now,
        published_at=None,
        withdrawn_at=None,
        check_since=None,
    )


def _published_one(db: Connection, precedent_id: UUID, caller: Caller) -> Precedent:
    locked(db, precedent_id, caller)
    published = find_edition(db, precedent_id, State.PUBLISHED)
    if published is None:
        raise Refused("not_published")
    return published


def _check_scope(db: Connection, precedent_id: UUID, scope: Scope) -> None:
    before = find_edition(db, precedent_id, State.PUBLISHED)
    if before is not None and narrows(WAYS[Scope(before.scope)], WAYS[scope]):
        raise Refused("narrower_scope", field="scope")


def _refuse_if(refusal: str | None) -> None:
    if refusal is not None:
        raise Refused(refusal)


def _write(db: Connection, draft: Precedent, caller: Caller) -> None:
    write_edition(db, draft)
    after = {"edition": draft.edition, **_fields(draft)}
    leave_trace(db, caller, Action.PRECEDENT_WRITE, draft.precedent_id, after)


def _published(precedent: Precedent, caller: Caller) -> PrecedentPublished:
    about = {"precedent_id": precedent.precedent_id, "edition": precedent.edition}
    return PrecedentPublished.model_validate(
        {
            **_fields(precedent),
            **about,
            "node": precedent.node,
            "scope": precedent.scope,
            "occurred_at": caller.now,
        }
    )


def _withdrawn(precedent: Precedent, caller: Caller) -> PrecedentWithdrawn:
    return PrecedentWithdrawn(
        node=precedent.node,
        precedent_id=precedent.precedent_id,
        edition=precedent.edition,
        scope=Scope(precedent.scope),
        occurred_at=caller.now,
    )
