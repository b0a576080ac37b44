"""The card of a whole node is renewed by command while it works."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from backstop.commands.link import app
from backstop.links.cards import NodeCards, StillNeeded
from services.link.handlers import settle_cards
from services.link.policy import Hindrance
from shared.clock import new_id, utcnow
from shared.errors import Refused
from shared.security.actor import Actor, ActorKind, Role
from tests.integration.whole.conftest import Lived
from tests.whole.node import WholeNode
from tests.whole.stories import register
from tests.whole.tiers import WholeTiers, house_of

pytestmark = pytest.mark.integration

BY = Actor(kind=ActorKind.SYSTEM, node="341523", id="command-line")


@pytest.fixture
def tiers(lived: Lived) -> WholeTiers:
    for each in lived.tiers.nodes.values():
        each.term = new_id()  # what another test let get lost on its way goes once more
    return lived.tiers


def look_at_cards(tiers: WholeTiers, after: timedelta) -> None:
    for each in tiers.nodes.values():
        house = replace(house_of(each), now=utcnow() + after)
        settle_cards(each.units["link"].transaction, house)
    tiers.settle()


def spread(tiers: WholeTiers) -> None:
    for minutes in (0, 0, 5):
        look_at_cards(tiers, timedelta(minutes=minutes))


def inspected(whole: WholeNode) -> dict[str, Any]:
    who = whole.token(Role.SYSTEM_ADMINISTRATOR)
    return dict(whole.done("GET", "/api/v1/links/inspection", who))


def at(above: WholeNode) -> dict[str, Any]:
    """Return what a node above knows of the county's link."""
    links = {each["peer"]: each for each in inspected(above)["links"]}
    return dict(links["341523"])


def run(whole: WholeNode, folder: Path, *words: str) -> Result:
    file = whole.settings.key_file.parent / "node.toml"
    runner = CliRunner(env={"COLUMNS": "200", "BACKSTOP_LINKS": str(folder)})
    return runner.invoke(app, [*words, "--node", str(file)])


def test_a_card_is_renewed_while_the_node_works(tiers: WholeTiers) -> None:
    county, soon = tiers.county, utcnow() + timedelta(minutes=6)
    cards, refused = NodeCards(county.node), at(tiers.city)["refused"]
    with pytest.raises(Refused, match="card_not_renewing"):
        cards.finish(BY, soon)

    begun = cards.rotate(BY, utcnow())
    own = inspected(county)
    assert (own["fingerprint"], own["next_fingerprint"]) == (begun.present, begun.following)
    assert begun.following is not None
    with pytest.raises(Refused, match="card_renewing"):
        cards.rotate(BY, soon)
    with pytest.raises(StillNeeded) as early:
        cards.finish(BY, soon)
    assert list(early.value.reasons[Hindrance.UNACKNOWLEDGED]) == ["341500"]

    spread(tiers)
    assert all(cards.state(soon).acknowledged.values())

    ended = cards.finish(BY, soon)
    spread(tiers)
    assert (ended.present, ended.following) == (begun.following, None)
    register(county)
    tiers.settle()
    shown = at(tiers.city)
    assert (shown["fingerprint"], shown["believed_beside"]) == (begun.following, [])
    assert shown["refused"] == refused


def test_the_operator_renews_a_card_by_command_and_is_told_why_it_cannot_end(
    tiers: WholeTiers, tmp_path: Path
) -> None:
    county = tiers.county

    begun = run(county, tmp_path, "rotate", "--card")
    assert begun.exit_code == 0, begun.output
    again = run(county, tmp_path, "rotate", "--card")
    assert again.exit_code == 0, again.output
    early = run(county, tmp_path, "rotate", "--card", "--finish")
    assert "341500" in str(early.exception)
    assert "rotate --authority" not in str(early.exception)
    both = run(county, tmp_path, "rotate", "--card", "--authority")
    assert "--authority" in str(both.exception)

    spread(tiers)
    (line,) = [
        one for one in run(county, tmp_path, "status").output.splitlines() if "已确认" in one
    ]
    assert line.split()[0] == "341500"
    NodeCards(county.node).finish(BY, utcnow() + timedelta(minutes=6))
    spread(tiers)
    ended = run(county, tmp_path, "rotate", "--card", "--finish")
    assert "没有正在更换的名片" in str(ended.exception)
    with county.owner() as db:
        query = "SELECT action FROM portal.audit WHERE action LIKE 'card.%%' ORDER BY id"
        assert db.exec_driver_sql(query).scalars().all()[-2:] == ["card.rotate", "card.retire"]


def test_files_that_were_not_kept_are_asked_for_again_by_command(
    tiers: WholeTiers, tmp_path: Path
) -> None:
    none = run(tiers.county, tmp_path, "files", "341500", "--retry")
    assert none.exit_code == 0, none.output
    assert "再要 0 个" in none.output
    stranger = run(tiers.county, tmp_path, "files", "350100")
    assert "no card of 350100" in str(stranger.exception)
