"""Tables of groups of copies."""

import numpy as np

from labelaudit.report import Table
from labelaudit.statistics.groups import Groups
from labelaudit.tabulate import ranked_table


def group_sizes(groups: Groups, title: str) -> Table:
    """Return how many groups there are of each size, the largest first."""
    sizes, counts = np.unique(groups.sizes, return_counts=True)
    return ranked_table(
        "group_sizes",
        title,
        (
            ("items_in_a_group", "", sizes),
            ("groups", "count", counts),
            ("items", "count", sizes * counts),
        ),
        np.arange(len(sizes))[::-1],
    )
