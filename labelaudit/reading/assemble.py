"""From the rows of a manifest and the roles of its columns to a dataset."""

from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from labelaudit.dataset import Dataset, Media, Modality, Source
from labelaudit.errors import InputError, some
from labelaudit.reading.cells import as_text, blank, encode
from labelaudit.reading.class_labels import ClassLabels, declared_labels
from labelaudit.reading.columns import Roles
from labelaudit.reading.folders import encode_splits
from labelaudit.reading.judgement_lists import list_judgements
from labelaudit.reading.judgements import Judgements, note_repeated, row_judgements
from labelaudit.reading.labels import Labels, read_labels
from labelaudit.reading.numbers import read_metadata
from labelaudit.reading.one_item import number_items, one_item_a_path
from labelaudit.reading.options import Options
from labelaudit.reading.rows import Problems, Rows


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Items:
    """What a reader knows of the items beside the columns that all tables share.

    Attributes
    ----------
    name, paths, media, modality, source
        As in a `Dataset`.
    splits
        Split of each item where no column says it; or None.
    splits_from
        Where these come from, in words.
    labels
        The labels when the format has no columns; or None.
    declared
        Classes that the format declares, by the column that holds their numbers.
    """

    name: str
    paths: pa.LargeStringArray
    media: Media | None
    modality: Modality = "image"
    source: Source
    splits: pa.LargeStringArray | None = None
    splits_from: str = ""
    labels: Labels | None = None
    declared: ClassLabels = field(default_factory=dict)


def to_dataset(items: Items, roles: Roles, options: Options, problems: Problems) -> Dataset:
    """Return the dataset of some items and the columns that go with them.

    Raises
    ------
    InputError
        With all problems, those that were noted before included.
    """
    rows = problems.rows
    labels = items.labels or _labels(items, roles, options, problems)
    names, splits_from = items.splits, items.splits_from
    if roles.split:
        splits_from = f"column {roles.split!r}"
        names = as_text(rows.table.column(roles.split), splits_from, problems)
    groups = None
    if roles.group:
        column = rows.table.column(roles.group)
        groups = encode(as_text(column, f"column {roles.group!r}", problems)).codes
    split_names, splits = encode_splits(pa.nulls(len(items.paths)) if names is None else names)
    why = [*items.source.why, *roles.why, *labels.why]
    why.append(f"splits: {splits_from}: {some(split_names)}" if split_names else "no splits")
    dataset = Dataset(
        name=items.name,
        task=labels.task,
        class_names=labels.class_names,
        paths=items.paths,
        labels=labels.labels,
        label_states=labels.label_states,
        targets=labels.targets,
        split_names=split_names,
        splits=splits,
        groups=groups,
        lines=rows.lines(),
        annotations=labels.annotations,
        metadata=read_metadata(rows, roles.metadata, problems),
        media=items.media,
        modality=items.modality,
        source=replace(items.source, why=tuple(why)),
    )
    if roles.annotator:
        dataset = one_item_a_path(dataset, roles, problems)
    problems.check()
    return dataset


def _labels(items: Items, roles: Roles, options: Options, problems: Problems) -> Labels:
    """Return the labels, and the judgements that are not in one column an annotator."""
    judgements = None
    if roles.judgement:
        judgements = _judgements(roles, items.declared, problems)
        each = number_items(items.paths) if roles.annotator else np.arange(len(items.paths))
        note_repeated(judgements, each[judgements.rows], problems)
    declared = declared_labels(roles, items.declared, options, problems, judgements)
    return declared or read_labels(problems.rows, roles, options, problems, judgements)


def _judgements(roles: Roles, declared: ClassLabels, problems: Problems) -> Judgements:
    """Return the judgements of one column."""
    class_names = declared.get(roles.judgement, ())
    if roles.annotator:
        return row_judgements(
            problems.rows, roles.judgement, roles.annotator, class_names, problems
        )
    column = problems.rows.table.column(roles.judgement)
    return list_judgements(column, f"column {roles.judgement!r}", class_names, problems)


def check_rows(rows: Rows, of: str = "an item") -> None:
    """Raise `InputError` when a table has columns and no rows; each is one of something."""
    if not rows.table.num_rows:
        raise InputError(
            f"{rows.where}: there are no rows below the columns {some(rows.names)}",
            hint=f"write one row {of}",
        )


def identifiers(column: pa.ChunkedArray, name: str, problems: Problems) -> pa.LargeStringArray:
    """Return the identifiers of items that are no files."""
    texts = as_text(column, f"column {name!r}", problems)
    problems.add(
        np.flatnonzero(blank(texts)),
        lambda _: f"column {name!r}: the identifier is blank",
        "give each row an identifier, or leave out the column",
    )
    return texts


def row_names(
    rows: NDArray[np.int64], prefix: str = "row", *, digits: int = 8, suffix: str = ""
) -> pa.LargeStringArray:
    """Return names for items that have none.

    Examples
    --------
    >>> row_names(np.array([0, 7])).to_pylist()
    ['row/00000000', 'row/00000007']
    """
    numbers = pc.utf8_lpad(pa.array(rows).cast(pa.large_string()), digits, "0")
    before, after = (pa.scalar(text, pa.large_string()) for text in (f"{prefix}/", suffix))
    return pc.binary_join_element_wise(before, numbers, after, pa.scalar("", pa.large_string()))
