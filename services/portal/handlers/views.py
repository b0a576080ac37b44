"""Keep views of the ledger for oneself, one's unit or the node; a view never widens sight."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from services.portal import repository
from services.portal.policy.ledger import Asked
from services.portal.repository import KeptView
from shared.errors import Refused
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.names import may_be_name

MOST_VIEWS = 40
"""Of one person; a list that is longer is read by nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewOrder:
    """What shall be kept, under which name, and for whom."""

    name: str
    shared: str
    asked: Asked
    words: str


def put_view(db: Connection, view_id: UUID, order: ViewOrder, caller: Caller) -> KeptView:
    """Keep a view, or write one's own anew; Refused if there are enough, or it names a person."""
    known = repository.lock_view(db, view_id)
    if known is not None and known.owner != caller.actor.id:
        raise Refused("unknown_view")
    if known is None and repository.count_views(db, caller.actor.id) >= MOST_VIEWS:
        raise Refused("too_many_views")
    view = _written(view_id, order, caller)
    repository.keep_view(db, view)
    return view


def drop_view(db: Connection, view_id: UUID, caller: Caller, *, tidies: bool) -> None:
    """Delete one's own view; who may share with the whole node deletes any that is shared."""
    known = repository.lock_view(db, view_id)
    if known is None or not (known.owner == caller.actor.id or (tidies and known.shared != "own")):
        raise Refused("unknown_view")
    repository.drop_view(db, view_id)


def begin_with(db: Connection, view_id: UUID | None, caller: Caller) -> None:
    """Begin the ledger with a view that one may use, or with everything."""
    actor = caller.actor
    known = repository.views_for(db, actor.id, actor.unit) if view_id else ()
    if view_id is not None and view_id not in {view.view_id for view in known}:
        raise Refused("unknown_view")
    repository.set_first_view(db, actor.id, view_id)


def _written(view_id: UUID, order: ViewOrder, caller: Caller) -> KeptView:
    if _may_name_somebody(order.words):
        raise Refused("view_names_person", field="words")
    actor = caller.actor
    return KeptView(
        view_id=view_id,
        owner=actor.id,
        owner_name=actor.name,
        name=mask_text(order.name),
        shared=order.shared,
        unit_code=actor.unit if order.shared == "unit" else None,
        asked=order.asked.code,
        words=order.words,
        changed_at=caller.now,
    )


def _may_name_somebody(words: str) -> bool:
    return may_be_name(words) or mask_text(words) != words
