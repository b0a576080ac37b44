"""The greeting tells where each node is, who may look around, and what to try first."""

from collections import Counter
from pathlib import Path

import pytest
from rich.cells import cell_len

from backstop.banner import WIDTH, banner
from backstop.demo import DemoReport
from backstop.demo.catalogue import read_catalogue
from backstop.settings import NodeSettings

NODES = {"341523": "舒城县", "341500": "六安市", "340000": "安徽省"}
NODE_FILE = """
code = "{code}"
tier = "county"
name = "{name}政务服务中心"
web_port = {port}
database_url = "x"
bus_url = "x"
key_file = "x"
"""
NUMBER = "BCS-341523-20300101-00001-X"


@pytest.fixture
def nodes(tmp_path: Path) -> list[NodeSettings]:
    def settings(port: int, code: str, name: str) -> NodeSettings:
        file = tmp_path / f"{code}.toml"
        file.write_text(NODE_FILE.format(code=code, name=name, port=port), encoding="utf-8")
        return NodeSettings.load(file, {})

    return [settings(8002 - place, *told) for place, told in enumerate(NODES.items())]


def report(node: str, **told: str) -> DemoReport:
    catalogue = read_catalogue(node)
    return DemoReport(
        node=node,
        cases=3,
        by_status=Counter({"closed": 1, "pooled": 2}),
        accounts=catalogue.accounts,
        password=catalogue.password,
        seconds=1.0,
        **told,
    )


def test_every_node_has_its_addresses_and_every_account_its_node(
    nodes: list[NodeSettings],
) -> None:
    said = banner(nodes, [report(node) for node in NODES])

    for port in (8000, 8001, 8002):
        assert f"http://127.0.0.1:{port}/desk" in said
        assert f"http://127.0.0.1:{port}/board" in said
    for login in ("xumin", "zhengkai", "jiangwei"):
        assert login in said
    for name in NODES.values():
        assert said.count(f"{name}政务服务中心") == 3


def test_it_says_who_finds_a_hand_over_to_answer_and_where(nodes: list[NodeSettings]) -> None:
    reports = [report("341523"), report("341500", offered=NUMBER), report("340000")]

    [line] = [told for told in banner(nodes, reports).splitlines() if NUMBER in told]

    assert "zhengkai" in line
    assert "http://127.0.0.1:8001/desk" in line


def test_it_gives_the_receipt_of_what_waits_for_a_rating(nodes: list[NodeSettings]) -> None:
    said = banner(nodes[:1], [report("341523", try_number=NUMBER, try_code="K7MQ4XRT9D")])

    assert f"编号 {NUMBER}  查询码 K7MQ4XRT9D" in said


def test_no_line_is_wider_than_a_terminal(nodes: list[NodeSettings]) -> None:
    told = {"try_number": NUMBER, "try_code": "K7MQ4XRT9D", "offered": NUMBER}

    said = banner(nodes, [report(node, **told) for node in NODES])

    assert max(map(cell_len, said.splitlines())) <= WIDTH
    assert "…" not in said


def test_an_empty_start_says_how_to_let_somebody_in(nodes: list[NodeSettings]) -> None:
    said = banner(nodes[:1], [])

    assert "account create" in said
    assert "演示账号" not in said
