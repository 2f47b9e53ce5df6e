"""Agreement of real annotators, beside published numbers and the package krippendorff.

Run ``python tests/benchmarks/agreement.py DATA``. What ``DATA`` has of these is measured, and the
others are named; nothing of them is exit code 2:

- ``cifar10n-dev-truth.parquet``: three annotators of 10,000 images, and the clean label;
- ``cifar10n.parquet``: all 50,000 of CIFAR-10N, columns ``clean_label``, ``random_label1``, ``2``
  and ``3`` of its human labels (published as a pickle, which labelaudit does not open);
- ``raters.npz``, ``golden.npz``, ``raters_golden.npz`` of reassessed-imagenet (ReaL);
- ``cifar10h-counts.npy`` of CIFAR-10H.

Numbers that are known stand beside ours; those of the 10,000 images are nobody's but the package's.
How good annotators are is compared with the clean label, which no measure sees.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import krippendorff
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.inputs.annotator_panel import annotator_panel
from labelaudit.inputs.item_consensus import item_consensus
from labelaudit.inputs.judgements import Judgements
from labelaudit.measures.annotators.annotator_quality import annotator_quality
from labelaudit.statistics.agreement import agreement_statistics, bootstrap, vote_patterns

Row = tuple[str, float, float | None]
Counts = NDArray[np.int64]


def counted(columns: list[NDArray[np.int64]], n_classes: int) -> Counts:
    """Return how many annotators name each class of each item; negative is none."""
    votes = np.zeros((len(columns[0]), n_classes), dtype=np.int64)
    for column in columns:
        items = np.flatnonzero(column >= 0)
        np.add.at(votes, (items, column[items]), 1)
    return votes


def statistics(votes: Counts, *, ordered: bool = False) -> dict[str, float]:
    """Return the statistics of agreement of a table of votes."""
    return agreement_statistics(vote_patterns(csr_array(votes)), ordered=ordered)


def of_three(columns: list[NDArray[np.int64]], clean: NDArray[np.int64]) -> Iterator[Row]:
    """Yield what holds of three annotators: agreement, and how good they are."""
    votes, n_classes = counted(columns, 10), 10
    patterns = vote_patterns(csr_array(votes))
    replicates = bootstrap(patterns, 0)["krippendorff_alpha"]
    low, high = np.quantile(replicates, [0.025, 0.975])
    yield "alpha, lower end of 95 % over items", float(low), None
    yield "alpha, upper end", float(high), None
    n_items = len(clean)
    judged = Judgements(
        np.arange(n_items),
        np.tile(np.arange(n_items), 3),
        np.repeat(np.arange(3), n_items),
        np.concatenate(columns).astype(np.int32),
        ("1", "2", "3"),
        0,
    )
    names = tuple(map(str, range(n_classes)))
    found = item_consensus(annotator_panel(judged, names), np.zeros(n_items, dtype=bool))
    (table,) = (t for t in annotator_quality(found, names).tables if t.name == "annotators")
    columns_of = {column.name: at for at, column in enumerate(table.columns)}
    for row in sorted(table.rows, key=lambda row: str(row[0])):
        right = float((columns[int(str(row[0])) - 1] == clean).mean())
        for name, of in (("modelled accuracy", "accuracy"), ("agreement with others", "agreement")):
            ours = float(str(row[columns_of[of]]))
            yield f"{name} of annotator {row[0]} (true accuracy: reference)", ours, right


def cifar10n_dev(folder: Path) -> Iterator[Row]:
    """Yield the agreement of the 10,000 images, the package's as reference."""
    table = pd.read_parquet(folder / "cifar10n-dev-truth.parquet")
    names = sorted(table["clean_label"].unique())
    code = {name: at for at, name in enumerate(names)}
    columns = [table[f"annotator_{at}"].map(code).to_numpy() for at in (1, 2, 3)]
    votes = counted(columns, 10)
    found = statistics(votes)
    data = np.stack(columns).astype(float)
    theirs = krippendorff.alpha(reliability_data=data, level_of_measurement="nominal")
    yield "alpha (krippendorff: reference)", found["krippendorff_alpha"], theirs
    masked = data.copy()
    at, item = np.indices(masked.shape)
    masked[(at + item) % 5 == 0] = np.nan
    some = counted([np.nan_to_num(row, nan=-1).astype(np.int64) for row in masked], 10)
    theirs = krippendorff.alpha(reliability_data=masked, level_of_measurement="nominal")
    yield "alpha, a fifth missing", statistics(some)["krippendorff_alpha"], theirs
    for name in ("fleiss_kappa", "raw_agreement", "gwet_ac1", "full_agreement_share"):
        yield name, found[name], None
    yield from of_three(columns, table["clean_label"].map(code).to_numpy())


def cifar10n(folder: Path) -> Iterator[Row]:
    """Yield the agreement of the 50,000 images."""
    table = pd.read_parquet(folder / "cifar10n.parquet")
    columns = [table[f"random_label{at}"].to_numpy() for at in (1, 2, 3)]
    votes = counted(columns, 10)
    found = statistics(votes)
    yield "alpha", found["krippendorff_alpha"], 0.6836711
    yield "Fleiss' kappa", found["fleiss_kappa"], 0.6836690
    yield "raw agreement", found["raw_agreement"], 0.7154333
    yield "all three agree", found["full_agreement_share"], 0.60356
    yield "none agree", float((votes.max(axis=1) == 1).mean()), 0.06082
    yield from of_three(columns, table["clean_label"].to_numpy())


def answers(file: Path) -> Counts:
    """Return how many raters say no, maybe and yes to each question."""
    with np.load(file) as stored:
        found = next(stored[name] for name in stored.files if stored[name].ndim == 3)
    return np.asarray(found.sum(axis=0), dtype=np.int64)


def real(folder: Path) -> Iterator[Row]:
    """Yield the agreement of ReaL's raters."""
    votes = answers(folder / "raters.npz")
    found = statistics(votes, ordered=True)
    yield "alpha, nominal", found["krippendorff_alpha"], 0.412012
    yield "alpha, ordinal", found["ordinal_alpha"], 0.517219
    yield "alpha, interval", found["interval_alpha"], 0.546827
    yield "raw agreement", found["raw_agreement"], 0.7914009
    for name, at, known in (("yes", 2, 0.493333), ("no", 0, 0.486486)):
        rest = np.stack([votes[:, at], votes.sum(axis=1) - votes[:, at]], axis=1)
        yield f"alpha, {name} against the rest", statistics(rest)["krippendorff_alpha"], known


def golden(folder: Path) -> Iterator[Row]:
    """Yield the agreement of ReaL's five experts."""
    found = statistics(answers(folder / "golden.npz"))
    yield "alpha", found["krippendorff_alpha"], 0.732154
    yield "Fleiss' kappa", found["fleiss_kappa"], 0.7321066
    yield "raw agreement", found["raw_agreement"], 0.9087225


def raters_golden(folder: Path) -> Iterator[Row]:
    """Yield the agreement of ReaL's 78 raters on the experts' questions."""
    found = statistics(answers(folder / "raters_golden.npz"))
    yield "alpha", found["krippendorff_alpha"], 0.429578


def cifar10h(folder: Path) -> Iterator[Row]:
    """Yield the agreement of about fifty judgements of each test image."""
    votes = np.load(folder / "cifar10h-counts.npy").astype(np.int64)
    found = statistics(votes)
    shares = votes / votes.sum(axis=1, keepdims=True)
    yield "alpha", found["krippendorff_alpha"], 0.9150554
    yield "all agree", found["full_agreement_share"], 0.4393
    yield "mean risk, all votes equal", float((1 - shares.max(axis=1)).mean()), 0.045563


SETS: Final[dict[str, tuple[str, Callable[[Path], Iterator[Row]]]]] = {
    "CIFAR-10N, 10,000 images": ("cifar10n-dev-truth.parquet", cifar10n_dev),
    "CIFAR-10N, 50,000 images": ("cifar10n.parquet", cifar10n),
    "ReaL, raters": ("raters.npz", real),
    "ReaL, experts": ("golden.npz", golden),
    "ReaL, raters on the experts' questions": ("raters_golden.npz", raters_golden),
    "CIFAR-10H": ("cifar10h-counts.npy", cifar10h),
}


def main() -> int:
    """Print a row a number; return 2 when no file is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    folder = parser.parse_args().data
    there = [name for name, (file, _) in SETS.items() if (folder / file).is_file()]
    print("| data | number | ours | reference |\n| --- | --- | --- | --- |")
    for name in there:
        for number, ours, reference in SETS[name][1](folder):
            known = "" if reference is None else f"{reference:.7g}"
            print(f"| {name} | {number} | {ours:.7g} | {known} |", flush=True)
    for name, (file, _) in SETS.items():
        if name not in there:
            print(f"{name}: not measured, {file} is not in {folder}", file=sys.stderr)
    return 0 if there else 2


if __name__ == "__main__":
    sys.exit(main())
