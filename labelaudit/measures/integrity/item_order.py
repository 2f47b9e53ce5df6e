"""Whether items that follow each other in the file are alike."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.blocks import row_blocks
from labelaudit.errors import MissingInputError
from labelaudit.inputs.columns import Splits
from labelaudit.inputs.neighbors import Neighbors
from labelaudit.measures import Findings, measure
from labelaudit.report import Table, Value
from labelaudit.statistics.item_order import OrderTest, nearby_neighbors, same_label_next
from labelaudit.tabulate import Specification, exact_values, ranked_table

FEWEST: Final = 100
N_NEAREST: Final = 10
N_PARTS: Final = 50
SIGNIFICANT: Final = 0.01
NOTEWORTHY: Final = 1.2
SORTED: Final = 0.95  # of the pairs, beyond which labels come sorted
NO_LABELS: Final = "undefined: the items have no labels of one class each"
NO_NEIGHBORS: Final = "undefined: there are no embeddings"
TITLES: Final = {
    "same_label": "Items that are followed by one of their class",
    "nearby": "Nearest neighbors that are nearby in the file",
    "nearby_in_class": "The same within the classes",
}


@measure(family="integrity", title="Order of the items", order_matters=True)
def item_order(
    splits: Splits,
    labels: NDArray[np.int32] | None = None,
    neighbors: Neighbors | None = None,
    copies: NDArray[np.int64] | None = None,
) -> Findings:
    """Test whether items that follow each other in the manifest are alike.

    Data that was collected in runs (frames of a video, one site after another) is often kept in
    that order. Then items are no independent draws: a random split puts neighbors on both sides,
    and an estimate from the first thousand is one of the first source. Two things are counted,
    within each split: how often an item is followed by one of its own class, and how many of an
    item's ten nearest neighbors in the embedding are also near it in the file. Copies are no
    neighbors here.

    In folders of classes the labels come sorted **by construction**, and neighbors are nearby for
    that reason alone. So the second count is made **within each class**, too: what is left there
    is not explained by the labels.

    Formula
    -------
    - same label: the pairs of items, one after the other, that have one label; over all orders
      sum n_c (n_c - 1) / n on average;
    - nearby: the ordered pairs (i, j), j one of the ten nearest of i, whose places are no further
      apart than 1 % of the group, at least 5. The groups are the splits, or the classes of each
      split;
    - ratio: the count over its mean in a random order; z: what it is above that mean, in standard
      deviations over all orders (Barton and David's and Mantel's closed forms, in which the graph
      stays as it is); the p-value is the normal one, one-sided. Of labels of which the standard
      deviation is below 6 pairs, for classes are rare or items few, it is the share of 199 to
      4,999 drawn orders.

    Range
    -----
    Shares 0 to 1; ratios 0 or more, 1 for a random order; a lower ratio is better down to there.

    Undefined
    ---------
    With fewer than 100 items; without labels or embeddings what needs them; groups of fewer than
    10 items are left out. A p-value, where every order has as many.

    Not comparable
    --------------
    Between manifests of the same items in another order: it is what this measures, and the one
    measure that depends on it. The ratio between datasets of other size: 1 % is more items in a
    larger one.

    Parameters
    ----------
    splits
        Split of each item.
    labels
        Class of each item, ``-1`` when unlabelled; None where an item has not one class.
    neighbors
        Nearest neighbors of each item; None without embeddings.
    copies
        A number an item that items of equal embedding share.

    Returns
    -------
    Values, a table of the tests, and one of the counts along the file.

    Raises
    ------
    MissingInputError
        With fewer than 100 items, and without both labels and embeddings.

    References
    ----------
    Barton and David, Multiple runs, Biometrika 44, 1957. Mantel, Cancer Research 27, 1967. Cliff
    and Ord, Spatial Processes, 1981. The question is that of cleanlab's ``non_iid``, the test is
    another: its distances are not independent.

    Examples
    --------
    >>> one = Splits((), np.full(100, -1, dtype=np.int32))
    >>> found = item_order(one, np.repeat(np.array([0, 1], dtype=np.int32), 50))
    >>> round({value.name: value.value for value in found.values}["same_label_ratio"], 3)
    2.0
    """
    n = len(splits.codes)
    if n < FEWEST:
        raise MissingInputError(f"items: {n:,}, and {FEWEST} are needed to test their order")
    if labels is None and neighbors is None:
        raise MissingInputError("there are neither labels of one class each nor embeddings")
    by_split = splits.codes.astype(np.int64) + 1
    tests: dict[str, OrderTest | None] = dict.fromkeys(TITLES)
    if labels is not None:
        tests["same_label"] = same_label_next(labels, by_split)
    if neighbors is not None:
        nearest = _nearest(neighbors, copies)
        tests["nearby"] = nearby_neighbors(nearest, by_split)
        if labels is not None:
            groups = by_split * (int(labels.max()) + 1) + labels
            groups[labels < 0] = -1
            tests["nearby_in_class"] = nearby_neighbors(nearest, groups)
    made = {name: test for name, test in tests.items() if test is not None}
    return Findings(
        values=tuple(
            value
            for name, test in tests.items()
            for value in _values(name, test, NO_LABELS if labels is None else NO_NEIGHBORS)
        ),
        tables=(_test_table(made), _along(made, n)),
        notes=_notes(made),
        parameters={"n_nearest": N_NEAREST, "window": "1 %, at least 5 items"},
    )


def _nearest(neighbors: Neighbors, copies: NDArray[np.int64] | None) -> NDArray[np.int32]:
    """Return the ten nearest items that are no copies, ``-1`` where there are fewer."""
    found = np.full((len(neighbors.indices), N_NEAREST), -1, dtype=np.int32)
    for block in row_blocks(len(found)):
        around = neighbors.indices[block]
        others = around >= 0
        if copies is not None:
            others &= copies[around] != copies[block, None]
        place = np.cumsum(others, axis=1)
        rows, columns = np.nonzero(others & (place <= N_NEAREST))
        found[block.start + rows, place[rows, columns] - 1] = around[rows, columns]
    return found


def _values(name: str, test: OrderTest | None, why: str) -> tuple[Value, ...]:
    """Return share, ratio and p-value of a test; of none, that its ratio is undefined."""
    title = TITLES[name]
    specifications: tuple[Specification, ...] = (
        (f"{name}_share", title, "share", "neither"),
        (f"{name}_ratio", f"{title}, times a random order", "ratio", "lower"),
        (f"{name}_p_value", f"{title}: p-value of a random order", "", "neither"),
    )
    keys = [key for key, *_ in specifications]
    if test is None:
        return exact_values(specifications[1:2], dict.fromkeys(keys), dict.fromkeys(keys, why))
    share = test.alike / test.n_pairs if test.n_pairs else None
    numbers = dict(zip(keys, (share, test.ratio, test.p_value), strict=True))
    nothing = "undefined: no pair could be otherwise in another order"
    notes = {key: nothing for key in keys if numbers[key] is None}
    return exact_values(specifications, numbers, notes)


def _test_table(tests: dict[str, OrderTest]) -> Table:
    """Return one row a test."""
    found = list(tests.values())

    def column(numbers: list[float | None]) -> NDArray[np.float64]:
        return np.array([np.nan if each is None else each for each in numbers], dtype=np.float64)

    columns = (
        ("alike", "", [TITLES[name] for name in tests]),
        ("pairs", "count", np.array([test.n_pairs for test in found])),
        ("count", "count", np.array([test.alike for test in found])),
        ("expected", "", column([test.expected for test in found])),
        ("ratio", "ratio", column([test.ratio for test in found])),
        ("z", "", column([test.z for test in found])),
        ("p_value", "", column([test.p_value for test in found])),
    )
    return ranked_table("tests", "Alike, beside a random order", columns, np.arange(len(found)))


def _along(tests: dict[str, OrderTest], n: int) -> Table:
    """Return the shares in fifty parts of the file."""
    n_parts = min(N_PARTS, n)
    starts = np.arange(n_parts) * n // n_parts
    columns = [
        ("from_item", "count", starts + 1),
        ("to_item", "count", np.append(starts[1:], n)),
    ]
    for name, test in tests.items():
        pairs = np.add.reduceat(test.pairs_by_item, starts)
        alike = np.add.reduceat(test.alike_by_item, starts)
        columns.append((f"{name}_share", "share", alike / np.where(pairs > 0, pairs, np.nan)))
    return ranked_table("along", "Along the file", columns, np.arange(n_parts))


def _notes(tests: dict[str, OrderTest]) -> tuple[str, ...]:
    """Say that labels come sorted, and where more is alike than that explains."""
    notes = []
    same = tests.get("same_label")
    if same is not None and _stands_out(same) and same.alike > SORTED * same.n_pairs:
        notes.append(
            "The items come sorted by class, as in folders of classes they do by construction: "
            "shuffle them before training, and read the order within the classes."
        )
    inner = tests.get("nearby_in_class", tests.get("nearby"))
    if inner is not None and _stands_out(inner):
        where = "Within the classes, items" if "nearby_in_class" in tests else "Items"
        notes.append(
            f"{where} that are near each other in the file look alike, {inner.ratio:.1f} times as "
            "often as in a random order: if they come from one source after another, a random "
            "split puts such items on both sides."
        )
    return tuple(notes)


def _stands_out(test: OrderTest) -> bool:
    return (test.p_value or 0) < SIGNIFICANT and (test.ratio or 0) > NOTEWORTHY
