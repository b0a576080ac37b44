"""Can a process of a node serve? What `/readyz` asks, without any framework."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from backstop.node import Node
from shared.metrics import BUS_CONNECTED


def database_answers(node: Node) -> bool:
    """Tell whether the node's database answers."""
    try:
        with node.engine.connect() as db:
            db.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def bus_answers(node: Node, services: Sequence[str]) -> bool:
    """Tell whether every service's consumer holds its connection."""
    return all(
        BUS_CONNECTED.labels(node=node.code, service=service)._value.get() for service in services
    )
