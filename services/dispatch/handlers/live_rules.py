"""The catalogue in force, ready to be asked.

A signed version never changes and its id is its own in the whole world: a copy in memory cannot
grow old, whichever node of the process it is of.
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
_KEPT: OrderedDict[UUID, RuleIndex] = OrderedDict()


@dataclass(frozen=True, slots=True)
class LiveRules:
    """A version and its index."""

    catalogue: int
    index: RuleIndex


def live_rules(db: Connection, at: datetime) -> LiveRules | None:
    """Return the catalogue that decides at a moment; None while there was none."""
    live = in_force(db, at)
    return None if live is None else LiveRules(live.number, _index_of(db, live))


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


def _index_of(db: Connection, live: Catalogue) -> RuleIndex:
    known = _KEPT.get(live.catalogue_id)
    if known is None:
        known = RuleIndex([one.rule for one in rules_in(db, live.catalogue_id)])
        _KEPT[live.catalogue_id] = known
        while len(_KEPT) > MOST_KEPT:
            _KEPT.popitem(last=False)
    return known
