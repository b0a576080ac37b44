from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.portal.pages.inspection import DISCLOSURES, REASONS, InspectedLink, advice_of
from shared.events.words import Disclosure
from shared.metrics import REFUSALS
from tests.browser.samples import shown

NINE = datetime(2030, 1, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def link(**more: Any) -> InspectedLink:
    about = {"peer": "341500", "name": "六安市", "tier": "city", "relation": "above"}
    return InspectedLink.model_validate({**about, "state": "up", **more})


@pytest.mark.parametrize(
    ("told", "runbooks"),
    [
        ({}, []),
        ({"state": "quiet"}, []),
        ({"state": "down"}, ["LinkSilent"]),
        ({"state": "never"}, ["LinkSilent"]),
        ({"oldest_at": NINE - HOUR}, ["LinkUnreceipted"]),
        ({"oldest_at": NINE}, []),
        ({"gap_since": NINE - HOUR, "held": 2}, ["LinkGap"]),
        ({"refused": 1}, ["ParcelsRefused"]),
        ({"state": "down", "oldest_at": NINE - HOUR}, ["LinkSilent", "LinkUnreceipted"]),
    ],
    ids=lambda each: "-".join(each) if each else "nothing",
)
def test_each_trouble_of_a_link_comes_with_what_to_do(
    told: dict[str, Any], runbooks: list[str]
) -> None:
    assert [advice.runbook for advice in advice_of(link(**told), NINE)] == runbooks


def test_every_reason_for_a_refusal_has_its_words() -> None:
    assert set(REASONS) == set(REFUSALS)


def test_every_level_of_disclosure_has_its_words() -> None:
    assert set(DISCLOSURES) == {level.value for level in Disclosure}


def test_the_room_names_the_gap_the_refusals_and_the_fingerprints() -> None:
    text = shown("admin_links")

    assert "缺第 881 号" in text
    assert "签名不对" in text
    assert "66c7f0f462eeedd9" in text
    assert "3f1c0a9b 7d5e2c48" in text
    assert "deploy/runbook/LinkGap.md" in text
