"""Who may sign in, who is signed in, who fails to, and whose way back in two others must open."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    Table,
    Text,
    Uuid,
    false,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY

from shared.security.resealing import SealedColumn

Instant = DateTime(timezone=True)
OPEN = "open"
"""The state of a reset on which nobody has decided."""


def account_tables(metadata: MetaData) -> tuple[Table, Table, Table]:
    """Declare accounts, sessions and failed attempts."""
    return _accounts(metadata), _sessions(metadata), _attempts(metadata)


def second_factor_tables(metadata: MetaData) -> tuple[Table, Table]:
    """Declare second factors and the codes for who has lost one."""
    return _second_factors(metadata), _recovery_codes(metadata)


def reset_table(metadata: MetaData) -> Table:
    """Declare the proposals to give an account a new beginning."""
    table = Table(
        "account_resets",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("login", Text, nullable=False),
        Column("what", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("proposed_by", Text, nullable=False),
        Column("proposed_at", Instant, nullable=False),
        Column("expires_at", Instant, nullable=False),
        Column("state", Text, nullable=False),
        Column("decided_by", Text),
        Column("decided_at", Instant),
    )
    is_open = table.c.state == OPEN
    Index(None, table.c.login, table.c.what, unique=True, postgresql_where=is_open)
    return table


def second_factor_label(login: str) -> str:
    """Return what the sealed secret of an account is bound to."""
    return f"second-factor {login}"


def sealed_secrets(table: Table) -> tuple[SealedColumn, SealedColumn]:
    """Return what the node's keys seal of second factors: the one that holds, and the next."""
    return SealedColumn(table.c.sealed, _label), SealedColumn(table.c.offered, _label)


def _label(row: Row[Any]) -> str:
    return second_factor_label(row.login)


def _accounts(metadata: MetaData) -> Table:
    return Table(
        "accounts",
        metadata,
        Column("login", Text, primary_key=True),
        Column("name", Text, nullable=False),
        Column("roles", ARRAY(Text), nullable=False),
        Column("unit_code", Text),
        Column("password_hash", Text, nullable=False),
        Column("active", Boolean, nullable=False),
        Column("created_at", Instant, nullable=False),
        Column("changed_at", Instant, nullable=False),
        Column("signed_in_at", Instant),
        Column("must_change", Boolean, nullable=False, server_default=false()),
        Column("password_expires_at", Instant),
        Column("subject", Text, unique=True),
    )


def _sessions(metadata: MetaData) -> Table:
    table = Table(
        "sessions",
        metadata,
        Column("token_hash", LargeBinary, primary_key=True),
        Column("login", Text, nullable=False),
        Column("started_at", Instant, nullable=False),
        Column("seen_at", Instant, nullable=False),
        Column("id", Uuid, nullable=False, server_default=func.gen_random_uuid()),
        Column("half", Boolean, nullable=False, server_default=false()),
        Column("address", Text, nullable=False, server_default=""),
        Column("device", Text, nullable=False, server_default=""),
        Column("provider_session", Text),
    )
    Index(None, table.c.login)
    Index(None, table.c.started_at)
    return table


def logout_table(metadata: MetaData) -> Table:
    """Declare which logout tokens of a provider were shown, each of which counts once."""
    table = Table(
        "logout_tokens",
        metadata,
        Column("token_id", Text, primary_key=True),
        Column("shown_at", Instant, nullable=False),
    )
    Index(None, table.c.shown_at)
    return table


def _attempts(metadata: MetaData) -> Table:
    table = Table(
        "attempts",
        metadata,
        Column("key", Text, primary_key=True),
        Column("failures", Integer, nullable=False),
        Column("failed_at", Instant, nullable=False),
    )
    Index(None, table.c.failed_at)
    return table


def _second_factors(metadata: MetaData) -> Table:
    return Table(
        "second_factors",
        metadata,
        Column("login", Text, primary_key=True),
        Column("sealed", LargeBinary),
        Column("confirmed_at", Instant),
        Column("last_step", BigInteger),
        Column("offered", LargeBinary),
        Column("offered_at", Instant),
    )


def _recovery_codes(metadata: MetaData) -> Table:
    return Table(
        "recovery_codes",
        metadata,
        Column("login", Text, primary_key=True),
        Column("code_hash", Text, primary_key=True),
    )
