"""What every store does: a folder, a bucket, memory. Whole at its address, or not there."""

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from backstop.settings import BadSettings, NodeSettings
from backstop.store_settings import StoreSettings
from backstop.stores import stores_of
from shared.security.sealing import sm3
from shared.store import SHELVES, Lost, Store, StoreAway
from shared.store.folder import NEW, FolderStore
from shared.store.held import HeldStore
from shared.store.measured import MeasuredStore
from shared.store.s3 import Bucket, S3Store
from tests.unit.store.bucket import ACCESS, BUCKET, REGION, SECRET, BucketServer, bucket_server

PIECES = (b"a" * 1000, b"", b"bc")
WHOLE = b"".join(PIECES)
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[BucketServer]:
    with bucket_server() as running:
        yield running


def bucket(server: BucketServer, **other: str) -> Bucket:
    told = {"url": server.url, "name": BUCKET, "region": REGION, "access_key": ACCESS}
    return Bucket(**{**told, "secret_key": SECRET, "prefix": "341523/", **other})


@pytest.fixture(params=["folder", "bucket", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path, server: BucketServer) -> Store:
    if request.param == "folder":
        return FolderStore(tmp_path / "files")
    server.objects.clear()
    return S3Store(bucket(server)) if request.param == "bucket" else HeldStore()


def test_what_was_put_is_found_by_its_digest_until_it_is_dropped(store: Store) -> None:
    address = store.put(PIECES)

    assert address == store.put(iter(PIECES)) == sm3(WHOLE)
    assert list(store.read(address, 400)) == [WHOLE[:400], WHOLE[400:800], WHOLE[800:]]
    store.drop(address)
    store.drop(address)
    with pytest.raises(Lost):
        list(store.read(address, 400))


def test_each_address_lies_on_its_shelf(store: Store) -> None:
    put = {store.put([f"file {n}".encode()]) for n in range(5)}
    with_it = store.put([b"file 1"])  # the same once more

    shelves = {n: set(store.shelf(n)) for n in {int(each[:2], 16) for each in put}}

    assert with_it in put
    assert set().union(*shelves.values()) == put
    assert all(int(each[:2], 16) == n for n, found in shelves.items() for each in found)
    assert max(shelves) < SHELVES


def test_a_shelf_of_many_is_told_whole(server: BucketServer) -> None:
    server.objects.clear()
    names = [f"07{n:062x}" for n in range(5)]
    server.objects.update({f"341523/{name}": b"x" for name in names})
    server.objects["341500/" + names[0]] = b"of another node"

    assert list(S3Store(bucket(server)).shelf(7)) == names


@pytest.mark.parametrize(
    "address", ["", "..", "../" * 4 + "etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n", "a/b"]
)
def test_what_is_no_address_leads_nowhere(store: Store, address: str) -> None:
    with pytest.raises(Lost):
        list(store.read(address, 10))
    with pytest.raises(Lost):
        store.drop(address)


def breaking() -> Iterator[bytes]:
    yield b"the first half"
    raise ConnectionError


def test_what_breaks_while_it_is_put_leaves_nothing(
    store: Store, tmp_path: Path, server: BucketServer
) -> None:
    with pytest.raises(ConnectionError):
        store.put(breaking())

    assert server.objects == {}
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_the_folder_is_for_its_owner_alone_and_what_a_crash_left_goes(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "files")
    address = store.put(PIECES)
    left = tmp_path / "files" / NEW / "left"
    left.touch()
    os.utime(left, (NOW.timestamp(), NOW.timestamp()))

    store.tidy(NOW - timedelta(seconds=1))
    assert left.exists()
    store.tidy(NOW + timedelta(seconds=1))
    assert not left.exists()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "files").rglob("*")}
    assert modes == {0o700, 0o600}
    assert list(store.read(address, 5000)) == [WHOLE]


def test_a_store_that_is_away_says_so(tmp_path: Path, server: BucketServer) -> None:
    (tmp_path / "file").touch()
    folder = FolderStore(tmp_path / "file")
    stranger = S3Store(bucket(server, secret_key="of somebody else"))
    nowhere = S3Store(bucket(server, url="http://127.0.0.1:9"))

    for store in (folder, stranger, nowhere):
        with pytest.raises(StoreAway):
            store.put(PIECES)
    with pytest.raises(StoreAway):
        list(stranger.shelf(1))
    server.down.set()
    try:
        with pytest.raises(StoreAway):
            list(S3Store(bucket(server)).read("0" * 64, 10))
    finally:
        server.down.clear()


def count(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"backstop_store_{name}_total", labels) or 0.0


def test_bytes_and_failures_are_counted() -> None:
    node = "341599"
    store = MeasuredStore(HeldStore(), node)

    address = store.put(PIECES)
    list(store.read(address, 400))
    for doing in (lambda: list(store.read("0" * 64, 1)), lambda: store.drop("no address")):
        with pytest.raises(Lost):
            doing()

    assert [count("bytes", node=node, way=way) for way in ("put", "read")] == [1002, 1002]
    assert count("failures", node=node, doing="lost") == 2
    assert count("failures", node=node, doing="put") == 0


@given(data=st.binary(max_size=300), piece=st.integers(1, 100))
def test_whatever_is_put_comes_back(data: bytes, piece: int) -> None:
    store = HeldStore()
    assert b"".join(store.read(store.put([data]), piece)) == data


def settings(tmp_path: Path, environment: dict[str, str]) -> NodeSettings:
    file = tmp_path / "node.toml"
    file.write_text(
        'code = "341523"\ntier = "county"\nname = "舒城"\nweb_port = 8002\n'
        'database_url = "x"\nbus_url = "x"\nkey_file = "x"\n',
        encoding="utf-8",
    )
    return NodeSettings.load(file, environment)


def test_the_settings_choose_the_store(tmp_path: Path, server: BucketServer) -> None:
    keys = tmp_path / "keys"
    keys.write_text(f"{ACCESS}\n{SECRET.replace(' ', '_')}\n")
    told = {
        "BACKSTOP_STORE_S3_URL": server.url,
        "BACKSTOP_STORE_S3_BUCKET": BUCKET,
        "BACKSTOP_STORE_S3_KEY_FILE": str(keys),
    }

    usual, chosen = settings(tmp_path, {}), settings(tmp_path, told)

    assert str(usual.store.folder) == "/var/lib/backstop/files/341523"
    assert chosen.store.s3_prefix == "341523/"
    with pytest.raises(StoreAway):  # another secret than the server's: it is asked
        stores_of(chosen)["intake"].put(PIECES)
    keys.write_text("only one line")
    with pytest.raises(BadSettings, match="S3_KEY_FILE"):
        stores_of(chosen)
    with pytest.raises(BadSettings, match="s3_bucket"):
        settings(tmp_path, {"BACKSTOP_STORE_S3_URL": server.url})
    with pytest.raises(ValueError, match="s3_url"):
        StoreSettings(s3_url="ftp://nowhere")


def test_services_have_rooms_that_know_nothing_of_each_other(tmp_path: Path) -> None:
    here = settings(tmp_path, {"BACKSTOP_STORE_FOLDER": str(tmp_path / "files")})
    cases, outside = stores_of(here)["intake"], stores_of(here)["dispatch"]
    address = outside.put(PIECES)
    mine = int(address[:2], 16)

    assert (list(outside.shelf(mine)), list(cases.shelf(mine))) == ([address], [])
    with pytest.raises(Lost):
        b"".join(cases.read(address, 1000))
    cases.drop(address)
    assert b"".join(outside.read(address, 10_000)) == WHOLE
