"""The links between nodes that one person owns: made at once, kept, and renewed in time."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backstop.links.authority import account_in, is_issued_by, read_certificate, read_certificates
from backstop.links.owned import CERTIFICATE_LASTS, Owned, link_together
from backstop.links.places import Places

NOW = datetime(2030, 1, 2, tzinfo=UTC)
PARENTS = {"341523": "341500", "341500": "340000", "340000": None}


@pytest.fixture
def nodes(tmp_path: Path) -> dict[str, Owned]:
    """Three tiers that know nothing of each other yet."""
    ports = dict(zip(PARENTS, (5001, 5002, 5003), strict=True))
    return {
        code: Owned(Places(tmp_path / code), parent, ports[code])
        for code, parent in PARENTS.items()
    }


def test_each_dials_the_tier_above_under_a_certificate_that_is_trusted_there(
    nodes: dict[str, Owned],
) -> None:
    link_together(nodes, NOW)

    for code, parent in (("341523", "341500"), ("341500", "340000")):
        own = read_certificate(nodes[code].places.own.read_bytes())
        [trusted] = read_certificates(nodes[parent].places.trust.read_bytes())
        shown = read_certificate(nodes[parent].places.server.read_bytes())
        [expected] = read_certificates(nodes[code].places.parent_authority.read_bytes())
        assert account_in(own) == f"node-{code}"
        assert is_issued_by(own, trusted)
        assert is_issued_by(shown, expected)


def test_only_who_has_children_is_dialled_and_only_who_has_a_parent_dials(
    nodes: dict[str, Owned],
) -> None:
    link_together(nodes, NOW)

    shovels = {code: document(each)["parameters"] for code, each in nodes.items()}
    assert [len(shovels[code]) for code in PARENTS] == [2, 2, 0]
    up = shovels["341523"][0]["value"]
    assert f":{nodes['341500'].port}/341500?" in up["dest-uri"]
    assert [each.places.server.exists() for each in nodes.values()] == [False, True, True]


def test_keys_stay_until_it_is_time_for_new_ones(nodes: dict[str, Owned]) -> None:
    link_together(nodes, NOW)
    before = pairs(nodes)

    link_together(nodes, NOW + timedelta(days=1))
    assert pairs(nodes) == before

    link_together(nodes, NOW + CERTIFICATE_LASTS)
    assert not set(pairs(nodes)) & set(before)


def document(node: Owned) -> dict[str, list[dict[str, dict[str, str]]]]:
    return dict(json.loads(node.places.definitions.read_bytes()))


def pairs(nodes: dict[str, Owned]) -> list[bytes]:
    files = [(each.places.own, each.places.server) for each in nodes.values()]
    return [file.read_bytes() for pair in files for file in pair if file.exists()]
