"""The rule of disclosure to the tier above: taken from the settings, in force from when it is.

It is told again each day: a tier above may have been put back, or not have understood it before.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from services.link.handlers.house import House
from services.link.handlers.node_facts import note_node_fact
from services.link.handlers.note import own_envelope
from services.link.repository.disclosures import last_told_to, rule_in_force, set_rule
from services.link.repository.node_facts import node_fact_of
from services.link.tables import plumbing
from shared.audit import Entry, digest_of, record
from shared.events.base import Envelope
from shared.events.link import DisclosureSet
from shared.outbox import say
from shared.security.actor import Actor, ActorKind
from shared.security.disclosure import AS_EVER, Rule

log = logging.getLogger(__name__)

TOLD_AGAIN = timedelta(days=1)

OpenTransaction = Callable[[], AbstractContextManager[Connection]]


def under_rule(db: Connection, house: House) -> House:
    """Return the house with the rule that is in force; without a tier above there is none.

    A stricter level of the settings holds from the first moment, before it is settled.
    """
    if house.parent is None:
        return house
    return replace(house, rule=(rule_in_force(db) or AS_EVER).at_most(house.level))


def settle_rule(open_transaction: OpenTransaction, house: House) -> bool:
    """Let the level of the settings hold, and tell the tier above.

    True if the rule is new, or the tier above is; else it is told again once a day.
    """
    if house.parent is None:
        return False
    with open_transaction() as db:
        before = rule_in_force(db)
        rule = (before or AS_EVER).changed_to(house.level, house.now)
        if rule == before and last_told_to(db) == house.parent:
            _tell_again(db, rule, house)
            return False
        set_rule(db, rule, house.parent, house.now)
        say(db, _told(rule, house))
        _tell(db, rule, house)
        _leave_trace(db, rule, house)
    log.warning("disclosure", extra={"node": house.node, "level": rule.level.value})
    return True


def _told(rule: Rule, house: House) -> DisclosureSet:
    about = {"occurred_at": house.now, "node": house.node}
    return DisclosureSet(**about, level=rule.level, since=rule.since)


def _tell_again(db: Connection, rule: Rule, house: House) -> None:
    body = node_fact_of(db, house.node, DisclosureSet.name)
    told_at = Envelope.model_validate_json(body).time if body else None
    if told_at is None or abs(house.now - told_at) >= TOLD_AGAIN:
        _tell(db, rule, house)


def _tell(db: Connection, rule: Rule, house: House) -> None:
    fact = _told(rule, house)
    before = node_fact_of(db, house.node, DisclosureSet.name)
    note_node_fact(db, own_envelope(house, fact, [before] if before else []), fact, house)


def _leave_trace(db: Connection, rule: Rule, house: House) -> None:
    told = {"level": rule.level.value, "since": rule.since and rule.since.isoformat()}
    entry = Entry(
        at=house.now,
        actor=Actor(kind=ActorKind.SYSTEM, node=house.node, id="settings"),
        action="disclosure.set",
        object_kind="node",
        object_id=house.parent or "",
        after=digest_of(told),
        reason=rule.level.value,
    )
    record(db, plumbing.audit, entry)
