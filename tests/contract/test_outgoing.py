"""Nobody from outside can make a node call an address of their choice: there is no such field.

What the code may call at all is listed here, with the reason; a new caller has to be written down.
"""

import ast
import re
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from backstop.suite import MEMBERS
from tests.contract.tree import ROOT, modules

CALLS_OUT = frozenset(
    {"httpx", "httpx2", "authlib", "requests", "aiohttp", "urllib", "http", "smtplib", "ftplib"}
    | {"minio", "urllib3"}
)
"""Modules that open connections to an address given as text."""
HARMLESS = frozenset({"urllib.parse", "http.cookies", "urllib.error"})
CALLERS = {
    "backstop/caller.py": "the operator's own commands, to the node that the node file names",
    "backstop/commands/checks.py": "`backstop doctor`, to this node's own ports",
    "backstop/demo/loading.py": "the demonstration, to its own nodes",
    "backstop/feed.py": "`backstop load`, to the node that the node file names",
    "backstop/in_process.py": "carries what pages ask to the API in the same process, no socket",
    "backstop/suite_run.py": "the launcher waits for its own processes",
    "backstop/web.py": "pages ask the API in the same process",
    "shared/store/s3.py": "sealed files, to the bucket of the settings",
    "services/portal/providers/open_id.py": "single sign-on, to the provider of the settings",
    "services/portal/pages/calling.py": "through the client above: a fixed origin, no socket",
}
ADDRESS = re.compile(
    r"(^|_)(url|uri|href|link|callback|webhook|endpoint|host|hostname|origin_url|redirect)(_|$)"
)
URL_FORMATS = frozenset({"uri", "url", "uri-reference", "iri", "hostname", "ipv4", "ipv6"})


def importers() -> Iterator[tuple[str, str]]:
    """Yield each module of ours that imports something which calls out."""
    for path, module in modules("backstop", "services", "shared"):
        for name in imported(module):
            if name.partition(".")[0] in CALLS_OUT and name not in HARMLESS:
                yield str(path.relative_to(ROOT)) if path.is_absolute() else str(path), name


def imported(module: ast.Module) -> Iterator[str]:
    """Yield the full names that a module imports."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name if name in HARMLESS else node.module for name in whole)


def fields(schema: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every field of a schema with its format, also of those within it."""
    if isinstance(schema, list):
        for each in schema:
            yield from fields(each, path)
    elif isinstance(schema, dict):
        for name, field in schema.get("properties", {}).items():
            yield f"{path}.{name}", str(field.get("format", ""))
        for name, each in schema.items():
            yield from fields(each, f"{path}.{name}")


def suspicious(document: dict[str, Any]) -> list[str]:
    """Return what the API takes from outside and might be an address to call."""
    taken = [
        (f"{method} {path}: {given['name']}", str(given.get("schema", {}).get("format", "")))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        for given in operation.get("parameters", ())
    ]
    bodies = {
        name: schema
        for name, schema in document["components"]["schemas"].items()
        if not name.endswith(("View", "Answer", "Problem"))
    }
    taken += list(fields({"properties": bodies}))
    return [
        name
        for name, form in taken
        if form in URL_FORMATS or ADDRESS.search(re.split(r"[ .]", name)[-1])
    ]


def api() -> dict[str, Any]:
    app = FastAPI()
    for member in MEMBERS.values():
        app.include_router(member.router())
    return app.openapi()


def test_no_field_of_the_api_is_an_address_to_call() -> None:
    assert suspicious(api()) == []


def test_only_those_listed_call_out() -> None:
    found = {path for path, _name in importers()}

    assert found - set(CALLERS) == set()
    assert {path for path in CALLERS if (ROOT / path).exists()} == found


def test_an_address_and_a_caller_are_found() -> None:
    planted = {
        "paths": {"/a": {"post": {"parameters": [{"name": "callback_url", "schema": {}}]}}},
        "components": {"schemas": {"Body": {"properties": {"at": {"format": "uri"}}}}},
    }

    assert len(suspicious(planted)) == 2
    assert list(imported(ast.parse("import httpx\nfrom urllib import parse, request"))) == [
        "httpx",
        "urllib.parse",
        "urllib",
    ]
