"""One node put together: its engine, its keys, a unit and a door for each service."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine

from backstop.settings import NodeSettings
from backstop.suite import MEMBERS
from shared.db import connect_engine
from shared.http import Door, NodeFacts
from shared.security.sealing import NodeKeys
from shared.unit import Unit


@dataclass(frozen=True, slots=True)
class Node:
    """A node as one process holds it."""

    settings: NodeSettings
    engine: Engine
    keys: NodeKeys
    doors: Mapping[str, Door]

    @property
    def code(self) -> str:
        """The node's code."""
        return self.settings.code

    @property
    def facts(self) -> NodeFacts:
        """What everybody may know of the node."""
        return facts_of(self.settings)

    def unit(self, service: str) -> Unit:
        """Return the unit of work of one service."""
        return self.doors[service].unit


def facts_of(settings: NodeSettings) -> NodeFacts:
    """Return what everybody may know of a node."""
    return NodeFacts(
        code=settings.code,
        tier=settings.tier,
        name=settings.name,
        public_url=settings.public_url,
    )


def assemble(settings: NodeSettings, process: str) -> Node:
    """Put a node together for one process; nothing connects before it is used."""
    engine = connect_engine(
        settings.database_url,
        pool=settings.database_pool,
        application=f"backstop-{process}-{settings.code}",
    )
    keys = NodeKeys.load(settings.key_file)
    facts = facts_of(settings)
    doors = {
        name: Door(
            unit=Unit(engine, settings.code, name, member.plumbing),
            settings=settings.service(name),
            keys=keys,
            node=facts,
        )
        for name, member in MEMBERS.items()
    }
    return Node(settings, engine, keys, doors)
