"""A bare FastAPI endpoint that inserts the rows of a registration: constants, no rule, no sealing.

gunicorn loads it as `tests.bench._bare:app`; `BENCH_NODE_FILE` names the node. It says what the
web framework, the driver and PostgreSQL take by themselves.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import anyio.to_thread
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import create_engine

from services.intake.tables import cases, plumbing, timeline
from shared.security.vault import case_keys
from tests.bench._load import load_node

SEALED = {"key_id": str(uuid4()), "field": "text", "data": "x" * 200, "algorithm": "sm4-gcm"}
BODY = "x" * 1500
"""About what an event of a registration weighs."""

_settings = load_node(os.environ["BENCH_NODE_FILE"]).settings
_engine = create_engine(_settings.database_url, pool_size=_settings.database_pool, max_overflow=0)


class Report(BaseModel):
    """The body of the same request."""

    region: str
    channel: str
    reporter: dict[str, Any]
    title: str
    text: str
    item: str
    attempts: int


@asynccontextmanager
async def _live(_app: FastAPI) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = _settings.database_pool
    yield
    _engine.dispose()


app = FastAPI(lifespan=_live)


@app.post("/bare", status_code=201)
def insert_rows(report: Report) -> dict[str, str]:
    """Insert what a registration inserts."""
    case_id, now = uuid4(), datetime.now(UTC)
    with _engine.begin() as db:
        db.execute(case_keys.insert(), _key(case_id, now))
        db.execute(cases.insert(), _case(case_id, report, now))
        db.execute(timeline.insert(), [_fact(case_id, name, now) for name in ("a", "b")])
        db.execute(plumbing.outbox.spoken.insert(), {"subject_id": case_id, "version": 2})
        db.execute(plumbing.outbox.rows.insert(), [_said(case_id) for _ in range(2)])
    return {"case_id": str(case_id)}


def _key(case_id: UUID, now: datetime) -> dict[str, Any]:
    return {"id": uuid4(), "case_id": case_id, "wrapped": b"x" * 50, "created_at": now}


def _case(case_id: UUID, report: Report, now: datetime) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "number": str(case_id),
        "query_code_hash": "x" * 64,
        "region": report.region,
        "channel": report.channel,
        "title": SEALED,
        "title_masked": report.title,
        "text": SEALED,
        "text_masked": report.text,
        "complainant": {"name": SEALED, "phone": SEALED},
        "attempts": report.attempts,
        "scope_ground": "catalogue",
        "registered_at": now,
        "accepted_at": now,
    }


def _fact(case_id: UUID, name: str, now: datetime) -> dict[str, Any]:
    return {"case_id": case_id, "event": name, "at": now, "ref": "", "params": {}}


def _said(case_id: UUID) -> dict[str, Any]:
    return {"id": uuid4(), "subject_id": case_id, "name": "a", "body": BODY}
