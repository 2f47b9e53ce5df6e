"""Groups of items as a ranking."""

from labelaudit.measures import Ranking
from labelaudit.statistics.groups import Groups

N_SHOWN = 200


def grouped(name: str, title: str, groups: Groups) -> Ranking:
    """Return the first items of some groups, group after group, and how many there are."""
    return Ranking(
        name=name,
        title=title,
        items=groups.items[:N_SHOWN],
        groups=groups.numbers[:N_SHOWN],
        total=len(groups.items),
    )
