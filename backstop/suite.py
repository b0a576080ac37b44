"""The services of a node: what each brings to the database, the web and the bus."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from sqlalchemy import MetaData

from services.dispatch import tables as dispatch_tables
from services.intake import tables as intake_tables
from services.link import tables as link_tables
from services.notify import tables as notify_tables
from services.portal import tables as portal_tables
from services.review import tables as review_tables
from services.sla import tables as sla_tables
from shared.security.resealing import SealedColumn
from shared.unit import Plumbing


@dataclass(frozen=True, slots=True)
class Member:
    """One service as the composition root sees it."""

    name: str
    metadata: MetaData
    plumbing: Plumbing
    class_name: str
    sealed: Sequence[SealedColumn] = ()
    """What the node's own key seals in it."""

    def router(self) -> Any:
        """Import the service's API router; only web processes do, so the bus loads no FastAPI."""
        return import_module(f"services.{self.name}.api").router

    def service_class(self) -> Any:
        """Import the Nameko class; only bus processes do, so the web never loads Nameko."""
        return getattr(import_module(f"services.{self.name}.service"), self.class_name)


def _member(name: str, tables: Any) -> Member:
    class_name = f"{name.capitalize()}Service"
    sealed = getattr(tables, "sealed", ())
    return Member(name, tables.metadata, tables.plumbing, class_name, sealed)


MEMBERS: Mapping[str, Member] = {
    member.name: member
    for member in (
        _member("intake", intake_tables),
        _member("dispatch", dispatch_tables),
        _member("sla", sla_tables),
        _member("notify", notify_tables),
        _member("review", review_tables),
        _member("portal", portal_tables),
        _member("link", link_tables),
    )
}
