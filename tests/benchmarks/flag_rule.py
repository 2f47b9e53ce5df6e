"""Compare the rules that flag labels on strong probabilities: with much noise, and with little.

Run ``python tests/benchmarks/flag_rule.py DATA`` where ``DATA`` is as for ``label_noise.py``.

*CIFAR-10 test* are the published labels with the out-of-sample probabilities of label-errors: 54
of the 275 lowest normalized margins were found wrong by people, the others were never looked at,
so a rule that follows that order is favored.

*Strong* are probabilities of which none comes with CIFAR-10N, so they are made. An image of
CIFAR-10N takes the row of probabilities of a CIFAR-10 test image of its true class, whose place
among the images of that class is the same by the margin that the built-in model gives the true
class: hard images get hard rows. Of the rows whose most probable class is wrong, as many are kept
as make the stated accuracy. The labels are those of people. *Noisy* rows are mixed with 6 % of
equal probabilities, as of a model that was trained on noisy labels. A figure of these is no figure
of a real model.
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import numpy as np
import pyarrow.parquet as pq
from embeddings import noisy_labels
from label_noise import Data, opened
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from labelaudit.inputs.label_judgement import LabelFilter, judge
from labelaudit.inputs.pred_probs import PredProbs, user_probs
from labelaudit.statistics.label_issues.filters import Filter

ACCURACIES = (0.98, 0.93)
NOISE_FLOORS = (0.0, 0.06)
COLUMNS = ("aggregate_label", "annotator_1", "worst_label")
RULES: tuple[LabelFilter, ...] = ("adaptive", *get_args(Filter))

Labels = NDArray[np.int32]
Case = tuple[str, NDArray[np.floating], Labels, NDArray[np.bool_]]


def difficulty(data: Data) -> NDArray[np.float32]:
    """Return the margin that the built-in model gives the true class of each image."""
    labels = data.dataset.labels.astype(np.int32)
    probs = data.inputs(labels).get("pred_probs")
    assert isinstance(probs, PredProbs)
    return judge(labels, len(data.dataset.class_names), probs).margin


def transplanted(
    data: Path, dev: Data, test: Data, accuracy: float, seed: int
) -> NDArray[np.float64]:
    """Return a row of the test images' probabilities for each image of CIFAR-10N."""
    probs = np.load(data / "cifar10-test-pred-probs.npy").astype(np.float64)[test.rows]
    true, given = test.dataset.labels, dev.dataset.labels
    margin, own = difficulty(test), difficulty(dev)
    wrong = probs.argmax(axis=1) != true
    kept = (1 - accuracy) / accuracy * (~wrong).sum() / wrong.sum()
    usable = ~wrong | (np.random.default_rng(seed).random(len(true)) < kept)
    made = np.empty((len(given), probs.shape[1]))
    for code in range(probs.shape[1]):
        wanted = np.flatnonzero(given == code)
        rows = np.flatnonzero((true == code) & usable)
        rows = rows[np.argsort(margin[rows])]
        place = (np.argsort(np.argsort(own[wanted])) + 0.5) / len(wanted)
        made[wanted] = probs[rows[(place * len(rows)).astype(np.int64)]]
    return made


def cases(data: Path, folder: Path, seed: int) -> Iterator[Case]:
    """Yield name, probabilities, labels and errors of each case."""
    test, dev = opened(data, "cifar10-test", folder), opened(data, "cifar10n-dev", folder)
    truth = pq.read_table(data / "cifar10-test-truth.parquet").to_pandas()
    errors = truth["label_error"].eq(other=True).to_numpy(bool)[test.rows]
    probs = np.load(data / "cifar10-test-pred-probs.npy")[test.rows]
    yield "CIFAR-10 test", probs, test.dataset.labels.astype(np.int32), errors
    for accuracy in ACCURACIES:
        rows = transplanted(data, dev, test, accuracy, seed)
        for floor in NOISE_FLOORS:
            mixed = (1 - floor) * rows + floor / rows.shape[1]
            for column in COLUMNS:
                labels = noisy_labels(dev.dataset, data / "cifar10n-dev-truth.parquet", column)
                name = f"strong {accuracy:.0%}{', noisy' if floor else ''}, {column}"
                yield name, mixed, labels, labels != dev.dataset.labels


def main() -> None:
    """Print what each rule flags."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):
        for name, probs, labels, errors in cases(options.data, Path(folder), options.seed):
            print(f"\n{name}: {errors.mean():.2%} of the labels are wrong")
            print(f"{'rule':<24}{'flags':>7}{'errors':>8}{'F1':>7}{'estimate':>10}")
            given = user_probs(probs, labels, "made")
            for rule in RULES:
                found = judge(labels, probs.shape[1], given, rule)
                hits, flags = int((found.suspected & errors).sum()), int(found.suspected.sum())
                f1 = 2 * hits / (flags + int(errors.sum()))
                rate = f"{np.mean(found.error_probability):.2%}" if rule == "adaptive" else ""
                print(f"{rule:<24}{flags:>7}{hits:>8}{f1:>7.3f}{rate:>10}")


if __name__ == "__main__":
    main()
