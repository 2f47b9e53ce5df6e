"""How often a gate names exactly what a pull request adds of wrong labels, over many draws.

Run ``python tests/benchmarks/pull_requests.py [DRAWS] [FOLDER]``. Each draw adds 3 digits under
wrong labels and 5 under their own to the sample data, and scans. New findings are those on added
images, as what is found of unchanged ones counts against no rule. Three ways to draw: from all
digits that the sample has not, the wrong label any other, or that of the digit that looks most
alike; and as tests/e2e/test_pull_request.py draws.

With a folder of class folders of images, such as the test images of CIFAR-10, each draw also adds 3
others under any other label and 5 under their own to 200 images of each class of it.
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
N_OF_CLASS = 200
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
        suspects = suspects_of(branch.folder / "data", cache)
    return [len(suspects & each) for each in paths]


def photographs(source: Path, draws: int, cache: Path) -> list[list[int]]:
    """Return how many wrong and right labels are named in each draw of images of class folders."""
    rng = np.random.default_rng(0)
    names = sorted(folder.name for folder in source.iterdir() if folder.is_dir())
    files = {name: rng.permutation(sorted((source / name).iterdir())) for name in names}
    rest = [file for name in names for file in files[name][N_OF_CLASS:]]
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        for name in names:
            (data / name).mkdir(parents=True)
            for file in files[name][:N_OF_CLASS]:
                shutil.copy(file, data / name)
        for seed in range(draws):
            rng = np.random.default_rng(seed)
            added: list[set[str]] = [set(), set()]
            for number, at in enumerate(rng.choice(len(rest), N_WRONG + N_CLEAN, replace=False)):
                is_clean, own = number >= N_WRONG, rest[at].parent.name
                others = [name for name in names if name != own]
                label = own if is_clean else str(rng.choice(others))
                shutil.copy(rest[at], data / label / f"added-{number}{rest[at].suffix}")
                added[is_clean].add(f"{label}/added-{number}{rest[at].suffix}")
            suspects = suspects_of(data, cache)
            rows.append([len(suspects & each) for each in added])
            for path in (*added[0], *added[1]):
                (data / path).unlink()
    return rows


def suspects_of(data: Path, cache: Path) -> set[str]:
    """Return the paths that a scan suspects."""
    with contextlib.redirect_stderr(io.StringIO()):
        model = find_model("builtin", offline=True, tell=print)
        found = scan(open_dataset(data), ScanOptions(model=model, cache=cache))
    return {row["path"] for row in found.issues.to_pylist() if row["rule"] == "suspects"}


def main(draws: int, source: Path | None) -> None:
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
            print(row(name, rows), flush=True)
        if source is not None:
            print(row("photographs, any other label", photographs(source, draws, Path(cache))))


def row(name: str, rows: list[list[int]]) -> str:
    """Return the rates of some draws as a row of the table."""
    named, spurious = np.array(rows).T
    exact, draws = int(((named == N_WRONG) & (spurious == 0)).sum()), len(rows)
    return (
        f"| {name} | {exact} of {draws} | {int((named == N_WRONG).sum())} of {draws} | "
        f"{named.sum()} of {draws * N_WRONG} | {spurious.sum()} of {draws * N_CLEAN} |"
    )


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 40,
        Path(sys.argv[2]) if len(sys.argv) > 2 else None,
    )
