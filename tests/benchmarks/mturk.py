"""Count the label errors that people confirmed in the test sets of label-errors.

Run ``python tests/benchmarks/mturk.py FOLDER`` where ``FOLDER`` is ``mturk`` of
cleanlab/label-errors: one ``<dataset>_mturk.json`` a test set, with the votes of the workers on
each label that was reviewed. A label is an error when fewer than 3 of 5 workers chose it alone.
Printed are the counts, the confirmed share of the reviewed labels with its Clopper-Pearson
interval, and what the workers chose of the errors, beside the published counts; what they called
neutral or off topic is neither. Exit code 1 when a count is another, 2 when a file is not there.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from labelaudit.statistics.intervals import clopper_pearson

MAJORITY = 3
# Reviewed, errors, and of these correctable, multi-label, neither and no agreement, as published.
PUBLISHED = {
    "mnist": (100, 15, 10, 0, 3, 2),
    "cifar10": (275, 54, 18, 0, 4, 32),
    "cifar100": (2235, 585, 318, 20, 37, 210),
    "caltech256": (2360, 458, 221, 115, 23, 99),
    "imagenet": (5440, 2916, 1428, 597, 293, 598),
    "quickdraw": (2500, 1870, 1047, 20, 240, 563),
    "20news": (93, 82, 22, 12, 5, 43),
    "imdb": (1310, 725, 173, 0, 274, 278),
    "amazon": (1000, 732, 302, 0, 136, 294),
}


def counts(file: Path) -> tuple[int, ...]:
    """Return how many labels were reviewed, were errors, and what the workers chose of these."""
    votes = [_votes(item) for item in json.loads(file.read_text(encoding="utf-8"))]
    wrong = [each for each in votes if each["given"] < MAJORITY]
    kinds = Counter(_kind(each) for each in wrong)
    each_kind = (kinds[kind] for kind in ("guessed", "both", "neither", "no agreement"))
    return len(votes), len(wrong), *each_kind


def _votes(item: dict[str, Any]) -> Counter[str]:
    """Return the votes for the given label, the guess, both, or anything else."""
    names = {item["given_original_label"]: "given", item["our_guessed_label"]: "guessed"}
    words = {str(name).lower(): word for name, word in names.items()}  # of Amazon's reviews
    words |= {word: word for word in ("given", "guessed", "both")}
    votes: Counter[str] = Counter()
    for word, count in item["mturk"].items():
        votes[words.get(word, "neither")] += count
    return votes


def _kind(votes: Counter[str]) -> str:
    """Return what a majority of the workers chose."""
    chosen = [word for word in ("guessed", "both", "neither") if votes[word] >= MAJORITY]
    return chosen[0] if chosen else "no agreement"


def main(folder: Path) -> int:
    """Print a row a test set."""
    files = {name: folder / f"{name}_mturk.json" for name in PUBLISHED}
    missing = [file.name for file in files.values() if not file.is_file()]
    if missing:
        print(
            f"{folder} lacks {', '.join(missing)}: copy them from mturk/ of cleanlab/label-errors"
        )
        return 2
    print("| test set | reviewed | errors | confirmed | correctable/multi/neither/no agreement | |")
    print("| --- | --- | --- | --- | --- | --- |")
    n_off = 0
    for name, file in files.items():
        found = counts(file)
        low, high = clopper_pearson(found[1], found[0])
        share = f"{found[1] / found[0]:.4f} [{float(low):.4f}, {float(high):.4f}]"
        kinds = "/".join(map(str, found[2:]))
        said = "as published" if found == PUBLISHED[name] else f"published: {PUBLISHED[name]}"
        n_off += found != PUBLISHED[name]
        print(f"| {name} | {found[0]:,} | {found[1]:,} | {share} | {kinds} | {said} |")
    return int(n_off > 0)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print(__doc__)
        sys.exit(2)
    sys.exit(main(Path(sys.argv[1])))
