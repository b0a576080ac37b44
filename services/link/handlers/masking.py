"""What another node may read of a fact: nothing sealed, and no hash under this node's key."""

from typing import Any, TypeVar

from pydantic import BaseModel

from shared.events.base import Envelope, Event
from shared.events.sealed import Sealed, SealedParty
from shared.events.words import Language

HASH = "_hash"

M = TypeVar("M", bound=BaseModel)


def masked(envelope: Envelope, event: Event) -> Envelope:
    """Return the envelope as other nodes may read it; its id, source and version stay."""
    return envelope.model_copy(update={"data": withheld(event).model_dump(mode="json")})


def withheld(model: M) -> M:
    """Return a model without what is sealed or hashed for this node, at whatever depth."""
    changed = {
        name: _without(type(model), name, value)
        for name, value in model
        if isinstance(value, BaseModel | tuple) or (name.endswith(HASH) and value is not None)
    }
    if isinstance(model, SealedParty) and model.withheld:
        changed["language"] = Language.ZH  # another one is rare, and may tell who it is
    return model.model_copy(update=changed)


def _without(kind: type[BaseModel], name: str, value: Any) -> Any:
    if isinstance(value, Sealed):
        return Sealed.withheld(value.field)
    if isinstance(value, BaseModel):
        return withheld(value)
    if isinstance(value, tuple):
        return tuple(withheld(one) if isinstance(one, BaseModel) else one for one in value)
    # A field that must be there is there, and matches nothing.
    return "" if kind.model_fields[name].is_required() else None
