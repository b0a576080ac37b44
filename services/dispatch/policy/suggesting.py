"""Which unit a case looks like, learned from the orders that ended here (S3-17).

Multinomial naive Bayes over what a case has: words of its masked text, its item, the item's kind,
its place with all that lie around it. A feature counts as often as the unit finished cases with
it, the older the less; what the unit gave back counts against it. Estimates are smoothed towards
what all units together have (Dirichlet prior; Zhai and Lafferty 2001), so that a feature tells
by how many times more often a unit has it than others. Posteriors of such a model are too sure:
how sure a suggestion is, is told by how often earlier ones like it were right, each asked before
its case was learned (Dawid 1984, “prequential”).
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

BEGAN = datetime(2020, 1, 1, tzinfo=UTC)
HALF_LIFE = timedelta(days=365)
"""After so long what a case teaches counts half."""
GIVEN_BACK = -0.5
"""What an order that was given back counts, beside one that was finished."""
SMOOTHING = 2.0
"""How many times what the average unit has is added to each, spread as all units together have
it: the fewer cases a unit had, the less they say of it. Measured, `./dev bench suggest`."""
CASES, FEATURES = "cases", "features"
"""Under these stand how many cases a unit has, and how many features they have together."""
LEAST_ODDS, MOST_ODDS = -6, 12
"""Ends of the scale of log odds: what lies beyond is counted with them."""
CERTAIN = 1.96
"""Standard errors of a 95 % interval."""
MOST_SHOWN = 5
"""Units that are suggested at most: one for each key."""
MOST_WORDS = 6
"""Features that are told as the reason."""
LEAST_TOLD = 0.01
"""By so much at least a feature speaks for a unit that is a reason, as a logarithm."""
LEAST_SHARE = 0.01
"""What is less likely is not worth a line."""

Counts = Mapping[str, Mapping[str, float]]
"""Feature → unit → weight."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the order of one unit teaches."""

    unit: str
    finished: bool
    """Else the unit gave it back."""
    at: datetime
    features: frozenset[str]

    @property
    def weight(self) -> float:
        """How much it counts, for ever: by growing weights the earlier ones grow less."""
        return weight_at(self.at) * (1.0 if self.finished else GIVEN_BACK)


@dataclass(frozen=True, slots=True)
class Likely:
    """A unit, how likely it is by the model, and what of the case speaks for it, most first."""

    unit: str
    odds: int
    share: float
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Track:
    """How often suggestions with the same odds were right."""

    right: float = 0.0
    asked: float = 0.0

    @property
    def confidence(self) -> float:
        """The share that is right at least, by the lower end of Wilson's interval; 0 at first."""
        if self.asked <= 0:
            return 0.0
        share, square = self.right / self.asked, CERTAIN**2
        middle = share + square / (2 * self.asked)
        spread = math.sqrt(share * (1 - share) / self.asked + square / (4 * self.asked**2))
        return max(0.0, (middle - CERTAIN * spread) / (1 + square / self.asked))


@dataclass(frozen=True, slots=True)
class _Sizes:
    """By unit how many cases and how many features it has, and what is added to each."""

    cases: Mapping[str, float]
    totals: Mapping[str, float]
    added: float


@dataclass(slots=True)
class Ledger:
    """Counts while they change; keeps which did."""

    counts: dict[str, dict[str, float]] = field(default_factory=dict)
    changed: dict[tuple[str, str], tuple[float, int]] = field(default_factory=dict)
    """Feature and unit → weight and number of lessons to add."""

    def learn(self, lesson: Lesson, times: int = 1) -> None:
        """Add a lesson; `times` -1 takes it away again."""
        weight = lesson.weight * times
        steps = [(each, weight, times) for each in lesson.features]
        steps += [(CASES, weight, times), (FEATURES, weight * len(lesson.features), times)]
        for name, step, number in steps:
            of = self.counts.setdefault(name, {})
            of[lesson.unit] = of.get(lesson.unit, 0.0) + step
            told, n = self.changed.get((name, lesson.unit), (0.0, 0))
            self.changed[name, lesson.unit] = (told + step, n + number)


def weight_at(at: datetime) -> float:
    """Return what a case of this moment counts beside others (forward decay)."""
    return math.pow(2.0, (at - BEGAN) / HALF_LIFE)


def rank(
    features: Collection[str], counts: Counts, now: datetime, heirs: Mapping[str, str | None]
) -> Sequence[Likely]:
    """Return units by how likely they are, the likeliest first; none if nothing is known.

    `heirs` says of each unit which one has today what was its own: itself, another one or none.
    """
    one = weight_at(now)
    cases, totals = (_today(counts.get(name, {}), heirs, one) for name in (CASES, FEATURES))
    known = {each: had for each in features if (had := _today(counts.get(each, {}), heirs, one))}
    if not known or not cases:
        return []
    everything = sum(totals.values()) or 1.0
    added = SMOOTHING * everything / len(cases)
    prior = {each: added * sum(had.values()) / everything for each, had in known.items()}
    scores, reasons = _scores(known, prior, _Sizes(cases, totals, added))
    return _likely(scores, reasons)


def confidence_of(likely: Likely, tracks: Mapping[int, Track]) -> Track:
    """Return how suggestions like this one did."""
    return tracks.get(likely.odds, Track())


def odds_of(share: float) -> int:
    """Return the step on the scale of log odds on which a probability stands."""
    if share >= 1.0:
        return MOST_ODDS
    told = math.floor(math.log(share / (1 - share))) if share > 0 else LEAST_ODDS
    return max(LEAST_ODDS, min(MOST_ODDS, told))


def _today(
    had: Mapping[str, float], heirs: Mapping[str, str | None], one: float
) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for unit, weight in had.items():
        heir = heirs.get(unit)
        if heir is not None:
            found[heir] += weight / one
    # Given back more often than finished: that is not theirs, and no more than that.
    return {unit: weight for unit, weight in found.items() if weight > 0}


def _scores(
    known: Mapping[str, Mapping[str, float]], prior: Mapping[str, float], sizes: _Sizes
) -> tuple[dict[str, float], dict[str, list[tuple[float, str]]]]:
    cases, added = sizes.cases, sizes.added
    all_cases = sum(cases.values()) + len(cases)
    dull = {unit: math.log(added / (sizes.totals.get(unit, 0.0) + added)) for unit in cases}
    scores = {
        unit: math.log((had + 1) / all_cases) + len(known) * dull[unit]
        for unit, had in cases.items()
    }
    reasons: dict[str, list[tuple[float, str]]] = {unit: [] for unit in cases}
    for name, by_unit in known.items():
        expected = prior[name]
        for unit, had in by_unit.items():
            if unit in scores:
                told = math.log1p(had / expected)
                scores[unit] += told
                reasons[unit].append((told + dull[unit], name))
    return scores, reasons


def _likely(
    scores: Mapping[str, float], reasons: Mapping[str, Iterable[tuple[float, str]]]
) -> Sequence[Likely]:
    most = max(scores.values())
    raw = {unit: math.exp(score - most) for unit, score in scores.items()}
    total = sum(raw.values())
    order = sorted(scores, key=lambda unit: (-scores[unit], unit))
    found = []
    for unit in order:
        share = raw[unit] / total
        telling = sorted((-told, name) for told, name in reasons[unit] if told > LEAST_TOLD)
        names = tuple(name for _told, name in telling[:MOST_WORDS])
        found.append(Likely(unit, odds_of(share), share, names))
    return found
