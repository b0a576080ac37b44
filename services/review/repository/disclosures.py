"""What nodes below let this one see, as they told it."""

from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from services.review.tables import disclosures
from shared.events.link import DisclosureSet
from shared.events.words import Disclosure
from shared.security.disclosure import Rule, Rules


def keep_rule(db: Connection, told: DisclosureSet, said_at: datetime) -> None:
    """Keep what a node lets the tier above see, unless something later is known."""
    values = {"node": told.node, "level": told.level.value, "since": told.since}
    row = insert(disclosures).values(values | {"said_at": said_at})
    changed = {name: row.excluded[name] for name in ("level", "since", "said_at")}
    later = disclosures.c.said_at <= row.excluded.said_at
    db.execute(
        row.on_conflict_do_update(index_elements=[disclosures.c.node], set_=changed, where=later)
    )


def rules_below(db: Connection) -> Rules:
    """Return the rule of every node that told one."""
    c = disclosures.c
    found = db.execute(select(c.node, c.level, c.since))
    return {row.node: Rule(Disclosure(row.level), row.since) for row in found}
