"""One node put together: its engine, its keys, a unit of work and a door for each service."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from backstop.neighbours import LiveCards, neighbours_of
from backstop.settings import NodeSettings
from backstop.stores import stores_of
from backstop.suite import MEMBERS
from shared.audit.books import AuditBooks
from shared.db import connect_engine
from shared.neighbours import Neighbours
from shared.security.key_file import LiveKeys
from shared.security.sealing import NodeKeys
from shared.store import Store
from shared.unit import Unit

if TYPE_CHECKING:
    from shared.http import Door


@dataclass(frozen=True)
class Node:
    """A node as one process holds it."""

    settings: NodeSettings
    engine: Engine
    keys: NodeKeys

    @property
    def code(self) -> str:
        """The node's code."""
        return self.settings.code

    @cached_property
    def cards(self) -> LiveCards:
        """The card of each neighbour to which there is a link."""
        return LiveCards(self.settings)

    @cached_property
    def stores(self) -> Mapping[str, Store]:
        """Where the bytes of files lie, by the service that keeps them."""
        return stores_of(self.settings)

    @property
    def neighbours(self) -> Neighbours:
        """The nodes next to this one."""
        return neighbours_of(self.settings, self.cards)

    @cached_property
    def units(self) -> Mapping[str, Unit]:
        """The unit of work of each service."""
        return {
            name: Unit(self.engine, self.code, name, member.plumbing)
            for name, member in MEMBERS.items()
        }

    def unit(self, service: str) -> Unit:
        """Return the unit of work of one service."""
        return self.units[service]

    @property
    def books(self) -> AuditBooks:
        """The audits of all services."""
        return AuditBooks(self.engine, self.code, tuple(MEMBERS))

    @cached_property
    def doors(self) -> "Mapping[str, Door]":
        """Each service as its endpoints see it; only the web process asks."""
        from backstop.doors import doors_of  # a bus process has no use for FastAPI's memory

        return doors_of(self)


def assemble(settings: NodeSettings, process: str) -> Node:
    """Put a node together for one process; nothing connects before it is used."""
    engine = connect_engine(
        settings.database_url,
        pool=settings.database_pool,
        application=f"backstop-{process}-{settings.code}",
    )
    return Node(settings, engine, LiveKeys(settings.key_file))
