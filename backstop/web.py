"""The web process: one application per node – pages and every service's API, one origin."""

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import anyio.to_thread
import httpx
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.types import ASGIApp, Receive, Scope, Send

from backstop.doors import facts_of
from backstop.file_checks import NodeFileChecks
from backstop.gate import Entrance, Gate
from backstop.identity import Identify
from backstop.in_process import InProcess
from backstop.key_room import NodeKeyRoom
from backstop.node import Node, assemble
from backstop.readiness import database_answers
from backstop.settings import NodeSettings
from backstop.skimming import skim
from backstop.staff_list import NodeStaffList
from backstop.suite import MEMBERS
from services.portal import pages
from services.portal.providers import OpenId, ProviderSettings
from services.portal.settings import Settings as PortalSettings
from shared.http import install_problems
from shared.http.demands import Audience, open_to
from shared.http.watch import Witness
from shared.logs import start_logging

MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"
STATIC = Path(pages.__file__).parents[1] / "static"
DOCS = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Backstop API</title>
<link rel="icon" href="/static/mark.svg">
<link rel="stylesheet" href="/static/vendor/swagger-ui.css"><div id="docs"></div>
<script src="/static/vendor/swagger-ui-bundle.js"></script>
<script src="/static/docs.js"></script></html>"""


def build_application(node: Node) -> ASGIApp:
    """Put together what one node answers on its web port."""
    app = FastAPI(
        title=f"Backstop · {node.settings.name}",
        description="The “办不成事” window: cases from the report to the rating.",
        version="1",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan(node),
    )
    app.state.doors = node.doors
    app.state.books = node.books
    app.state.node = facts_of(node)
    app.state.key_room = NodeKeyRoom(node)
    app.state.file_checks = NodeFileChecks(node)
    app.state.staff_list = NodeStaffList(node)
    app.state.sso = _single_sign_on(node.settings.portal)
    app.state.problem_page = pages.problem_page
    app.state.live = pages.Live()
    app.state.lookups = pages.Lookups()
    app.state.streams = pages.Streams(_stream_rules(node.settings.portal))
    install_problems(app)
    for member in MEMBERS.values():
        app.include_router(member.router())
    app.include_router(operations(node))
    app.mount("/static", GZipMiddleware(StaticFiles(directory=STATIC)), name="static")
    app.include_router(pages.router, include_in_schema=False)
    skim(app)
    identified = Witness(Identify(app, node))
    app.state.api = httpx.AsyncClient(
        transport=InProcess(identified), base_url=node.settings.public_url, timeout=30
    )
    return Gate(identified, node.code, Entrance.of(node.settings))


def _stream_rules(settings: PortalSettings) -> pages.StreamRules:
    return pages.StreamRules(
        per_account=settings.board_streams_per_account,
        in_all=settings.board_streams,
        lasting=timedelta(minutes=settings.board_stream_minutes),
    )


def _single_sign_on(settings: PortalSettings) -> OpenId | None:
    if not settings.sso_issuer:
        return None
    file = settings.sso_secret_file
    return OpenId(
        ProviderSettings(
            issuer=settings.sso_issuer,
            client_id=settings.sso_client_id,
            secret="" if file is None else file.read_text(encoding="utf-8").strip(),
            scope=settings.sso_scope,
            ca_file=settings.sso_ca_file,
        )
    )


def _lifespan(node: Node):  # type: ignore[no-untyped-def]  # FastAPI's own type is private
    @asynccontextmanager
    async def live(_app: FastAPI) -> AsyncIterator[None]:
        # As many threads as connections: a request never waits for one while holding the other.
        limiter = anyio.to_thread.current_default_thread_limiter()
        limiter.total_tokens = node.settings.database_pool
        yield
        node.engine.dispose()

    return live


def operations(node: Node) -> APIRouter:
    """Return what watches over the web process, and the document of the API."""
    router = APIRouter(tags=["operations"])

    @router.get("/healthz")
    @open_to(Audience.EVERYBODY, "alive or not")
    async def healthz() -> Response:
        return Response("alive\n", media_type="text/plain")

    @router.get("/readyz")
    @open_to(Audience.EVERYBODY, "ready or not")
    def readyz() -> Response:
        ready = database_answers(node)
        return Response("ready\n" if ready else "database away\n", 200 if ready else 503)

    @router.get("/metrics")
    @open_to(Audience.EVERYBODY, "numbers of the process, for whoever may reach its port")
    def metrics() -> Response:
        return Response(generate_latest(_registry()), media_type=CONTENT_TYPE_LATEST)

    @router.get("/docs", include_in_schema=False)
    @open_to(Audience.EVERYBODY, "the document of the API")
    async def docs(_request: Request) -> HTMLResponse:
        return HTMLResponse(DOCS)

    return router


def _registry() -> CollectorRegistry:
    if MULTIPROCESS not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


class ByPort:
    """Chooses the node by the port on which a request came in."""

    def __init__(self, applications: Mapping[int, ASGIApp]) -> None:
        self._applications = applications

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand over to the node's application; any of them may run the shared start-up."""
        first = next(iter(self._applications.values()))
        port = scope["server"][1] if scope["type"] != "lifespan" else None
        await self._applications.get(port or 0, first)(scope, receive, send)


def application(settings: Sequence[NodeSettings]) -> ASGIApp:
    """Build the web process for these nodes."""
    start_logging(settings[0].log_level, process="web")
    return ByPort({each.web_port: build_application(assemble(each, "web")) for each in settings})
