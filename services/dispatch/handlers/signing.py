"""Check a draft catalogue, and sign it: two persons, the same edition, from one moment on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from services.dispatch.handlers.deciding import Asked, decide
from services.dispatch.handlers.drafting import the_draft
from services.dispatch.handlers.live_rules import CHINA, LiveRules
from services.dispatch.handlers.trace import Trace, leave_trace
from services.dispatch.policy import Decision, PoolReason
from services.dispatch.policy.rule_checks import Finding, Known, findings_of
from services.dispatch.policy.rule_index import RuleIndex
from services.dispatch.policy.rules import Facts, Rule
from services.dispatch.repository import rules as repository
from services.dispatch.repository.catalogue import units_in_use
from services.dispatch.repository.items import item_codes
from services.dispatch.repository.rules import SIGNED, Catalogue, Trial
from shared.errors import Refused
from shared.security.caller import Caller
from shared.security.policy import Action
from shared.security.signatures import first_signature, second_signature


@dataclass(frozen=True, slots=True)
class Tried:
    """A test case, where its matter would go now, and by which rule."""

    trial: Trial
    unit_code: str | None
    rule_code: str | None
    reason: PoolReason | None

    @property
    def passed(self) -> bool:
        """Tell whether it comes to the unit it must come to."""
        return self.unit_code == self.trial.unit_code


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong with a catalogue, and what became of its test cases."""

    findings: Sequence[Finding]
    tried: Sequence[Tried]

    @property
    def objection(self) -> str | None:
        """Return why nobody can sign it, as a code; None if nothing stands against it."""
        if any(one.blocks for one in self.findings):
            return "rules_not_clean"
        if not self.tried:
            return "tests_missing"
        return None if all(one.passed for one in self.tried) else "tests_failed"


@dataclass(frozen=True, slots=True)
class Signing:
    """What is signed: an edition as it was read, and from when it shall hold."""

    edition: int
    live_from: datetime | None = None
    """None is at once."""


def check_catalogue(db: Connection, catalogue: Catalogue, now: datetime) -> Checked:
    """Return what is wrong with the rules of a version and how its test cases end."""
    rules = [one.rule for one in repository.rules_in(db, catalogue.catalogue_id)]
    known = Known(units_in_use(db), item_codes(db), now.astimezone(CHINA).date())
    trials = repository.trials_in(db, catalogue.catalogue_id)
    return Checked(findings_of(rules, known), _tried(db, catalogue, rules, trials))


def sign_catalogue(db: Connection, signing: Signing, caller: Caller) -> Catalogue:
    """Sign the draft; the second signature puts it in force from the moment both agreed on.

    Refused: `changed_meanwhile`, `rules_not_clean`, `tests_missing`, `tests_failed`,
    `signed_by_you`, `live_in_the_past`.
    """
    draft = the_draft(db)
    if signing.edition != draft.edition:
        raise Refused("changed_meanwhile", field="edition")
    objection = check_catalogue(db, draft, caller.now).objection
    if objection is not None:
        raise Refused(objection)
    first = draft.first_by is None
    signed = first_signature(caller, signing.live_from) if first else _second(draft, caller)
    repository.change_catalogue(db, draft.catalogue_id, **signed)
    after = {"edition": draft.edition, "number": draft.number, **signed}
    trace = Trace(Action.CATALOGUE_SIGN, "catalogue", str(draft.number), after)
    leave_trace(db, caller, trace)
    return replace(draft, **signed)


def _second(draft: Catalogue, caller: Caller) -> dict[str, Any]:
    return {**second_signature(draft.first_by, draft.live_from, caller), "state": SIGNED}


def _tried(
    db: Connection, catalogue: Catalogue, rules: Sequence[Rule], trials: Sequence[Trial]
) -> list[Tried]:
    live = LiveRules(catalogue.number, RuleIndex(rules))
    decisions = decide(db, live, [Asked(_facts(trial.matter)) for trial in trials])
    return [_ended(trial, made) for trial, made in zip(trials, decisions, strict=True)]


def _ended(trial: Trial, decision: Decision) -> Tried:
    unit = decision.unit.code if decision.unit else None
    rule = decision.ruled.hit.rule.code if decision.ruled else None
    return Tried(trial, unit, rule, decision.reason)


def _facts(matter: dict[str, Any]) -> Facts:
    at = datetime.fromisoformat(matter["at"]).astimezone(CHINA).replace(tzinfo=None)
    told = {name: matter[name] for name in ("item_code", "region", "channel", "party")}
    return Facts(**told, at=at, text=matter["text"].lower())
