"""What nodes below let this one see, as they told it."""

from sqlalchemy import ColumnElement, Connection, and_, not_, or_, select, true

from services.portal.policy import is_below
from services.portal.tables import live
from shared.events.link import DisclosureSet
from shared.events.words import Disclosure
from shared.security.disclosure import Rule, Rules, area_of

_case = live.cases.c


def rules_below(db: Connection, here: str) -> Rules:
    """Return the rule of every node below that told one; the own one binds the tier above."""
    c = live.node_facts.c
    found = db.scalars(select(c.body).where(c.name == DisclosureSet.name))
    told = map(DisclosureSet.model_validate, found)
    return {each.node: Rule(each.level, each.since) for each in told if is_below(each.node, here)}


def shown_below(rules: Rules) -> ColumnElement[bool]:
    """Return the condition that a case below is shown: `is_shown` for all rows at once."""
    conditions = [_shown(code, rule) for code, rule in sorted(rules.items()) if rule.hides]
    return or_(_case.reported_at.is_not(None), and_(true(), *conditions))


def _shown(code: str, rule: Rule) -> ColumnElement[bool]:
    elsewhere = or_(_case.holder.is_(None), not_(_case.holder.startswith(area_of(code))))
    if rule.level is Disclosure.NONE:
        return elsewhere
    return or_(elsewhere, _case.registered_at >= rule.since)
