"""What of one split, or of one group, is also in another."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from labelaudit.errors import MissingInputError
from labelaudit.inputs.columns import Splits
from labelaudit.inputs.labels import Conflicts
from labelaudit.measures import Findings, Ranking, measure
from labelaudit.measures.rankings import grouped
from labelaudit.report import Table, Value
from labelaudit.statistics.groups import Groups, groups_of
from labelaudit.statistics.shared_groups import Shared, shared_groups
from labelaudit.tabulate import Specification, exact_values, ranked_table

WAYS = {
    "group": "the same group (patient, source, video)",
    "file": "an equal file",
    "copy": "an exact or near copy",
}
SPECIFICATIONS: tuple[Specification, ...] = (
    ("group_leaked_share", "Most of a split whose group is also in another", "share", "lower"),
    ("file_leaked_share", "Most of a split that has an equal file in another", "share", "lower"),
    (
        "copy_leaked_share",
        "Most of a split that has an exact or near copy in another",
        "share",
        "lower",
    ),
    (
        "contradictory_leaked_count",
        "Items with a copy in another split, in groups with different labels",
        "count",
        "lower",
    ),
    ("copies_across_groups_count", "Items with a copy in another group", "count", "lower"),
    (
        "contradictory_copies_across_groups_count",
        "of these, in groups of copies with different labels",
        "count",
        "lower",
    ),
)


@measure(family="integrity", title="Leakage")
def leakage(
    splits: Splits,
    label_conflicts: Conflicts,
    item_groups: NDArray[np.int32] | None = None,
    file_copies: NDArray[np.int64] | None = None,
    near_copies: NDArray[np.int64] | None = None,
) -> Findings:
    """Measure how much of each split is also in another, by group, by file and by near copy.

    What a model was trained on is no test of it: an image of the same patient, source or video,
    an equal file, or a near copy. The groups come first, for they are exact where the manifest
    names them; copies are then also looked for across groups: one image of two patients is a
    mistake of the manifest, and leaks where the splits keep the groups apart.

    Formula
    -------
    For each way of belonging together, and each split: the items that belong to an item of another
    split, over the items of the split. Of two splits, both shares are given: 10 of 100 test items
    with a copy among 10,000 training items are 10 % of the one and 0.1 % of the other. Near copies
    are those of *near_duplicates*; groups of them are joined, so that two items of a group may be
    less alike than the threshold.

    Range
    -----
    Shares 0 to 1, counts from 0; lower is better.

    Undefined
    ---------
    By group, without groups; by file, without images or texts; by near copy, without embeddings;
    across splits, with fewer than two.

    Not comparable
    --------------
    By near copy, between embedding models and thresholds; copies that are cropped or mirrored are
    mostly not found, so that it is a lower bound.

    Parameters
    ----------
    splits
        Split of each item.
    label_conflicts
        Tells in which groups of items labels contradict each other.
    item_groups
        Number of the group of each item; None when the manifest names none.
    file_copies
        A number an item that items of equal files share.
    near_copies
        A number an item that exact and near copies share.

    Returns
    -------
    The largest shares, a table by way and split, one of each split with each other, and the
    copies across splits and groups.

    Raises
    ------
    MissingInputError
        Without two splits and without groups; where there are neither groups nor files.

    References
    ----------
    Barz and Denzler, "Do we train on test data? Purging CIFAR of near-duplicates", 2020: 3.3 % of
    CIFAR-10's test images, 10 % of CIFAR-100's.
    """
    named = np.unique(splits.codes[splits.codes >= 0])
    if len(named) < 2 and item_groups is None:  # noqa: PLR2004 - from one into another
        raise MissingInputError("the manifest names neither two splits nor groups to leak between")
    by_way = {"group": item_groups, "file": file_copies, "copy": near_copies}
    ways = {
        way: groups_of(codes.astype(np.int64)) for way, codes in by_way.items() if codes is not None
    }
    if not ways:
        raise MissingInputError("the manifest names no groups, images or texts")
    shared = {
        way: shared_groups(groups, splits.codes, len(splits.names))
        for way, groups in ways.items()
        if len(named) > 1
    }
    copies = ways.get("copy", ways.get("file"))
    numbers, notes = _largest(shared, splits)
    rankings: list[Ranking] = []
    columns: dict[str, NDArray[np.generic]] = {}
    if copies is not None and shared:
        leaked = copies.only(copies.disagree(splits.codes))
        against = leaked.only(label_conflicts(leaked))
        numbers["contradictory_leaked_count"] = len(against.items)
        columns["is_leaked"] = leaked.marked(len(splits.codes))
        if file_copies is not None:  # equal files are shown by integrity
            leaked = leaked.only(leaked.disagree(file_copies))
        rankings.append(
            grouped("near_duplicates_across_splits", "Near copies in different splits", leaked)
        )
    if copies is not None and item_groups is not None:
        across = copies.only(copies.disagree(item_groups))
        numbers["copies_across_groups_count"] = len(across.items)
        against = across.only(label_conflicts(across))
        numbers["contradictory_copies_across_groups_count"] = len(against.items)
        rankings.append(grouped("copies_across_groups", "Copies in different groups", across))
        columns["is_copy_across_groups"] = across.marked(len(splits.codes))
    return Findings(
        values=_values(numbers, notes, near=near_copies is not None),
        tables=_tables(shared, ways, splits, label_conflicts) if shared else (),
        rankings=tuple(ranking for ranking in rankings if len(ranking.items)),
        columns=columns,
    )


def _largest(
    shared: Mapping[str, Shared], splits: Splits
) -> tuple[dict[str, float | None], dict[str, str]]:
    """Return the largest share that leaks each way, and of which split it is."""
    numbers: dict[str, float | None] = dict.fromkeys(name for name, *_ in SPECIFICATIONS)
    notes: dict[str, str] = {}
    sizes = _sizes(splits)
    for way, found in shared.items():
        shares = found.leaked / np.maximum(sizes, 1)
        most = int(shares.argmax())
        numbers[f"{way}_leaked_share"] = float(shares[most])
        if found.leaked[most]:
            beside = splits.names[int(found.between[most].argmax())]
            mostly = "mostly " if np.count_nonzero(found.between[most]) > 1 else ""
            notes[f"{way}_leaked_share"] = (
                f"{splits.names[most]}: {found.leaked[most]:,} of {sizes[most]:,} items, "
                f"{mostly}with {beside}"
            )
    return numbers, notes


def _sizes(splits: Splits) -> NDArray[np.int64]:
    return np.bincount(splits.codes[splits.codes >= 0], minlength=len(splits.names))


def _values(
    numbers: dict[str, float | None], notes: dict[str, str], *, near: bool
) -> tuple[Value, ...]:
    """Return the values; what is counted by a threshold says so."""
    lacking = {
        "group_leaked_share": "the manifest names no groups, or fewer than two splits",
        "file_leaked_share": "the manifest names no images or texts, or fewer than two splits",
        "copy_leaked_share": "there are no embeddings, or fewer than two splits",
        "contradictory_leaked_count": "nothing was compared across splits",
        "copies_across_groups_count": "the manifest names no groups, or no images or texts",
        "contradictory_copies_across_groups_count": "nothing was compared across groups",
    }
    said = notes | {
        name: f"undefined: {lacking[name]}" for name, number in numbers.items() if number is None
    }
    by_threshold = (
        "near copies are what is beyond a threshold; cropped and mirrored ones are missed"
    )
    exact = exact_values(SPECIFICATIONS[:2], numbers, said)
    others = SPECIFICATIONS[2:]
    if near:
        return (*exact, *exact_values(others, numbers, said, by_threshold))
    return (*exact, *exact_values(others, numbers, said))


def _tables(
    shared: Mapping[str, Shared],
    ways: Mapping[str, Groups],
    splits: Splits,
    label_conflicts: Conflicts,
) -> tuple[Table, ...]:
    return (
        _split_table(shared, ways, splits, label_conflicts),
        *(_between_table(way, found, splits) for way, found in shared.items()),
    )


def _split_table(
    shared: Mapping[str, Shared],
    ways: Mapping[str, Groups],
    splits: Splits,
    label_conflicts: Conflicts,
) -> Table:
    """Return one row a way and split; labels of a patient may differ, those of copies may not."""
    sizes = _sizes(splits)
    n_splits = len(splits.names)
    against = []
    for way, groups in ways.items():
        leaked = groups.only(groups.disagree(splits.codes))
        contradictory = leaked.only(label_conflicts(leaked))
        codes = splits.codes[contradictory.items]
        counts = np.bincount(codes[codes >= 0], minlength=n_splits).astype(np.float64)
        against.append(np.full(n_splits, np.nan) if way == "group" else counts)
    leaked_items = np.concatenate([found.leaked for found in shared.values()])
    return ranked_table(
        "leaked_by_split",
        "What of each split is also in another",
        (
            ("split", "", [*splits.names] * len(ways)),
            ("shares", "", [WAYS[way] for way in ways for _ in splits.names]),
            ("leaked", "count", leaked_items),
            ("of_items", "count", np.tile(sizes, len(ways))),
            ("leaked_share", "share", leaked_items / np.maximum(np.tile(sizes, len(ways)), 1)),
            ("with_different_labels", "", np.concatenate(against)),
        ),
        np.arange(len(leaked_items)),
    )


def _between_table(way: str, found: Shared, splits: Splits) -> Table:
    """Return one row a pair of splits that share something, the most first."""
    one, other = np.nonzero(found.between)
    counts = found.between[one, other]
    return ranked_table(
        f"{way}_between_splits",
        f"Items that share {WAYS[way]} with another split",
        (
            ("of", "", [splits.names[at] for at in one]),
            ("with", "", [splits.names[at] for at in other]),
            ("items", "count", counts),
            ("items_share", "share", counts / _sizes(splits)[one]),
        ),
        np.argsort(-counts, kind="stable"),
    )
