"""Find the rule that decides without looking at each: by item, word and region.

Each rule hangs on what it cannot match without: its items, else one of its words, else its kinds
of items, its regions, nothing. With it go its regions, so that five thousand rules for the same
word in five thousand towns are still found one by one. Words are found in a text by their first
two signs.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from operator import add

from services.dispatch.policy.places import prefixes_of
from services.dispatch.policy.rules import Conditions, Facts, Hit, Rule, met_by

ANYWHERE = ""
MOST_HOOKS = 256
"""Above so many pairs of item or word and region, a rule hangs on the first alone."""
FIRST_SIGNS = 2

Hook = tuple[str, str, str]
"""Kind, value, region."""


class RuleIndex:
    """The rules of one catalogue in order, ready to be asked."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self._hooks: dict[Hook, list[int]] = defaultdict(list)
        self._words: dict[str, set[str]] = defaultdict(set)
        for position, rule in enumerate(self.rules):
            self._hang(position, rule.conditions)
        self._begun = frozenset(self._words)

    def first(self, facts: Facts) -> Hit | None:
        """Return the first rule that a matter meets."""
        for position in self.candidates(facts):
            rule = self.rules[position]
            met = met_by(rule.conditions, facts)
            if met is not None:
                return Hit(rule, met)
        return None

    def candidates(self, facts: Facts) -> list[int]:
        """Return the positions of all rules that may match, in order."""
        places = (ANYWHERE, *prefixes_of(facts.region))
        found: set[int] = set()
        for kind, value in self._held_by(facts):
            for place in places:
                found.update(self._hooks.get((kind, value, place), ()))
        return sorted(found)

    def _hang(self, position: int, conditions: Conditions) -> None:
        kind, values = _hold(conditions)
        places = conditions.regions or frozenset({ANYWHERE})
        if len(values) * len(places) > MOST_HOOKS:
            places = frozenset({ANYWHERE})
        for value in values:
            if kind == "word":
                self._words[value[:FIRST_SIGNS]].add(value)
            for place in places:
                self._hooks[kind, value, place].append(position)

    def _held_by(self, facts: Facts) -> Iterator[tuple[str, str]]:
        yield "none", ""
        if facts.item_code is not None:
            yield "item", facts.item_code
        if facts.item_kind is not None:
            yield "kind", facts.item_kind
        for word in self._words_in(facts.text):
            yield "word", word

    def _words_in(self, text: str) -> Iterator[str]:
        begun = self._begun.intersection(map(add, text, text[1:]))
        for start in begun.union(self._begun.intersection(text)):
            for word in self._words[start]:
                if word in text:
                    yield word


def _hold(conditions: Conditions) -> tuple[str, Collection[str]]:
    if conditions.items:
        return "item", conditions.items
    if conditions.all_words:
        return "word", [max(conditions.all_words, key=lambda word: (len(word), word))]
    if conditions.any_words:
        return "word", conditions.any_words
    if conditions.kinds:
        return "kind", conditions.kinds
    return "none", [""]
