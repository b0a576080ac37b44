"""Replays of the past under a draft of the limits: how far they are, and the clocks they take."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, func, insert, select, update

from services.sla.repository.clocks import AGREED, COLUMNS, Clock, read_clocks
from services.sla.tables import clocks, complaints, limit_replays
from shared.complaints import shown_to
from shared.db.bulk import among
from shared.security.actor import Actor

RUNNING, DONE, OUTDATED = "running", "done", "outdated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A replay of the clocks that started in a period, under one edition of a draft."""

    replay_id: UUID
    set_id: UUID
    edition: int
    since: datetime
    until: datetime
    state: str
    asked_by: str
    asked_name: str
    asked_at: datetime
    total: int
    tally: dict[str, Any]
    after_id: UUID | None = None
    ended_at: datetime | None = None


def add_replay(db: Connection, replay: Replay) -> None:
    """Keep a replay that was asked for."""
    db.execute(insert(limit_replays).values(asdict(replay)))


def lock_running(db: Connection) -> Replay | None:
    """Lock and return the oldest replay that is not done; one that another has is passed over."""
    mine = select(limit_replays).where(limit_replays.c.state == RUNNING)
    oldest = mine.order_by(limit_replays.c.asked_at).limit(1)
    return next(iter(_read(db, oldest.with_for_update(skip_locked=True))), None)


def find_replay(db: Connection, replay_id: UUID) -> Replay | None:
    """Return a replay."""
    query = select(limit_replays).where(limit_replays.c.replay_id == replay_id)
    return next(iter(_read(db, query)), None)


def replays_of(db: Connection, set_id: UUID, limit: int) -> Sequence[Replay]:
    """Return the replays under a version, the newest first."""
    query = select(limit_replays).where(limit_replays.c.set_id == set_id)
    return _read(db, query.order_by(limit_replays.c.asked_at.desc()).limit(limit))


def change_replay(db: Connection, replay_id: UUID, **changes: object) -> None:
    """Write how far a replay is."""
    mine = limit_replays.c.replay_id == replay_id
    db.execute(update(limit_replays).where(mine).values(changes))


def count_past(db: Connection, since: datetime, until: datetime) -> int:
    """Return how many clocks started in a period."""
    within = _within(since, until)
    return db.scalar(select(func.count()).select_from(clocks).where(*within)) or 0


def past_clocks(
    db: Connection, since: datetime, until: datetime, after: UUID | None, limit: int
) -> Sequence[Clock]:
    """Return clocks that started in a period in the order of their ids, running or stopped."""
    query = select(*COLUMNS).where(*_within(since, until)).order_by(clocks.c.id).limit(limit)
    return read_clocks(db, query if after is None else query.where(clocks.c.id > after))


def shown_examples(db: Connection, replay: Replay, actor: Actor) -> Replay:
    """Return a replay without the cases that complain of the actor."""
    examples = [UUID(told) for told in replay.tally["examples"]]
    query = select(clocks.c.case_id).distinct().where(among(clocks.c.case_id, examples))
    shown = set(db.scalars(query.where(shown_to(actor, complaints, clocks.c.case_id))))
    kept = [str(one) for one in examples if one in shown]
    return replace(replay, tally={**replay.tally, "examples": kept})


def _within(since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    # What was agreed upon stands under no row.
    counted = clocks.c.limit_rule.is_distinct_from(AGREED)
    return clocks.c.started_at >= since, clocks.c.started_at < until, counted


def _read(db: Connection, query: Select[Any]) -> list[Replay]:
    return [Replay(**row) for row in db.execute(query).mappings()]
