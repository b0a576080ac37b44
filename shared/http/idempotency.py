"""The header that makes a creating request safe to send again (see `shared.idempotency`)."""

from typing import Annotated

from fastapi import Header

IdempotencyKey = Annotated[
    str | None,
    Header(alias="Idempotency-Key", min_length=8, max_length=100, pattern=r"^[\x21-\x7e]+$"),
]
"""The request header; without it every request counts as a new one."""
