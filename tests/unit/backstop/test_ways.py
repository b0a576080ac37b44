"""The way of letters to each neighbour, as a node's settings choose it."""

from pathlib import Path

import pytest

from backstop.commands.checks import check_ways
from backstop.settings import BadSettings, NodeSettings
from backstop.ways import ways_of
from shared.bus.ways import Way
from shared.neighbours import Entry, Neighbour, Relation
from shared.security.letters import Card
from shared.security.sealing import NodeKeys

ABOVE = Neighbour("340000", "安徽省", "province", Relation.ABOVE)
BELOW = Neighbour("341523", "舒城县", "county", Relation.BELOW)
NEIGHBOURS = {each.code: each for each in (ABOVE, BELOW)}
BUS = "amqp://backstop@127.0.0.1/341500"


def city(tmp_path: Path, **told: str) -> NodeSettings:
    file = tmp_path / "341500.toml"
    file.write_text(
        'code = "341500"\ntier = "city"\nname = "六安市"\nweb_port = 8001\n'
        f'database_url = "x"\nbus_url = "{BUS}"\nkey_file = "x"\n',
        encoding="utf-8",
    )
    return NodeSettings.load(file, told)


def test_by_shovel_letters_stay_on_the_own_broker_and_come_in_where_they_must(
    tmp_path: Path,
) -> None:
    ways = ways_of(city(tmp_path, BACKSTOP_CARRIER="shovel"), NEIGHBOURS)

    assert ways == {
        "340000": Way(BUS, "link.out", "up.341500.link", Entry("from.parent", "shovel"), "uplink"),
        "341523": Way(
            BUS,
            "link.out",
            "down.341523.link",
            Entry("in.341523", "node-341523"),
            "down.341523",
        ),
    }


def test_in_process_letters_go_into_the_neighbours_buses(tmp_path: Path) -> None:
    settings = city(tmp_path, BACKSTOP_NEIGHBOUR_BUS_URL="bus://localhost/{peer}")

    assert ways_of(settings, NEIGHBOURS) == {
        code: Way(f"bus://localhost/{code}", "in.341500") for code in NEIGHBOURS
    }


def test_without_an_address_there_is_no_way(tmp_path: Path) -> None:
    assert ways_of(city(tmp_path), NEIGHBOURS) == {}


def test_the_doctor_names_a_neighbour_to_whom_no_letter_can_go(tmp_path: Path) -> None:
    told = {"BACKSTOP_PARENT": "340000", "BACKSTOP_CARDS": str(tmp_path)}
    keys = NodeKeys.create(tmp_path / "keys.json")
    card = Card.of(keys, ABOVE.code, ABOVE.name, ABOVE.tier)
    (tmp_path / "340000.json").write_text(card.as_json(), encoding="utf-8")

    [finding] = check_ways(city(tmp_path, **told))

    assert not finding.is_ok
    assert "340000" in finding.told
    assert list(check_ways(city(tmp_path))) == []


def test_shovels_on_a_bus_without_a_broker_are_refused(tmp_path: Path) -> None:
    told = {"BACKSTOP_CARRIER": "shovel", "BACKSTOP_BUS_URL": "bus://localhost/{node}"}

    with pytest.raises(BadSettings, match="BACKSTOP_CARRIER"):
        ways_of(city(tmp_path, **told), NEIGHBOURS)
