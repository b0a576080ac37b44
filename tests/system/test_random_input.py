"""Random requests made from `/openapi.json`: whatever comes, the node never fails."""

from contextlib import suppress
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.core.result import Ok

from shared.security.actor import Role
from tests.system.harness import RunningNode

pytestmark = pytest.mark.system

EXAMPLES = 20
"""Per operation and kind of data: about half a minute for all."""
UNWATCHED = frozenset({"/healthz", "/readyz", "/metrics"})


def test_no_random_request_makes_the_node_fail(besieged_node: RunningNode) -> None:
    node = besieged_node
    schema = schemathesis.openapi.from_dict(node.ask("GET", "/openapi.json"))
    roles = [node.as_role(role, "SCJGJ") for role in Role] + [{}]
    failed: list[str] = []

    for found in schema.get_all_operations():
        assert isinstance(found, Ok), "every operation of the document can be read"
        operation = found.ok()
        if operation.path in UNWATCHED:
            continue
        for mode in schemathesis.GenerationMode:
            _send_some(node, operation.as_strategy(generation_mode=mode), roles, failed)

    assert failed == []


def _send_some(
    node: RunningNode,
    cases: st.SearchStrategy[Any],
    roles: list[dict[str, str]],
    failed: list[str],
) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, role=st.sampled_from(roles))
    def send(case: Any, role: dict[str, str]) -> None:
        answer = case.call(base_url=node.base_url, headers=role, timeout=10)
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            failed.append(f"{case.method} {case.formatted_path}: {answer.status_code}")

    with suppress(Unsatisfiable):  # where nothing can be wrong, nothing wrong is made
        send()
