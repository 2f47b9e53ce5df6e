"""Verdicts matched to items: which were judged, in which sample, and how their labels fitted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from labelaudit.dataset import Dataset
from labelaudit.statistics.label_fit import Verdict, fit_of
from labelaudit.verdicts import Verdicts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JudgedItems:
    """Columns of items that were judged, in the order of their first verdict.

    Attributes
    ----------
    rows
        Row of the dataset, ``-1`` for an item that is there no longer.
    then
        How the label fitted that the item had when it was judged, a `Fit`.
    labels
        That label's class, ``-1`` for none of today's.
    """

    rows: NDArray[np.int64]
    then: NDArray[np.int8]
    labels: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JudgedSample:
    """A drawn sample of which items were judged.

    Attributes
    ----------
    items
        The judged items.
    strata
        Stratum of each of them.
    sizes
        Items of each stratum when it was drawn; 0 where no item of the stratum was judged.
    before
        How many of `JudgedLabels.items`, the first, had been judged when it was drawn.
    """

    items: JudgedItems
    strata: NDArray[np.int64]
    sizes: NDArray[np.int64]
    before: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Rows and verdicts by content, and the class of each name."""

    rows: dict[str, list[int]]
    spoken: dict[str, list[Verdict]]
    codes: dict[str, int]

    def judged(self, items: Sequence["_Item"]) -> JudgedItems:
        """Return items with how their labels fitted."""
        return JudgedItems(
            rows=np.array([item.row for item in items], dtype=np.int64),
            then=np.array([fit_of(self.spoken[item.content], item.label) for item in items], "i1"),
            labels=np.array([self.codes.get(item.label, -1) for item in items], dtype=np.int32),
        )


class _Item(NamedTuple):
    """An item as it was judged: its content, its row today and its label then."""

    content: str
    row: int
    label: str


def every_item(said: Verdicts, dataset: Dataset, names: Sequence[str], asked: Asked) -> list[_Item]:
    """Return every judged item and every copy of one, in the order of the first verdicts."""
    given: dict[str, dict[str, str]] = {key: {} for key in asked.rows}
    for key, path, label in zip(said.content, said.path, said.given_label, strict=True):
        given[key].setdefault(path, label)
    items = []
    for key, rows in asked.rows.items():
        for row in rows:
            label = given[key].get(dataset.paths[row].as_py(), names[row])
            # The one row of a content is the judged item, whatever its path is now.
            only = len(rows) == len(given[key]) == 1
            items.append(_Item(key, row, next(iter(given[key].values())) if only else label))
        if not rows:
            items.extend(_Item(key, -1, label) for label in given[key].values())
    return items


def drawn_samples(
    said: Verdicts, dataset: Dataset, items: Sequence[_Item], asked: Asked
) -> tuple[JudgedSample, ...]:
    """Return the drawn samples, in the order of their first verdicts."""
    lines: dict[str, list[int]] = {audit: [] for audit in said.audit if audit}
    for line, audit in enumerate(said.audit):
        if audit:
            lines[audit].append(line)
    contents = list(asked.rows)
    samples = []
    for drawn in lines.values():
        first = {(said.content[line], said.path[line]): line for line in reversed(drawn)}
        chosen = sorted(first.values())
        strata = said.stratum[chosen]
        sizes = np.zeros(int(strata.max()) + 1, dtype=np.int64)
        sizes[strata] = said.stratum_size[chosen]
        earlier = set(contents[: said.judged_before[drawn[0]]])
        samples.append(
            JudgedSample(
                items=asked.judged([_as_drawn(said, dataset, line, asked) for line in chosen]),
                strata=strata,
                sizes=sizes,
                before=sum(item.content in earlier for item in items),
            )
        )
    return tuple(samples)


def _as_drawn(said: Verdicts, dataset: Dataset, line: int, asked: Asked) -> _Item:
    """Return the item of a verdict; of several copies, the one that has its path."""
    rows = asked.rows[said.content[line]]
    same = [row for row in rows if dataset.paths[row].as_py() == said.path[line]]
    row = next(iter([*same, *rows]), -1)
    return _Item(said.content[line], row, said.given_label[line])
