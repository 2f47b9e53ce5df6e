"""Find missing and spurious labels of multi-label items, beside one-vs-rest and cleanlab.

Run ``python tests/benchmarks/multi_label_noise.py [--kinds linear curved clusters] [--seed 1]``
with the extra ``bench`` installed. Items with about 3 of 80 labels are made up, with embeddings of
384 numbers:

* linear: a label holds where a noisy linear score is high, so labels overlap with their absence;
* sum: every label that holds adds its direction to the embedding, by a random amount;
* curved: the same through a layer of random rectified units;
* clusters: items come in 300 clusters that bend through the space, each with its labels.

Then 10 % of the positives are dropped and 0.3 % of the others made up. Both sides see the same
embeddings, standardized: labelaudit's measure with the neighbors and without them, and
scikit-learn's ``LogisticRegression`` for each label in five folds with cleanlab's filter for
multi-label data, at C = 0.01 and at the default C = 1. Each runs in a process of its own with one
thread, and is charged its CPU seconds and the peak of its memory less what the data takes. The
exact neighbors and the hashes that tell copies are made once for all measures of a scan: their
cost is a column of its own.

AP is the average precision of the missing among all cells that are not given, of the spurious
among all that are, and of both. F1 is that of each side's own flags. The last column is how many
cells are flagged when no label was dropped or made up, as a share of the positives. Methods were
chosen on seed 0 of linear, curved and clusters. Linux only.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from time import process_time

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.metrics import average_precision_score, f1_score

Booleans = NDArray[np.bool_]
KINDS = ("linear", "sum", "curved", "clusters")
PEERS = ("logistic 0.01", "logistic 1")
METHODS = ("labelaudit", "labelaudit without neighbors", *PEERS)
MISSING, SPURIOUS = 0.1, 0.003
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Cost:
    """CPU seconds of the measure and of the inputs it shares, and megabytes beyond the data."""

    seconds: float
    shared: float
    megabytes: float


def correlated_labels(
    rng: np.random.Generator, n: int, n_labels: int, n_factors: int, noise: float
) -> tuple[Booleans, NDArray[np.float64]]:
    """Return labels that hold above a threshold of a noisy score, and the factors behind it."""
    shares = rng.permutation(np.geomspace(0.005, 0.15, n_labels))
    factors = rng.normal(size=(n, n_factors))
    weights = rng.normal(size=(n_factors, n_labels))
    scores = factors @ (weights / np.linalg.norm(weights, axis=0))
    scores += noise * rng.normal(size=scores.shape)
    thresholds = [np.quantile(scores[:, at], 1 - share) for at, share in enumerate(shares)]
    return scores > thresholds, factors


def made(
    kind: str, seed: int, n: int, n_features: int, n_labels: int
) -> tuple[NDArray[np.float32], Booleans]:
    """Return embeddings and the labels that hold."""
    rng = np.random.default_rng(seed)
    if kind == "linear":
        holds, factors = correlated_labels(rng, n, n_labels, 48, noise=0.6)
        vectors = factors @ rng.normal(size=(48, n_features)) / np.sqrt(48)
        vectors += 0.3 * rng.normal(size=vectors.shape)
    elif kind == "clusters":
        shares = rng.permutation(np.geomspace(0.005, 0.15, n_labels))
        cluster = rng.integers(0, 300, n)
        holds = (rng.random((300, n_labels)) < 1.2 * shares)[cluster]
        inner = rng.normal(size=(300, 32))[cluster] + 0.75 * rng.normal(size=(n, 32))
        vectors = np.tanh(inner @ rng.normal(size=(32, n_features)) / 4)
        vectors += 0.15 * rng.normal(size=vectors.shape)
    else:
        holds, _ = correlated_labels(rng, n, n_labels, 12, noise=0.8)
        amounts = 4 * holds * rng.gamma(4, 0.25, size=holds.shape)
        vectors = amounts @ rng.normal(size=(n_labels, n_features))
        vectors += 1.5 * rng.normal(size=(n, 40)) @ rng.normal(size=(40, n_features))
        vectors = (vectors + 4.8 * rng.normal(size=vectors.shape)) / np.sqrt(n_features)
        if kind == "curved":
            turned = vectors @ rng.normal(size=(n_features, n_features)) / 2
            vectors = np.maximum(turned + 0.5 * rng.normal(size=n_features), 0)
    vectors = (vectors - vectors.mean(axis=0)) / vectors.std(axis=0)
    return vectors.astype(np.float32), holds


def corrupted(holds: Booleans, seed: int) -> Booleans:
    """Return labels of which some were dropped and others made up."""
    drawn = np.random.default_rng(seed + 1000).random(holds.shape)
    given: Booleans = np.where(holds, drawn >= MISSING, drawn < SPURIOUS)
    return given


def with_labelaudit(
    vectors: NDArray[np.float32], given: Booleans, *, voting: bool
) -> tuple[NDArray[np.float32], Booleans, Cost]:
    """Return the probability of error of each cell, the flags of the measure, and its cost."""
    from labelaudit.dataset import LabelStates, State
    from labelaudit.embeddings import Embeddings
    from labelaudit.errors import MissingInputError
    from labelaudit.inputs import Inputs
    from labelaudit.inputs.cell_odds import CellOdds
    from labelaudit.measures.multi_label.multi_label_noise import multi_label_noise
    from labelaudit.progress import silent
    from labelaudit.statistics.cell_channel import fit_cell_channel, histogram

    n, n_labels = given.shape
    cells = csr_array(given)
    before, started = held(), process_time()
    states = LabelStates(
        indptr=cells.indptr.astype(np.int64),
        indices=cells.indices.astype(np.int32),
        states=np.full(cells.nnz, State.POSITIVE, dtype=np.int8),
        labelled=np.ones(n, dtype=bool),
    )
    embeddings = Embeddings(
        vectors=vectors,
        present=np.ones(n, dtype=bool),
        model="made up",
        model_sha256="",
        preprocessing="",
    )
    known: dict[str, object] = {
        "label_states": states,
        "class_names": tuple(f"label {at}" for at in range(n_labels)),
        "embeddings": embeddings,
        "n_threads": 1,
        "progress": silent,
    }
    if not voting:
        known["neighbors"] = MissingInputError("left out")
    inputs = Inputs(known)
    if voting:
        inputs.get("neighbors")
    found_neighbors = process_time()
    findings = inputs.call(multi_label_noise)
    cost = Cost(
        process_time() - found_neighbors, found_neighbors - started, resident("VmHWM") - before
    )
    flags = np.zeros(given.shape, dtype=bool)
    for ranking in findings.rankings:
        flags[ranking.items, ranking.classes] = True
    odds = inputs.get("cell_odds")
    assert isinstance(odds, CellOdds)
    log_odds = np.zeros(given.shape, dtype=np.float32)
    for items, part, _ in odds.blocks():
        log_odds[items[:, None], odds.labels] = part
    judged = log_odds[:, odds.labels], given[:, odds.labels]
    channel = fit_cell_channel(histogram(*judged), histogram(judged[0], ~judged[1]))
    errors = np.zeros(given.shape, dtype=np.float32)
    errors[:, odds.labels] = channel.error_probs(*judged)
    return errors, flags, cost


def with_one_vs_rest(
    vectors: NDArray[np.float32], given: Booleans, strength: float
) -> tuple[NDArray[np.float32], Booleans, Cost]:
    """Return what logistic regressions say against each cell, cleanlab's flags, and the cost."""
    from cleanlab.multilabel_classification.filter import find_multilabel_issues_per_class
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    before, started = held(), process_time()
    fold = np.random.default_rng(0).integers(0, 5, len(given))
    probs = np.zeros(given.shape, dtype=np.float32)
    with threadpool_limits(1):
        for at in range(5):
            train, test = vectors[fold != at], vectors[fold == at]
            for label in range(given.shape[1]):
                target = given[fold != at, label]
                if target.any() and not target.all():
                    model = LogisticRegression(C=strength).fit(train, target)
                    probs[fold == at, label] = model.predict_proba(test)[:, 1]
        labels = [np.flatnonzero(row).tolist() for row in given]
        flags = find_multilabel_issues_per_class(labels, probs.astype(np.float64), n_jobs=1)
    cost = Cost(process_time() - started, 0.0, resident("VmHWM") - before)
    return np.where(given, 1 - probs, probs), np.asarray(flags), cost


def resident(what: str) -> float:
    """Return megabytes that the process holds (VmRSS), or at most held (VmHWM)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024


def held() -> float:
    """Return megabytes that the process holds, and forget the peak until now."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return resident("VmRSS")


def work(folder: Path, method: str) -> None:
    """Run one method on the data in a folder, and leave what it finds there."""
    vectors, given = np.load(folder / "vectors.npy"), np.load(folder / "given.npy")
    if method.startswith("labelaudit"):
        errors, flags, cost = with_labelaudit(vectors, given, voting=method == "labelaudit")
    else:
        errors, flags, cost = with_one_vs_rest(vectors, given, float(method.split()[1]))
    np.save(folder / "errors.npy", errors)
    np.save(folder / "flags.npy", flags)
    print(json.dumps(asdict(cost)))


def run(folder: Path, method: str, given: Booleans) -> tuple[NDArray[np.float32], Booleans, Cost]:
    """Run one method in a process of its own."""
    np.save(folder / "given.npy", given)
    command = [sys.executable, __file__, "--work", str(folder), "--method", method]
    done = subprocess.run(
        command, env=os.environ | ONE_THREAD, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{method}: {done.stderr}")
    cost = Cost(**json.loads(done.stdout.splitlines()[-1]))
    return np.load(folder / "errors.npy"), np.load(folder / "flags.npy"), cost


def row(folder: Path, method: str, holds: Booleans, given: Booleans, *, clean: bool) -> str:
    """Return a line of the table."""
    errors, flags, cost = run(folder, method, given)
    wrong = holds != given
    aps = [
        average_precision_score(wrong[part], errors[part])
        for part in (~given, given, np.ones_like(given))
    ]
    on_clean = "-"
    if clean:
        on_clean = f"{run(folder, method, holds)[1].sum() / holds.sum():.2%}"
    costs = f"{cost.seconds:7.2f} {cost.shared:9.2f} {cost.megabytes:6.0f}"
    ranked = " ".join(f"{ap:8.3f}" for ap in aps)
    scores = " ".join(f"{f1_score(wrong[part], flags[part]):8.3f}" for part in (~given, given))
    return f"{method:28} {costs} {ranked} {scores} {on_clean:>8}"


def main() -> None:
    """Print a table for each kind of data."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--kinds", nargs="+", choices=KINDS, default=("linear", "curved", "clusters")
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--features", type=int, default=384)
    parser.add_argument("--labels", type=int, default=80)
    parser.add_argument("--clean-peers", action="store_true", help="peers' flags on clean labels")
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--method", choices=METHODS, help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.work:
        work(said.work, said.method)
        return
    print(f"{said.items:,} items, {said.features} features, {said.labels} labels, seed {said.seed}")
    for kind in said.kinds:
        vectors, holds = made(kind, said.seed, said.items, said.features, said.labels)
        given = corrupted(holds, said.seed)
        print(f"\n{kind}: {given.sum():,} given, {(holds & ~given).sum():,} missing,", end=" ")
        print(f"{(given & ~holds).sum():,} spurious")
        print(f"{'':28} {'CPU s':>7} {'shared':>9} {'MB':>6}", end=" ")
        print("AP miss. AP spur.   AP all F1 miss. F1 spur. on clean")
        with tempfile.TemporaryDirectory() as made_here:
            folder = Path(made_here)
            np.save(folder / "vectors.npy", vectors)
            for method in METHODS:
                clean = said.clean_peers or method not in PEERS
                print(row(folder, method, holds, given, clean=clean), flush=True)


if __name__ == "__main__":
    main()
