"""How far the people who judged labels agree."""

from typing import Final

import numpy as np

from labelaudit.inputs.verdicts import JudgedLabels
from labelaudit.report import Value
from labelaudit.statistics.agreement import (
    UNDEFINED_IN_REPLICATES,
    agreement_statistics,
    bootstrap,
    vote_counts,
    vote_patterns,
)
from labelaudit.statistics.label_fit import Fit
from labelaudit.tabulate import Specification, bounded, exact_values

MIN_SHARED: Final = 50
AGREEMENT: Final[tuple[Specification, ...]] = (
    ("reviewer_alpha", "Krippendorff's alpha of the reviewers", "", "higher"),
    ("reviewer_agreement", "Agreement of two reviewers of an item", "share", "higher"),
)


def reviewer_agreement(verdicts: JudgedLabels, seed: int) -> tuple[Value, ...]:
    """Return how far the reviewers agree; nothing of a single one."""
    if verdicts.n_reviewers == 1:
        return ()
    items, fits = verdicts.votes
    n_rows = int(items.max(initial=-1)) + 1
    patterns = vote_patterns(vote_counts(items, fits - Fit.SOLE, n_rows, Fit.NONE_FITS))
    n_shared = int(patterns.items.sum())
    names = {"reviewer_alpha": "krippendorff_alpha", "reviewer_agreement": "raw_agreement"}
    if n_shared < MIN_SHARED:
        note = f"{n_shared:,} items were judged by two or more; agreement needs {MIN_SHARED}"
        return exact_values(AGREEMENT, dict.fromkeys(names), dict.fromkeys(names, note))
    found = agreement_statistics(patterns)
    drawn = bootstrap(patterns, seed)
    numbers = {name: found[of] for name, of in names.items()}
    undefined = "undefined: every verdict is the same"
    notes = {name: undefined for name, number in numbers.items() if np.isnan(number)}
    values = []
    for value in exact_values(AGREEMENT, numbers, notes, UNDEFINED_IN_REPLICATES):
        replicates = drawn[names[value.name]]
        if value.value is None or np.isnan(replicates).any():
            values.append(value)
            continue
        low, high = (float(end) for end in np.quantile(replicates, [0.025, 0.975]))
        covers = f"95 % bootstrap over {n_shared:,} items, for these reviewers"
        values.append(bounded(value, low, high, covers))
    return tuple(values)
