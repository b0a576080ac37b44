"""Engines and transactions: blocking psycopg 3 with time limits, under the service's own role."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg
from sqlalchemy import (
    Connection,
    Engine,
    ExceptionContext,
    RootTransaction,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.exc import DBAPIError, OperationalError

STATEMENT_TIMEOUT_MILLISECONDS = 5_000
LOCK_TIMEOUT_MILLISECONDS = 2_000
"""A stuck lock must not freeze a process past the broker's heartbeat (notes A1)."""
ROLE = "backstop_role"
"""The option of a connection that says under which role its transactions begin."""
FORGETFUL = "backstop_forgetful"
"""The option that says that a commit need not wait for the disk."""


def role_of(service: str) -> str:
    """Return the login-less PostgreSQL role under which a service works."""
    return f"backstop_{service}"


def connect_engine(url: str, *, pool: int, application: str) -> Engine:
    """Return a lazy engine: one per process and node, `pool` connections at the most."""
    limits = (
        f"-c statement_timeout={STATEMENT_TIMEOUT_MILLISECONDS} "
        f"-c lock_timeout={LOCK_TIMEOUT_MILLISECONDS}"
    )
    engine = create_engine(
        url,
        pool_size=pool,
        max_overflow=0,
        pool_timeout=10,
        hide_parameters=True,
        connect_args={
            "options": limits,
            "application_name": application,
            "connect_timeout": 5,
            # Only the driver's own BEGIN is off: `_begin_as` sends one with the role in it.
            "autocommit": True,
        },
    )
    event.listen(engine, "handle_error", _tell_no_values)
    event.listen(engine, "begin", _begin_as)
    return engine


def _begin_as(db: Connection) -> None:
    # One round trip for both: a registration has six in all.
    role = db.get_execution_options().get(ROLE)
    command = "BEGIN" if role is None else f'BEGIN; SET LOCAL ROLE "{role}"'
    if db.get_execution_options().get(FORGETFUL):
        command += "; SET LOCAL synchronous_commit = off"
    raw = db.connection.driver_connection
    assert raw is not None, "a checked-out connection has its driver's"  # noqa: S101
    try:
        raw.execute(command, prepare=False)
    except psycopg.OperationalError as error:
        # What one pooled connection has outlived, the others have as well.
        db.invalidate(error)
        db.engine.dispose()
        raise OperationalError("BEGIN", {}, error, connection_invalidated=True) from error


def _tell_no_values(context: ExceptionContext) -> None:
    # PostgreSQL's detail repeats the row that failed; errors go into logs and parked messages.
    original = context.original_exception
    if isinstance(original, psycopg.Error) and original.diag.message_primary:
        told = original.diag.message_primary
        original.args = (told,)
        if context.sqlalchemy_exception is not None:
            context.sqlalchemy_exception.args = (f"{type(original).__name__}: {told}",)


def direct_dsn(url: str) -> str:
    """Return the libpq form of an SQLAlchemy URL, for LISTEN and session locks."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def transaction(engine: Engine, service: str, *, forgetful: bool = False) -> Iterator[Connection]:
    """Open a transaction under the service's role; roll back on any error, commit otherwise.

    What a forgetful one wrote may be gone after a crash of the database, though it had committed.
    """
    options = {ROLE: role_of(service), FORGETFUL: forgetful}
    try:
        db, begun = _begin(engine, options)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        # A pooled connection outlived its server. Nothing has been done yet: take a new one.
        db, begun = _begin(engine, options)
    with db, begun:
        yield db


def _begin(engine: Engine, options: Mapping[str, object]) -> tuple[Connection, RootTransaction]:
    db = engine.connect()
    try:
        begun = db.execution_options(**options).begin()
        if not event.contains(engine, "begin", _begin_as):
            # An engine from elsewhere, which begins in its own way.
            db.execute(text(f'SET LOCAL ROLE "{options[ROLE]}"'))
    except BaseException:
        db.close()
        raise
    return db, begun
