"""Random requests made from `/openapi.json`: whatever comes, the node never fails."""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.core.result import Ok

from shared.http.tus import BODY
from shared.security.actor import Role
from tests.system.harness import RunningNode
from tests.system.takers import REPORT

pytestmark = [pytest.mark.system, pytest.mark.long]
log = logging.getLogger(__name__)
schemathesis.serializer.alias(BODY, "application/octet-stream")

EXAMPLES = 3
"""Per operation and kind of data: less than a minute for all."""
UNWATCHED = frozenset({"/healthz", "/readyz", "/metrics"})


def test_no_random_request_makes_the_node_fail(
    besieged_node: RunningNode, record_property: Callable[[str, object], None]
) -> None:
    node = besieged_node
    schema = schemathesis.openapi.from_dict(node.ask("GET", "/openapi.json"))
    roles = [node.as_role(role, "SCJGJ") for role in Role] + [{}]
    holder = _holder(node)
    besieged = Besieged(node, [*roles, holder], holder["Backstop-Number"])

    for found in schema.get_all_operations():
        assert isinstance(found, Ok), "every operation of the document can be read"
        operation = found.ok()
        if operation.path in UNWATCHED:
            continue
        for mode in schemathesis.GenerationMode:
            besieged.send_some(operation.as_strategy(generation_mode=mode))
        besieged.operations += 1

    told = f"{besieged.sent} random requests at {besieged.operations} operations"
    log.info(told)
    record_property("random_input", told)
    assert besieged.failed == []
    assert besieged.sent > besieged.operations * EXAMPLES


def _holder(node: RunningNode) -> dict[str, str]:
    """Return the headers of a citizen, whose case is there for the requests that need one."""
    told = node.client.post("/api/v1/cases", json=REPORT).json()
    return {"Backstop-Number": told["number"], "Backstop-Code": told["query_code"]}


@dataclass
class Besieged:
    """What was sent to a node, by whom, and which of it made it fail."""

    node: RunningNode
    askers: list[dict[str, str]]
    number: str
    operations: int = 0
    sent: int = 0
    failed: list[str] = field(default_factory=list)

    def send_some(self, cases: st.SearchStrategy[Any]) -> None:
        """Send some of these requests, half of those about a case about one that there is."""

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases, asker=st.sampled_from(self.askers), real=st.booleans())
        def send(case: Any, asker: dict[str, str], real: bool) -> None:
            if real and "number" in (case.path_parameters or {}):
                case.path_parameters["number"] = self.number
            answer = case.call(base_url=self.node.base_url, headers=asker, timeout=10)
            self.sent += 1
            if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
                self.failed.append(f"{case.method} {case.formatted_path}: {answer.status_code}")

        with suppress(Unsatisfiable):  # where nothing can be wrong, nothing wrong is made
            send()
