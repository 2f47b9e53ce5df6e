"""The classes of a dataset under other numbers: more of them, or from the lowest to the highest."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from labelaudit.dataset import UNLABELLED, Dataset
from labelaudit.errors import InputError, some


def with_classes(dataset: Dataset, class_names: Sequence[str]) -> Dataset:
    """Return a dataset with one label an item and other classes, which include its own."""
    position = {name: code for code, name in enumerate(class_names)}
    codes = [*(position[name] for name in dataset.class_names), UNLABELLED]
    to = np.array(codes, dtype=np.int32)
    annotations = dataset.annotations
    if annotations is not None:
        at = annotations.column_names.index("label")
        labels = pa.array(to[annotations["label"].to_numpy()], type=pa.int32())
        annotations = annotations.set_column(at, "label", labels)
    return replace(
        dataset,
        class_names=tuple(class_names),
        labels=to[dataset.labels],
        annotations=annotations,
    )


def in_class_order(dataset: Dataset, order: Sequence[str]) -> Dataset:
    """Return a dataset whose classes have an order, from the lowest to the highest.

    A class of the order that no item has is declared all the same.

    Raises
    ------
    InputError
        When items have several labels or numbers, or the order lacks a class.
    """
    where = f"--class-order {','.join(order)}"
    if dataset.task != "multiclass":
        kind = "several labels" if dataset.task == "multilabel" else "numbers for labels"
        raise InputError(
            f"{where}: the items have {kind}, and only single labels are in an order",
            hint="leave out --class-order",
        )
    twice = sorted({name for name in order if order.count(name) > 1})
    missing = [name for name in dataset.class_names if name not in order]
    if twice or missing:
        what = [f"{name!r} stands in it twice" for name in twice]
        what += [f"the class {name!r} is not in it" for name in missing]
        raise InputError(
            f"{where}: {len(what):,} of {len(dataset.class_names):,} classes do not fit",
            details=what,
            hint="name every class once, from the lowest to the highest",
        )
    why = f"the classes are in order: {some(order)}"
    source = replace(dataset.source, why=(*dataset.source.why, why))
    return replace(with_classes(dataset, order), ordered=True, source=source)
