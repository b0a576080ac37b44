"""What is exported is known beforehand: names and reasons that rules and dashboards rely on."""

import ast

from shared.metrics import REFUSALS
from tests.contract.tree import modules

REFUSING = {"NotBelieved": 1, "refuse": 3, "refuse_fact": 3}
"""Who refuses in services/link, and which argument says why."""


def reasons_given() -> set[str]:
    """Return every reason that the code of link gives for a refusal."""
    found = set()
    for _path, module in modules("services/link"):
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                place = REFUSING.get(node.func.id)
                why = node.args[place] if place is not None else None
                if isinstance(why, ast.Constant):
                    found.add(str(why.value))
    return found


def test_every_reason_for_a_refusal_is_exported_before_the_first_one() -> None:
    # A counter that begins at 1 has no increase: nobody would hear of the first refusal.
    assert reasons_given() == set(REFUSALS)
