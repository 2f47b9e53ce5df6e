"""How many labels the images of ImageNet have, as people judged (ReaL), beside published counts.

Run ``python tests/benchmarks/real_labels.py real.json [ORIGINAL]``. ``real.json`` is in the
repository google-research/reassessed-imagenet: a list of 50,000 lists of class numbers, one an
image of the validation set, in order. ``ORIGINAL`` holds the label that each image had: an
``.npy`` file, or a text file of one class number a line (``imagenet_val_set_original_labels.npy``
in cleanlab/label-errors). Without it, only what the new labels alone say is checked.

Numbers of labels and shares are those that labelaudit's measures and statistics give. Exit code 1
when one is off.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy.sparse import csr_array

from labelaudit.dataset import LabelStates
from labelaudit.measures.multi_label.multi_label import multi_label
from labelaudit.statistics.imbalance import imbalance_statistics

N_CLASSES = 1000
IMAGES_BY_COUNT = (3163, 39394, 5408, 1319, 411, 161, 88, 41, 13, 2)
Check = tuple[str, float, float, float]


def label_checks(label_sets: list[list[int]]) -> Iterator[Check]:
    """Yield quantity, found, published and tolerance of what the label sets alone say."""
    lengths = np.array([len(labels) for labels in label_sets])
    matrix = matrix_of(label_sets)
    found = multi_label(
        matrix,
        LabelStates(
            indptr=matrix.indptr.astype(np.int64),
            indices=matrix.indices.astype(np.int32),
            states=np.ones(matrix.nnz, dtype=np.int8),
            labelled=np.ones(len(label_sets), dtype=bool),
        ),
        tuple(map(str, range(N_CLASSES))),
    )
    values = {value.name: value.value or 0 for value in found.values}
    for count, images in enumerate(IMAGES_BY_COUNT):
        yield f"images with {count} labels", int((lengths == count).sum()), images, 0
    yield "labels", int(lengths.sum()), 57_553, 0
    yield "labels an image", values["cardinality"], 1.15106, 5e-6
    filled = lengths > 0
    yield "images with a label", int(filled.sum()), 46_837, 0
    yield "labels an image that has one", float(lengths[filled].mean()), 1.22879, 5e-6
    yield "two or more, of those with one", float((lengths[filled] > 1).mean()), 0.1589, 5e-5
    yield "images without a label", values["no_label_share"], 0.0633, 5e-5
    statistics = imbalance_statistics(np.bincount(matrix.indices, minlength=N_CLASSES))
    for name, published in (("imbalance_ratio", 23.076923), ("evenness", 0.991021)):
        yield name.replace("_", " "), statistics[name] or 0, published, 1e-6
    counts = np.bincount(matrix.indices, minlength=N_CLASSES)
    yield "images of the rarest class", int(counts.min()), 13, 0
    yield "images of the most common class", int(counts.max()), 300, 0


def original_checks(label_sets: list[list[int]], original: NDArray[np.int64]) -> Iterator[Check]:
    """Yield what the new labels say of those that the images had."""
    lengths = np.array([len(labels) for labels in label_sets])
    inside = np.array(
        [label in labels for label, labels in zip(original.tolist(), label_sets, strict=True)]
    )
    filled, several = lengths > 0, lengths > 1
    yield "the original is among them, of those with one", inside[filled].mean(), 0.9002, 5e-5
    yield "the original is among them, of all", inside.mean(), 0.8433, 5e-5
    yield "one label, the original", (inside & (lengths == 1)).mean(), 0.7143, 5e-5
    yield "one label, another", (~inside & (lengths == 1)).mean(), 0.0736, 5e-5
    yield "several, the original among them", (inside & several).mean(), 0.1290, 5e-5
    yield "several, and not the original", (~inside & several).mean(), 0.0199, 5e-5
    by_class = np.bincount(original, several, N_CLASSES) / np.bincount(
        original, minlength=N_CLASSES
    )
    yield "several, median over classes", float(np.median(by_class)), 0.10, 5e-3
    yield "several, most over classes", float(by_class.max()), 0.96, 5e-3
    yield "the class with most", int(by_class.argmax()), 836, 0
    yield "classes of which half have several", int((by_class >= 0.5).sum()), 39, 0


def matrix_of(label_sets: list[list[int]]) -> csr_array:
    """Return label sets as a boolean matrix."""
    ends = np.cumsum([0, *map(len, label_sets)])
    columns = np.array([label for labels in label_sets for label in sorted(labels)], dtype=np.int32)
    ones = np.ones(len(columns), dtype=bool)
    return csr_array((ones, columns, ends), shape=(len(label_sets), N_CLASSES))


def main(arguments: list[str]) -> int:
    """Print every check; return 1 when one is off, 2 without the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("real", type=Path)
    parser.add_argument("original", type=Path, nargs="?")
    given = parser.parse_args(arguments)
    for file in filter(None, (given.real, given.original)):
        if not file.is_file():
            print(
                f"{file}: no file is there; the top of {Path(__file__).name} says where it is from"
            )
            return 2
    label_sets = json.loads(given.real.read_text(encoding="utf-8"))
    checks = list(label_checks(label_sets))
    if given.original is not None:
        is_array = given.original.suffix == ".npy"
        original = np.load(given.original) if is_array else np.loadtxt(given.original, dtype=int)
        checks += original_checks(label_sets, original.astype(np.int64))
    table = Table("quantity", "found", "published", "")
    n_off = 0
    for quantity, found, published, tolerance in checks:
        off = not abs(found - published) <= tolerance
        table.add_row(quantity, f"{found:.9g}", f"{published:.9g}", "OFF" if off else "equal")
        n_off += off
    Console().print(table)
    return int(n_off > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
