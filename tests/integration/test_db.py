"""What the database may tell when something fails."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from shared.db import connect_engine

pytestmark = pytest.mark.integration


def test_an_error_repeats_neither_the_row_nor_the_parameters(
    database: Callable[..., str],
) -> None:
    url = database().replace("postgresql://", "postgresql+psycopg://")
    engine = connect_engine(url, pool=1, application="test")
    query = text("INSERT INTO people VALUES (:name, NULL)")

    with engine.connect() as db:
        db.execute(text("CREATE TEMP TABLE people (name text, phone text NOT NULL)"))
        with pytest.raises(IntegrityError) as caught:
            db.execute(query, {"name": "张三丰"})
    engine.dispose()

    told = f"{caught.value} {caught.value.orig}"
    assert "张三丰" not in told
    assert "null value in column" in told
