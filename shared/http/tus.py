"""The server's side of tus 1.0, the protocol of uploads that go on where they broke off.

https://tus.io/protocols/resumable-upload: the core, creation, expiration and termination.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from email.utils import format_datetime

import anyio
from fastapi import Request, Response
from starlette.requests import ClientDisconnect

from shared.errors import Refused, Unavailable

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,termination"
BODY = "application/offset+octet-stream"
MOST_DIGITS = 12
PATIENCE_SECONDS = 60
"""Of which nothing comes for so long is over: its client goes on later."""
UPLOAD_PIECE_BODY = {
    "requestBody": {
        "required": True,
        "content": {BODY: {"schema": {"type": "string", "format": "binary"}}},
    }
}
"""For the API document: what such an endpoint takes, which it reads itself."""


def demand_version(request: Request) -> None:
    """Refuse a client of another version, or one that says none."""
    if request.headers.get("tus-resumable") != VERSION:
        raise Refused("tus_version", field="Tus-Resumable")


def number_of(request: Request, header: str) -> int:
    """Return a number of bytes that a header tells; Refused if it tells none."""
    told = request.headers.get(header, "")
    if not (told.isascii() and told.isdigit() and len(told) <= MOST_DIGITS):
        raise Refused("upload_header", field=header)
    return int(told)


def demand_body(request: Request) -> None:
    """Refuse a body of another kind than bytes of a file."""
    if request.headers.get("content-type", "").lower() != BODY:
        raise Refused("upload_body", field="body")


async def pieces(request: Request, size: int) -> AsyncIterator[bytes]:
    """Yield what comes in pieces of so many bytes; of what broke off what had come, then raise."""
    stream, held, gone = request.stream(), bytearray(), False
    while not gone:
        try:
            with anyio.fail_after(PATIENCE_SECONDS):
                held += await anext(stream)
        except StopAsyncIteration:
            break
        except (ClientDisconnect, TimeoutError):
            gone = True
        while len(held) >= size:
            yield bytes(held[:size])
            del held[:size]
    if held:
        yield bytes(held)
    if gone:
        raise Unavailable("the rest did not come")


def answered(status: int, told: Mapping[str, str], expires_at: datetime | None = None) -> Response:
    """Return an answer without a body, with what every one says."""
    headers = {"tus-resumable": VERSION, "cache-control": "no-store", **told}
    if expires_at is not None:
        headers["upload-expires"] = format_datetime(expires_at, usegmt=True)
    return Response(status_code=status, headers=headers)
