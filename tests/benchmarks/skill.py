"""What the check with known flips says of a detector, beside what is true.

Run ``python tests/benchmarks/skill.py DATA`` where ``DATA`` has ``cifar10n-dev.tar`` and
``cifar10n-dev-truth.parquet``: 10,000 images with the clean label of CIFAR-10, the aggregate of
three people (9 % wrong) and the worst of them (40 %), embedded by the built-in model.

A row is a kind of flips with its average precision, and precision and recall of the suspected
labels: as a report prints them, then with what only the truth tells, an unchanged label being
right or wrong. The last rows are those of people's mistakes, with no label changed. How unchanged
labels count in the first was chosen on these figures. Seconds are those of the measure, the
inputs given; it judges three times and makes the probabilities twice.
"""

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np
from embeddings import embed, noisy_labels, unpacked
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from labelaudit.dataset import Dataset
from labelaudit.embeddings import Embeddings
from labelaudit.embeddings.builtin import BUILTIN
from labelaudit.inputs.copies import copies, embedding_hashes
from labelaudit.inputs.label_judgement import judge
from labelaudit.inputs.neighbors import neighbors
from labelaudit.inputs.pred_probs import pred_probs
from labelaudit.measures.label_noise.flip_trials import Trial, flip_trials
from labelaudit.progress import silent

COLUMNS = ("clean_label", "aggregate_label", "worst_label")


def embedded(dataset: Dataset) -> Embeddings:
    """Return the built-in model's embeddings."""
    vectors, _ = embed(dataset, BUILTIN)
    return Embeddings(
        vectors=vectors,
        present=np.ones(dataset.n_samples, dtype=bool),
        model="builtin",
        model_sha256="0" * 64,
        preprocessing="",
    )


def figures(trial: Trial) -> str:
    """Return average precision, and precision and recall of the suspected labels."""
    found, false = trial.counts(trial.judgement.suspected)
    recall = found / trial.flipped.sum()
    return f"{trial.average_precision:.3f} | {found / (found + false):.3f} | {recall:.3f}"


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as made, threadpool_limits(1):
        dev = unpacked(said.data / "cifar10n-dev.tar", Path(made) / "dev")
        embeddings = embedded(dev)
        near, hashes = neighbors(embeddings, 1, silent), embedding_hashes(embeddings)
        same = copies(embeddings, hashes)
        n_classes = len(dev.class_names)
        print("| labels | found are | as printed: AP | P | R | in truth: AP | P | R |")
        print("| --- " * 8 + "|")
        for column in COLUMNS:
            labels = noisy_labels(dev, said.data / "cifar10n-dev-truth.parquet", column)
            wrong: NDArray[np.bool_] = labels != dev.labels
            probs = pred_probs(embeddings, near, same, labels, dev.class_names, hashes)
            started = perf_counter()
            trials = flip_trials(labels, n_classes, probs, 0, near, same, hashes)
            seconds = perf_counter() - started
            for kind, trial in trials.items():
                assert trial is not None
                right = np.where(trial.flipped | ~wrong, 1.0, 0.0)
                truly = figures(replace(trial, weights=right))
                print(f"| {column} ({seconds:.1f} s) | {kind} | {figures(trial)} | {truly} |")
            if wrong.any():
                people = Trial(wrong, np.ones(len(wrong)), judge(labels, n_classes, probs))
                print(f"| {column} | people's mistakes | | | | {figures(people)} |")


if __name__ == "__main__":
    main()
