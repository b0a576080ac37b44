"""What the desk shows of one case: its story, whose time it took, what can be done with it."""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from services.portal import repository
from services.portal.pages.channel_words import said_beside
from services.portal.pages.complexity_acts import other_complexities
from services.portal.pages.language import later as _
from services.portal.pages.language import listed, say
from services.portal.pages.leg import charges, leg_of
from services.portal.pages.next_steps import TITLES, NextSteps, next_asked, next_steps
from services.portal.pages.nodes import neighbour_choices, node_name, one_way
from services.portal.pages.outside_values import outside_of
from services.portal.pages.parts import merged_answer, own_part, parts_of_now
from services.portal.pages.reasons import LEVELS
from services.portal.pages.story import story
from services.portal.repository import CaseCard, Step, SupervisionCard
from shared.events.intake import FileAdded
from shared.events.review import GuidanceGiven
from shared.http import NodeFacts
from shared.regions import full_name_of
from shared.security.actor import Actor
from shared.security.disclosure import NO_RULES, Rules

MOST_ITEMS = 500
WITH_UNITS = frozenset({"dispatch", "mark", "opine", "arbitrate", "open_part", "withdraw_part"})
"""Acts whose form lets one choose a unit."""
GUIDANCE = GuidanceGiven.name


def case_values(
    db: Connection, actor: Actor, case: CaseCard, node: NodeFacts, rules: Rules = NO_RULES
) -> dict[str, Any]:
    """Return everything about a case that the page of the desk needs."""
    steps = next_steps(actor, case, node, rules)
    searches = case.searcher == actor.id
    own = {"steps": steps, "searches": searches, "my_part": own_part(case, actor.unit, node.code)}
    return shown_of(case, node) | own | _offered(db, steps)


def shown_of(case: CaseCard, node: NodeFacts) -> dict[str, Any]:
    """Return what is shown of a case, whoever looks at it."""
    came_from = leg_of(case, node.code).came_from
    others = [code for code in node.neighbours if code != came_from]
    return {
        "titles": {**TITLES, "hand_over": one_way(node, came_from) or TITLES["hand_over"]},
        "only_neighbour": others[0] if len(others) == 1 else None,
        "story": story(case.timeline, node),
        "files": sum(step.name == FileAdded.name for step in case.timeline),
        "outside": outside_of(case.timeline),
        "charges": charges(case, node),
        "against": against_of(case, node),
        "by_channel": [line for step in case.timeline for line in _by_channel(step)],
        "levels": [(str(level), word) for level, word in LEVELS.items()],
        "other_complexities": other_complexities(case),
        "region": full_name_of(case.region or "") or case.region or "—",
        "came_from": came_from,
        "neighbours": neighbour_choices(node, came_from),
        "tiers": neighbour_choices(node, None),
        "preview_of": _preview(case),
        "parts": parts_of_now(case),
        "live_parts": _choices(case, only_open=False),
        "waiting_parts": _choices(case, only_open=True),
        "draft": merged_answer(case),
        "guidances": [step for step in case.timeline if step.name == GUIDANCE],
        "asked_next": next_asked(case.supervisions, node.code),
        "hops": {each.supervision_id: hops(each, node) for each in case.supervisions},
    }


def _by_channel(step: Step) -> list[str]:
    told = step.params
    return said_beside(str(told.get("channel", "")), told.get("channel_fields") or ())


def _choices(case: CaseCard, *, only_open: bool) -> list[tuple[str, str]]:
    live = [part for part in parts_of_now(case) if part.is_live]
    chosen = [part for part in live if part.state == "open" or not only_open]
    return [(str(part.part_id), part.unit_name or "") for part in chosen]


def against_of(case: CaseCard, node: NodeFacts) -> str:
    """Return whom a case complains of: units by their titles, persons by their number only."""
    parts = []
    for code, told in (case.complained_of or {}).items():
        where = "" if code == node.code else node_name(node, code)
        parts += [f"{where}{title}" for title in told["units"]]
        parts += [where + _persons(told["persons"])] if told["persons"] else []
    return listed(parts)


def _persons(count: int) -> str:
    return say(_("{n} 名工作人员")).format(n=count)


def hops(asked: SupervisionCard, node: NodeFacts) -> list[tuple[str, datetime]]:
    """Return where a supervision has come so far, in the order in which it came there."""
    reached = {code: datetime.fromisoformat(at) for code, at in (asked.reached or {}).items()}
    ordered = sorted(reached.items(), key=lambda hop: (hop[1], hop[0]))
    return [(node_name(node, code), at) for code, at in ordered]


def _preview(case: CaseCard) -> dict[str, int]:
    return {
        "steps": len(case.timeline),
        "clocks": len(case.clocks),
        "results": Counter(order.state for order in case.orders)["finished"],
    }


def _offered(db: Connection, steps: NextSteps) -> dict[str, Any]:
    acts = (steps.next, *steps.others)
    units = repository.units(db) if WITH_UNITS & {*acts} else []
    items = repository.items(db, "", MOST_ITEMS) if "accept" in acts else []
    accounts = repository.accounts_by_login(db) if steps.may_link else []
    return {
        "units": [(unit.code, unit.title) for unit in units],
        "accounts": [(one.login, f"{one.name}（{one.login}）") for one in accounts if one.active],
        "items": [("", [(item.code, item.title) for item in items])],
    }
