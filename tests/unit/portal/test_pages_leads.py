"""The form of the registers: what is sent twice is one lead, what was wrong keeps its key."""

import re

from services.portal.pages.beside import Beside
from services.portal.pages.leads import vars_of
from tests.browser.samples import shown

KEY = re.compile(r'name="key" value="([0-9a-f]{32})"')


def test_the_form_of_a_lead_carries_a_key_of_its_own() -> None:
    assert len(KEY.findall(shown("desk_leads_wrong"))) == 1


def test_a_form_that_comes_back_keeps_its_key() -> None:
    fresh = vars_of(Beside())["key"]

    assert vars_of(Beside(values={"key": "0" * 32}))["key"] == "0" * 32
    assert fresh != vars_of(Beside())["key"]
