"""Files of a case where there is no wire: they go with the bundles, in a few rounds."""

from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from typer.testing import CliRunner

from backstop.bundles import Desk, Exported, export_bundle, import_bundle
from backstop.commands.link import app
from shared.clock import new_id
from shared.security.pieces import Piece, Way, clear_case, lay
from tests.integration.whole.conftest import Lived
from tests.integration.whole.test_files_between_nodes import add, digests, document, pieces
from tests.unit.intake.making_files import picture
from tests.whole.node import CITY, COUNTY, PROVINCE, WholeNode
from tests.whole.stories import offer, register, take
from tests.whole.tiers import WholeTiers, house_of

pytestmark = pytest.mark.integration

MOST = 50_000_000


class Courier:
    """Carries bundles between a county and its city, whose wire nobody uses."""

    def __init__(self, tiers: WholeTiers, folder: Path) -> None:
        self.county, self.city = tiers.county, tiers.city
        self.folder = folder

    def up(self) -> None:
        self._carry(self.county, self.city)

    def down(self) -> None:
        self._carry(self.city, self.county)

    def _carry(self, sender: WholeNode, addressee: WholeNode) -> None:
        sender.settle()
        file = self.folder / str(new_id())
        export_bundle(desk_of(sender), addressee.node.code, file)
        import_bundle(desk_of(addressee), file)
        addressee.settle()


def desk_of(whole: WholeNode, by_hand: int = MOST) -> Desk:
    house = house_of(whole)
    told = replace(house, pace=replace(house.pace, by_hand=by_hand))
    return Desk(whole.units["link"], lambda: told, MOST, MOST)


@pytest.fixture
def tiers(lived: Lived) -> WholeTiers:
    for each in lived.tiers.nodes.values():
        each.term = new_id()
    lived.tiers.settle()
    return lived.tiers


def test_files_are_there_three_bundles_after_they_were_offered(
    tiers: WholeTiers, tmp_path: Path
) -> None:
    county, city, courier = tiers.county, tiers.city, Courier(tiers, tmp_path)
    told = register(county)
    add(county, told, "合同.pdf", document(2_600_000, "a"), told.holder)
    add(county, told, "现场.png", picture("PNG", (900, 700)), told.holder)
    county.settle()
    offered = offer(county, told, CITY)
    courier.up()
    take(city, offered)
    courier.down()

    courier.up()  # that there are files
    courier.down()
    courier.up()  # what they must be
    courier.down()
    courier.up()  # all the rest

    assert digests(city, told) == digests(county, told)
    assert sum(digests(city, told).values()) == 2
    courier.down()
    assert pieces(county, told) == 0


def test_the_operator_is_told_of_each_link_and_of_the_files_that_are_awaited(
    tiers: WholeTiers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    county, city, courier = tiers.county, tiers.city, Courier(tiers, tmp_path)
    monkeypatch.setattr(
        import_module("backstop.commands.link.status"), "assemble", lambda *_: city.node
    )
    told = register(county)
    add(county, told, "合同.pdf", document(1_000, "awaited"), told.holder)
    county.settle()
    offered = offer(county, told, CITY)
    courier.up()
    take(city, offered)
    courier.down()
    courier.up()

    awaits = status_of(city)

    tiers.settle()
    link, files = [row[1:] for row in awaits if row[0] == COUNTY]
    assert link[:2] == [county.settings.name, "up"]
    assert (files[0], files[-1]) == ("1", "0")
    assert [row[0] for row in status_of(city)] == [PROVINCE, COUNTY]


def status_of(whole: WholeNode) -> list[list[str]]:
    """The rows of the tables that `backstop link status` prints."""
    file = whole.settings.key_file.parent / "node.toml"
    done = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["status", "--node", str(file)])
    assert done.exit_code == 0, done.output
    rows = [line for line in done.output.splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in row.strip("│").split("│")] for row in rows]


def test_a_bundle_takes_so_many_bytes_of_files_along_and_the_next_one_goes_on(
    tiers: WholeTiers, tmp_path: Path
) -> None:
    county, case_id, file_id = tiers.county, new_id(), new_id()
    with county.units["link"].transaction() as db:
        lay(
            db, Way.OUT, CITY, [Piece(case_id, file_id, number, "x" * 100) for number in range(45)]
        )

    done: list[Exported] = [
        export_bundle(desk_of(county, 2_500), CITY, tmp_path / name) for name in ("1", "2")
    ]

    assert [each.packed.parcels for each in done] == [40, 45]
    with county.owner() as db:
        clear_case(db, case_id)
