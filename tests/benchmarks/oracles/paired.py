"""Two models on the same items, and shares, beside statsmodels."""

from collections.abc import Iterator

from statsmodels.stats.contingency_tables import mcnemar as their_test
from statsmodels.stats.proportion import proportion_confint

from labelaudit.statistics.intervals import clopper_pearson, jeffreys, wilson
from labelaudit.statistics.paired_accuracy import mcnemar

Row = tuple[str, str, float, float, float]
COUNTS = ((0, 100), (1, 100), (5, 100), (51, 100), (3, 300), (585, 2235))
METHODS = {"wilson": wilson, "jeffreys": jeffreys, "beta": clopper_pearson}


def rows() -> Iterator[Row]:
    """Yield a quantity, its oracle, our number, theirs, and how far they may be apart."""
    for first, second in ((9, 1), (30, 10), (5, 5), (120, 160)):
        ours = mcnemar(first, second)
        theirs = their_test([[50, first], [second, 40]], exact=True).pvalue
        yield f"McNemar, {first} and {second}", "statsmodels", ours, float(theirs), 1e-9
    for wrong, n in COUNTS:
        for name, interval in METHODS.items():
            # At the ends Jeffreys' interval is extended, by us only.
            if name == "jeffreys" and wrong in (0, n):
                continue
            theirs_low, theirs_high = proportion_confint(wrong, n, method=name)
            low, high = interval(wrong, n)
            yield f"{name} {wrong}/{n}, low", "statsmodels", float(low), theirs_low, 1e-9
            yield f"{name} {wrong}/{n}, high", "statsmodels", float(high), theirs_high, 1e-9
