"""How many decisions about access one core makes, beside the least that such a table costs.

Run with `python -m tests.bench.access`. The peer is one look-up in a dictionary that holds every
answer beforehand: no policy can be faster, and it knows neither units nor cases. The ratio is of
one run, so it holds on a busy machine too.
"""

import gc
import sys
from collections.abc import Callable
from itertools import product
from time import process_time
from uuid import UUID

from shared.security.actor import Actor, ActorKind, Role, anonymous, citizen
from shared.security.policy import Action, Resource, may
from shared.security.reach import within

NODE, CASE = "341523", UUID(int=7)
ROUNDS, TIMES = 5, 20
HELD = Resource(node=NODE, unit="housing", case_id=CASE, units=frozenset({"housing", "tax"}))


def staff(role: Role, unit: str) -> Actor:
    """Return one who has a role at a unit."""
    return Actor(kind=ActorKind.STAFF, node=NODE, id="u", unit=unit, roles=frozenset({role}))


ACTORS = [
    anonymous(NODE),
    citizen(NODE, CASE, "BCS-1"),
    Actor(kind=ActorKind.SYSTEM, node=NODE, scopes=frozenset({"case.read", "order.read"})),
    *(staff(role, unit) for role in Role for unit in ("housing", "water")),
]
ASKED = list(product(ACTORS, Action))
ANSWERS = {(id(actor), action): may(actor, action, HELD).allowed for actor, action in ASKED}


def by_policy() -> int:
    """Ask the policy everything."""
    return sum(may(actor, action, HELD).allowed for actor, action in ASKED)


def by_reach() -> int:
    """Ask for what of all rows is within reach, as a list does once."""
    return sum(not within(actor, action, NODE).nothing for actor, action in ASKED)


def by_dictionary() -> int:
    """Look every answer up."""
    return sum(ANSWERS[id(actor), action] for actor, action in ASKED)


def rate(name: str, ask: Callable[[], int]) -> float:
    """Print and return how many a second of processor time the best of some rounds made."""
    seconds = []
    for _ in range(ROUNDS):
        gc.collect()
        began = process_time()
        for _ in range(TIMES):
            ask()
        seconds.append(process_time() - began)
    result = len(ASKED) * TIMES / min(seconds)
    sys.stdout.write(f"{name:<42}{result:>14,.0f}/s\n")
    return result


def main() -> None:
    """Check that the ways agree, then time them."""
    assert by_policy() == by_dictionary(), "the ways disagree"
    policy = rate("decisions, policy", by_policy)
    rate("what a list may show, reach", by_reach)
    plain = rate("every answer beforehand, dictionary", by_dictionary)
    sys.stdout.write(f"{'':<4}policy : {'dictionary':<30}{policy / plain:>15.2f} x\n")


if __name__ == "__main__":
    main()
