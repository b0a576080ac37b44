"""Views of the ledger: kept under a name for oneself, for one's unit, or for the node."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from sqlalchemy import Connection

from services.portal import repository
from services.portal.repository.views import KeptView
from shared.security.actor import Actor


@dataclass(frozen=True, slots=True)
class View:
    """A view as its reader sees it."""

    view_id: str
    name: str
    shared: str
    owner_name: str
    is_own: bool
    is_first: bool
    told: tuple[tuple[str, str], ...]
    """The fields of its address."""

    @classmethod
    def of(cls, kept: KeptView, login: str, first: object) -> "View":
        """Return a kept view for one reader."""
        view_id = str(kept.view_id)
        words = [("text", kept.words)] if kept.words else []
        return cls(
            view_id,
            kept.name,
            kept.shared,
            kept.owner_name,
            kept.owner == login,
            kept.view_id == first,
            (*parse_qsl(kept.asked), *words, ("view", view_id)),
        )


def views_for(db: Connection, actor: Actor) -> Sequence[View]:
    """Return the views that somebody may use, their own first."""
    first = repository.first_view(db, actor.id)
    kept = repository.views_for(db, actor.id, actor.unit)
    return [View.of(each, actor.id, first) for each in kept]
