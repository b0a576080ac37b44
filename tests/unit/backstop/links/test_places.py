"""The files of a node's links: whole, and for those who may read them."""

from pathlib import Path

from backstop.links.listener import Listener, configuration
from backstop.links.places import Places, put, put_for_broker


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_file_is_its_owners_alone_and_nobody_looks_into_its_folder(tmp_path: Path) -> None:
    places = Places(tmp_path / "links" / "341500")

    put(places.authority, b"secret")
    put_for_broker(places.server, b"secret")

    assert places.authority.read_bytes() == b"secret"
    assert [mode(file) for file in (places.authority, places.server)] == [0o600, 0o600]
    assert [mode(folder) for folder in (places.folder, places.broker)] == [0o711, 0o700]


def test_the_broker_reads_by_its_group_what_lies_in_a_folder_that_its_group_may_enter(
    tmp_path: Path,
) -> None:
    places = Places(tmp_path)
    places.broker.mkdir()
    places.broker.chmod(0o2750)

    put_for_broker(places.server, b"secret")
    put(places.broker / "other", b"secret")

    assert (mode(places.server), mode(places.broker / "other")) == (0o640, 0o600)


def test_a_file_takes_the_place_of_the_one_before_and_leaves_no_draft(tmp_path: Path) -> None:
    put(tmp_path / "one", b"before")
    put(tmp_path / "one", b"after")

    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"after"]


def test_whoever_dials_shows_a_certificate_and_local_accounts_stay_local(tmp_path: Path) -> None:
    places = Places(tmp_path)

    lines = configuration(Listener(places, "10.0.0.5", 5671, ["341500"])).splitlines()

    assert {
        "listeners.ssl.default = 10.0.0.5:5671",
        f"ssl_options.cacertfile = {places.trust}",
        "ssl_options.verify = verify_peer",
        "ssl_options.fail_if_no_peer_cert = true",
        "ssl_cert_login_from = common_name",
        "auth_mechanisms.1 = EXTERNAL",
        "loopback_users.guest = true",
        "loopback_users.shovel = true",
        "loopback_users.341500 = true",
        "max_message_size = 16777216",
        "log.file.rotation.count = 4",
    } <= set(lines)
