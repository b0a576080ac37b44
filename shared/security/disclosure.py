"""What a tier may see of cases of the tiers below that it has not taken over (N5).

A node sets the level of its link to the tier above. It binds whoever sends and whoever reads: the
one posts no more, the other shows no more. Taking a case over is not a level: whoever has a case
sees all of it. A list asks the same of all rows at once; a test asks both about the same rows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from shared.events.words import Disclosure


@dataclass(frozen=True, slots=True)
class Rule:
    """What one node lets the tier above see, of cases from `since` on; None means all of them."""

    level: Disclosure = Disclosure.VIEW
    since: datetime | None = None

    def shows(self, known_at: datetime | None) -> bool:
        """Tell whether a case that is known since then is shown; exactly then is since then."""
        if self.level is Disclosure.NONE:
            return False
        return self.since is None or (known_at is not None and known_at >= self.since)

    @property
    def hides(self) -> bool:
        """Tell whether there may be a case that is not shown."""
        return self.level is Disclosure.NONE or self.since is not None

    def at_most(self, level: Disclosure) -> "Rule":
        """Return the rule, or with this level where that is stricter."""
        return replace(self, level=min(self.level, level, key=list(Disclosure).index))

    def changed_to(self, level: Disclosure, now: datetime) -> "Rule":
        """Return the rule with another level: what was hidden so far stays so."""
        opens = self.level is Disclosure.NONE and level is not Disclosure.NONE
        return Rule(level, now if opens else self.since)


AS_EVER = Rule()
"""Where nothing was said: masked from the first moment, and no advice."""
Rules = Mapping[str, Rule]
"""The rules that nodes below have told, by the code of the node."""
NO_RULES: Rules = MappingProxyType({})


def is_shown(rules: Rules, holder: str | None, known_at: datetime | None) -> bool:
    """Tell whether a case that a node below holds is shown here."""
    return all(rule.shows(known_at) for rule in _over(rules, holder))


def may_advise(rules: Rules, holder: str | None) -> bool:
    """Tell whether one may advise who holds a case: it, and each node on the way, says so."""
    levels = {rule.level for rule in _over(rules, holder)}
    return holder in rules and levels == {Disclosure.ASSIST}


def area_of(code: str) -> str:
    """Return the digits with which the codes of a node's area begin (GB/T 2260)."""
    while code.endswith("00"):
        code = code[:-2]
    return code


def _over(rules: Rules, holder: str | None) -> Iterable[Rule]:
    return [
        rule
        for code, rule in rules.items()
        if holder is not None and holder.startswith(area_of(code))
    ]
