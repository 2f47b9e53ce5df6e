"""Accuracies by model under three scorings, gaps by pair, and accuracy on wrong labels."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.measures.benchmark_stability.doubtful_labels import WrongLabels
from labelaudit.measures.benchmark_stability.model_pairs import Pair
from labelaudit.measures.benchmark_stability.model_scores import Drawn, Scored, so_far
from labelaudit.report import Table
from labelaudit.statistics.intervals import wilson
from labelaudit.statistics.paired_accuracy import effective_number
from labelaudit.statistics.ranking_swap import Swap
from labelaudit.statistics.stratified_rate import Estimate
from labelaudit.tabulate import ColumnValues, ranked_table

SCORINGS: Final = {"corrected": "corrected labels", "multi-label": "multi-label aware"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """Accuracy of one model under one scoring, with its 95 % interval."""

    model: str
    scoring: str
    share: float
    low: float
    high: float
    basis: str


def accuracies(scored: Scored, drawn: Drawn | None, n_corrected: int) -> list[Accuracy]:
    """Return the accuracy of every model under every scoring that is known.

    With a drawn sample, accuracies on corrected labels are estimates for the true ones of all
    items; without one they are those on the labels with what was corrected so far.
    """
    found = []
    n = scored.n_scored
    for model, name in enumerate(scored.models):
        right = int(scored.given(model).sum())
        low, high = (float(end) for end in wilson(right, n))
        about = {"model": name, "low": low, "high": high}
        given = Accuracy(**about, scoring="given labels", share=right / n, basis=f"{n:,} items")  # type: ignore[arg-type]
        found.append(given)
        if scored.accepted is None:
            continue
        for kind, title in SCORINGS.items():
            if drawn is not None:
                change = drawn.mean(scored.shift(model, kind), 1)
                share, low, high = _with_noise(right / n, change, n)
                n_judged = sum(len(sample.items) for sample in drawn.verdicts.samples)
                basis = f"estimated from {n_judged:,} judged items"
            else:
                share = right / n + so_far(scored, model, kind)
                low, high = (float(end) for end in wilson(share * n, n))
                basis = f"given labels but for {n_corrected:,} that people judged"
            found.append(
                Accuracy(model=name, scoring=title, share=share, low=low, high=high, basis=basis)
            )
    return found


def _with_noise(given: float, change: Estimate, n: int) -> tuple[float, float, float]:
    """Return an accuracy with bounds for the draw of judged items, and of the test set."""
    share = min(max(given + change.share, 0), 1)
    low, high = (float(end) for end in wilson(share * n, n))
    below = math.hypot(share - low, change.share - change.low)
    above = math.hypot(high - share, change.high - change.share)
    return share, max(share - below, 0), min(share + above, 1)


def accuracy_table(found: Sequence[Accuracy]) -> Table:
    """Return a row a model and scoring, with its rank among the models."""
    ranks = [
        1 + sum(other.scoring == each.scoring and other.share > each.share for other in found)
        for each in found
    ]
    scorings = ["given labels", *SCORINGS.values()]
    order = sorted(range(len(found)), key=lambda at: (scorings.index(found[at].scoring), ranks[at]))
    columns = (
        ("scoring", "", [each.scoring for each in found]),
        ("model", "", [each.model for each in found]),
        ("rank", "count", np.array(ranks)),
        ("accuracy", "share", np.array([each.share for each in found])),
        ("low", "share", np.array([each.low for each in found])),
        ("high", "share", np.array([each.high for each in found])),
        ("basis", "", [each.basis for each in found]),
    )
    return ranked_table("accuracies", "Accuracy and rank by scoring", columns, np.array(order))


def gap_table(found: Sequence[Pair]) -> Table:
    """Return a row a pair of models: how far they are apart, and whether that is decided."""
    corrected = [(None,) * 3 if p.corrected is None else _ends(p.corrected) for p in found]
    columns: tuple[tuple[str, str, ColumnValues], ...] = (
        *_names(found),
        ("decided", "", [pair.decided for pair in found]),
        ("gap", "share", _column(pair.gap.value for pair in found)),
        ("gap_low", "share", _column(pair.gap.low for pair in found)),
        ("gap_high", "share", _column(pair.gap.high for pair in found)),
        ("mcnemar_p", "", _column(pair.p for pair in found)),
        *(
            (f"corrected_gap{end}", "share", _column(each[at] for each in corrected))
            for at, end in enumerate(("", "_low", "_high"))
        ),
    )
    kept = [column for column in columns if not _is_empty(column[2])]
    return ranked_table("gaps", "Gaps between models", kept, np.arange(len(found)))


def swap_table(found: Sequence[Pair], upper: float | None) -> Table:
    """Return a row a pair of models: at which share of wrong labels they change places."""
    known = [pair for pair in found if pair.swap is not None]
    swaps = [pair.swap for pair in known if pair.swap is not None]
    columns: tuple[tuple[str, str, ColumnValues], ...] = (
        *_names(known),
        ("lead_on_right", "share", _column(swap.on_clean for swap in swaps)),
        ("lead_on_wrong", "share", _column(swap.on_wrong for swap in swaps)),
        ("swap", "share", _column(swap.prevalence for swap in swaps)),
        ("swap_low", "share", _column(swap.low for swap in swaps)),
        ("swap_high", "share", _column(swap.high for swap in swaps)),
        ("swap_if_corrected", "share", _column(pair.swap_corrected for pair in known)),
        ("within_error_range", "", [_within(swap, upper) for swap in swaps]),
    )
    kept = [column for column in columns if not _is_empty(column[2])]
    title = "Share of wrong labels at which models swap, undefined where none does"
    return ranked_table("swaps", title, kept, np.arange(len(known)))


def _names(found: Sequence[Pair]) -> tuple[tuple[str, str, ColumnValues], ...]:
    first, second = [pair.first for pair in found], [pair.second for pair in found]
    return ("first", "", first), ("second", "", second)


def _is_empty(values: ColumnValues) -> bool:
    if isinstance(values, np.ndarray):
        return bool(len(values)) and bool(np.isnan(values.astype(np.float64)).all())
    return not any(values)


def _ends(found: Estimate) -> tuple[float, float, float]:
    return found.share, found.low, found.high


def _column(numbers: Iterable[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if each is None else each for each in numbers], dtype=np.float64)


def _within(swap: Swap, upper: float | None) -> str:
    """Say whether two models change places at a share of wrong labels that there may be."""
    if upper is None:
        return ""
    if swap.prevalence is not None and swap.prevalence <= upper:
        return "yes"
    return "possibly" if swap.low is not None and swap.low <= upper else "no"


def subset_table(scored: Scored, wrong: WrongLabels) -> Table:
    """Return the accuracy of each model, by the given labels, where these are right and wrong."""
    n, share = scored.n_scored, wrong.share.share
    effective = effective_number(wrong.weights)
    given = np.array([scored.given(model).mean() for model in range(len(scored.models))])
    total = wrong.weights.sum()
    on_wrong = np.array(
        [
            float(wrong.weights @ (scored.classes[model][wrong.rows] == wrong.labels)) / total
            for model in range(len(scored.models))
        ]
    )
    low, high = wilson(on_wrong * effective, np.full(len(on_wrong), effective))
    on_clean = np.clip((given - share * on_wrong) / max(1 - share, 1 / n), 0, 1)
    columns = (
        ("model", "", scored.models),
        ("on_right_labels", "share", on_clean),
        ("on_wrong_labels", "share", on_wrong),
        ("wrong_low", "share", low),
        ("wrong_high", "share", high),
    )
    return ranked_table(
        "subsets",
        "Accuracy on the given labels, where they are right and where they are wrong",
        columns,
        np.arange(len(scored.models)),
    )
