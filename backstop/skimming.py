"""Which routers are asked about a request: those of which an address begins as its path does.

FastAPI keeps a router that is included as it is, and asks each in turn, once at every depth. With
the hundred routers of a node that took a third of what a page takes in all.
"""

from collections.abc import Iterable, Iterator
from functools import partial

from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, Match
from starlette.types import Scope


def skim(app: FastAPI) -> None:
    """Let each router within refuse at once what begins as none of its addresses does."""
    addresses = {
        id(each.original_route): each.path or "" for each in iter_route_contexts(app.routes)
    }
    for router in _routers(app.routes):
        told = (addresses[id(route)] for route in _endpoints(router) if id(route) in addresses)
        begins = tuple({address.partition("{")[0] for address in told})
        # What FastAPI calls for it; another application may be made of the same routers.
        router.matches = partial(_matches, router, begins)  # type: ignore[method-assign]


def _matches(router: APIRouter, begins: tuple[str, ...], scope: Scope) -> tuple[Match, Scope]:
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    if not path.startswith(begins):
        return Match.NONE, {}
    return APIRouter.matches(router, scope)


def _routers(routes: Iterable[BaseRoute]) -> Iterator[APIRouter]:
    for route in routes:
        router = getattr(route, "original_router", None)
        if isinstance(router, APIRouter):
            yield router
            yield from _routers(router.routes)


def _endpoints(router: APIRouter) -> Iterator[BaseRoute]:
    yield from router.routes
    for inner in _routers(router.routes):
        yield from inner.routes
