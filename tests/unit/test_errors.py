"""Which fate follows from which error."""

import psycopg
import pytest
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.errors import BadMessage, NotYet, Refused, Unavailable, Verdict, verdict


def wrapped(kind: type[DBAPIError], original: Exception) -> Exception:
    return kind("SELECT 1", {}, original)


@pytest.mark.parametrize(
    ("error", "fate"),
    [
        pytest.param(None, Verdict.ACKNOWLEDGE, id="no error"),
        pytest.param(NotYet(), Verdict.KEEP, id="a prerequisite is missing"),
        pytest.param(BadMessage(), Verdict.PARK, id="a broken contract"),
        pytest.param(Refused("wrong_state"), Verdict.PARK, id="a refusal"),
        pytest.param(ZeroDivisionError(), Verdict.PARK, id="a bug"),
        pytest.param(Unavailable(), Verdict.WAIT, id="the broker is away"),
        pytest.param(PoolTimeout(), Verdict.WAIT, id="every connection is taken"),
        pytest.param(InterfaceError("", {}, Exception()), Verdict.WAIT, id="a closed connection"),
        pytest.param(
            ProgrammingError("", {}, Exception(), connection_invalidated=True),
            Verdict.WAIT,
            id="a connection that was lost meanwhile",
        ),
        pytest.param(IntegrityError("", {}, Exception()), Verdict.PARK, id="a broken constraint"),
    ],
)
def test_the_type_of_an_error_decides(error: BaseException | None, fate: Verdict) -> None:
    assert verdict(error) is fate


@pytest.mark.parametrize(
    "original",
    [
        pytest.param(psycopg.errors.DeadlockDetected(), id="deadlock"),
        pytest.param(psycopg.errors.LockNotAvailable(), id="lock timeout"),
        pytest.param(psycopg.errors.QueryCanceled(), id="statement timeout"),
        pytest.param(psycopg.errors.AdminShutdown(), id="shutdown"),
        pytest.param(psycopg.errors.DiskFull(), id="disk full"),
        pytest.param(psycopg.OperationalError("connection refused"), id="refused"),
    ],
)
def test_what_passes_is_waited_for(original: psycopg.Error) -> None:
    assert verdict(wrapped(OperationalError, original)) is Verdict.WAIT


def test_what_is_too_large_for_any_row_is_parked_for_waiting_helps_nothing() -> None:
    too_large = wrapped(OperationalError, psycopg.errors.ProgramLimitExceeded())

    assert verdict(too_large) is Verdict.PARK


def test_a_server_that_only_reads_for_now_is_waited_for() -> None:
    read_only = wrapped(InternalError, psycopg.errors.ReadOnlySqlTransaction())

    assert verdict(read_only) is Verdict.WAIT


def test_what_the_server_calls_an_error_of_its_own_is_parked() -> None:
    of_its_own = wrapped(InternalError, psycopg.errors.InternalError_())

    assert verdict(of_its_own) is Verdict.PARK
