"""What was not believed is kept as long as the operator says."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.link.handlers import tidy
from services.link.repository.links import note_refused
from services.link.settings import Settings
from services.link.tables import refused
from shared.clock import utcnow
from tests.integration.link.conftest import Three

pytestmark = pytest.mark.integration


def test_a_refusal_goes_when_it_is_old_and_a_batch_at_a_time(three: Three) -> None:
    now, kept = utcnow(), Settings().refusals_kept
    county, _city, _province = three
    with county.engine.begin() as db:
        for age in (kept + timedelta(days=2), kept + timedelta(days=1), kept - timedelta(days=1)):
            note_refused(db, "341500", "late", "0" * 64, now - age)

        assert [tidy(db, now - kept, 1) for _ in range(3)] == [1, 1, 0]
        assert len(db.execute(select(refused)).all()) == 1
