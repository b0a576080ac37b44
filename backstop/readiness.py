"""Can a process of a node serve? What `/readyz` asks, without any framework."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from backstop.node import Node
from shared.metrics import BUS_CONNECTED


def database_answers(node: Node) -> bool:
    """Tell whether the node's database answers."""
    try:
        return _answers(node)
    except DBAPIError as error:
        # A pooled connection outlived its server: only a new one can tell.
        return error.connection_invalidated and _answers_anew(node)
    except SQLAlchemyError:
        return False


def _answers(node: Node) -> bool:
    with node.engine.connect() as db:
        return bool(db.scalar(text("SELECT 1")))


def _answers_anew(node: Node) -> bool:
    try:
        return _answers(node)
    except SQLAlchemyError:
        return False


def bus_answers(node: Node, services: Sequence[str]) -> bool:
    """Tell whether every service's consumer holds its connection."""
    return all(
        BUS_CONNECTED.labels(node=node.code, service=service)._value.get() for service in services
    )
