"""What probabilities and issue scores cost from embeddings alone, beside what users would run.

Run ``python tests/benchmarks/out_of_sample.py [--sizes 50000x384x10 ...]``. Each side reads the
same made embeddings, of which a tenth of the labels is flipped, in a process of its own with one
thread. CPU seconds are of the work, reading included and imports not; memory is the peak of the
process.

* logistic 5-fold: scikit-learn's, on standardized features, at most 100 iterations;
* linear probe: the leave-one-out discriminant alone, which stands against it like with like;
* probe and votes, without graph: all that a scan's probabilities are, but for the graph of
  neighbors, which a scan finds once for all its measures;
* probe and votes: with the graph;
* Datalab: cleanlab's checks of labels, outliers and near duplicates by features;
* labelaudit: its ranking and flags of labels, its outliers, the nearest neighbors and copies. It
  takes no item for a near duplicate by its embedding alone: the five nearest are the candidates,
  which a scan then confirms by what the files hold, and that is not in this time.

AP is that of finding the flipped labels: by the log margin, of Datalab by its label score. The
embeddings are made as a network's are: classes in pairs, each of some modes with heavy tails, in a
latent space that two random layers unfold. Flips go to any other class, or to the other of a pair.
"""

import argparse
import contextlib
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

N_LATENT, N_HIDDEN, N_MODES = 24, 256, 4
RATE = 0.1
WITHOUT_GRAPH = "probe and votes, without graph"
BLOCK = 10_000

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
Sides = dict[str, dict[str, float]]


def make(folder: Path, n: int, n_features: int, n_classes: int) -> None:
    """Write embeddings, their classes, and labels with flips of both kinds."""
    rng = np.random.default_rng(0)
    classes = rng.integers(0, n_classes, n).astype(np.int32)
    pairs = rng.normal(size=((n_classes + 1) // 2, N_LATENT))
    centers = 0.7 * np.repeat(pairs, 2, axis=0)[:n_classes]
    centers += 0.5 * rng.normal(size=(n_classes, N_LATENT))
    modes = centers[:, None] + 0.9 * rng.normal(size=(n_classes, N_MODES, N_LATENT))
    first = rng.normal(size=(N_LATENT, N_HIDDEN)) / N_LATENT**0.5
    second = rng.normal(size=(N_HIDDEN, n_features)) / N_HIDDEN**0.5
    vectors = np.lib.format.open_memmap(
        folder / "vectors.npy", "w+", dtype=np.float32, shape=(n, n_features)
    )
    for start in range(0, n, BLOCK):
        of = classes[start : start + BLOCK]
        latent = modes[of, rng.integers(0, N_MODES, len(of))]
        latent = latent + rng.standard_t(5, size=latent.shape)
        unfolded = np.maximum(latent @ first, 0) @ second
        vectors[start : start + BLOCK] = unfolded + 0.3 * rng.normal(size=unfolded.shape)
    flipped = rng.random(n) < RATE
    other = np.where(classes ^ 1 < n_classes, classes ^ 1, 0).astype(np.int32)
    anywhere = ((classes + rng.integers(1, n_classes, n)) % n_classes).astype(np.int32)
    np.save(folder / "classes.npy", classes)
    np.save(folder / "any.npy", np.where(flipped, anywhere, classes))
    np.save(folder / "pair.npy", np.where(flipped, other, classes))


def doubt_of(logs: NDArray[np.floating], labels: I32) -> NDArray[np.floating]:
    """Return by how much the likeliest other class leads each label, in logs."""
    rows, others = np.arange(len(labels)), logs.copy()
    others[rows, labels] = -np.inf
    doubt: NDArray[np.floating] = others.max(axis=1) - logs[rows, labels]
    return doubt


def logistic(file: Path, labels: I32, said: argparse.Namespace) -> NDArray[np.floating]:
    """Fit five folds of a logistic regression."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(C=said.strength, max_iter=100))
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    probs = cross_val_predict(model, np.load(file), labels, cv=folds, method="predict_proba")
    return doubt_of(np.log(np.maximum(probs, 1e-12)), labels)


def probe(file: Path, labels: I32, _: argparse.Namespace) -> NDArray[np.floating]:
    """Fit the leave-one-out discriminant."""
    from labelaudit.blocks import row_blocks, rows_at_once
    from labelaudit.inputs.pred_probs import N_TUNING_ROWS
    from labelaudit.statistics.refitted_probe import fit_refitted_probe

    n, n_classes = len(labels), int(labels.max()) + 1
    tuning = np.linspace(0, n - 1, min(n, N_TUNING_ROWS)).astype(np.int64)
    fitted = fit_refitted_probe(np.load(file, mmap_mode="r"), labels, n_classes, tuning_rows=tuning)
    blocks = row_blocks(n, rows_at_once(n_classes))
    return np.concatenate([doubt_of(fitted.log_probs(rows), labels[rows]) for rows in blocks])


def inputs_of(file: Path, labels: I32) -> Any:  # noqa: ANN401 - imports come later
    """Return the inputs of a scan of embeddings alone."""
    import pyarrow as pa

    from labelaudit.dataset import Dataset, Source
    from labelaudit.embeddings import Embeddings
    from labelaudit.errors import MissingInputError
    from labelaudit.inputs import Inputs
    from labelaudit.progress import silent

    n = len(labels)
    dataset = Dataset(
        name="made",
        task="multiclass",
        class_names=tuple(str(at) for at in range(int(labels.max()) + 1)),
        paths=pa.array([str(at) for at in range(n)], pa.large_string()),
        labels=labels,
        splits=np.full(n, -1, dtype=np.int32),
        media=None,
        source=Source(format="made", why=(), found=n),
    )
    embeddings = Embeddings(
        vectors=np.load(file, mmap_mode="r"),
        present=np.ones(n, dtype=bool),
        model="made",
        model_sha256="0" * 64,
        preprocessing="none",
    )
    return Inputs(
        {
            "dataset": dataset,
            "content": MissingInputError("there are no files"),
            "embeddings": embeddings,
            "random_state": 0,
            "n_threads": 1,
            "progress": silent,
        }
    )


def probe_and_votes(file: Path, labels: I32, _: argparse.Namespace) -> NDArray[np.floating]:
    """Make the probabilities of a scan, from the graph on."""
    return doubt_by(inputs_of(file, labels), labels)


def doubt_by(inputs: Any, labels: I32) -> NDArray[np.floating]:  # noqa: ANN401 - as above
    """Return the doubt by the probabilities of a scan."""
    doubt = np.empty(len(labels))
    for items, logs in inputs.get("pred_probs").blocks():
        doubt[items] = doubt_of(logs, labels[items])
    return doubt


def all_issues(file: Path, labels: I32, _: argparse.Namespace) -> NDArray[np.floating]:
    """Rank and flag labels, find outliers, neighbors and copies."""
    from labelaudit.measures.integrity.outliers import outliers
    from labelaudit.measures.label_noise.label_noise import label_noise

    inputs = inputs_of(file, labels)
    inputs.call(outliers)
    doubt: NDArray[np.floating] = -inputs.call(label_noise).columns["label_margin"]
    return doubt


def datalab(file: Path, labels: I32, _: argparse.Namespace) -> NDArray[np.floating]:
    """Look for the same by features."""
    from cleanlab import Datalab

    vectors = np.load(file)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    wanted: dict[str, dict[str, object]] = {"label": {}, "outlier": {}, "near_duplicate": {}}
    with contextlib.redirect_stdout(io.StringIO()):
        lab = Datalab(data={"label": labels.tolist()}, label_name="label", verbosity=0)
        lab.find_issues(features=vectors, issue_types=wanted)
    doubt: NDArray[np.floating] = -lab.get_issues("label")["label_score"].to_numpy()
    return doubt


SIDES: dict[str, Callable[[Path, I32, argparse.Namespace], NDArray[np.floating]]] = {
    "logistic 5-fold": logistic,
    "linear probe": probe,
    WITHOUT_GRAPH: probe_and_votes,
    "probe and votes": probe_and_votes,
    "Datalab": datalab,
    "labelaudit": all_issues,
}


def child(said: argparse.Namespace) -> None:
    """Do one side's work, and print what it took and found."""
    from sklearn.metrics import average_precision_score

    import labelaudit.measures.label_noise.label_noise  # noqa: F401 - imports are not timed

    if said.side == "Datalab":
        import cleanlab  # noqa: F401 - as above
    labels, vectors = np.load(said.folder / f"{said.flips}.npy"), said.folder / "vectors.npy"
    work = partial(SIDES[said.side], vectors, labels, said)
    if said.side == WITHOUT_GRAPH:
        inputs = inputs_of(vectors, labels)
        inputs.get("neighbors")
        work = partial(doubt_by, inputs, labels)
    started = process_time()
    doubt = work()
    cpu = process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wrong = labels != np.load(said.folder / "classes.npy")
    ap = float(average_precision_score(wrong, np.nan_to_num(doubt, posinf=1e9, neginf=-1e9)))
    print(json.dumps({"cpu": cpu, "peak": peak, "ap": ap}))


def run(side: str, folder: Path, flips: str, strength: float) -> dict[str, float]:
    """Run one side in a process of its own."""
    command = [sys.executable, __file__, "--side", side, "--folder", str(folder)]
    done = subprocess.run(
        [*command, "--flips", flips, "--strength", str(strength)],
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def print_against(title: str, baseline: str, found: Sides) -> None:
    """Print the sides, and how many times less than the first they take."""
    print(f"\n{title}\n\n| | CPU s | peak MB | AP | CPU, times less | memory, times less |")
    print("| --- " * 6 + "|")
    base = found[baseline]
    for side, cost in found.items():
        less = f"{base['cpu'] / cost['cpu']:.1f} | {base['peak'] / cost['peak']:.1f}"
        print(f"| {side} | {cost['cpu']:.2f} | {cost['peak']:.0f} | {cost['ap']:.3f} | {less} |")


def main() -> None:
    """Print the tables, or do one side's work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="*", default=["50000x384x10", "100000x512x100"])
    parser.add_argument("--issues", default="50000x384x10", help="Size beside Datalab, or none.")
    parser.add_argument("--flips", default="any", choices=("any", "pair"))
    parser.add_argument("--strength", type=float, default=0.01, help="C of the logistic one.")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.side:
        child(said)
        return
    probabilities = ["logistic 5-fold", "linear probe", WITHOUT_GRAPH, "probe and votes"]
    issues = ["Datalab", "labelaudit"]
    jobs = [("Probabilities", size, probabilities) for size in said.sizes]
    jobs += [("Issues", said.issues, issues)] if said.issues != "none" else []
    for what, size, sides in jobs:
        with tempfile.TemporaryDirectory() as made:
            make(Path(made), *map(int, size.split("x")))
            found = {side: run(side, Path(made), said.flips, said.strength) for side in sides}
            print_against(f"{what}, {size}, flips to {said.flips}", sides[0], found)


if __name__ == "__main__":
    main()
