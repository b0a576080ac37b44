"""`docs/access.md`: who may do what, and which endpoint demands it, from the policy itself."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from backstop.contracts.routes import Endpoint, endpoints
from services.portal.pages.access_words import GROUPS, REACHES, Group
from services.portal.pages.words import CHANNELS as CHANNEL_WORDS
from services.portal.pages.words import ROLES
from shared.http.demands import Audience
from shared.security.actor import APART, Role
from shared.security.channels import CHANNELS, PUBLIC_CHANNELS
from shared.security.policy import (
    CITIZEN_ACTIONS,
    GRANTS,
    Action,
    Reach,
)
from shared.security.system_token import ACTIONS

ACCESS_PAGE = Path(__file__).resolve().parents[2] / "docs" / "access.md"

HEAD = """\
# Who may do what

Generated from `shared/security/policy.py` and the endpoints by `./dev events`; do not edit. The
same table is shown to those who answer for it at `/admin/access`. What no table grants is denied.
Every endpoint says beside it what it demands and turns away whoever can have nothing to do with it
before their body is read; a test asks every endpoint as every role and as people and systems from
outside, and compares what comes back with the policy.
"""
MARKS = {Reach.NODE: "●", Reach.INVOLVED: "◐", Reach.OWN_UNIT: "○"}
OWN_CASE = "◇"
BY_CHANNEL = "▲"
AUDIENCES = {
    Audience.EVERYBODY: "everybody",
    Audience.STAFF: "staff",
    Audience.HOLDER: "the person of a case",
}
BESIDE = """\
## Beside the table

- **Conflict of interest**: whom a case complains of sees nothing of it, is sent none of it and is
  told nothing, whatever their role.
- **Tiers**: a node sees its own legs of a case. The tier above sees the cases of the tiers below
  with the person masked, and opens a person only after it has taken the case over. An actor of
  another node is refused at the door.
- **Lists** are cut by the database to what the policy lets one see (`shared/security/reach.py`);
  a test compares them with a look at each row.
- **Unknown and forbidden** are the same answer to whoever may not see a thing.
- **Import of earlier cases** takes the scope `import`, of staff and of systems.
"""


def access_page() -> str:
    """Return the whole page."""
    found = [each for each in endpoints() if each.demand is not None]
    parts = [HEAD, _marks(), *map(_group, GROUPS), _roles(), BESIDE, _systems(), _routes(found)]
    return "\n".join(parts).rstrip() + "\n"


def _marks() -> str:
    lines = [
        *(f"- {mark} {REACHES[reach][0]}: {REACHES[reach][1]}" for reach, mark in MARKS.items()),
        f"- {BY_CHANNEL} 按来源: through the ways of reporting of the role, below",
        f"- {OWN_CASE} 本人的: the person of the case, by number and query code",
    ]
    return "\n".join(lines) + "\n"


def _group(group: Group) -> str:
    head = ["action", "", *(ROLES[role] for role in Role), "诉求人"]
    rows = [
        [f"`{action}`", f"{chinese} {english}", *_reaches(action), _citizen(action)]
        for action, (chinese, english) in group.actions.items()
    ]
    return f"## {group.title} · {group.english}\n\n{_table(head, rows)}"


def _reaches(action: Action) -> Iterator[str]:
    for role in Role:
        reach = GRANTS[role].get(action)
        if action is Action.CASE_REGISTER:
            yield BY_CHANNEL if role in CHANNELS else ""
        else:
            yield MARKS[reach] if reach else ""


def _citizen(action: Action) -> str:
    if action is Action.CASE_REGISTER:
        return BY_CHANNEL
    return OWN_CASE if action in CITIZEN_ACTIONS else ""


def _roles() -> str:
    rows = [
        [ROLES[role], f"`{role}`", _channels(CHANNELS.get(role, ())), _clash(role)]
        for role in Role
    ]
    rows.append(["人人", "everybody", _channels(PUBLIC_CHANNELS), ""])
    head = ["role", "", "registers through", "beside other roles"]
    return f"## 职责 · Roles\n\n{_table(head, rows)}"


def _channels(channels: Iterable[str]) -> str:
    return "、".join(CHANNEL_WORDS[each] for each in CHANNEL_WORDS if each in set(channels))


def _clash(role: Role) -> str:
    if role in APART:
        return "stands alone"
    return "with none of " + "、".join(ROLES[each] for each in sorted(APART))


def _systems() -> str:
    scopes = " · ".join(f"`{action}`" for action in ACTIONS)
    return (
        "## 其他系统 · Other systems\n\nBy a token, nothing but its scopes, and in every unit. "
        f"What may be chosen: {scopes} · `import` · `channel:…` for each way of reporting.\n"
    )


def _routes(found: Sequence[Endpoint]) -> str:
    rows = [[f"`{each.name}`", _demanded(each)] for each in found]
    return (
        f"## 接口和页面 · Endpoints\n\n{len(found)} in all. Several actions: one of them is "
        f"enough.\n\n{_table(['endpoint', 'demands'], rows)}"
    )


def _demanded(endpoint: Endpoint) -> str:
    demand = endpoint.demand
    if demand is None:
        return ""
    audience = AUDIENCES[demand.audience]
    if demand.by_part is not None:
        chosen = (f"`{part}`: `{action}`" for part, action in sorted(demand.by_part.items()))
        return f"{audience}; by `{demand.part}`: {', '.join(chosen)}"
    if demand.actions:
        needed = ", ".join(f"`{action}`" for action in dict.fromkeys(demand.actions))
        return needed if demand.audience is Audience.EVERYBODY else f"{audience}: {needed}"
    return f"open to {audience}: {demand.because}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines) + "\n"
