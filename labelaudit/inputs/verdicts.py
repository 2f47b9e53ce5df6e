"""What people judged, beside the labels of today."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelaudit.dataset import Dataset
from labelaudit.embeddings.content import Content
from labelaudit.errors import InputError, MissingInputError
from labelaudit.inputs import provider
from labelaudit.inputs.judged_items import (
    Asked,
    JudgedItems,
    JudgedSample,
    drawn_samples,
    every_item,
)
from labelaudit.statistics.label_fit import (
    RIGHT,
    WRONG,
    Fit,
    Verdict,
    fit_of,
    fits_by_reviewer,
    right_instead,
)
from labelaudit.verdicts import Verdicts, from_rows

LEAST_FOUND = 0.5  # of the judged contents


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JudgedLabels:
    """All verdicts on a dataset.

    Attributes
    ----------
    today
        How each item's label of today fits, a `Fit`; items of equal content share their
        verdicts, shape ``(n_samples,)``.
    right
        Class that people found right in place of each wrong label, ``-1`` for none,
        shape ``(n_samples,)``.
    accepted
        Item and class of each label that people found right, alone or beside others.
    items
        Every judged item, and every copy of one.
    samples
        The drawn samples, the first first.
    votes
        Item and `Fit` of each reviewer's word on the label that an item had, where it is known.
    n_verdicts, n_reviewers
        How many verdicts there are, and of how many people.
    n_elsewhere
        How many more there are on items of other datasets.
    """

    today: NDArray[np.int8]
    right: NDArray[np.int32]
    accepted: tuple[NDArray[np.int64], NDArray[np.int32]]
    items: JudgedItems
    samples: tuple[JudgedSample, ...]
    votes: tuple[NDArray[np.int64], NDArray[np.int32]]
    n_verdicts: int
    n_reviewers: int
    n_elsewhere: int

    @property
    def fine(self) -> NDArray[np.bool_]:
        """Whether people found each item's label right, alone or beside others."""
        return np.isin(self.today, RIGHT)

    @property
    def wrong(self) -> NDArray[np.bool_]:
        """Whether people found each item's label wrong."""
        return np.isin(self.today, WRONG)


@provider
def verdict_file() -> Verdicts:
    """Say that there is none; the scan gives what people judged in its place."""
    raise MissingInputError("no person judged any label: labelaudit review draws a sample")


@provider
def verdicts(
    verdict_file: Verdicts,
    dataset: Dataset,
    content: Content,
    labels: NDArray[np.int32],
    class_names: tuple[str, ...],
) -> JudgedLabels:
    """Match verdicts to items by their content, and hold them against the labels of today.

    Raises
    ------
    InputError
        When less than half of the judged items are in the dataset: the file is of another one.
    MissingInputError
        When there is no verdict.
    """
    if not len(verdict_file):
        raise MissingInputError("the file of verdicts holds none")
    rows = _rows_of(verdict_file.content, content)
    _refuse_others(rows)
    said, n_elsewhere = _of_this_dataset(verdict_file, rows)
    spoken: dict[str, list[Verdict]] = {key: [] for key in rows}
    for line in said.rows():
        spoken[line["content"]].append(
            Verdict(line["given_label"], line["suggested_label"], line["verdict"], line["reviewer"])
        )
    named = [*class_names, ""]
    codes = {name: code for code, name in enumerate(class_names)}
    today = np.full(len(labels), Fit.NOT_JUDGED, dtype=np.int8)
    right = np.full(len(labels), -1, dtype=np.int32)
    for key, found in rows.items():
        for row in found:
            today[row] = fit_of(spoken[key], named[labels[row]])
            right[row] = codes.get(right_instead(spoken[key], named[labels[row]]), -1)
    asked = Asked(rows, spoken, codes)
    items = every_item(said, dataset, [named[label] for label in labels], asked)
    return JudgedLabels(
        today=today,
        right=right,
        accepted=_accepted(rows, spoken, codes),
        items=asked.judged(items),
        samples=drawn_samples(said, dataset, items, asked),
        votes=_votes(spoken),
        n_verdicts=len(said),
        n_reviewers=len(set(said.reviewer)),
        n_elsewhere=n_elsewhere,
    )


def _rows_of(contents: Sequence[str], content: Content) -> dict[str, list[int]]:
    """Return the rows of each judged content, in the order of the first verdicts."""
    rows: dict[str, list[int]] = {key: [] for key in contents}
    wanted = np.array([int(key[:16], 16) for key in rows], dtype=np.uint64)
    leading = np.ascontiguousarray(content.digests[:, :8]).view(">u8").ravel()
    for row in np.flatnonzero(np.isin(leading, wanted)).tolist():
        key = content.digests[row].tobytes().hex()
        if key in rows:
            rows[key].append(row)
    return rows


def _accepted(
    rows: dict[str, list[int]], spoken: dict[str, list[Verdict]], codes: dict[str, int]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return item and class of each label that the reviewers found right."""
    found = []
    for key, items in rows.items():
        names = dict.fromkeys(name for verdict in spoken[key] for name in verdict[:2])
        right = [
            codes[name] for name in names if name in codes and fit_of(spoken[key], name) in RIGHT
        ]
        found += [(item, code) for item in items for code in right]
    items_of, classes = np.array(found, dtype=np.int64).reshape(-1, 2).T
    return items_of, classes.astype(np.int32)


def _refuse_others(rows: dict[str, list[int]]) -> None:
    """Raise `InputError` when the verdicts are of another dataset."""
    found = sum(bool(each) for each in rows.values())
    if found < LEAST_FOUND * len(rows):
        raise InputError(
            f"verdicts: {found:,} of {len(rows):,} judged items are in this dataset",
            hint="the verdicts are of another dataset, or most files were written anew: name the "
            "right ones with --verdicts, or take labelaudit-verdicts.csv away from the data",
        )


def _of_this_dataset(said: Verdicts, rows: dict[str, list[int]]) -> tuple[Verdicts, int]:
    """Leave out the verdicts of samples that were drawn from another dataset.

    A sample is of another one when less than half of its items are here; what it says of these
    is kept, as of a list that was not drawn.

    Returns
    -------
    The verdicts, and how many were left out.
    """
    judged: dict[str, list[bool]] = {}
    for audit, key in dict.fromkeys(zip(said.audit, said.content, strict=True)):
        judged.setdefault(audit, []).append(bool(rows[key]))
    others = {name for name, here in judged.items() if name and np.mean(here) < LEAST_FOUND}
    if not others:
        return said, 0
    kept = [
        line | ({"audit": ""} if line["audit"] in others else {})
        for line in said.rows()
        if line["audit"] not in others or rows[line["content"]]
    ]
    return from_rows(kept), len(said) - len(kept)


def _votes(spoken: dict[str, list[Verdict]]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return number of the content and fit of each reviewer's word on the first given label."""
    votes = [
        (at, fit)
        for at, verdicts in enumerate(filter(None, spoken.values()))
        for fit in fits_by_reviewer(verdicts, verdicts[0].given).values()
    ]
    items, fits = np.array(votes, dtype=np.int64).reshape(-1, 2).T
    return items, fits.astype(np.int32)
