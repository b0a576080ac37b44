"""What this node let the tier above see, and since when."""

from datetime import datetime

from sqlalchemy import Connection, select

from services.link.tables import disclosures
from shared.events.words import Disclosure
from shared.security.disclosure import Rule


def rule_in_force(db: Connection) -> Rule | None:
    """Return the rule that holds; None before the first."""
    c = disclosures.c
    query = select(c.level, c.since).order_by(c.position.desc()).limit(1)
    row = db.execute(query).one_or_none()
    return None if row is None else Rule(Disclosure(row.level), row.since)


def last_told_to(db: Connection) -> str | None:
    """Return the tier above for which the rule was set."""
    c = disclosures.c
    return db.scalar(select(c.told_to).order_by(c.position.desc()).limit(1))


def set_rule(db: Connection, rule: Rule, parent: str | None, now: datetime) -> None:
    """Let a rule hold from now on for a tier above."""
    row = {"level": rule.level.value, "since": rule.since, "set_at": now, "told_to": parent}
    db.execute(disclosures.insert().values(row))
