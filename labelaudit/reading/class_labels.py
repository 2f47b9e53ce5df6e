"""Hugging Face's ClassLabel: classes that a Parquet file declares in its schema."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from labelaudit.errors import InputError, some
from labelaudit.reading.cells import flat, in_order, is_list, is_text
from labelaudit.reading.columns import Roles
from labelaudit.reading.judgements import Judgements, judgements_table
from labelaudit.reading.label_sets import positive_states
from labelaudit.reading.labels import Labels, unlabelled
from labelaudit.reading.options import Options
from labelaudit.reading.rows import Problems

NO_LABEL = -1  # what the format itself writes for an item without a label
ClassLabels = dict[str, tuple[str, ...]]


def class_labels(schema: pa.Schema, path: Path) -> ClassLabels:
    """Return the class names of the columns that are ClassLabels, or lists of them.

    Raises
    ------
    InputError
        When the schema's ``huggingface`` metadata cannot be understood.
    """
    text = (schema.metadata or {}).get(b"huggingface")
    if text is None:
        return {}
    try:
        features = json.loads(text)["info"]["features"]
        found = {str(name): _names(feature) for name, feature in features.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(
            f"{path}: the huggingface metadata of the schema is damaged; {error!r}",
            hint="write the file again with the datasets library",
        ) from None
    return {name: names for name, names in found.items() if names and name in schema.names}


def _names(feature: object) -> tuple[str, ...]:
    """Return the class names of a feature; empty when it is no ClassLabel."""
    while True:
        if isinstance(feature, list) and len(feature) == 1:
            (feature,) = feature
        elif isinstance(feature, dict) and feature.get("_type") in {
            "Sequence",
            "List",
            "LargeList",
        }:
            feature = feature.get("feature")
        else:
            break
    if not isinstance(feature, dict) or feature.get("_type") != "ClassLabel":
        return ()
    names = feature.get("names") or []
    if not isinstance(names, list) or len(set(map(str, names))) < len(names):
        raise ValueError("the names of a ClassLabel are no list of different names")
    return tuple(map(str, names))


def declared_labels(
    roles: Roles,
    declared: ClassLabels,
    options: Options,
    problems: Problems,
    judgements: Judgements | None = None,
) -> Labels | None:
    """Return labels by the declared classes; None when the label column declares none.

    A class that only annotators used comes after those that are declared.
    """
    if roles.target in declared:
        problems.note(
            f"column {roles.target!r} declares classes, and holds their numbers",
            "name it with --label-column, or another column with --target-column",
        )
    if len(roles.labels) != 1 or roles.labels[0] not in declared:
        return None
    (name,) = roles.labels
    names = declared[name]
    if options.label_separator or set(options.label_states.items()) - {("-1", "unlabelled")}:
        problems.note(
            f"column {name!r} declares its own classes, and -1 as unlabelled",
            "leave out --label-separator and --label-states",
        )
    cells = flat(problems.rows.table.column(name))
    why = f"{len(names)} classes declared by the file: {some(names)}"
    if is_list(cells.type):
        if judgements is not None:
            what = "judgements are read only when an item has one label"
            problems.note(what, "leave out --judgement-column")
        return _sets(cells, name, names, problems, f"several labels an item: {why}")
    different = [a for a in roles.annotators if declared.get(a) != names]
    if different:
        problems.note(
            f"columns {some(map(repr, different))} do not declare the classes of {name!r}",
            "declare them as the same ClassLabel",
        )
    said = [
        _codes(flat(problems.rows.table.column(column)), column, names, problems)
        for column in roles.annotators
        if column not in different
    ]
    annotations = judgements_table(said, roles.annotators) if said else None
    class_names = names
    if judgements is not None:
        class_names += in_order(set(judgements.labels.values) - set(names))
        annotations = judgements.table(class_names)
    return Labels(
        task="multiclass",
        class_names=class_names,
        labels=_codes(cells, name, names, problems),
        annotations=annotations,
        why=(f"one label an item: {why}",),
    )


def _sets(
    lists: pa.LargeListArray, name: str, names: tuple[str, ...], problems: Problems, why: str
) -> Labels:
    """Return the labels of lists of class numbers."""
    lengths = pc.list_value_length(lists).fill_null(0).to_numpy(zero_copy_only=False)
    rows = np.repeat(np.arange(len(lists)), lengths)
    codes = _codes(pc.list_flatten(lists), name, names, problems, rows)
    problems.add(
        np.unique(rows[codes < 0]),
        lambda _: f"column {name!r}: a label in the list is missing",
        "leave missing labels out of the lists",
    )
    labelled = pc.is_valid(lists).to_numpy(zero_copy_only=False)
    states, repeated = positive_states(rows, codes, labelled, len(names))
    more = f"{repeated:,} labels stand twice in one list and count once"
    return Labels(
        task="multilabel",
        class_names=names,
        labels=unlabelled(len(lists)),
        label_states=states,
        why=(why, more) if repeated else (why,),
    )


def _codes(
    cells: pa.Array,
    name: str,
    names: tuple[str, ...],
    problems: Problems,
    at: NDArray[np.int64] | None = None,
) -> NDArray[np.int32]:
    """Return class numbers, ``-1`` for none; note those that are no class."""
    if not (pa.types.is_integer(cells.type) or pa.types.is_null(cells.type)):
        what = "text" if is_text(cells.type) else cells.type
        problems.note(
            f"column {name!r} declares classes and holds {what}, not their numbers",
            "write the file again with the datasets library",
        )
        return unlabelled(len(cells))
    numbers = cells.cast(pa.int64()).fill_null(NO_LABEL).to_numpy(zero_copy_only=False)
    wrong = (numbers < NO_LABEL) | (numbers >= len(names))
    rows = np.flatnonzero(wrong) if at is None else np.unique(at[wrong])
    problems.add(
        rows,
        lambda _: f"column {name!r}: a number that is none of the {len(names)} declared classes",
        "write the file again with all its classes declared",
    )
    codes: NDArray[np.int32] = np.where(wrong, NO_LABEL, numbers).astype(np.int32)
    return codes
