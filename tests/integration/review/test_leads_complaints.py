"""Leads that go up keep of whom their cases complain: these neither see them nor are asked."""

from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import Connection

from services.review import handlers
from services.review.handlers import Routing
from services.review.repository.leads import LeadsWanted, is_hidden, leads_like
from shared.events.intake import ComplainedOf, ComplaintMarked, UnitComplainedOf
from shared.events.review import LeadRaised
from shared.events.words import By
from shared.security.reach import EVERYTHING
from tests.integration.doorway import NODE
from tests.integration.review.stories import NINE, TEN, known_case, last
from tests.integration.review.test_leads import (
    HERE,
    MIDDLE,
    OFFICER,
    STRANGER,
    SUPERVISOR,
    kept,
    raised,
    refusal_of,
    relay,
    routed,
    unit_listed,
)
from tests.integration.review.test_supervision import CITY, COUNTY, PROVINCE

pytestmark = pytest.mark.integration


def marked(case_id: UUID, *units: UnitComplainedOf, at: datetime = NINE) -> ComplaintMarked:
    told = ComplainedOf(units=units)
    return ComplaintMarked(
        case_id=case_id, occurred_at=at, complained_of=told, by=By(kind="staff", role="x")
    )


def test_a_lead_that_goes_up_keeps_whom_its_case_complains_of(db: Connection) -> None:
    case_id = known_case(db)
    here, there = (
        UnitComplainedOf(node=node, code="scjgj", title="市场监督管理局")
        for node in (NODE, PROVINCE)
    )
    handlers.hear_complaint(db, marked(case_id, here, there), HERE)
    routed(db, None, case_id)
    assert last(db, LeadRaised).complained_of == ComplainedOf(units=(there,))

    titled = UnitComplainedOf(node=CITY, code="", title="市人社局")
    handlers.hear_complaint(db, marked(case_id, titled, at=TEN), HERE)
    again = last(db, LeadRaised)
    assert (again.occurred_at, again.complained_of) == (TEN, ComplainedOf(units=(titled,)))


def test_at_the_tier_above_who_is_complained_of_neither_sees_nor_is_asked(db: Connection) -> None:
    unit_listed(db)
    unit_listed(db, "rsj", title="市人社局")
    by_code = UnitComplainedOf(node=CITY, code="scjgj", title="市场监管局")
    by_title = UnitComplainedOf(node=CITY, code="", title="市人社局")
    elsewhere = UnitComplainedOf(node=PROVINCE, code="fgw", title="省发改委")
    told = raised(complained_of=ComplainedOf(units=(by_code, by_title, elsewhere)))
    relay(db, told, via=COUNTY, node=CITY)

    assert kept(db, told.lead_id).complained_units == ("rsj", "scjgj")
    for reader in (OFFICER.actor, STRANGER.actor):
        assert leads_like(db, LeadsWanted(reader, EVERYTHING), 9) == []
        assert is_hidden(db, told.lead_id, reader)
    assert not is_hidden(db, told.lead_id, SUPERVISOR.actor)
    ask = Routing(unit_code="scjgj")
    refused = refusal_of(lambda: handlers.route_lead(db, told.lead_id, ask, SUPERVISOR, MIDDLE))
    assert refused == ("unit_complained_of", "unit_code")

    relay(db, told.model_copy(update={"complained_of": None}), TEN, COUNTY, CITY)
    assert leads_like(db, LeadsWanted(OFFICER.actor, EVERYTHING), 9)
