"""From a table with one row a judgement to items: the rows of one path are one item."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from labelaudit.dataset import Dataset
from labelaudit.reading.columns import Roles
from labelaudit.reading.judgements import annotations_table
from labelaudit.reading.media import Files
from labelaudit.reading.rows import Problems
from labelaudit.reading.texts import Texts

WIDE = "name all annotators' columns when each has one"


def number_items(paths: pa.LargeStringArray) -> NDArray[np.int64]:
    """Return the number of each row's item, counted by where each path stands first.

    Examples
    --------
    >>> number_items(pa.array(["b", "a", "b"], pa.large_string())).tolist()
    [0, 1, 0]
    """
    codes = paths.dictionary_encode().indices
    found: NDArray[np.int64] = codes.to_numpy(zero_copy_only=False).astype(np.int64)
    return found


def one_item_a_path(dataset: Dataset, roles: Roles, problems: Problems) -> Dataset:
    """Return the dataset whose items are the different paths of one with an item a row.

    What a row says of its item beside the judgement has to be the same in all its rows; a blank
    says nothing.

    Parameters
    ----------
    dataset
        One item a row; the items of its judgements are rows.
    roles
        The columns it was made of.
    problems
        Takes rows that contradict each other.
    """
    items = number_items(dataset.paths)
    n_items = int(items.max(initial=-1)) + 1
    if not (roles.image or roles.id):
        problems.note(
            "the rows of one item are known by its path or id, and there is no column of either",
            f"name it with --image-column, or call the column of identifiers 'id'; {WIDE}",
        )
    elif n_items == len(items):
        problems.note(
            f"no item has two rows, so column {roles.annotator!r} names an annotator once an item",
            f"leave out --annotator-column: the label column then holds each item's label; {WIDE}",
        )
    agreed = _Agreed(items, n_items, problems)
    media = dataset.media
    if isinstance(media, Texts):
        texts = media.cells.dictionary_encode().indices
        media = media.take(agreed.rows("the text", _codes(texts)))
    elif isinstance(media, Files):
        media = media.take(agreed.first)
    elif media is not None:
        problems.note(
            "the images lie in the rows, and those of one item need not be the same",
            "write one row an image, and the judgements to another file for --annotations",
        )
    return replace(
        dataset,
        paths=dataset.paths.take(pa.array(agreed.first)),
        labels=dataset.labels[agreed.rows("the label", dataset.labels)],
        splits=dataset.splits[agreed.rows("the split", dataset.splits)],
        groups=None
        if dataset.groups is None
        else dataset.groups[agreed.rows("the group", dataset.groups)],
        lines=None if dataset.lines is None else dataset.lines[agreed.first],
        metadata=None if dataset.metadata is None else _metadata(dataset.metadata, agreed),
        annotations=_of_items(dataset.annotations, items),
        media=media,
        source=replace(
            dataset.source,
            found=dataset.source.found - len(items) + n_items,
            why=(
                *dataset.source.why,
                f"{len(items):,} rows are of {n_items:,} items: one row a judgement",
            ),
        ),
    )


class _Agreed:
    """What all rows of an item say.

    Parameters
    ----------
    items
        Item of each row.
    n_items
        Number of items.
    problems
        Takes rows that contradict an earlier one of their item.
    """

    def __init__(self, items: NDArray[np.int64], n_items: int, problems: Problems) -> None:
        self._items = items
        self._problems = problems
        self.first = np.full(n_items, len(items), dtype=np.int64)
        np.minimum.at(self.first, items, np.arange(len(items)))

    def rows(self, what: str, codes: NDArray[np.signedinteger]) -> NDArray[np.int64]:
        """Return the row that speaks for each item: the first that is not blank, else the first.

        Parameters
        ----------
        what
            What a message calls the cell.
        codes
            Equal numbers for equal cells, ``-1`` for a blank one.
        """
        speaking = self.first.copy()
        known = np.flatnonzero(codes >= 0)
        items, first = np.unique(self._items[known], return_index=True)
        speaking[items] = known[first]
        wrong = (codes >= 0) & (codes != codes[speaking[self._items]])

        def said(row: int) -> str:
            (place,) = self._problems.rows.locate([int(speaking[self._items[row]])])
            return f"{what} is another than in {place}, of the same item"

        hint = "write what is of the item alike in all its rows, or leave it blank but in one"
        self._problems.add(np.flatnonzero(wrong), said, hint)
        return speaking


def _metadata(table: pa.Table, agreed: _Agreed) -> pa.Table:
    columns = {}
    for name in table.column_names:
        cells = table[name].combine_chunks()
        codes = pd.factorize(cells.to_numpy(zero_copy_only=False))[0]
        columns[name] = cells.take(pa.array(agreed.rows(f"column {name!r}", codes)))
    return pa.table(columns)


def _codes(indices: pa.Array) -> NDArray[np.int64]:
    found: NDArray[np.int64] = pc.fill_null(indices, -1).to_numpy(zero_copy_only=False)
    return found.astype(np.int64)


def _of_items(annotations: pa.Table | None, items: NDArray[np.int64]) -> pa.Table | None:
    """Return judgements of rows as judgements of items."""
    if annotations is None:
        return None
    of = items[annotations["item"].to_numpy()]
    who = annotations["annotator"].combine_chunks()
    return annotations_table(of, who, annotations["label"].to_numpy())
