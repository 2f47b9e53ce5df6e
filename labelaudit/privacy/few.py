"""Which classes have too few items to be published, so that none is found by subtraction."""

from typing import Final

from labelaudit.report import Report

FEWEST: Final = 10
WAYS: Final = 2  # items from where classes of a few items each could be so in a single way
# Where the items of each class are counted: measure, table, and the columns of name and count.
COUNTED: Final = (
    ("class_imbalance", "classes", "class", "count"),
    ("multi_label", "labels", "label", "count"),
)


def few_classes(report: Report) -> frozenset[str]:
    """Return the classes that a public report does not name.

    These are the classes with fewer than 10 items, and those whose items are not counted. Where
    that leaves a single class with items, fewer than 10 items together, or as many as only
    classes of one item or of nine have, the next smallest class is added: what is left out is
    then no class's own number.

    Parameters
    ----------
    report
        Any report.
    """
    if report.dataset.task == "regression":
        return frozenset()
    counts = counts_of(report)
    names = sorted(report.dataset.class_names, key=lambda name: (counts.get(name, 0), name))
    n_few = sum(counts.get(name, 0) < FEWEST for name in names)
    while n_few < len(names) and _can_be_told([counts.get(name, 0) for name in names[:n_few]]):
        n_few += 1
    return frozenset(names[:n_few])


def _can_be_told(held: list[int]) -> bool:
    """Tell whether what is left of a total says something of a single class, or of few items.

    That classes have 1 to 9 items each is known, so that 18 items of two are nine of each.
    """
    present = [count for count in held if count]
    total, n = sum(present), len(present)
    is_at_an_end = total - n < WAYS or 0 <= (FEWEST - 1) * n - total < WAYS
    return bool(present) and (n == 1 or total < FEWEST or is_at_an_end)


def counts_of(report: Report) -> dict[str, int]:
    """Return the items of each class that a table counts.

    Parameters
    ----------
    report
        Any report.
    """
    found: dict[str, int] = {}
    for measure, name, of_class, of_count in COUNTED:
        result = report.measure(measure)
        for table in result.tables if result is not None else ():
            columns = [column.name for column in table.columns]
            if table.name != name or not {of_class, of_count} <= set(columns):
                continue
            at, count = columns.index(of_class), columns.index(of_count)
            found |= {str(row[at]): int(row[count] or 0) for row in table.rows}
    return found
