"""The first administrator is let in from the command line."""

import pytest

from tests.system.command_line import backstop
from tests.system.harness import RunningNode

pytestmark = pytest.mark.system

WORDS = ("account", "create", "guanliyuan", "--name", "管理员", "--role", "system_administrator")


def test_an_administrator_made_at_the_node_may_sign_in(embedded_node: RunningNode) -> None:
    status, told = backstop(embedded_node, *WORDS, typed="long-enough-2026\n")
    assert (status, "guanliyuan" in told) == (0, True)

    answer = embedded_node.client.post(
        "/api/v1/sessions", json={"login": "guanliyuan", "password": "long-enough-2026"}
    )

    assert answer.is_success


def test_a_password_that_is_too_short_is_refused_by_its_field(embedded_node: RunningNode) -> None:
    status, told = backstop(embedded_node, *WORDS, typed="x\n")

    assert (status, "password" in told) == (1, True)
