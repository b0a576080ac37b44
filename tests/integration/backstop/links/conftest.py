"""One broker with TLS for all tests of links, and the story of how a county joined its city."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import pytest

from backstop.servers.processes import wait_until
from shared.clock import utcnow
from tests.conftest import need
from tests.integration.backstop.links.family import CITY, COUNTY, Family, Said, family_of

WRONG = "00000000 00000000 00000000 00000000"
PATIENCE_SECONDS = 60

Story = Mapping[str, Said]


@pytest.fixture(scope="session")
def now() -> datetime:
    return utcnow()


@pytest.fixture(scope="session")
def family(scratch: Path, now: datetime) -> Iterator[Family]:
    need("rabbitmq")
    folder = scratch / "links"
    folder.mkdir()
    made = family_of(folder, scratch / "linked", now)
    yield made
    made.broker.stop()


@pytest.fixture(scope="session")
def story(family: Family) -> Story:
    """What the operators of city and county did on one morning, and what they were told."""
    file = family.city.settings.links.parent / "invitation.json"
    told: dict[str, Said] = {}
    told["invite"] = family.says(CITY, "invite", COUNTY, "--out", str(file))
    code = told["invite"].text.split("code: ")[1].split()[0]
    told["admit too early"] = family.says(CITY, "admit", COUNTY, "--fingerprint", WRONG)
    told["wrong code"] = family.says(COUNTY, "join", str(file), typed="AAAAA-AAAAA\n")
    told["join"] = family.says(COUNTY, "join", str(file), "--wait", "0", typed=f"{code.lower()}\n")
    told["wrong fingerprint"] = family.says(CITY, "admit", COUNTY, "--fingerprint", WRONG)
    own = family.county.card.fingerprint
    told["admit"] = family.says(CITY, "admit", COUNTY, "--wait", "0", typed=f"{own}\n")
    told["join again"] = family.says(COUNTY, "join", "--wait", "0")
    told["admit again"] = family.says(CITY, "admit", COUNTY, "--wait", "0")
    told["second join"] = family.says(COUNTY, "join", str(file), typed=f"{code}\n")
    return told


@pytest.fixture(scope="session")
def linked(family: Family, story: Story) -> Family:
    """The family with a link between city and county over which messages go."""
    running = ["down running", "up running"]

    def runs() -> bool:
        told = family.county.broker.shovels()
        return [f"{shovel.name} {shovel.state}" for shovel in told] == running

    assert story["join again"].status == 0, story
    assert wait_until(runs, PATIENCE_SECONDS)
    return family
