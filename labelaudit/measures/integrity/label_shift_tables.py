"""The tables of label shift: pairs of splits, classes that moved, classes that a split lacks."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.report import Table
from labelaudit.statistics.distributions import Distance
from labelaudit.statistics.grouped_labels import GroupEffect
from labelaudit.statistics.proportions import adjusted, share_difference
from labelaudit.tabulate import ranked_table

SIGNIFICANT: Final = 0.05
Pair = tuple[int, int, Distance]


def pair_p_values(pairs: list[Pair]) -> NDArray[np.float64]:
    """Return the p-value of equal shares of each pair, adjusted for their number."""
    return adjusted(np.array([found.p_value for _, _, found in pairs], dtype=np.float64))


def pair_table(pairs: list[Pair], sizes: list[int], names: tuple[str, ...]) -> Table:
    """Return one row a pair of splits, the furthest apart first."""
    found = [distance_ for _, _, distance_ in pairs]

    def column(name: str) -> NDArray[np.float64]:
        return np.array([getattr(each, name) for each in found], dtype=np.float64)

    excess = column("jensen_shannon") - column("by_chance")
    columns = (
        ("split", "", [names[one] for one, _, _ in pairs]),
        ("other_split", "", [names[other] for _, other, _ in pairs]),
        ("labelled", "count", np.array([sizes[one] for one, _, _ in pairs])),
        ("other_labelled", "count", np.array([sizes[other] for _, other, _ in pairs])),
        ("jensen_shannon_divergence", "", column("jensen_shannon")),
        ("expected_by_chance", "", column("by_chance")),
        ("excess", "", excess),
        ("total_variation", "share", column("total_variation")),
        ("hellinger_distance", "", column("hellinger")),
        ("psi", "", column("psi")),
        ("cramers_v", "", column("cramers_v")),
        ("chi_squared", "", column("chi_squared")),
        ("degrees_of_freedom", "count", np.array([each.degrees for each in found])),
        ("p_value", "", column("p_value")),
        ("by_permutations", "", np.array([each.permuted for each in found])),
        ("adjusted_p_value", "", pair_p_values(pairs)),
    )
    order = np.argsort(-excess, kind="stable")
    return ranked_table("pairs", "Distance of the labels, by pair of splits", columns, order)


def moved_table(
    counts: NDArray[np.int64],
    pairs: list[Pair],
    names: tuple[str, ...],
    class_names: tuple[str, ...],
    effects: Sequence[GroupEffect | None] = (),
) -> tuple[Table, int]:
    """Return one row a class and pair, the surest differences first, and how many classes moved."""
    ones, others = (np.array([pair[at] for pair in pairs], dtype=np.int64) for at in (0, 1))
    sizes = counts.sum(axis=1)
    wins, other_wins = counts[ones].ravel(), counts[others].ravel()
    found = share_difference(
        wins,
        np.repeat(sizes[ones], counts.shape[1]),
        other_wins,
        np.repeat(sizes[others], counts.shape[1]),
        np.concatenate([np.ones(counts.shape[1]) if e is None else e.by_class for e in effects])
        if effects
        else 1,
    )
    p_values = adjusted(found.p_value)
    codes = np.tile(np.arange(counts.shape[1]), len(pairs))
    pair_of = np.repeat(np.arange(len(pairs)), counts.shape[1])
    known = np.flatnonzero(wins + other_wins > 0)
    order = known[
        np.lexsort(
            (codes[known], -np.abs(found.difference[known]), np.nan_to_num(p_values[known], nan=2))
        )
    ]
    columns = (
        ("split", "", [names[ones[pair]] for pair in pair_of]),
        ("other_split", "", [names[others[pair]] for pair in pair_of]),
        ("class", "", [class_names[code] for code in codes]),
        ("count", "count", wins),
        ("other_count", "count", other_wins),
        ("share", "share", found.share),
        ("other_share", "share", found.other),
        ("difference", "", found.difference),
        ("low", "", found.low),
        ("high", "", found.high),
        ("p_value", "", found.p_value),
        ("adjusted_p_value", "", p_values),
    )
    n_moved = len(np.unique(codes[p_values < SIGNIFICANT]))
    return ranked_table("moved_classes", "Share of each class, by pair", columns, order), n_moved


def lacking_table(
    counts: NDArray[np.int64], names: tuple[str, ...], class_names: tuple[str, ...]
) -> tuple[Table, int]:
    """Return one row a class and split that lacks it, those first where most was to be expected."""
    sizes = counts.sum(axis=1)
    labelled = sizes > 0
    share = counts.sum(axis=0) / max(int(sizes.sum()), 1)
    rows, codes = np.nonzero((counts == 0) & labelled[:, None] & (share > 0))
    expected = sizes[rows] * share[codes]
    columns = (
        ("split", "", [names[row] for row in rows]),
        ("class", "", [class_names[code] for code in codes]),
        ("elsewhere", "count", counts.sum(axis=0)[codes]),
        ("expected_here", "", expected),
    )
    title = "Classes that a split lacks"
    order = np.lexsort((codes, rows, -expected))
    return ranked_table("lacking_classes", title, columns, order), len(np.unique(codes))
