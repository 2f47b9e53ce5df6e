"""Compare two models on CIFAR-10's test set, whose labels people reviewed; and simulate others.

Run ``python tests/benchmarks/stability.py DATA`` where ``DATA`` has ``cifar10-test.tar``,
``cifar10-test-truth.parquet`` and ``cifar10-test-pred-probs.npy``.

Model *network* is the largest of label-errors' out-of-sample probabilities, model *neighbors* the
vote of the 20 nearest other test images by the built-in embeddings. The verdicts are those of
label-errors: 275 labels that a model suspects were shown to five workers, and 54 were chosen by
fewer than three. Where three chose the guess, it is right; of the others no class is known to be.
As only suspects were judged, nothing follows for the rate, and what is known of wrong labels is of
these.

``python tests/benchmarks/stability.py`` without ``DATA`` simulates 500 test sets of 3,000 items
drawn alike, of which a tenth has wrong labels, with 100 items judged of each of two strata, and two
models of accuracy .96 and .94 on right labels that follow 20 % and 60 % of the wrong ones. It says
how often each 95 % interval holds the true number.
"""

import argparse
import hashlib
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from embeddings import embed, unpacked
from numpy.typing import NDArray
from rich.console import Console

from labelaudit.dataset import Dataset
from labelaudit.embeddings.builtin import BUILTIN
from labelaudit.inputs.predictions import PredictionFiles
from labelaudit.progress import silent
from labelaudit.render.measure_tables import to_terminal
from labelaudit.scan import ScanOptions, scan
from labelaudit.statistics.nearest_neighbors import nearest, unit_vectors
from labelaudit.verdicts import from_rows, write_verdicts

N_NEIGHBORS = 20
MAJORITY = 3
N_THREADS = 2


def write_predictions(file: Path, dataset: Dataset, classes: NDArray[np.integer]) -> None:
    """Write one row an item."""
    lines = [
        f"{path},{dataset.class_names[code]}"
        for path, code in zip(dataset.paths.to_pylist(), classes.tolist(), strict=True)
    ]
    file.write_text("path,prediction\n" + "\n".join(lines), encoding="utf-8")


def of_neighbors(vectors: NDArray[np.floating], labels: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the class that most of an item's nearest neighbors have, nearer ones first."""
    units = unit_vectors(vectors, np.arange(len(vectors)))
    indices, similarities = nearest(units, N_NEIGHBORS, n_threads=N_THREADS, progress=silent)
    votes = np.zeros((len(labels), labels.max() + 1))
    np.add.at(
        votes, (np.arange(len(labels))[:, None], labels[indices]), np.exp(similarities / 0.07)
    )
    found: NDArray[np.int64] = votes.argmax(axis=1)
    return found


def write_reviews(
    file: Path,
    dataset: Dataset,
    root: Path,
    truth: list[dict[str, object]],
    probs: NDArray[np.float32],
) -> int:
    """Write what the workers of label-errors said as verdicts on suspects; return how many."""
    lines = []
    for row, item in enumerate(truth):
        if not item["mturk_reviewed"]:
            continue
        path = "/".join(Path(str(item["path"])).parts[-2:])
        given = str(item["label"])
        others = np.where(np.array(dataset.class_names) == given, -1, probs[row])
        word = "given"
        if item["label_error"]:
            word = "suggested" if item["mturk_guessed"] >= MAJORITY else "neither"  # type: ignore[operator]
        lines.append(
            {
                "content": hashlib.sha256((root / path).read_bytes()).hexdigest(),
                "path": path,
                "given_label": given,
                "suggested_label": dataset.class_names[int(others.argmax())],
                "verdict": word,
                "reviewer": "majority",
                "audit": "",
                "stratum": "-1",
                "stratum_size": "0",
                "stratum_drawn": "0",
                "judged_before": "0",
            }
        )
    write_verdicts(file, from_rows(lines))
    return len(lines)


def compare(data: Path, folder: Path) -> None:
    """Print what the two models are apart on CIFAR-10's test set."""
    dataset = unpacked(data / "cifar10-test.tar", folder / "test")
    (root,) = (folder / "test").iterdir()
    truth = pq.read_table(data / "cifar10-test-truth.parquet").to_pylist()
    probs = np.load(data / "cifar10-test-pred-probs.npy")
    order = {"/".join(Path(item["path"]).parts[-2:]): row for row, item in enumerate(truth)}
    mine = probs[[order[path] for path in dataset.paths.to_pylist()]]
    vectors, _ = embed(dataset, BUILTIN)
    np.save(folder / "vectors.npy", vectors)
    write_predictions(folder / "network.csv", dataset, mine.argmax(axis=1))
    write_predictions(folder / "neighbors.csv", dataset, of_neighbors(vectors, dataset.labels))
    n_reviewed = write_reviews(folder / "verdicts.csv", dataset, root, truth, probs)
    found = scan(
        dataset,
        ScanOptions(
            embeddings=folder / "vectors.npy",
            predictions=PredictionFiles(
                files=tuple((name, folder / f"{name}.csv") for name in ("network", "neighbors"))
            ),
            verdicts=folder / "verdicts.csv",
            measures=frozenset({"benchmark_stability"}),
            n_threads=N_THREADS,
        ),
    )
    result = found.report.measure("benchmark_stability")
    assert result is not None
    console = Console(width=110)
    console.print(f"CIFAR-10 test, {n_reviewed} labels reviewed by people\n")
    console.print(to_terminal(result))


def simulate(n_sets: int) -> None:
    """Print how often the intervals hold what is true."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "measures"))
    from scored import coverage

    print(f"| of {n_sets} test sets | held by its 95 % interval |")
    print("| --- | --- |")
    for name, share in coverage(n_sets).items():
        print(f"| {name} | {share:.1%} |")


def main() -> int:
    """Compare, or simulate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--sets", type=int, default=500)
    said = parser.parse_args()
    if said.data is None:
        simulate(said.sets)
        return 0
    if not (said.data / "cifar10-test-truth.parquet").is_file():
        print(f"{said.data} has no cifar10-test-truth.parquet: see the first lines of this file")
        return 2
    with tempfile.TemporaryDirectory() as made:
        compare(said.data, Path(made))
    return 0


if __name__ == "__main__":
    sys.exit(main())
