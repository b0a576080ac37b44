"""The services of a node: what each brings to the database, the web and the bus."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from fastapi import APIRouter
from sqlalchemy import MetaData

from services.dispatch import api as dispatch_api
from services.dispatch import tables as dispatch_tables
from services.intake import api as intake_api
from services.intake import tables as intake_tables
from services.notify import api as notify_api
from services.notify import tables as notify_tables
from services.portal import api as portal_api
from services.portal import tables as portal_tables
from services.review import api as review_api
from services.review import tables as review_tables
from services.sla import api as sla_api
from services.sla import tables as sla_tables
from shared.unit import Plumbing


@dataclass(frozen=True, slots=True)
class Member:
    """One service as the composition root sees it."""

    name: str
    metadata: MetaData
    plumbing: Plumbing
    router: APIRouter
    class_name: str

    def service_class(self) -> Any:
        """Import the Nameko class; only bus processes do, so the web never loads Nameko."""
        return getattr(import_module(f"services.{self.name}.service"), self.class_name)


def _member(name: str, tables: Any, api: Any) -> Member:
    class_name = f"{name.capitalize()}Service"
    return Member(name, tables.metadata, tables.plumbing, api.router, class_name)


MEMBERS: Mapping[str, Member] = {
    member.name: member
    for member in (
        _member("intake", intake_tables, intake_api),
        _member("dispatch", dispatch_tables, dispatch_api),
        _member("sla", sla_tables, sla_api),
        _member("notify", notify_tables, notify_api),
        _member("review", review_tables, review_api),
        _member("portal", portal_tables, portal_api),
    )
}
