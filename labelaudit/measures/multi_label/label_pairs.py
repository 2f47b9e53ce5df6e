"""Pairs of labels, the rules that they seem to keep, and the items that break one."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.measures import Ranking
from labelaudit.report import Table
from labelaudit.statistics.cooccurrence import Pairs
from labelaudit.statistics.label_rules import Rules
from labelaudit.tabulate import ranked_table

MOST_RULES: Final = 200  # of which the items that break them are listed


def pair_table(pairs: Pairs, class_names: tuple[str, ...]) -> Table:
    """Return the pairs of labels with the strongest correlation, of either sign."""
    defined = np.flatnonzero(~np.isnan(pairs.phi))
    order = defined[np.argsort(-np.abs(pairs.phi[defined]), kind="stable")]
    return ranked_table(
        "pairs",
        "Labels that go together, or apart",
        (
            ("label", "", np.array(class_names, dtype=object)[pairs.first]),
            ("other_label", "", np.array(class_names, dtype=object)[pairs.second]),
            ("together", "count", pairs.together),
            ("expected", "", pairs.expected),
            ("lift", "ratio", pairs.lift),
            ("phi", "", pairs.phi),
            ("npmi", "", pairs.npmi),
            ("jaccard", "share", pairs.jaccard),
            ("adjusted_p_value", "", pairs.p_value),
        ),
        order,
    )


def exclusion_table(rules: Rules, counts: NDArray[np.int64], class_names: tuple[str, ...]) -> Table:
    """Return the pairs that never occur together, the most surprising first."""
    shown = np.flatnonzero(rules.hard & ~rules.implied)
    return ranked_table(
        "exclusions",
        "Candidate rules: labels that never occur together, though chance would have it",
        (
            *_names_and_counts(rules, counts, class_names),
            ("expected_together", "", rules.expected),
            ("true_rate_below", "share", rules.bound),
        ),
        shown[np.argsort(-rules.expected[shown], kind="stable")],
    )


def implication_table(
    rules: Rules, counts: NDArray[np.int64], class_names: tuple[str, ...]
) -> Table:
    """Return the labels that never occur without another, the most surprising first."""
    shown = np.flatnonzero(rules.hard & rules.implied)
    return ranked_table(
        "implications",
        "Candidate rules: every item with the label has the other one, too",
        (
            *_names_and_counts(rules, counts, class_names),
            ("expected_without", "", rules.expected),
            ("true_rate_below", "share", rules.bound),
            ("adjusted_p_value", "", rules.p_value),
        ),
        shown[np.argsort(-rules.expected[shown], kind="stable")],
    )


def near_rule_table(rules: Rules, class_names: tuple[str, ...]) -> Table:
    """Return the rules with exceptions, those with the fewest first."""
    names = np.array(class_names, dtype=object)
    words = np.where(rules.implied, "has", "has not")
    return ranked_table(
        "near_rules",
        "Rules that nearly all items keep: the exceptions may be errors",
        (
            ("items_with", "", names[rules.first]),
            ("rule", "", words.astype(object)),
            ("other_label", "", names[rules.second]),
            ("items", "count", rules.holders),
            ("exceptions", "count", rules.exceptions),
            ("exceptions_by_chance", "", rules.expected),
            ("true_rate_below", "share", rules.bound),
            ("adjusted_p_value", "", rules.p_value),
        ),
        near_rules(rules),
    )


def near_rules(rules: Rules) -> NDArray[np.int64]:
    """Return the positions of rules with exceptions, the strictest first."""
    near = np.flatnonzero(~rules.hard)
    return near[np.lexsort((-rules.expected[near], rules.bound[near]))]


def rule_breakers(
    rules: Rules,
    positive: csr_array,
    open_: csr_array,
    items: NDArray[np.int64],
    class_names: tuple[str, ...],
) -> Ranking:
    """Return the items that break a rule which nearly all others keep, the strictest rule first.

    An item is listed once for each label that it may lack, or have by mistake.

    Parameters
    ----------
    rules, positive, open_
        As of `label_rules`.
    items
        Row of the dataset of each row of the matrices.
    class_names
        Names of all declared labels.
    """
    by_column = positive.tocsc(), open_.tocsc()
    rows, at = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for rule in near_rules(rules)[:MOST_RULES].tolist():
        rows.append(rules.broken_by(rule, *by_column))
        at.append(np.full(len(rows[-1]), rule))
    row, rule = np.concatenate(rows), np.concatenate(at)
    about = np.where(rules.implied, rules.second, rules.first)[rule]
    _, first = np.unique(np.stack([row, about]), axis=1, return_index=True)
    kept = np.sort(first)
    row, rule, about = row[kept], rule[kept], about[kept]
    return Ranking(
        name="rule_breakers",
        title="Items that break a rule which nearly all others keep",
        items=items[row],
        scores=1 - rules.bound[rule],
        suggested=np.where(rules.implied[rule], about, -1).astype(np.int32),
        classes=about.astype(np.int32),
        details=tuple(_sentence(rules, one, class_names) for one in rule.tolist()),
    )


def _sentence(rules: Rules, at: int, class_names: tuple[str, ...]) -> str:
    """Say which rule an item breaks, and how many others do."""
    first, second = class_names[rules.first[at]], class_names[rules.second[at]]
    exceptions, holders = int(rules.exceptions[at]), int(rules.holders[at])
    if rules.implied[at]:
        return f"lacks {second}: all but {exceptions:,} of {holders:,} items with {first} have it"
    return f"has {second} beside {first}: only {exceptions:,} of {holders:,} items with {first} do"


def _names_and_counts(
    rules: Rules, counts: NDArray[np.int64], class_names: tuple[str, ...]
) -> tuple[tuple[str, str, NDArray[np.generic]], ...]:
    names = np.array(class_names, dtype=object)
    return (
        ("label", "", names[rules.first]),
        ("other_label", "", names[rules.second]),
        ("count", "count", counts[rules.first]),
        ("other_count", "count", counts[rules.second]),
    )
