"""Time and memory of every measure, the neighbor graph given.

    python tests/benchmarks/measures.py [--items 50000] [--features 512] [--classes 100]

Made data of four tasks (one label an item, several, a number, one beside the judgements of
five annotators), with splits, groups, a metadata column, file facts, and a graph of 50 neighbors
drawn within the classes. Each measure runs in one process, one thread, after the other: what it
took of wall time without its inputs and of processor time with them, and how far memory rose above
what stood there before it. Inputs (probabilities, copies, panels) are made by the first measure
that asks and have rows of their own. Linux only.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from time import process_time

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from labelaudit.dataset import Dataset, LabelStates, Source, Task
from labelaudit.embeddings import Embeddings
from labelaudit.embeddings.content import Content
from labelaudit.embeddings.images.looks import LOOKS
from labelaudit.errors import MissingInputError
from labelaudit.inputs import Inputs
from labelaudit.inputs.neighbors import Neighbors
from labelaudit.inputs.pixels import N_PIXEL_SAMPLES, SIDE, Pixels
from labelaudit.inputs.predictions import Predictions
from labelaudit.measures import load_measures
from labelaudit.progress import silent

TASKS = ("multiclass", "multilabel", "regression", "annotators")
N_NEAREST = 50
MIB = 2**20


@dataclass(frozen=True)
class Made:
    """What the tasks share."""

    truth: NDArray[np.int32]
    vectors: NDArray[np.float16]
    neighbors: Neighbors


def made(n: int, n_features: int, n_classes: int) -> Made:
    """Return classes apart by some noise, and neighbors drawn from each item's class."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, n_classes, n, dtype=np.int32)
    centers = rng.normal(size=(n_classes, n_features)).astype(np.float32)
    vectors = np.empty((n, n_features), dtype=np.float16)
    indices = np.empty((n, N_NEAREST), dtype=np.int32)
    by_class = np.argsort(truth, kind="stable").astype(np.int32)
    starts = np.searchsorted(truth[by_class], np.arange(n_classes + 1))
    for rows in (slice(at, at + 4096) for at in range(0, n, 4096)):
        own = truth[rows]
        noise = rng.normal(scale=3, size=(len(own), n_features))
        vectors[rows] = centers[own] + noise
        first, size = starts[own][:, None], (starts[own + 1] - starts[own])[:, None]
        near = first + rng.integers(0, 2**31, (len(own), N_NEAREST)) % size
        indices[rows] = by_class[near]
    own_row = np.arange(n, dtype=np.int32)[:, None]
    indices = np.where(indices == own_row, (own_row + 1) % n, indices)
    similarities = np.linspace(0.9, 0.5, N_NEAREST, dtype=np.float32)
    return Made(
        truth, vectors, Neighbors(indices=indices, similarities=np.tile(similarities, (n, 1)))
    )


def dataset_of(task: str, base: Made, n_classes: int) -> Dataset:
    """Return the dataset of one of the tasks, 3 % of its labels changed."""
    n, rng = len(base.truth), np.random.default_rng(1)
    changed = rng.random(n) < 0.03
    labels = np.where(changed, (base.truth + 1) % n_classes, base.truth).astype(np.int32)
    own: dict[str, object] = {"labels": labels}
    kind: Task = "multiclass"
    none = np.full(n, -1, dtype=np.int32)
    if task == "multilabel":
        kind, own = "multilabel", {"labels": none, "label_states": _sets(labels, n_classes, rng)}
    elif task == "regression":
        kind, own = "regression", {"labels": none, "targets": np.round(rng.gamma(3, 10, n), 1)}
    elif task == "annotators":
        own["annotations"] = _judgements(labels, n_classes, rng)
    return Dataset(
        name="made",
        task=kind,
        class_names=() if kind == "regression" else tuple(f"class {at}" for at in range(n_classes)),
        paths=pa.array([f"{at}.png" for at in range(n)], pa.large_string()),
        split_names=("train", "test"),
        splits=(rng.random(n) < 0.2).astype(np.int32),
        groups=np.arange(n, dtype=np.int32) // 4,
        metadata=pa.table({"site": [f"site {at}" for at in rng.integers(0, 12, n).tolist()]}),
        media=None,
        source=Source(format="made", why=(), found=n),
        **own,  # type: ignore[arg-type]
    )


def _sets(labels: NDArray[np.int32], n_classes: int, rng: np.random.Generator) -> LabelStates:
    """Return two labels for a third of the items, one for the others."""
    second = (labels + rng.integers(1, n_classes, len(labels))) % n_classes
    both = np.sort(np.stack([labels, second], axis=1), axis=1).astype(np.int32)
    has_two = rng.random(len(labels)) < 1 / 3
    kept = np.stack([np.ones(len(labels), dtype=bool), has_two], axis=1)
    indices = np.where(has_two[:, None], both, labels[:, None])[kept]
    return LabelStates(
        indptr=np.concatenate([[0], np.cumsum(kept.sum(axis=1))]),
        indices=indices,
        states=np.ones(len(indices), dtype=np.int8),
        labelled=np.ones(len(labels), dtype=bool),
    )


def _judgements(labels: NDArray[np.int32], n_classes: int, rng: np.random.Generator) -> pa.Table:
    """Return five judgements an item by 40 annotators, one in five of them wrong."""
    n = len(labels)
    items = np.repeat(np.arange(n), 5)
    wrong = rng.random(5 * n) < 0.2
    said = np.where(wrong, rng.integers(0, n_classes, 5 * n), np.repeat(labels, 5))
    names = pa.array([f"ann {at}" for at in range(40)])
    who = (np.repeat(rng.integers(0, 8, n), 5) * 5 + np.tile(np.arange(5), n)) % 40
    return pa.table(
        {"item": items, "annotator": names.take(pa.array(who)), "label": said.astype(np.int32)}
    )


def inputs_of(dataset: Dataset, base: Made) -> Inputs:
    """Return the inputs of the measures, file facts and pixels among them."""
    n, rng = dataset.n_samples, np.random.default_rng(2)
    drawn = np.sort(rng.permutation(n)[:N_PIXEL_SAMPLES])
    values = rng.random((len(drawn), 3 * SIDE * SIDE), dtype=np.float32)
    return Inputs(
        {
            "dataset": dataset,
            "content": content_of(n, rng),
            "embeddings": Embeddings(
                vectors=base.vectors,
                present=np.ones(n, dtype=bool),
                model="made",
                model_sha256="",
                preprocessing="",
            ),
            "neighbors": base.neighbors,
            "pixels": Pixels(items=drawn, values=values, space="made", n_candidates=n),
            "predictions": _predictions(dataset, base),
            "verdict_file": MissingInputError("no person judged any label"),
            "random_state": 0,
            "label_filter": "adaptive",
            "n_threads": 1,
            "progress": silent,
        }
    )


def _predictions(dataset: Dataset, base: Made) -> Predictions | MissingInputError:
    """Return two models that are right of nine in ten items."""
    if dataset.task != "multiclass":
        return MissingInputError("no predictions were given")
    rng, n_classes = np.random.default_rng(3), len(dataset.class_names)
    wrong = rng.random((2, dataset.n_samples)) < [[0.10], [0.12]]
    other = rng.integers(0, n_classes, wrong.shape, dtype=np.int32)
    return Predictions(
        models=("a", "b"), classes=np.where(wrong, other, base.truth), sources=("made", "made")
    )


def content_of(n: int, rng: np.random.Generator) -> Content:
    """Return facts of files, all of them different; what is not named here is 0."""
    digests = rng.integers(0, 256, (n, 32), dtype=np.uint8)
    known = {
        "digests": digests,
        "status": np.zeros(n, dtype=np.uint8),
        "oddities": np.zeros(n, dtype=np.uint16),
        "sizes": np.full((n, 2), 64, dtype=np.int32),
        "signatures": np.tile(digests, (1, 8)),
        "reasons": {},
        "n_bytes": rng.integers(500, 5000, n),
        "looks": _looks(n, rng),
    }
    missing = {field.name for field in fields(Content)} - set(known)
    assert not missing, f"make {', '.join(sorted(missing))} of the files up, too"
    return Content(**known)  # type: ignore[arg-type]


def _looks(n: int, rng: np.random.Generator) -> NDArray[np.void]:
    looks = np.zeros(n, dtype=LOOKS)
    for name in LOOKS.names or ():
        looks[name] = rng.random(looks[name].shape, dtype=np.float32)
    return looks


@dataclass(frozen=True)
class Cost:
    """What a measure took, in seconds and bytes, or why it was not measured."""

    name: str
    wall: float
    cpu: float
    rise: int
    peak: int
    said: str


def costs(inputs: Inputs) -> Iterator[Cost]:
    """Run every measure, and yield what it took."""
    for name, measure in load_measures().items():
        _forget_peak()
        before, cpu = _memory("VmRSS"), process_time()
        try:
            inputs.timed(name, lambda measure=measure: inputs.call(measure))  # type: ignore[misc]
            said = ""
        except MissingInputError as error:
            said = error.message
        took, peak = process_time() - cpu, _memory("VmHWM")
        yield Cost(name, inputs.seconds[name], took, peak - before, peak, said)


def _forget_peak() -> None:
    """Have the kernel count the peak of memory from now on."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _memory(field: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(field))


def show(task: str, base: Made, n_classes: int) -> None:
    """Print the table of one task."""
    inputs = inputs_of(dataset_of(task, base, n_classes), base)
    table = Table("measure", "s", "s of CPU, inputs too", "MiB above", "not measured", title=task)
    with threadpool_limits(1):
        found = list(costs(inputs))
    for cost in found:
        rise = f"{max(cost.rise, 0) / MIB:.0f}"
        table.add_row(cost.name, f"{cost.wall:.2f}", f"{cost.cpu:.2f}", rise, cost.said[:60])
    names = {cost.name for cost in found}
    for name, seconds in inputs.seconds.items():
        if name not in names and seconds >= 0.01:
            table.add_row(f"  input {name}", f"{seconds:.2f}", "", "", "")
    Console(width=140).print(table)
    total, peak = sum(cost.cpu for cost in found), max(cost.peak for cost in found)
    print(f"{task}: {total:.1f} s of CPU in all; memory {peak / MIB:.0f} MiB at most\n")


def main() -> None:
    """Print one table a task, and what all its measures took together."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=50_000)
    parser.add_argument("--features", type=int, default=512)
    parser.add_argument("--classes", type=int, default=100)
    parser.add_argument("--only", choices=TASKS)
    wanted = parser.parse_args()
    if wanted.only is None:  # a process each, so that memory is of one task
        for task in TASKS:
            subprocess.run([sys.executable, *sys.argv, "--only", task], check=True)
        return
    show(wanted.only, made(wanted.items, wanted.features, wanted.classes), wanted.classes)


if __name__ == "__main__":
    main()
