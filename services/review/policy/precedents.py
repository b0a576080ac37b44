"""The case library: what may be changed, published and offered, and how well a precedent fits."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique

USUAL_WORDS = 40
"""Distinct words of an ordinary precedent: a longer one says less with each."""
SATURATION, BY_LENGTH = 1.2, 0.75
"""k1 and b of BM25, at their usual values."""
SAME_ITEM, SAME_REGION, OTHER_REGION = 1.5, 1.2, 0.5
"""How much more, or less, a precedent counts that is about the item or the place in question."""
WORTH_SHOWING = 0.4
"""Of the best one's score: what fits worse than that is not offered beside it."""
LEAST_WORDS = 2
"""In common, unless no more were asked: a single word says too little."""
MOST_CANDIDATES = 500
MOST_COMPARED = 16
"""So many precedents, by so many of their rarest words, are compared within a keystroke."""
MOST_AVOIDED_A_DAY = 5
"""So often a household counts for one precedent on a day: a family, but no program."""


@unique
class State(StrEnum):
    """Where one edition of a precedent stands.

    draft ─► published ─► replaced (by a later edition)
                   └────► withdrawn
    """

    DRAFT = "draft"
    PUBLISHED = "published"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


@unique
class Standing(StrEnum):
    """How the policy document of a precedent stands to a day."""

    NOT_YET = "not_yet"
    IN_FORCE = "in_force"
    OVER = "over"


def standing_on(day: date, valid_from: date | None, valid_to: date | None) -> Standing:
    """Tell whether a precedent may be offered on a day; both its days count."""
    if valid_to is not None and day > valid_to:
        return Standing.OVER
    if valid_from is not None and day < valid_from:
        return Standing.NOT_YET
    return Standing.IN_FORCE


def objection_to_writing(state: State, *, is_ours: bool) -> str | None:
    """Return why an edition may not be changed: only a draft of this node is still open."""
    if not is_ours:
        return "others_precedent"
    return None if state is State.DRAFT else "not_a_draft"


def objection_to_publishing(state: State, writers: Collection[str], publisher: str) -> str | None:
    """Return why somebody may not publish an edition: who wrote any of it does not decide."""
    if state is not State.DRAFT:
        return "not_a_draft"
    return "second_reader" if publisher in writers else None


def narrows(before: Collection[str], after: Collection[str]) -> bool:
    """Tell whether an edition would go fewer ways than one that others have already."""
    return bool(set(before) - set(after))


def applies_in(regions: Collection[str], place: str) -> bool:
    """Tell whether a place lies within one of these regions; without regions it does."""
    return not regions or any(place.startswith(_area(region)) for region in regions)


def brevity_of(words: int) -> float:
    """Return by how much each word of a text of so many counts (BM25, each word once)."""
    length = 1 - BY_LENGTH + BY_LENGTH * words / USUAL_WORDS
    return (SATURATION + 1) / (1 + SATURATION * length)


def rarity_of(having: int, all_: int) -> float:
    """Return how much a word tells that so many of all precedents have (BM25's idf)."""
    return math.log(1 + (all_ - having + 0.5) / (having + 0.5))


@dataclass(frozen=True, slots=True)
class Asked:
    """Which words to look for: all that have one of `rare`, or every one of `together`."""

    rare: Sequence[str]
    together: Sequence[str]


def ask_for(having: Mapping[str, int], all_: int) -> Asked:
    """Choose words by which few enough precedents are found; `having` counts them by word.

    Rare ones alone, common ones together: as many as it takes, if they were spread evenly, to
    leave `MOST_CANDIDATES`.
    """
    words = sorted(
        (word for word in having if having[word]), key=lambda word: (having[word], word)
    )
    rare, left = list[str](), MOST_CANDIDATES
    while words and having[words[0]] <= left:
        left -= having[words[0]]
        rare.append(words.pop(0))
    together, expected = list[str](), float(all_)
    while words and expected > MOST_CANDIDATES:
        expected *= having[words[0]] / max(all_, 1)
        together.append(words.pop(0))
    return Asked(rare, together)


@dataclass(frozen=True, slots=True)
class Match:
    """What of a precedent a question met."""

    told: float
    """The rarities of the words in common, added up."""
    words: int
    brevity: float
    item_code: str | None
    regions: Sequence[str]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked beside the words themselves."""

    words: int
    item: str | None
    region: str | None


def score_of(match: Match, question: Question) -> float:
    """Return how well a precedent fits, 0 where it has too little in common."""
    same_item = question.item is not None and match.item_code == question.item
    least = 1 if same_item else min(LEAST_WORDS, question.words)
    if match.words < least:
        return 0.0
    return match.told * match.brevity * (SAME_ITEM if same_item else 1.0) * _place(match, question)


def best_of(scores: Sequence[float], most: int) -> Sequence[int]:
    """Return the places of the best scores, the best first, without what fits far worse."""
    order = sorted(range(len(scores)), key=lambda place: (-scores[place], place))[:most]
    least = WORTH_SHOWING * max(scores, default=0.0)
    return [place for place in order if scores[place] > 0 and scores[place] >= least]


def longest_of(words: Collection[str]) -> Sequence[str]:
    """Return words without those that are part of another: what a reader is told as the reason."""
    whole = [word for word in words if not any(word != more and word in more for more in words)]
    return sorted(whole, key=lambda word: (-len(word), word))


def _place(match: Match, question: Question) -> float:
    if question.region is None or not match.regions:
        return 1.0
    return SAME_REGION if applies_in(match.regions, question.region) else OTHER_REGION


def _area(code: str) -> str:
    while code.endswith("00"):
        code = code[:-2]
    return code
