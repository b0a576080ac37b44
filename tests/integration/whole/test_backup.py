"""A node that works is copied, and put back in a new place: every row of a file has its bytes."""

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from backstop.backups import DUMP, FILES, back_up, copy_files, dump_database, put_back
from backstop.commands.checks import check_files
from backstop.progress import Trouble
from backstop.settings import NodeSettings
from backstop.stocktaking import Stock, take_stock
from backstop.stores import rooms_in
from tests.conftest import Databases, need
from tests.integration.whole.test_outside import Scene, add_files, asked, opened
from tests.integration.whole.test_outside import scene as scene
from tests.unit.intake.making_files import PDF, picture
from tests.whole.node import CITY, WholeNode, settings_of

pytestmark = pytest.mark.integration

Place = Callable[[], NodeSettings]


@pytest.fixture
def place(postgres: Databases, scene: Scene, tmp_path: Path) -> Iterator[Place]:
    """Make a new place for the city: an empty database, an empty store, the same keys."""
    made: list[str] = []

    def make() -> NodeSettings:
        made.append(f"restored_{secrets.token_hex(4)}")
        folder = tmp_path / made[-1]
        folder.mkdir()
        shutil.copy(scene.city.settings.key_file, folder / "keys.json")
        return settings_of(CITY, folder, postgres.create_database(made[-1]))

    yield make
    for name in made:
        postgres.drop_database(name)


@contextmanager
def restored(there: NodeSettings, copy: Path) -> Iterator[WholeNode]:
    put_back(there, copy)
    node = WholeNode(there)
    try:
        yield node
    finally:
        node.close()


def stock_of(node: WholeNode) -> Stock:
    return take_stock(node.node.engine, node.node.stores)


def shelf_of(scene: Scene) -> str:
    return f"/api/v1/cases/{scene.told.number}/attachments"


def send(scene: Scene, name: str, data: bytes) -> None:
    scene.city.done("POST", shelf_of(scene), scene.told.holder, files={"file": (name, data)})


def answered_with_a_file(scene: Scene) -> None:
    asked(scene, "备份供水公司")
    _status, _text, party = opened(scene.city, scene.link())
    sent = {"file": ("表.jpg", picture())}
    assert scene.city.ask("POST", "/outside/files", party, files=sent).status_code == 303


def test_a_copy_put_back_has_every_file_and_no_loss_of_what_came_meanwhile(
    scene: Scene, place: Place, tmp_path: Path
) -> None:
    need("postgresql")
    city, copy = scene.city, tmp_path / "copy"
    first, _other = add_files(scene)
    answered_with_a_file(scene)
    before = stock_of(city)
    assert (before.is_whole, before.told >= 3) == (True, True)

    dump_database(city.settings, copy)
    send(scene, "晚到.pdf", PDF + b"late\n%%EOF")
    assert copy_files(city.settings, copy).files >= before.told + 1

    with restored(place(), copy) as node:
        after = stock_of(node)
        got = node.ask("GET", f"{shelf_of(scene)}/{first}", scene.told.holder)
        assert (after.told, after.missing, after.wrong) == (before.told, (), ())
        assert after.extra == before.extra + 1  # it came after the dump: dropped in a week
        assert got.content == PDF + "给看.pdf".encode() + b"\n%%EOF"
        with pytest.raises(Trouble, match="not empty"):
            put_back(node.settings, copy)
        spoil_two(node)


def spoil_two(node: WholeNode) -> None:
    """What is said of a file that was changed, and of one that is gone."""
    with node.owner() as db:
        told = "SELECT address FROM intake.attachment_bytes ORDER BY address LIMIT 2"
        changed, gone = db.scalars(text(told)).all()
    (node.settings.store.folder / changed[:2] / changed).write_bytes(b"not what it was")
    (node.settings.store.folder / gone[:2] / gone).unlink()
    stock, found = stock_of(node), check_files(node.settings)

    assert (stock.missing, stock.wrong) == ((gone,), (changed,))
    assert (found.is_ok, gone in found.way_out, changed in found.way_out) == (False, True, True)


def test_files_before_the_database_would_lack_what_came_between(
    scene: Scene, tmp_path: Path
) -> None:
    city, copy = scene.city, tmp_path / "copy"
    copy_files(city.settings, copy)
    add_files(scene)

    assert len(take_stock(city.node.engine, rooms_in(copy / FILES)).missing) == 2


def test_a_copy_is_brought_up_to_date_and_bytes_that_changed_are_told(
    scene: Scene, tmp_path: Path
) -> None:
    need("postgresql")
    city, copy = scene.city, tmp_path / "copy"
    add_files(scene)
    back_up(city.settings, copy)
    assert back_up(city.settings, copy).files == 0
    assert (copy / DUMP).stat().st_mode & 0o077 == 0

    one, two, *_rest = [path for path in (copy / FILES).rglob("*") if len(path.name) == 64]
    one.unlink()
    two.unlink()
    lying = city.settings.store.folder / one.relative_to(copy / FILES)
    kept = lying.read_bytes()
    lying.write_bytes(b"rotten")
    try:
        again = copy_files(city.settings, copy)
    finally:
        lying.write_bytes(kept)
    assert (again.files, again.wrong) == (1, (one.name,))
    with pytest.raises(Trouble, match="no copy"):
        put_back(city.settings, tmp_path / "nothing")
