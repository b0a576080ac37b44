"""A report tells of each node what was told there when it was loaded."""

from pathlib import Path

from backstop.demo.memory import Known
from backstop.demo.reporting import DemoReport, report_of
from backstop.demo.story import read_stories
from tests.unit.backstop.fake_nodes import CITY, COUNTY, NUMBER, World

PROVINCE = "340000"
EVERY_NODE = (COUNTY, CITY, PROVINCE)


def reports(folder: Path, *ran: str) -> dict[str, DemoReport]:
    """What is said of county and city once the county was loaded while these nodes ran."""
    halls, stories = World.build(folder).halls(), read_stories()
    memory = halls[COUNTY].memory
    memory.registered("g-14", Known(case_id="1", number=NUMBER, query_code="ABC"))
    memory.finish(ran)
    return {node: report_of(halls, hall, stories, 1.0) for node, hall in halls.items()}


def test_what_was_loaded_with_every_node_is_told_whole(tmp_path: Path) -> None:
    told = reports(tmp_path, *EVERY_NODE)

    assert told[COUNTY].by_status["closed"] == 5
    assert (told[CITY].offered, told[COUNTY].offered) == (NUMBER, "")


def test_what_was_loaded_alone_is_told_as_it_stopped_and_offers_nothing(tmp_path: Path) -> None:
    told = reports(tmp_path, COUNTY)

    assert told[COUNTY].by_status["closed"] == 4
    assert told[CITY].offered == ""
    assert sum(told[COUNTY].by_status.values()) == told[COUNTY].cases == 22


def test_a_memory_of_the_time_before_there_were_tiers_is_told_as_alone(tmp_path: Path) -> None:
    assert reports(tmp_path)[COUNTY].by_status["closed"] == 4
