"""What differs between two versions of the dispatch catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum, unique

from services.dispatch.policy.rules import Rule

COMPARED = tuple(name for name in Rule.__dataclass_fields__ if name != "code")


@unique
class ChangeKind(StrEnum):
    """What became of a rule."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Change:
    """One rule that is not what it was, and in what."""

    kind: ChangeKind
    code: str
    before: Rule | None
    after: Rule | None
    fields: tuple[str, ...] = ()


def changes_between(before: Sequence[Rule], after: Sequence[Rule]) -> list[Change]:
    """Return what changed: new and changed rules in their order, then those that are gone."""
    earlier = {rule.code: rule for rule in before}
    stayed = _stayed([rule.code for rule in before], [rule.code for rule in after])
    found = []
    for rule in after:
        change = _of(earlier.get(rule.code), rule, stayed)
        if change is not None:
            found.append(change)
    kept = {rule.code for rule in after}
    gone = [rule for rule in before if rule.code not in kept]
    return found + [Change(ChangeKind.REMOVED, rule.code, rule, None) for rule in gone]


def _of(before: Rule | None, after: Rule, stayed: frozenset[str]) -> Change | None:
    if before is None:
        return Change(ChangeKind.ADDED, after.code, None, after)
    fields = tuple(name for name in COMPARED if getattr(before, name) != getattr(after, name))
    if fields:
        return Change(ChangeKind.CHANGED, after.code, before, after, fields)
    if after.code not in stayed:
        return Change(ChangeKind.MOVED, after.code, before, after)
    return None


def _stayed(before: Sequence[str], after: Sequence[str]) -> frozenset[str]:
    # Of rules that swapped places the fewest count as moved.
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return frozenset(before[block.a + at] for block in blocks for at in range(block.size))
