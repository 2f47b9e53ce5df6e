"""How often a gate names exactly what a pull request adds of wrong labels, over many draws.

Run ``python tests/benchmarks/pull_requests.py [DRAWS]``. Each draw adds 3 digits under wrong labels
and 5 under their own to the sample data, and scans. New findings are those on the added images, as
what is found of unchanged ones counts against no rule. Three ways to draw: from all digits that the
sample has not, the wrong label any other, or that of the digit that looks most alike; and as
tests/e2e/test_pull_request.py draws.
"""

import contextlib
import csv
import io
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from labelaudit.embeddings.hub.resolve import find_model
from labelaudit.manifests import open_dataset
from labelaudit.scan import ScanOptions, scan

sys.path.append(str(Path(__file__).parents[1] / "ci"))
from scratch_repository import (
    MAKE,
    MANIFEST,
    NAMES,
    SAMPLE,
    Repository,
    clear_digits,
    true_label,
    unused_digits,
)

N_WRONG, N_CLEAN = 3, 5
Other = Callable[[str, np.random.Generator], str]


def any_other(label: str, rng: np.random.Generator) -> str:
    """Return another label but the rare one."""
    return str(rng.choice([name for name in NAMES if name not in {label, MAKE["RARE"]}]))


def most_alike(label: str, _rng: np.random.Generator) -> str:
    """Return the label of the digit that looks most alike."""
    return str(MAKE["LOOKS_LIKE"][label])


def sample(folder: Path) -> Repository:
    """Return a copy of the sample data."""
    (folder / "data").mkdir()
    shutil.copytree(SAMPLE / "images", folder / "data/images")
    shutil.copyfile(SAMPLE / "metadata.csv", folder / MANIFEST)
    return Repository(folder)


def outcome(numbers: list[int], other: Other, rng: np.random.Generator, cache: Path) -> list[int]:
    """Return how many of the wrong labels are named, and how many of the right ones."""
    wrong = {number: other(true_label(number), rng) for number in numbers[:N_WRONG]}
    clean = {number: true_label(number) for number in numbers[N_WRONG:]}
    with tempfile.TemporaryDirectory() as folder:
        branch = sample(Path(folder))
        paths = [set(branch.add(wrong)), set(branch.add(clean))]
        with contextlib.redirect_stderr(io.StringIO()):
            model = find_model("builtin", offline=True, tell=print)
            found = scan(
                open_dataset(branch.folder / "data"), ScanOptions(model=model, cache=cache)
            )
    suspects = {row["path"] for row in found.issues.to_pylist() if row["rule"] == "suspects"}
    return [len(suspects & each) for each in paths]


def main(draws: int) -> None:
    """Print the rates, and each draw as a row of CSV on the standard error."""
    ways: list[tuple[str, np.ndarray, Other]] = [
        ("any digit, any other label", unused_digits(), any_other),
        ("any digit, the label most alike", unused_digits(), most_alike),
        ("clear digits, any other label", clear_digits(), any_other),
    ]
    log = csv.writer(sys.stderr)
    print("| draw | exactly the 3 | all 3 | wrong labels named | right ones named |")
    print("| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as cache:
        for name, numbers, other in ways:
            rows = []
            for seed in range(draws):
                rng = np.random.default_rng(seed)
                drawn = [int(n) for n in rng.choice(numbers, N_WRONG + N_CLEAN, replace=False)]
                rows.append(outcome(drawn, other, rng, Path(cache)))
                log.writerow([name, seed, *rows[-1]])
            named, spurious = np.array(rows).T
            exact = int(((named == N_WRONG) & (spurious == 0)).sum())
            print(
                f"| {name} | {exact} of {draws} | {int((named == N_WRONG).sum())} of {draws} | "
                f"{named.sum()} of {draws * N_WRONG} | {spurious.sum()} of {draws * N_CLEAN} |",
                flush=True,
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
