"""The tables of annotator agreement: intervals, classes, and pairs of classes."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.report import Column, Scalar, Table, Value
from labelaudit.statistics.coincidences import class_agreement, disputed_pairs
from labelaudit.tabulate import ranked_table


def interval_table(
    values: Sequence[Value], replicates: Mapping[str, Mapping[str, NDArray[np.float64]]]
) -> Table:
    """Return the interval of each statistic over each of what can be drawn."""
    rows: list[tuple[Scalar, ...]] = []
    for value in values:
        for drawn, found in replicates.items():
            numbers = found.get(value.name)
            if value.value is None or numbers is None or np.isnan(numbers).mean() > 0.05:  # noqa: PLR2004 - nearly all define it
                continue
            low, high = np.nanquantile(numbers, [0.025, 0.975]).tolist()
            error = float(np.nanstd(numbers, ddof=1))
            rows.append((value.title, drawn, value.value, low, high, error))
    return Table(
        name="intervals",
        title="95 % bootstrap intervals, by what is drawn",
        columns=tuple(
            Column(name=name)
            for name in ("statistic", "drawn", "value", "low", "high", "standard_error")
        ),
        rows=tuple(rows),
    )


def class_table(votes: csr_array, items: NDArray[np.int64], class_names: tuple[str, ...]) -> Table:
    """Return one row a class that anybody named, the most disputed first."""
    found = class_agreement(votes, items)
    named = np.flatnonzero(found.judgements)
    order = named[np.lexsort((named, found.agreement[named]))]
    return ranked_table(
        "classes",
        "Classes, the most disputed first",
        (
            ("class", "", class_names),
            ("judgements", "count", found.judgements),
            ("agreement", "share", found.agreement),
            ("alpha", "", found.alpha),
            ("rival", "", ["" if at < 0 else class_names[at] for at in found.rival]),
        ),
        order,
    )


def disputed_table(
    votes: csr_array, items: NDArray[np.int64], class_names: tuple[str, ...]
) -> Table:
    """Return the pairs of classes that annotators call the same item, the commonest first."""
    first, second, n_items = disputed_pairs(votes, items)
    return ranked_table(
        "disputed",
        "Pairs of classes that annotators call the same item",
        (
            ("class", "", [class_names[at] for at in first]),
            ("other", "", [class_names[at] for at in second]),
            ("items", "count", n_items),
        ),
        np.lexsort((second, first, -n_items)),
    )
