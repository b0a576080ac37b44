"""What the doctor says of a calendar and of keys."""

from datetime import date
from pathlib import Path

import pytest

from backstop.commands.checks import check_calendar, check_keys, check_store
from backstop.settings import NodeSettings
from services.sla.policy import DEFAULT_HOURS
from services.sla.repository import load_calendar
from shared.security.sealing import NodeKeys

CALENDAR = load_calendar(DEFAULT_HOURS)
LAST = max(CALENDAR.published)


@pytest.fixture
def settings(tmp_path: Path) -> NodeSettings:
    file = tmp_path / "node.toml"
    file.write_text(
        f'code = "341523"\ntier = "county"\nname = "舒城"\nweb_port = 8002\n'
        f'database_url = "x"\nbus_url = "x"\nkey_file = "{tmp_path / "keys.json"}"\n',
        encoding="utf-8",
    )
    return NodeSettings.load(file, {})


def test_the_last_published_day_is_covered() -> None:
    found = check_calendar(CALENDAR, date(LAST, 12, 31))

    assert found.is_ok
    assert str(LAST) in found.told


def test_the_day_after_is_provisional() -> None:
    found = check_calendar(CALENDAR, date(LAST + 1, 1, 1))

    assert not found.is_ok
    assert "provisional" in found.told


def test_missing_keys_are_made_exposed_ones_are_closed(settings: NodeSettings) -> None:
    assert check_keys(settings).way_out == "backstop keys create --node 341523"

    NodeKeys.create(settings.key_file)
    assert check_keys(settings).is_ok

    settings.key_file.chmod(0o644)
    assert "chmod 600" in check_keys(settings).way_out


def test_the_store_of_files_is_tried_and_left_empty(
    settings: NodeSettings, tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    store = settings.store.model_copy(update={"folder": folder})
    here = settings.model_copy(update={"store": store})

    assert check_store(here).is_ok
    assert [path for path in folder.rglob("*") if path.is_file()] == []

    there = store.model_copy(update={"folder": settings.key_file.parent / "node.toml" / "x"})
    (settings.key_file.parent / "node.toml").touch()
    found = check_store(settings.model_copy(update={"store": there}))
    assert (found.is_ok, "BACKSTOP_STORE_FOLDER" in found.way_out) == (False, True)
