"""How the programs of a server are found, and what is said when they are not there."""

from pathlib import Path

import pytest

from backstop.servers.packages import (
    MissingServer,
    ensure,
    find_chromium,
    find_kannel,
    find_postgres,
    find_prometheus,
)


def programs_of_postgres(folder: Path, version: str) -> Path:
    folder.mkdir()
    (folder / "initdb").touch()
    (folder / "postgres").write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
    (folder / "postgres").chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("version", "is_taken"),
    [("13.2 (Debian 13.2-1)", False), ("15.18 (Debian 15.18-0)", True), ("18.4", True)],
)
def test_a_postgresql_counts_from_version_15_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, is_taken: bool
) -> None:
    programs = programs_of_postgres(tmp_path / "bin", version)
    monkeypatch.setenv("BACKSTOP_POSTGRES_BIN", str(programs))

    assert find_postgres() == (programs if is_taken else None)


def test_the_version_that_made_the_data_is_asked_for_by_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = programs_of_postgres(tmp_path / "bin", "18.4")
    monkeypatch.setenv("BACKSTOP_POSTGRES_BIN", str(programs))

    assert find_postgres("18") == programs
    assert find_postgres("15") is None


def test_what_is_missing_is_named_in_both_languages_with_the_command_that_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKSTOP_POSTGRES_BIN", str(tmp_path))
    monkeypatch.setenv("BACKSTOP_INSTALL", "never")

    with pytest.raises(MissingServer) as raised:
        ensure("postgresql")

    chinese, english = str(raised.value).splitlines()
    assert "请安装：apt install postgresql" in chinese
    assert "Install it: apt install postgresql" in english


def test_a_named_chromium_is_taken_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKSTOP_CHROMIUM", str(tmp_path / "chromium"))

    assert find_chromium() == tmp_path / "chromium"


def test_prometheus_counts_only_together_with_its_alertmanager_and_tools(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = []
    for name in ("prometheus", "promtool", "amtool", "prometheus-alertmanager"):
        (tmp_path / name).touch(0o755)
        found.append(find_prometheus())

    assert found == [None, None, None, tmp_path]


def test_kannel_counts_only_with_both_of_its_boxes_in_one_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    monkeypatch.setenv("PATH", f"{one}:{other}")
    for folder, name in ((one, "bearerbox"), (other, "smsbox")):
        folder.mkdir()
        (folder / name).touch(0o755)
    apart = find_kannel()
    (one / "smsbox").touch(0o755)

    assert (apart, find_kannel()) == (None, one)
