"""Work on the draft of the dispatch catalogue: rules in their order, and its test cases."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.propose import draft_at
from services.dispatch.handlers.trace import Trace, leave_trace
from services.dispatch.policy import significant
from services.dispatch.policy.rules import Rule
from services.dispatch.repository import rules as repository
from services.dispatch.repository.rules import Catalogue, Entered, Trial, written
from services.dispatch.repository.simulations import forget_simulations
from shared.clock import new_id
from shared.errors import Refused
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.policy import Action

MOST_RULES = 20_000
MOST_TRIALS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleEntry:
    """A rule as somebody enters it; without a code it gets the next free one."""

    rule: Rule
    code: str | None = None
    position: int | None = None
    """From 0; None leaves a known rule where it is and puts a new one at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialEntry:
    """A matter and the unit it must come to; without one, to the pool."""

    title: str
    unit_code: str | None
    item_code: str | None = None
    region: str = ""
    channel: str | None = None
    party: str | None = None
    text: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a change of the draft made of it."""

    number: int
    edition: int
    code: str


@dataclass(frozen=True, slots=True)
class _Change:
    after: dict[str, Any]
    before: dict[str, Any] | None = None


def begin_draft(db: Connection, note: str, caller: Caller) -> Catalogue:
    """Open a draft on the version signed last; Refused where there is one."""
    if repository.lock_draft(db) is not None:
        raise Refused("draft_open")
    draft = draft_at(db, caller.now)
    repository.change_catalogue(db, draft.catalogue_id, note=mask_text(note))
    _trace(db, caller, draft, {"opened": draft.number})
    return replace(draft, note=mask_text(note))


def discard_draft(db: Connection, caller: Caller) -> Catalogue:
    """Throw the draft away with all that is in it."""
    draft = the_draft(db)
    forget_simulations(db, draft.catalogue_id)
    repository.drop_draft(db, draft.catalogue_id)
    _trace(db, caller, draft, {"discarded": draft.number})
    return draft


def enter_rule(db: Connection, entry: RuleEntry, caller: Caller) -> Drafted:
    """Write a rule of the draft, new or known by its code."""
    draft = the_draft(db)
    code = entry.code or repository.free_code(db, draft.catalogue_id)
    rule = _clean(replace(entry.rule, code=code))
    known = repository.find_rule(db, draft.catalogue_id, code)
    if known is None:
        _add(db, draft, rule, entry.position)
    else:
        repository.change_rule(db, known.rule_id, rule)
        if entry.position is not None:
            _move(db, draft, known, entry.position)
    before = None if known is None else written(known.rule)
    return _changed(db, draft, caller, code, _Change(written(rule), before))


def remove_rule(db: Connection, code: str, caller: Caller) -> Drafted:
    """Take a rule out of the draft."""
    draft = the_draft(db)
    known = _known(db, draft, code)
    repository.remove_rule(db, draft.catalogue_id, known)
    return _changed(db, draft, caller, code, _Change({"removed": code}, written(known.rule)))


def move_rule(db: Connection, code: str, position: int, caller: Caller) -> Drafted:
    """Put a rule of the draft at another position, from 0; beyond the end is the end."""
    draft = the_draft(db)
    known = _known(db, draft, code)
    _move(db, draft, known, position)
    change = _Change({"position": position}, {"position": known.position})
    return _changed(db, draft, caller, code, change)


def enter_trial(db: Connection, entry: TrialEntry, caller: Caller) -> Drafted:
    """Add a test case to the draft."""
    draft = the_draft(db)
    if len(repository.trials_in(db, draft.catalogue_id)) >= MOST_TRIALS:
        raise Refused("rules_full")
    matter = {
        "item_code": entry.item_code,
        "region": entry.region,
        "channel": entry.channel,
        "party": entry.party,
        "text": mask_text(entry.text),
        "at": (entry.at or caller.now).isoformat(),
    }
    trial = Trial(
        test_id=new_id(), title=mask_text(entry.title), matter=matter, unit_code=entry.unit_code
    )
    repository.add_trial(db, draft.catalogue_id, trial)
    change = _Change({**matter, "unit": entry.unit_code})
    return _changed(db, draft, caller, str(trial.test_id), change)


def remove_trial(db: Connection, test_id: UUID, caller: Caller) -> Drafted:
    """Take a test case out of the draft."""
    draft = the_draft(db)
    if not repository.remove_trial(db, draft.catalogue_id, test_id):
        raise Refused("unknown_test", field="test_id")
    return _changed(db, draft, caller, str(test_id), _Change({"removed": str(test_id)}))


def the_draft(db: Connection) -> Catalogue:
    """Lock and return the draft; Refused where there is none."""
    draft = repository.lock_draft(db)
    if draft is None:
        raise Refused("no_draft")
    return draft


def _add(db: Connection, draft: Catalogue, rule: Rule, position: int | None) -> None:
    count = repository.count_rules(db, draft.catalogue_id)
    if count >= MOST_RULES:
        raise Refused("rules_full")
    at = count if position is None else min(position, count)
    repository.add_rule(db, draft.catalogue_id, at, rule)


def _move(db: Connection, draft: Catalogue, known: Entered, position: int) -> None:
    last = repository.count_rules(db, draft.catalogue_id) - 1
    repository.move_rule(db, draft.catalogue_id, known, min(position, last))


def _known(db: Connection, draft: Catalogue, code: str) -> Entered:
    known = repository.find_rule(db, draft.catalogue_id, code)
    if known is None:
        raise Refused("unknown_rule", field="code")
    return known


def _clean(rule: Rule) -> Rule:
    told = rule.conditions
    conditions = replace(
        told,
        regions=frozenset(map(significant, told.regions)),
        any_words=_masked(told.any_words),
        all_words=_masked(told.all_words),
        no_words=_masked(told.no_words),
    )
    return replace(
        rule,
        title=mask_text(rule.title),
        legal_basis=mask_text(rule.legal_basis),
        source=mask_text(rule.source),
        conditions=conditions,
    )


def _masked(words: frozenset[str]) -> frozenset[str]:
    return frozenset(mask_text(word).lower() for word in words)


def _changed(
    db: Connection, draft: Catalogue, caller: Caller, code: str, change: _Change
) -> Drafted:
    repository.touch(db, draft)
    trace = Trace(
        Action.CATALOGUE_WRITE, "rule", f"{draft.number}/{code}", change.after, change.before
    )
    leave_trace(db, caller, trace)
    return Drafted(draft.number, draft.edition + 1, code)


def _trace(db: Connection, caller: Caller, draft: Catalogue, after: dict[str, Any]) -> None:
    trace = Trace(Action.CATALOGUE_WRITE, "catalogue", str(draft.number), after)
    leave_trace(db, caller, trace)
