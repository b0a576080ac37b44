import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backstop.demo import load_demo
from backstop.demo.memory import Known, Memory
from backstop.progress import Trouble
from backstop.settings import NodeSettings

NINE = datetime(2030, 1, 1, 9, tzinfo=UTC)
NODE_FILE = """
code = "{code}"
tier = "county"
name = "舒城县政务服务中心"
web_port = 8002
host = "{host}"
database_url = "x"
bus_url = "x"
key_file = "/nowhere/keys.json"
demo = {demo}
"""


@pytest.mark.parametrize(
    ("code", "host", "demo"),
    [
        ("341523", "127.0.0.1", "false"),
        ("341523", "0.0.0.0", "true"),  # noqa: S104  # the address that must be refused
        ("341523", "demo.example", "true"),
        ("110000", "127.0.0.1", "true"),
    ],
    ids=["not a demo", "every address", "another machine", "no files"],
)
def test_only_a_demo_node_of_this_machine_is_loaded(
    tmp_path: Path, code: str, host: str, demo: str
) -> None:
    file = tmp_path / "node.toml"
    file.write_text(NODE_FILE.format(code=code, host=host, demo=demo), encoding="utf-8")
    told: list[str] = []

    with pytest.raises(Trouble):
        load_demo([(NodeSettings.load(file, {}), "http://127.0.0.1:1")], told.append)

    assert told == []


def test_what_was_done_is_remembered_for_the_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "341523.demo.json"
    memory = Memory.read(file, NINE)
    memory.registered("g-01", Known(case_id="1", number="BCS", query_code="ABC"))
    memory.did("g-01", "1-sign")

    again = Memory.read(file, datetime(2031, 1, 1, tzinfo=UTC))

    assert again.resumed
    assert again.told.started_at == NINE
    assert again.has_done("g-01", "1-sign")
    assert not again.has_done("g-01", "2-contact")
    assert stat.S_IMODE(file.stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR


def test_what_ran_when_all_was_told_is_remembered(tmp_path: Path) -> None:
    file = tmp_path / "341523.demo.json"
    Memory.read(file, NINE).finish(["341523", "341500"])

    again = Memory.read(file, NINE)

    assert again.told.finished
    assert again.told.nodes == ["341500", "341523"]


def test_a_broken_memory_is_as_good_as_none(tmp_path: Path) -> None:
    file = tmp_path / "341523.demo.json"
    file.write_text("{", encoding="utf-8")

    memory = Memory.read(file, NINE)

    assert not memory.resumed
    assert memory.told.started_at == NINE


def test_a_memory_of_other_data_is_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "341523.demo.json"
    memory = Memory.read(file, NINE)
    memory.registered("g-01", Known(case_id="1", number="BCS", query_code="ABC"))
    memory.finish(["341523"])

    memory.begin_anew(datetime(2031, 1, 1, tzinfo=UTC))

    again = Memory.read(file, NINE)
    assert (again.told.lines, again.told.finished) == ({}, False)
