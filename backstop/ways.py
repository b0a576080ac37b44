"""The way of letters to each neighbour of a node, as its settings choose it."""

from collections.abc import Mapping

from backstop.links.definitions import SHOVEL, account_of
from backstop.settings import BadSettings, NodeSettings
from shared.bus.ways import Way, beside, by_shovel
from shared.neighbours import Neighbour, Neighbours, Relation


def ways_of(settings: NodeSettings, neighbours: Neighbours) -> Mapping[str, Way]:
    """Return neighbour → way; none where the settings name none. BadSettings if it cannot be."""
    if settings.carrier == "shovel":
        return {code: _by_shovel(settings, each) for code, each in neighbours.items()}
    template = settings.neighbour_bus_url
    if template is None:
        return {}
    return {code: beside(template, settings.code, code) for code in neighbours}


def _by_shovel(settings: NodeSettings, neighbour: Neighbour) -> Way:
    if not settings.bus_url.startswith("amqp"):
        raise BadSettings("carrier (BACKSTOP_CARRIER): shovels need RabbitMQ, bus_url names none")
    # This broker's own shovel puts in what comes from above, the child's what comes from below.
    is_above = neighbour.relation is Relation.ABOVE
    account = SHOVEL if is_above else account_of(neighbour.code)
    return by_shovel(settings.bus_url, settings.code, neighbour, account)
