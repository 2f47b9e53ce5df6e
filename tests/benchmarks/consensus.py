"""Which consensus of annotators is right, and how well it finds wrong labels.

Run ``python tests/benchmarks/consensus.py DATA`` where ``DATA`` has ``cifar10n-dev.tar`` and
``cifar10n-dev-truth.parquet``: 10,000 images, each judged by three of many people, who fill three
columns that count as annotators here. Truth is the clean label of CIFAR-10.

The classifier of CROWDLAB is what a scan makes of the built-in model's embeddings and of the
labels that the manifest is said to have: the aggregate of the three, their worst, the first's.
AP is the average precision with which the ranking of the consensus finds labels of the manifest
that are wrong, beside that of the label margin, which knows no annotators. Nothing was chosen
on these figures. The time is that of the measure alone, probabilities given.
"""

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np
import pyarrow as pa
from embeddings import embed, noisy_labels, unpacked
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from labelaudit.dataset import Dataset
from labelaudit.embeddings.builtin import BUILTIN
from labelaudit.inputs.annotator_panel import annotator_panel
from labelaudit.inputs.item_consensus import item_consensus
from labelaudit.inputs.judgements import judgements as judgements_of
from labelaudit.measures.annotators.annotator_consensus import annotator_consensus
from labelaudit.scan import Scan, ScanOptions, scan
from labelaudit.statistics.votes import count_votes

N_ANNOTATORS = 3
COLUMNS = ("aggregate_label", "worst_label", "annotator_1")


def judgements(columns: list[NDArray[np.int32]]) -> pa.Table:
    """Return one row a judgement, item by item."""
    n_items = len(columns[0])
    return pa.table(
        {
            "item": np.repeat(np.arange(n_items), len(columns)),
            "annotator": np.tile([f"annotator_{at + 1}" for at in range(len(columns))], n_items),
            "label": np.stack(columns, axis=1).ravel().astype(np.int32),
        }
    )


def majority_accuracy(columns: list[NDArray[np.int32]], truth: NDArray[np.int32]) -> float:
    """Return the accuracy of the majority, a tie being broken by a coin."""
    n_items = len(truth)
    items = np.tile(np.arange(n_items), len(columns))
    who = np.repeat(np.arange(len(columns)), n_items)
    votes = count_votes(items, who, np.concatenate(columns), n_items, int(truth.max()) + 1)
    counts = votes.by_class.toarray()
    top = counts == counts.max(axis=1, keepdims=True)
    return float((top[np.arange(n_items), truth] / top.sum(axis=1)).mean())


def consensus_accuracy(found: Scan, truth: NDArray[np.int32], names: tuple[str, ...]) -> float:
    """Return the accuracy of the consensus that a scan wrote."""
    said = found.items["consensus_label"].to_pylist()
    return float(
        np.mean([names.index(name) == true for name, true in zip(said, truth, strict=True)])
    )


def average_precisions(
    found: Scan, wrong: NDArray[np.bool_], dataset: Dataset
) -> tuple[float, float]:
    """Return the AP of the ranking of the consensus, and of the label margin."""
    findings = found.issues.filter(pa.compute.equal(found.issues["rule"], "consensus_differs"))
    row_of = {path: row for row, path in enumerate(dataset.paths.to_pylist())}
    rows = [row_of[path] for path in findings["path"].to_pylist()]
    doubt = np.full(len(wrong), -1.0)
    doubt[rows] = -findings["score"].to_numpy()
    margin = found.items["label_margin"].to_numpy(zero_copy_only=False)
    return average_precision_score(wrong, doubt), average_precision_score(wrong, -margin)


def main() -> None:
    """Print a row a consensus."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        dev = unpacked(said.data / "cifar10n-dev.tar", folder / "dev")
        truth_file = said.data / "cifar10n-dev-truth.parquet"
        people = [
            noisy_labels(dev, truth_file, f"annotator_{at + 1}") for at in range(N_ANNOTATORS)
        ]
        vectors, _ = embed(dev, BUILTIN)
        np.save(folder / "embeddings.npy", vectors)
        print("| consensus | accuracy | AP of wrong labels | AP of the label margin |")
        print("| --- | --- | --- | --- |")
        print(f"| majority, ties by a coin | {majority_accuracy(people, dev.labels):.4f} | | |")
        annotations = judgements(people)
        labelled = np.ones(dev.n_samples, dtype=bool)
        started = perf_counter()
        panel = annotator_panel(judgements_of(annotations), dev.class_names)
        found = item_consensus(panel, labelled, people[0])
        alone = annotator_consensus(found, dev.class_names, labelled)
        seconds = perf_counter() - started
        right = float((alone.columns["consensus_label"] == dev.labels).mean())
        print(f"| Dawid-Skene ({seconds:.2f} s) | {right:.4f} | | |")
        for column in COLUMNS:
            noisy = noisy_labels(dev, truth_file, column)
            dataset = replace(dev, labels=noisy, annotations=annotations, media=None)
            scanned = scan(dataset, ScanOptions(embeddings=folder / "embeddings.npy"))
            right = consensus_accuracy(scanned, dev.labels, dev.class_names)
            ap, of_margin = average_precisions(scanned, noisy != dev.labels, dev)
            name = f"CROWDLAB, manifest: {column} ({(noisy == dev.labels).mean():.4f} right)"
            print(f"| {name} | {right:.4f} | {ap:.3f} | {of_margin:.3f} |", flush=True)


if __name__ == "__main__":
    main()
