"""Groups of items as a ranking."""

from labelaudit.measures import Ranking
from labelaudit.statistics.groups import Groups


def grouped(name: str, title: str, groups: Groups) -> Ranking:
    """Return the items of some groups, group after group."""
    return Ranking(name=name, title=title, items=groups.items, groups=groups.numbers)
