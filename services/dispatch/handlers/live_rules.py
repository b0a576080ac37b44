"""A catalogue of rules, ready to be asked: the one in force, or a draft that is tried out.

An edition of a version never changes and its id is its own in the whole world: a copy in memory
cannot grow old, whichever node of the process it is of.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.policy.rule_index import RuleIndex
from services.dispatch.policy.rules import Facts, facts_text
from services.dispatch.repository.cases import Case
from services.dispatch.repository.rules import Catalogue, in_force, rules_in

CHINA = timezone(timedelta(hours=8))
MOST_KEPT = 8
_KEPT: OrderedDict[tuple[UUID, int], RuleIndex] = OrderedDict()


@dataclass(frozen=True, slots=True)
class LiveRules:
    """A version and its index."""

    catalogue: int
    index: RuleIndex


def live_rules(db: Connection, at: datetime) -> LiveRules | None:
    """Return the catalogue that decides at a moment; None while there was none."""
    live = in_force(db, at)
    return None if live is None else rules_of(db, live)


def rules_of(db: Connection, catalogue: Catalogue) -> LiveRules:
    """Return a version as it stands, ready to be asked."""
    return LiveRules(catalogue.number, _index_of(db, catalogue))


def facts_of(case: Case) -> Facts:
    """Return what rules look at of a case, at its acceptance; the kind of its item is not told."""
    return Facts(
        at=case.accepted_at.astimezone(CHINA).replace(tzinfo=None),
        item_code=case.item_code,
        region=case.region,
        channel=case.channel,
        party=case.party,
        text=facts_text(case.title_masked, case.text_masked),
    )


def _index_of(db: Connection, catalogue: Catalogue) -> RuleIndex:
    key = (catalogue.catalogue_id, catalogue.edition)
    known = _KEPT.get(key)
    if known is None:
        known = RuleIndex([one.rule for one in rules_in(db, catalogue.catalogue_id)])
        _KEPT[key] = known
        while len(_KEPT) > MOST_KEPT:
            _KEPT.popitem(last=False)
    return known
