"""How well wrong labels are found, beside what users of cleanlab would run, on equal embeddings.

Run ``python tests/benchmarks/label_noise.py DATA`` where ``DATA`` has ``cifar10n-dev.tar``,
``cifar10-test.tar``, a ``-truth.parquet`` of each, and ``cifar10-test-pred-probs.npy``. The
embeddings are those that a scan makes with the built-in model, and the noise is people's.

* labelaudit: the measure ``label_noise``, called as a scan calls it; ranked by its label margin,
  flagged by its column ``is_label_suspected``, and in a second row by ``is_label_likely_wrong``;
* neighbors: the votes of the 50 nearest alone, ranked by the log margin, flagged where they prefer
  another class;
* Datalab: cleanlab's ``find_issues(features=...)`` for labels, on rows of unit length;
* logistic 5-fold: scikit-learn's logistic regression in five folds and cleanlab's
  ``find_label_issues``; ranked by self-confidence, as cleanlab does, and in a second row by the
  log margin. Its C is the one with the best AP on the even rows of CIFAR-10N's aggregate. The folds
  are drawn: the files are sorted by their true class, so that folds cut from them in their order
  would put the errors of a kind into one fold, away from the model that judges them.

AP and AUROC are of the ranking, F1 at the budget of its first n rows, n being the number of
errors, and F1 of what each flags by default. What labelaudit and the C were tuned on are even rows
of CIFAR-10N (rows of the truth file), so the odd ones have a column of their own. CPU seconds are
of one thread, embeddings not included; those of the graph of neighbors, which a scan shares between
its measures, are in every row that needs it.

On CIFAR-10 test only 275 of 10,000 labels were reviewed, and 54 found wrong: what is flagged beside
them counts as false, and the rankings of probabilities by which the 275 were chosen are favored.
"""

import argparse
import contextlib
import io
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from time import process_time
from typing import get_args

import numpy as np
import pyarrow.parquet as pq
from embeddings import STRENGTHS, noisy_labels, unpacked
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from threadpoolctl import threadpool_limits

from labelaudit.dataset import Dataset
from labelaudit.embeddings import Embeddings
from labelaudit.embeddings.builtin import BUILTIN
from labelaudit.embeddings.content import read_content, store_for
from labelaudit.embeddings.models.model import load_model
from labelaudit.errors import MissingInputError
from labelaudit.inputs import Inputs
from labelaudit.inputs.given_probs import Use, provide_given
from labelaudit.inputs.neighbors import Neighbors
from labelaudit.inputs.pred_probs import log_votes, user_probs
from labelaudit.measures.label_noise.label_noise import label_noise
from labelaudit.progress import silent

N_FOLDS = 5
COLUMNS = ("aggregate_label", "annotator_1", "annotator_2", "annotator_3", "worst_label")

Labels = NDArray[np.int32]
Flags = NDArray[np.bool_]
Probs = NDArray[np.floating]


@dataclass(frozen=True)
class Found:
    """What a method says of a dataset: how doubtful each label is, and which it flags."""

    method: str
    doubt: NDArray[np.floating]
    flagged: Flags
    cpu: float
    estimate: float | None = None


@dataclass(frozen=True)
class Data:
    """A dataset, its embeddings and its graph, and what that took."""

    dataset: Dataset
    embeddings: Embeddings
    rows: NDArray[np.int64]
    neighbors: Neighbors
    copies: NDArray[np.int64]
    cpu: float

    def inputs(self, labels: Labels, **given: object) -> Inputs:
        """Return the inputs of a scan of it with other labels, the graph among them."""
        shared: dict[str, object] = {
            "dataset": replace(self.dataset, labels=labels, media=None),
            "content": MissingInputError("the files play no part here"),
            "embeddings": self.embeddings,
            "neighbors": self.neighbors,
            "copies": self.copies,
            "n_threads": 1,
            "progress": silent,
        }
        return Inputs(shared | given)


def opened(data: Path, name: str, folder: Path) -> Data:
    """Unpack a dataset, embed it, and find the neighbors, which is timed."""
    dataset = unpacked(data / f"{name}.tar", folder / name)
    model = load_model(BUILTIN, "cpu")
    threads = len(os.sched_getaffinity(0))
    _, embeddings, _ = read_content(
        dataset, model, store_for(None, model), n_threads=threads, progress=silent
    )
    assert embeddings is not None
    names = pq.read_table(data / f"{name}-truth.parquet", columns=["path"])["path"].to_pylist()
    row_of = {Path(path).parts[-2:]: row for row, path in enumerate(names)}
    rows = np.array([row_of[Path(path).parts[-2:]] for path in dataset.paths.to_pylist()])
    started = process_time()
    graph = Inputs(
        {"dataset": dataset, "embeddings": embeddings, "n_threads": 1, "progress": silent}
    )
    neighbors, copies = graph.get("neighbors"), graph.get("copies")
    assert isinstance(neighbors, Neighbors)
    assert isinstance(copies, np.ndarray)
    return Data(dataset, embeddings, rows, neighbors, copies, process_time() - started)


def log_margin(logs: NDArray[np.floating], labels: Labels) -> NDArray[np.floating]:
    """Return the log probability of each label less the largest of the others."""
    others = logs.copy()
    rows = np.arange(len(labels))
    others[rows, labels] = -np.inf
    margin: NDArray[np.floating] = logs[rows, labels] - others.max(axis=1)
    return margin


def ours(inputs: Inputs, method: str, cpu: float) -> Iterator[Found]:
    """Yield what labelaudit's measure says, by both of its flags."""
    started = process_time()
    findings = inputs.call(label_noise)
    columns = findings.columns
    used = cpu + process_time() - started
    doubt = -np.nan_to_num(columns["label_margin"].astype(np.float64), nan=np.inf)
    estimate = findings.values[0].value
    assert findings.values[0].name == "model_estimated_error_rate"
    yield Found(method, doubt, columns["is_label_suspected"].astype(bool), used, estimate)
    yield Found(f"{method}, likely", doubt, columns["is_label_likely_wrong"].astype(bool), used)


def votes_alone(data: Data, labels: Labels) -> Iterator[Found]:
    """Yield what the votes of the neighbors say."""
    started = process_time()
    counts = np.bincount(labels)
    logs = log_votes(data.neighbors, data.copies, labels, np.arange(len(labels)), counts)
    margin = log_margin(logs, labels)
    yield Found("neighbors", -margin, margin < 0, data.cpu + process_time() - started)


def datalab(vectors: NDArray[np.float32], labels: Labels) -> Iterator[Found]:
    """Yield what Datalab says by features alone."""
    from cleanlab import Datalab

    started = process_time()
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    with contextlib.redirect_stdout(io.StringIO()):
        lab = Datalab(data={"label": labels.tolist()}, label_name="label", verbosity=0)
        lab.find_issues(features=unit, issue_types={"label": {}})
    issues = lab.get_issues("label")
    used = process_time() - started
    doubt = -issues["label_score"].to_numpy()
    yield Found("Datalab", doubt, issues["is_label_issue"].to_numpy(), used)


def cleanlabs(method: str, probs: Probs, labels: Labels, cpu: float) -> Iterator[Found]:
    """Yield what cleanlab makes of probabilities, by its ranking and by the log margin."""
    from cleanlab.filter import find_label_issues

    started = process_time()
    flagged = find_label_issues(labels, probs, n_jobs=1)
    used = cpu + process_time() - started
    yield Found(method, -probs[np.arange(len(labels)), labels], flagged, used)
    margin = log_margin(np.log(np.maximum(probs, 1e-12)), labels)
    yield Found(f"{method}, log margin", -margin, flagged, used)


def folded(vectors: NDArray[np.float32], labels: Labels, strength: float) -> tuple[Probs, float]:
    """Return five-fold probabilities of a logistic regression, and its CPU seconds."""
    started = process_time()
    scaled = vectors - vectors.mean(axis=0)
    scaled /= np.sqrt((scaled**2).mean())
    model = LogisticRegression(C=strength, max_iter=100)
    folds = StratifiedKFold(N_FOLDS, shuffle=True, random_state=0)
    probs: Probs = cross_val_predict(model, scaled, labels, cv=folds, method="predict_proba")
    return probs, process_time() - started


def best_strength(data: Data, labels: Labels) -> float:
    """Return the C whose probabilities rank the errors of the even rows best."""
    even = data.rows % 2 == 0
    vectors = data.embeddings.vectors[even].astype(np.float32)
    wrong = (labels != data.dataset.labels)[even]

    def ap(strength: float) -> float:
        probs, _ = folded(vectors, labels[even], strength)
        return float(average_precision_score(wrong, -log_margin(np.log(probs), labels[even])))

    return max(STRENGTHS, key=ap)


def f1(flagged: Flags, wrong: Flags) -> float:
    """Return the F1 of flags."""
    return float(2 * (flagged & wrong).sum() / max(flagged.sum() + wrong.sum(), 1))


def row(found: Found, wrong: Flags, odd: Flags) -> str:
    """Return a row of the table."""
    budget = np.zeros(len(wrong), dtype=bool)
    budget[np.argsort(-found.doubt, kind="stable")[: wrong.sum()]] = True
    ap = average_precision_score(wrong, found.doubt)
    of_odd = average_precision_score(wrong[odd], found.doubt[odd])
    area = roc_auc_score(wrong, found.doubt)
    flags, hits = int(found.flagged.sum()), int((found.flagged & wrong).sum())
    return (
        f"| {found.method} | {ap:.3f} | {of_odd:.3f} | {area:.3f} | {f1(budget, wrong):.3f} | "
        f"{f1(found.flagged, wrong):.3f} | {flags} | {hits} | {found.cpu:.1f} |"
    )


def print_table(title: str, found: list[Found], wrong: Flags, odd: Flags) -> None:
    """Print what all methods found in a dataset."""
    print(f"\n{title}: {wrong.sum()} of {len(wrong)} labels are wrong\n")
    print("| method | AP | AP, odd rows | AUROC | F1 at budget | F1 of flags | flags | ", end="")
    print("of them wrong | CPU s |")
    print("| --- " * 9 + "|")
    for each in found:
        print(row(each, wrong, odd), flush=True)
    for each in found:
        if each.estimate is not None:
            print(f"\n{each.method}: model-estimated {each.estimate:.2%}, true {wrong.mean():.2%}")


def all_methods(data: Data, labels: Labels, strength: float) -> list[Found]:
    """Return what each method says of the embeddings and some labels."""
    vectors = data.embeddings.vectors.astype(np.float32)
    probs, cpu = folded(vectors, labels, strength)
    return [
        *ours(data.inputs(labels), "labelaudit", data.cpu),
        *votes_alone(data, labels),
        *datalab(vectors, labels),
        *cleanlabs("logistic 5-fold", probs, labels, cpu),
    ]


def with_given_probs(data: Data, labels: Labels, file: Path) -> list[Found]:
    """Return what labelaudit and cleanlab make of somebody's probabilities."""
    probs = np.load(file)[data.rows]
    given = user_probs(probs, labels, file.name)
    replaced, joined = (
        data.inputs(labels, pred_probs=provide_given(given, use)) for use in get_args(Use)
    )
    return [
        *ours(replaced, "labelaudit", data.cpu),
        *ours(joined, "labelaudit, joined with the embeddings", data.cpu),
        *cleanlabs("cleanlab", probs.astype(np.float64), labels, 0.0),
    ]


def main() -> None:
    """Print a table for each set of labels."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        dev = opened(said.data, "cifar10n-dev", Path(made))
        test = opened(said.data, "cifar10-test", Path(made))
    with threadpool_limits(1):
        truth = said.data / "cifar10n-dev-truth.parquet"
        noisy = {column: noisy_labels(dev.dataset, truth, column) for column in COLUMNS}
        strength = best_strength(dev, noisy[COLUMNS[0]])
        print(f"C of the logistic regression: {strength:g}; graph: {dev.cpu:.1f} CPU s")
        for column, labels in noisy.items():
            wrong = labels != dev.dataset.labels
            found = all_methods(dev, labels, strength)
            print_table(f"CIFAR-10N, {column}", found, wrong, dev.rows % 2 == 1)
        errors = pq.read_table(said.data / "cifar10-test-truth.parquet")["label_error"].to_pylist()
        wrong = np.array([bool(errors[row]) for row in test.rows])
        labels, odd = test.dataset.labels, test.rows % 2 == 1
        found = all_methods(test, labels, strength)
        print_table("CIFAR-10 test, built-in model", found, wrong, odd)
        found = with_given_probs(test, labels, said.data / "cifar10-test-pred-probs.npy")
        print_table("CIFAR-10 test, the probabilities given", found, wrong, odd)


if __name__ == "__main__":
    main()
