"""The classes of two datasets side by side: which they share, and how alike the others are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.dataset import Dataset, State
from labelaudit.errors import InputError
from labelaudit.report import MeasureResult, Value
from labelaudit.statistics.familiarity import clipped_cosines, familiarity, overlap, plain_name
from labelaudit.tabulate import Specification, exact_values, ranked_table

OVERLAP: Final[tuple[Specification, ...]] = (
    ("shared_classes_count", "Classes of one name in both", "count", "neither"),
    ("test_classes_share", "Test classes that are train classes", "share", "higher"),
    ("train_classes_share", "Train classes that are test classes", "share", "neither"),
    ("jaccard_share", "Shared names, of all names", "share", "neither"),
    ("test_labels_share", "Test labels of a class that is a train class", "share", "higher"),
)
WITHOUT: Final = "not measured: name a text model with --model, or vectors with --label-embeddings"
CONDITION: Final = "it is of these class names and this model, all of which were counted"


@dataclass(frozen=True, slots=True, eq=False)
class NameVectors:
    """A vector for the name of each class, and where they come from."""

    of: Mapping[str, NDArray[np.floating]]
    source: str


def class_counts(dataset: Dataset) -> dict[str, int]:
    """Return how many labels each class has that has any.

    Raises
    ------
    InputError
        When the labels are numbers, or there are none.
    """
    codes = dataset.labels[dataset.labels >= 0]
    if dataset.label_states is not None:
        codes = dataset.label_states.indices[dataset.label_states.states == State.POSITIVE]
    counts = np.bincount(codes, minlength=len(dataset.class_names)).tolist()
    found = {name: n for name, n in zip(dataset.class_names, counts, strict=True) if n}
    if not found:
        raise InputError(
            f"{dataset.name}: no item has a class",
            hint="class names are compared: name the column of labels with --label-column",
        )
    return found


def compared(
    train: Mapping[str, int],
    test: Mapping[str, int],
    vectors: NameVectors | None,
    mentions: int,
) -> MeasureResult:
    """Compare two vocabularies by their names, and by what these mean.

    Parameters
    ----------
    train, test
        Labels of each class.
    vectors
        A vector for the name of each class; None where nothing says what they mean.
    mentions
        Train labels that a test label is held against.
    """
    plain_train, plain_test = (_plain(counts) for counts in (train, test))
    shared = overlap(plain_train, plain_test)
    numbers = {
        "shared_classes_count": len(shared.shared),
        "test_classes_share": shared.test_classes,
        "train_classes_share": shared.train_classes,
        "jaccard_share": shared.jaccard,
        "test_labels_share": shared.test_items,
    }
    labels = sorted(test, key=lambda name: (-test[name], name))
    columns: list[tuple[str, str, Sequence[str] | NDArray[np.generic]]] = [
        ("test_label", "", labels),
        ("labels", "count", np.array([test[name] for name in labels])),
        ("train_labels", "count", np.array([plain_train[plain_name(n)] for n in labels])),
    ]
    value = Value(
        name="familiarity_share",
        title="Familiarity, mean over the test classes",
        value=None,
        better="higher",
        note=WITHOUT,
    )
    order = np.arange(len(labels))
    if vectors is not None:
        known = list(train)
        similar = clipped_cosines(
            np.stack([vectors.of[name] for name in labels]),
            np.stack([vectors.of[name] for name in known]),
        )
        each = familiarity(similar, np.array([train[name] for name in known]), mentions)
        nearest = similar.argmax(axis=1)
        columns += [
            ("nearest_train_label", "", [known[at] for at in nearest.tolist()]),
            ("similarity", "", similar.max(axis=1)),
            ("familiarity", "", each),
        ]
        order = np.argsort(each, kind="stable")
        value = Value(
            name=value.name,
            title=value.title,
            value=float(each.mean()),
            better="higher",
            no_interval=CONDITION,
        )
    return MeasureResult(
        name="familiarity",
        family="integrity",
        title="Label vocabulary",
        summary="How much of a test set's labels a training set has, by name and by meaning.",
        status="measured",
        values=(*exact_values(OVERLAP, numbers, {}), value),
        tables=(
            ranked_table("test_labels", "Test labels, the least familiar first", columns, order),
        ),
        parameters={
            "vectors": "none" if vectors is None else vectors.source,
            "mentions": min(mentions, sum(train.values())),
            "weighting": "zipf",
        },
    )


def _plain(counts: Mapping[str, int]) -> Counter[str]:
    """Return the counts of names that are compared as equal together."""
    found: Counter[str] = Counter()
    for name, count in counts.items():
        found[plain_name(name)] += count
    return found
