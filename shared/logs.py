"""Structured logs: one JSON object a line, with the trace that ties the steps of a case together.

A value under a key named for personal data never leaves the process: it is withheld on the way.
"""

import logging
import re
import secrets
import sys
from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any

import structlog
from structlog.typing import Processor

_traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)

WITHHELD_KEYS = frozenset(
    {"phone", "person", "complainant", "id_number", "address", "title", "text", "code", "query"}
)
PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
ID_CARD = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")

QUOTED = (
    (re.compile(r"input_value=.*?, input_type=", re.DOTALL), "input_value=***, input_type="),
    (re.compile(r"(Key \([^)\n]*\)=)\(.*\)"), r"\1(***)"),
    (re.compile(r"Failing row contains \(.*\)"), "Failing row contains (***)"),
    (re.compile(r'(invalid input (?:syntax|value)[^:\n]*: )".*"'), r'\1"***"'),
    (re.compile(r"^LINE \d+: .*$", re.MULTILINE), "LINE ***"),
)
"""Where errors of models and of the database repeat what they were given, and what stays of it."""


def new_traceparent() -> str:
    """Return a fresh W3C traceparent."""
    drawn = secrets.token_hex(24)
    return f"00-{drawn[:32]}-{drawn[32:]}-01"


def current_traceparent() -> str | None:
    """Return the traceparent under which this thread or greenlet works, if any."""
    return _traceparent.get()


def follow_trace(traceparent: str | None) -> str:
    """Work under this traceparent from now on, or under a new one; return it."""
    followed = traceparent or new_traceparent()
    _traceparent.set(followed)
    return followed


def trace_id(traceparent: str | None) -> str | None:
    """Return the 32 hexadecimal digits that name the trace."""
    return traceparent.split("-")[1] if traceparent and traceparent.count("-") == 3 else None


def withhold(
    _logger: object, _method: str, fields: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace personal data: by key, and phone and id numbers wherever they stand in a text."""
    for key, value in fields.items():
        if key in WITHHELD_KEYS:
            fields[key] = "***"
        elif isinstance(value, str):
            told = _unquoted(value) if key == "exception" else value
            fields[key] = ID_CARD.sub("***", PHONE.sub("***", told))
    return fields


def _unquoted(traceback: str) -> str:
    for pattern, kept in QUOTED:
        traceback = pattern.sub(kept, traceback)
    return traceback


def start_logging(level: str = "INFO", **constant: str) -> None:
    """Send every log line of this process to standard error as JSON, with `constant` fields."""
    structlog.contextvars.bind_contextvars(**constant)
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        withhold,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("httpx").setLevel("WARNING")
