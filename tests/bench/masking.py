"""How much of what identifies somebody is masked in free text, and what is masked for nothing.

Run with `./dev bench masking [--each 200] [--seed 7] [--misses]`. Generated texts say what must
go; the sample cases of the demonstration what must stay: they were written without persons.
"""

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from shared.security.masking import mask_text
from tests.bench._told import Told, names, texts

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "deploy" / "demo" / "cases.jsonl"
MOST_MISSES = 3


def main() -> None:
    """Print recall by kind and form, and every change of a sample text."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=200, help="texts for each form")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--misses", action="store_true", help="show what was not masked")
    given = parser.parse_args()
    told = [*texts(given.seed, given.each), *names(given.seed, given.each)]
    started = time.perf_counter()
    masked = [mask_text(each.text) for each in told]
    seconds = time.perf_counter() - started
    tell_recall(told, masked, misses=given.misses)
    say(f"\n{len(told)} texts in {seconds:.1f} s: {len(told) / seconds:,.0f} a second\n")
    tell_samples()


def is_hidden(told: Told, masked: str) -> bool:
    """Tell whether the telling part is gone; of a number, whether it cannot be read together."""
    return told.secret.telling not in masked


def tell_recall(told: Iterable[Told], masked: Iterable[str], *, misses: bool) -> None:
    """Print what part of each kind and form was masked."""
    seen: Counter[tuple[str, str]] = Counter()
    hidden: Counter[tuple[str, str]] = Counter()
    missed: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for each, after in zip(told, masked, strict=True):
        place = (each.secret.kind, each.secret.form)
        seen[place] += 1
        hidden[place] += is_hidden(each, after)
        if not is_hidden(each, after):
            missed[place].append(f"{each.text!r} -> {after!r}")
    for kind in dict.fromkeys(kind for kind, _form in seen):
        forms = [place for place in seen if place[0] == kind]
        whole = sum(hidden[place] for place in forms) / sum(seen[place] for place in forms)
        say(f"{kind:<10} {whole:8.2%} of {sum(seen[place] for place in forms)}")
        for place in forms:
            if hidden[place] < seen[place]:
                say(f"    {hidden[place] / seen[place]:8.2%}  {place[1]}")
            for line in missed[place][:MOST_MISSES] if misses else ():
                say(f"              {line}")


def tell_samples() -> None:
    """Print which sample texts are changed, and how."""
    lines = SAMPLES.read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines if line]
    told = [case[name] for case in cases for name in ("title", "text")]
    changed = [(text, mask_text(text)) for text in told if mask_text(text) != text]
    say(f"sample texts: {len(told)}, changed: {len(changed)}")
    for text, after in changed:
        say(f"    {text}\n      {after}")


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
