"""The past under other limits: which due dates would have been others, which lamps red (N22)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

MOST_EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Replayed:
    """A past clock: until when it ran, and both limits; `ended` is now where it still runs."""

    case_id: str
    kind: str
    row: str
    """The row that decides now, by its code."""
    unit: str
    ended: datetime
    before: datetime
    after: datetime

    @property
    def how(self) -> str:
        """Where its limit goes."""
        if self.after == self.before:
            return "same"
        return "later" if self.after > self.before else "earlier"


@dataclass(slots=True)
class RedTally:
    """What was counted so far, in plain values, so that a piece can be kept and gone on from."""

    clocks: int = 0
    moves: Counter[str] = field(default_factory=Counter)
    """`kind|how` → clocks."""
    red: Counter[str] = field(default_factory=Counter)
    """`about|name|before` and `…|after` → red lamps, about a kind, a row or a unit."""
    examples: list[str] = field(default_factory=list)
    """The first cases with a clock that would turn red, and was not."""

    def count(self, replayed: Iterable[Replayed]) -> None:
        """Count more clocks."""
        for one in replayed:
            self.clocks += 1
            self.moves[f"{one.kind}|{one.how}"] += 1
            was, would = one.ended > one.before, one.ended > one.after
            for about, name in (("kind", one.kind), ("row", one.row), ("unit", one.unit)):
                self.red[f"{about}|{name}|before"] += was
                self.red[f"{about}|{name}|after"] += would
            known = one.case_id in self.examples or len(self.examples) >= MOST_EXAMPLES
            if would and not was and not known:
                self.examples.append(one.case_id)

    def told(self) -> dict[str, Any]:
        """Return it in plain values."""
        return {
            "clocks": self.clocks,
            "moves": dict(self.moves),
            "red": dict(self.red),
            "examples": self.examples,
        }

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """Read what `told` wrote."""
        return cls(
            told["clocks"],
            Counter(told["moves"]),
            Counter(told["red"]),
            list(told["examples"]),
        )

    def moved(self, how: str) -> dict[str, int]:
        """Return how many due dates go `later` or `earlier`, by kind."""
        told = (key.split("|") for key in sorted(self.moves))
        return {kind: self.moves[f"{kind}|{way}"] for kind, way in told if way == how}

    def reds(self, about: str) -> dict[str, tuple[int, int]]:
        """Return the red lamps before and after, by kind, row or unit."""
        names = sorted({key.split("|")[1] for key in self.red if key.startswith(f"{about}|")})
        return {
            name: (self.red[f"{about}|{name}|before"], self.red[f"{about}|{name}|after"])
            for name in names
        }
