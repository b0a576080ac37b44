from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backstop.neighbours import (
    LiveCards,
    card_of,
    cards_of,
    drop_card,
    neighbours_of,
    place_card,
    write_card,
)
from backstop.settings import BadSettings, NodeSettings
from shared.neighbours import Relation, above, below
from shared.security.key_file import KeyFile
from shared.security.letters import Card
from shared.security.sealing import NodeKeys

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
CITY = {"BACKSTOP_PARENT": "340000", "BACKSTOP_CHILDREN": '["341523", "341525"]'}


def node(tmp_path: Path, code: str, **told: str) -> NodeSettings:
    file = tmp_path / f"{code}.toml"
    file.write_text(
        f'code = "{code}"\ntier = "city"\nname = "节点{code}"\nweb_port = 8001\n'
        f'database_url = "x"\nbus_url = "x"\nkey_file = "{tmp_path}/{code}.keys.json"\n'
        f'cards = "{tmp_path}/cards-of-{code}"\n',
        encoding="utf-8",
    )
    settings = NodeSettings.load(file, told)
    NodeKeys.create(settings.key_file)
    return settings


def test_a_link_begins_with_the_card_and_not_before(tmp_path: Path) -> None:
    city, county = node(tmp_path, "341500", **CITY), node(tmp_path, "341523")
    assert cards_of(city) == {}

    place_card(city, write_card(county))

    known = neighbours_of(city, cards_of(city))
    assert [each.code for each in below(known)] == ["341523"]
    assert above(known) is None
    assert known["341523"].name == "节点341523"


def test_the_parent_stands_above(tmp_path: Path) -> None:
    city, province = node(tmp_path, "341500", **CITY), node(tmp_path, "340000")

    place_card(city, write_card(province))

    assert neighbours_of(city, cards_of(city))["340000"].relation is Relation.ABOVE


def test_the_card_of_a_node_that_is_no_neighbour_is_not_put_in_place(tmp_path: Path) -> None:
    city, stranger = node(tmp_path, "341500", **CITY), node(tmp_path, "350100")

    with pytest.raises(BadSettings, match="350100"):
        place_card(city, write_card(stranger))


def test_a_card_under_another_name_stops_the_start(tmp_path: Path) -> None:
    city, stranger = node(tmp_path, "341500", **CITY), node(tmp_path, "350100")
    city.cards.mkdir()
    write_card(stranger).rename(city.cards / "341523.json")

    with pytest.raises(BadSettings, match="350100"):
        cards_of(city)


def test_one_variable_moves_the_ports_of_all_nodes_of_a_host(tmp_path: Path) -> None:
    city = node(tmp_path, "341500", BACKSTOP_PORT_SHIFT="100")

    assert (city.web_port, city.public_url) == (8101, "http://127.0.0.1:8101")


def test_a_card_that_is_taken_away_is_gone_at_once(tmp_path: Path) -> None:
    city, county = node(tmp_path, "341500", **CITY), node(tmp_path, "341523")
    known = place_card(city, write_card(county))
    cards = LiveCards(city)
    assert dict(cards) == {"341523": known}

    drop_card(city, "341523")

    assert cards.get("341523") is None
    assert (list(cards), len(cards)) == ([], 0)


def test_a_card_that_cannot_be_read_is_as_none_until_it_can(tmp_path: Path) -> None:
    city, county = node(tmp_path, "341500", **CITY), node(tmp_path, "341523")
    known = place_card(city, write_card(county))
    cards, file = LiveCards(city), city.cards / "341523.json"
    whole = file.read_text()

    spoilt = file.with_suffix(".new")
    spoilt.write_text(whole[:20])
    spoilt.replace(file)
    assert cards.get("341523") is None

    mended = file.with_suffix(".new")
    mended.write_text(whole)
    mended.replace(file)
    assert cards["341523"] == known


def test_a_card_that_was_renewed_is_seen_at_once_with_the_one_before(tmp_path: Path) -> None:
    city, county = node(tmp_path, "341500", **CITY), node(tmp_path, "341523")
    known = place_card(city, write_card(county))
    cards = LiveCards(city)
    KeyFile(county.key_file).rotate_card(NINE)
    following = known.next_of(NodeKeys.load(county.key_file))
    assert following is not None

    cards.keep(following)

    assert cards["341523"] == following == cards_of(city)["341523"]
    told = neighbours_of(city, cards)["341523"]
    assert (told.fingerprint, told.believed_beside) == (
        following.fingerprint,
        (known.fingerprint,),
    )
    drop_card(city, "341523")
    cards.keep(following)
    assert cards.get("341523") is None


def test_a_card_that_is_shown_brings_no_other_one_along(tmp_path: Path) -> None:
    city, county = node(tmp_path, "341500", **CITY), node(tmp_path, "341523")
    forged = tmp_path / "forged.json"
    mine = Card.of(NodeKeys.load(city.key_file), "341523", "", "")
    theirs = card_of(county)
    forged.write_text(mine.followed_by(*theirs.keys).as_kept(), encoding="utf-8")

    assert place_card(city, forged) == replace(theirs, name="", tier="")


def test_a_start_does_not_put_the_card_back_that_neighbours_of_this_host_know(
    tmp_path: Path,
) -> None:
    county = node(tmp_path, "341523")
    known = Card.read_kept(write_card(county))
    KeyFile(county.key_file).rotate_card(NINE)
    following = known.next_of(NodeKeys.load(county.key_file))
    assert following is not None
    file = write_card(county)
    assert Card.read_kept(file) == known

    file.write_text(following.as_kept(), encoding="utf-8")
    assert Card.read_kept(write_card(county)) == following
    KeyFile(county.key_file).finish_card(NINE)
    assert Card.read_kept(write_card(county)) == following


def test_another_card_of_a_neighbour_counts_at_once_and_one_of_a_stranger_never(
    tmp_path: Path,
) -> None:
    city, county = node(tmp_path, "341500", **CITY), node(tmp_path, "341523")
    before = place_card(city, write_card(county))
    cards = LiveCards(city)
    county.key_file.unlink()
    NodeKeys.create(county.key_file)

    after = place_card(city, write_card(county))
    assert cards["341523"] == after != before
    write_card(node(tmp_path, "350100")).replace(city.cards / "341523.json")
    assert cards.get("341523") is None
