"""From the label columns of a table to labels: one an item, several, numbers, or annotators'."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labelaudit.dataset import UNLABELLED, LabelStates, Task
from labelaudit.errors import some
from labelaudit.reading.cells import (
    Coded,
    as_text,
    encode,
    flat,
    in_order,
    is_list,
    recode,
)
from labelaudit.reading.class_columns import class_columns
from labelaudit.reading.columns import Roles
from labelaudit.reading.declared_states import check_minus_one, check_states
from labelaudit.reading.judgements import Judgements, judgements_table
from labelaudit.reading.label_sets import label_sets, parse_json_lists, split_cells
from labelaudit.reading.numbers import looks_like_numbers, read_targets
from labelaudit.reading.options import Options
from labelaudit.reading.rows import Problems, Rows

SEPARATORS = "|;"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Labels:
    """What label columns say; the fields but ``why`` are those of a `Dataset`."""

    task: Task
    class_names: tuple[str, ...]
    labels: NDArray[np.int32]
    label_states: LabelStates | None = None
    targets: NDArray[np.float64] | None = None
    annotations: pa.Table | None = None
    why: tuple[str, ...] = ()


def read_labels(
    rows: Rows,
    roles: Roles,
    options: Options,
    problems: Problems,
    judgements: Judgements | None = None,
) -> Labels:
    """Read the labels of a table.

    A target column holds numbers. Several label columns are one class each. One column has
    several labels a cell when its cells are lists, when all that are not blank are JSON lists,
    or when a separator is given; otherwise a cell is one label. A blank cell or null is
    unlabelled; an empty list is an item that was labelled with none of the classes.

    Parameters
    ----------
    rows
        The table.
    roles
        Its columns.
    options
        ``label_separator``, ``label_states`` and ``annotator_columns`` count.
    problems
        Takes what is wrong; the labels are then not to be used.
    judgements
        What annotators said, where not in one column each; its classes are the items', too.
    """
    if roles.target:
        return _numbers(rows, roles.target, options, problems)
    if not roles.labels:
        nothing = Coded((), unlabelled(rows.table.num_rows))
        return _one_label(nothing, roles, options, problems, judgements)
    if len(roles.labels) == 1:
        column = rows.table.column(roles.labels[0])
        if is_list(column.type):
            if options.label_separator:
                what = f"column {roles.labels[0]!r} holds lists, and needs no separator"
                problems.note(what, "leave out --label-separator")
            lists = flat(column)
        else:
            coded = encode(as_text(column, f"column {roles.labels[0]!r}", problems))
            found = _lists_in_text(coded, roles.labels[0], options, problems)
            if found is None:
                return _one_label(coded, roles, options, problems, judgements)
            lists = found
        return _label_lists(rows, lists, roles, options, problems)
    states = class_columns(rows, roles.labels, options.label_states, problems)
    _no_annotators(options, problems)
    return Labels(
        task="multilabel",
        class_names=roles.labels,
        labels=unlabelled(rows.table.num_rows),
        label_states=states,
        why=(f"several labels an item: one column for each of {len(roles.labels)} classes",),
    )


def unlabelled(n_samples: int) -> NDArray[np.int32]:
    """Return the column of items that have no single label."""
    return np.full(n_samples, UNLABELLED, dtype=np.int32)


def _lists_in_text(
    coded: Coded, column: str, options: Options, problems: Problems
) -> pa.LargeListArray | None:
    """Return the lists that text cells hold, or None when a cell is one label."""
    name = f"column {column!r}"
    if options.label_separator:
        states = options.label_states
        check_states(states, ("unlabelled", "negative", "positive"), problems)
        return split_cells(coded, options.label_separator, states, name, problems)
    if coded.values and all(value.lstrip().startswith("[") for value in coded.values):
        return parse_json_lists(coded, name, problems)
    if column.strip().casefold() == "labels":
        wrong = {value for value in coded.values if any(mark in value for mark in SEPARATORS)}
        problems.add(
            coded.rows(wrong),
            lambda row: f"{name}: {coded.text(row)} may be one label or several",
            "say --label-separator with the text between labels, "
            "or name the column 'label' when a cell is one label",
        )
    return None


def _label_lists(
    rows: Rows, lists: pa.LargeListArray, roles: Roles, options: Options, problems: Problems
) -> Labels:
    """Return the labels of cells that are lists."""
    (name,) = roles.labels
    _no_annotators(options, problems)
    states, class_names, repeated = label_sets(
        lists, f"column {name!r}", options.label_states, problems
    )
    why = [f"several labels an item: column {name!r} holds lists, {len(class_names)} classes"]
    if repeated:
        why.append(f"{repeated:,} labels stand twice in one list and count once")
    return Labels(
        task="multilabel",
        class_names=class_names,
        labels=unlabelled(rows.table.num_rows),
        label_states=states,
        why=tuple(why),
    )


def _no_annotators(options: Options, problems: Problems) -> None:
    """Note judgements that were asked for beside labels that are sets."""
    if options.annotator_columns:
        problems.note(
            "annotator columns are read only when an item has one label",
            "leave out --annotator-column",
        )
    if options.judgement_column:
        problems.note(
            "judgements are read only when an item has one label",
            "leave out --judgement-column",
        )


def _numbers(rows: Rows, column: str, options: Options, problems: Problems) -> Labels:
    """Return one number an item."""
    name = f"column {column!r}"
    targets = read_targets(rows.table.column(column), name, options.label_states, problems)
    known = targets[~np.isnan(targets)]
    span = f", from {known.min():g} to {known.max():g}" if len(known) else ""
    return Labels(
        task="regression",
        class_names=(),
        labels=unlabelled(len(targets)),
        targets=targets,
        why=(f"one number an item: {len(known):,} of {len(targets):,} have one{span}",),
    )


def _one_label(
    coded: Coded,
    roles: Roles,
    options: Options,
    problems: Problems,
    judgements: Judgements | None,
) -> Labels:
    """Return one label an item, and what each annotator said."""
    states = options.label_states
    check_states(states, ("unlabelled", "positive"), problems)
    columns = {f"column {name!r}": coded for name in roles.labels}
    for annotator in roles.annotators:
        name = f"column {annotator!r}"
        columns[name] = encode(as_text(problems.rows.table.column(annotator), name, problems))
    if judgements is not None:
        columns[judgements.name] = judgements.labels
    check_minus_one(columns, states, problems)
    found = {value for column in columns.values() for value in column.values}
    declared = () if judgements is None else judgements.class_names
    unlabelled_values = {value for value, state in states.items() if state == "unlabelled"}
    class_names = (*declared, *in_order(found - unlabelled_values - set(declared)))
    annotations = None if judgements is None else judgements.table(class_names)
    if roles.annotators:
        said = [recode(columns[f"column {name!r}"], class_names) for name in roles.annotators]
        annotations = judgements_table(said, roles.annotators)
    why = [f"one label an item, {len(class_names)} classes: {some(class_names)}"]
    if looks_like_numbers(class_names):
        why.append("the classes look like numbers: if they are, say --target-column")
    return Labels(
        task="multiclass",
        class_names=class_names,
        labels=recode(coded, class_names),
        annotations=annotations,
        why=tuple(why),
    )
