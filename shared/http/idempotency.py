"""The header that makes a creating request safe to send again (see `shared.idempotency`)."""

from typing import Annotated

from fastapi import Depends, Header, Request

from shared.idempotency import RequestKey

_Given = Annotated[
    str | None,
    Header(alias="Idempotency-Key", min_length=8, max_length=100, pattern=r"^[\x21-\x7e]+$"),
]


async def _request_key(request: Request, given: _Given = None) -> RequestKey | None:
    if given is None:
        return None
    return RequestKey(given, f"{request.method} {request.url.path}")


IdempotencyKey = Annotated[RequestKey | None, Depends(_request_key)]
"""The request's key; without the header every request counts as a new one."""
