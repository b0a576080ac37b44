"""What services do by themselves, over as much as a grown node has: sweeps, relays, inboxes."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
from sqlalchemy import Connection, func, select, text

from services.sla.handlers import sweep
from services.sla.repository import clocks_with_a_step_due
from services.sla.service import SWEEP_BATCH
from services.sla.tables import clocks
from shared.clock import new_id, utcnow
from shared.inbox import first_heard, forget_heard_before
from shared.outbox import forget_sent_before, mark_sent, unsent
from tests.whole.crowd import Crowd
from tests.whole.node import WholeNode
from tests.whole.stamping import copy_rows

DUE = 1_000
RELAYED = 500
HEARD = 200
FEW, SOME = 10, 20
UNSENT = RELAYED * 2 * SOME


def _sent(n: int, at: str) -> str:
    key = UUID(int=n << 64 | 8)
    return f"{key}\t{key}\tsla.clock_started.v1\t{{}}\t{at}\t{at}\n"


def _known(n: int, at: str) -> str:
    return f"{UUID(int=n << 64 | 7)}\t{at}\n"


OLD = (
    ("sla", "outbox", "(id, subject_id, name, body, written_at, sent_at)", _sent),
    ("portal", "inbox", "(message_id, heard_at)", _known),
)

Work = tuple[str, Callable[[], object], int]


def works(whole: WholeNode, crowd: Crowd) -> Iterable[Work]:
    """Return what is done, how, and how many rounds of it."""
    make_old_rows(whole, crowd.cases + UNSENT)
    make_running_clocks(whole, crowd.cases)
    return [
        (f"sla sweeps {DUE:,} due of all clocks", lambda: sweep_due(whole), FEW),
        ("sla sweeps when nothing is due", lambda: sweep_nothing(whole), SOME),
        (f"relay takes {RELAYED} unsent", lambda: relay(whole), SOME),
        ("relay looks, nothing is unsent", lambda: relay_nothing(whole), SOME),
        (f"inbox records {HEARD} of which half is known", lambda: hear(whole), SOME),
        ("outbox and inbox forget what is old", lambda: forget(whole), SOME),
    ]


def make_old_rows(whole: WholeNode, rows: int) -> None:
    """Give an outbox and an inbox as many rows that have had their use."""
    now = utcnow()
    with psycopg.connect(whole.settings.database_url.replace("+psycopg", "")) as raw:
        for service, table, names, line in OLD:
            raw.execute(f"DELETE FROM {service}.{table}")  # noqa: S608
            days = [timedelta(days=29 * (rows - n) / rows) for n in range(rows)]
            lines = (line(n, (now - back).isoformat()) for n, back in enumerate(days))
            copy_rows(raw, f"{service}.{table}", lines, names)
            raw.execute(f"ANALYZE {service}.{table}")
        waiting = "position > (SELECT max(position) FROM sla.outbox) - %s"
        raw.execute(f"UPDATE sla.outbox SET sent_at = NULL WHERE {waiting}", (UNSENT,))  # noqa: S608


def make_running_clocks(whole: WholeNode, rows: int) -> None:
    """Let as many more clocks run, whose lamps may change within the next weeks."""
    copied = [column.name for column in clocks.c]
    made = {"id": "gen_random_uuid()", "case_id": "gen_random_uuid()"}
    made |= {"next_step_at": "now() + n * interval '2 seconds'", "stopped_at": "NULL"}
    values = ", ".join(made.get(name, name) for name in copied)
    adding = (
        f"INSERT INTO sla.clocks ({', '.join(copied)}) SELECT {values} FROM"  # noqa: S608
        " (SELECT * FROM sla.clocks WHERE order_id IS NULL LIMIT 1) AS one,"
        " generate_series(1, :rows) AS n"
    )
    running = select(func.count()).where(clocks.c.stopped_at.is_(None))
    with whole.owner() as db:
        lacking = rows + DUE * SOME - (db.scalar(running) or 0)
        if lacking > 0:
            db.execute(text(adding), {"rows": lacking})
        db.execute(text("ANALYZE sla.clocks"))


def sweep_due(whole: WholeNode) -> None:
    """Sweep at the moment at which so many are due, batch by batch as the timer does."""
    now = _moment_of_due(whole)
    swept = 0
    while swept < DUE:
        with whole.units["sla"].transaction() as db:
            swept += sweep(db, now, whole.settings.sla.promise, SWEEP_BATCH)


def _moment_of_due(whole: WholeNode) -> datetime:
    running = (clocks.c.stopped_at.is_(None), clocks.c.next_step_at.is_not(None))
    nth = select(clocks.c.next_step_at).where(*running).order_by(clocks.c.next_step_at)
    with whole.owner() as db:
        moment: datetime = db.scalars(nth.offset(DUE - 1).limit(1)).one()
    return moment


def sweep_nothing(whole: WholeNode) -> None:
    """Look for lamps before any has to change."""
    with whole.units["sla"].transaction() as db:
        assert clocks_with_a_step_due(db, utcnow() - timedelta(days=999), SWEEP_BATCH) == []


def relay(whole: WholeNode) -> None:
    """Read the oldest unsent rows and mark them as sent."""
    outbox = whole.units["sla"].plumbing.outbox
    with whole.units["sla"].transaction() as db:
        rows = unsent(db, outbox, RELAYED)
        mark_sent(db, outbox, [row.position for row in rows])
    assert len(rows) == RELAYED


def relay_nothing(whole: WholeNode) -> None:
    """Look for unsent rows where there are none."""
    unit = whole.units["review"]
    with unit.transaction() as db:
        assert not unsent(db, unit.plumbing.outbox, RELAYED)


def hear(whole: WholeNode) -> None:
    """Record ids, every second one of which was heard before."""
    inbox = whole.units["portal"].plumbing.inbox
    with whole.units["portal"].transaction() as db:
        known = [UUID(int=n * 37 << 64 | 7) for n in range(HEARD // 2)]
        assert len(first_heard(db, inbox, [*known, *(new_id() for _ in known)])) == HEARD // 2


def forget(whole: WholeNode) -> None:
    """Look for rows that are old enough to go; a few are."""
    for service in ("sla", "portal"):
        plumbing = whole.units[service].plumbing
        with whole.units[service].transaction() as db:
            _forget(db, plumbing.outbox, plumbing.inbox)


def _forget(db: Connection, outbox: object, inbox: object) -> None:
    before = utcnow() - timedelta(days=30)
    forget_sent_before(db, outbox, before, 5_000)  # type: ignore[arg-type]
    forget_heard_before(db, inbox, before, 5_000)  # type: ignore[arg-type]
