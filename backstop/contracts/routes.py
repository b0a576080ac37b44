"""Every endpoint of the web process, with what it says that it demands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from fastapi import APIRouter
from fastapi.routing import iter_route_contexts

from backstop.node import Node
from backstop.suite import MEMBERS
from backstop.web import operations
from services.portal.pages import router as pages
from shared.http.demands import Demand, demand_of
from shared.http.georeport import PREFIX


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one address; parts of the path stand in braces."""

    method: str
    path: str
    demand: Demand | None

    @property
    def name(self) -> str:
        """As one writes it down."""
        return f"{self.method} {self.path}"

    @property
    def is_api(self) -> bool:
        """Whether systems and citizens ask here, with a token or a code."""
        return self.path.startswith(("/api/", PREFIX))


def endpoints() -> Sequence[Endpoint]:
    """Return every endpoint of the application, by address."""
    watching = operations(cast(Node, None))  # asked for its addresses, and answers nothing
    routers = [watching, pages, *(member.router() for member in MEMBERS.values())]
    found = [each for router in routers for each in endpoints_of(router)]
    return sorted(found, key=lambda each: (each.path, each.method))


def endpoints_of(router: APIRouter) -> Iterator[Endpoint]:
    """Yield the endpoints of a router and of those within it."""
    for route in iter_route_contexts(router.routes):
        for method in sorted(route.methods or ()):
            yield Endpoint(method, route.path or "", demand_of(route.endpoint))
