"""Which items a person is asked about: a random sample, or the likeliest errors first."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from labelaudit.errors import InputError
from labelaudit.report import Report
from labelaudit.review.items import Items
from labelaudit.review.plan import Asked, Plan, Stratum
from labelaudit.statistics.stratified import draw
from labelaudit.verdicts import Verdicts

N_EXAMPLES = 4
Chosen = tuple[Plan, list[int]]


def draw_audit(
    items: Items, report: Report, judged: Verdicts | None, budget: int, seed: int
) -> Chosen:
    """Draw a sample at random within strata of the score, in an order that says nothing of them.

    Parameters
    ----------
    items
        The items of the report.
    report
        The report.
    judged
        Verdicts that there are; their items are not asked about again.
    budget
        How many items are wanted.
    seed
        Seed of the draw.

    Returns
    -------
    The plan, and the row of each of its items.

    Raises
    ------
    InputError
        When no item is left.
    """
    open_ = np.flatnonzero(items.judgeable)
    known = _known(items, judged)[open_]
    sample = draw(
        items.margin[open_],
        items.error_probability[open_],
        items.suspected[open_],
        _keys(items, open_),
        budget,
        seed,
        already=known,
    )
    rows = open_[sample.items].tolist()
    _refuse_none(rows, report, known)
    return Plan(
        kind="audit",
        name=report.dataset.name,
        digest=report.dataset.digest,
        seed=seed,
        budget=budget,
        judged_before=_n_contents(judged),
        strata=tuple(
            Stratum(size=size, drawn=drawn)
            for size, drawn in zip(sample.sizes.tolist(), sample.drawn.tolist(), strict=True)
        ),
        items=_asked(items, rows, sample.strata.tolist()),
    ), rows


def list_fixes(items: Items, report: Report, judged: Verdicts | None, budget: int) -> Chosen:
    """List the items by expected corrections a judgement: the likeliest errors first.

    Raises
    ------
    InputError
        When no item is left, or nothing is known of how likely errors are.
    """
    open_ = np.flatnonzero(items.judgeable & np.isfinite(items.error_probability))
    if not len(open_):
        raise InputError(
            f"{report.dataset.name}: the report has no probability of an error for any item",
            hint="scan with a model or embeddings, or leave out --fix to draw at random",
        )
    known = _known(items, judged)[open_]
    left = open_[~known]
    rows = left[np.argsort(-items.error_probability[left], kind="stable")][:budget].tolist()
    _refuse_none(rows, report, known)
    return Plan(
        kind="fix",
        name=report.dataset.name,
        digest=report.dataset.digest,
        seed=0,
        budget=budget,
        judged_before=_n_contents(judged),
        strata=(),
        items=_asked(items, rows, [-1] * len(rows)),
    ), rows


def examples_of(items: Items, asked: Sequence[int]) -> dict[str, list[int]]:
    """Return typical items of each class that is asked about: those least likely to be wrong.

    None of them, nor a copy of them, is asked about.

    Parameters
    ----------
    items
        The items of the report.
    asked
        Rows that are asked about.

    Returns
    -------
    Up to four rows by class.
    """
    names = {items.cell(name, row) for name in ("given_label", "suggested_label") for row in asked}
    taken = {items.cell("content_sha256", row) for row in asked}
    likely = np.where(np.isfinite(items.error_probability), items.error_probability, 1.0)
    usable = items.judgeable & ~items.suspected
    order = np.flatnonzero(usable)[np.argsort(likely[usable], kind="stable")]
    given = items.table["given_label"].combine_chunks().to_pylist()
    found: dict[str, list[int]] = {name: [] for name in sorted(names - {""})}
    n_open = len(found)
    for row in order.tolist():
        rows = found.get(given[row])
        if rows is None or len(rows) == N_EXAMPLES:
            continue
        content = items.cell("content_sha256", row)
        if content not in taken:
            taken.add(content)
            rows.append(row)
            n_open -= len(rows) == N_EXAMPLES
            if not n_open:
                break
    return found


def _asked(items: Items, rows: Sequence[int], strata: Sequence[int]) -> tuple[Asked, ...]:
    return tuple(
        Asked(
            content=items.cell("content_sha256", row),
            path=items.cell("path", row),
            given_label=items.cell("given_label", row),
            suggested_label=items.cell("suggested_label", row),
            stratum=stratum,
        )
        for row, stratum in zip(rows, strata, strict=True)
    )


def _keys(items: Items, rows: NDArray[np.int64]) -> list[str]:
    """Return a text of each row that stays the same in another order of the dataset."""
    texts = [items.table[name].cast(pa.large_string()) for name in ("content_sha256", "path")]
    joined = pc.binary_join_element_wise(*texts, pa.scalar(" ", pa.large_string()))
    keys: list[str] = joined.take(pa.array(rows)).to_pylist()
    return keys


def _known(items: Items, judged: Verdicts | None) -> NDArray[np.bool_]:
    """Tell which items were judged before."""
    contents = pa.array(judged.content if judged is not None else (), pa.string())
    known: NDArray[np.bool_] = pc.is_in(items.table["content_sha256"], contents).to_numpy()
    return known


def _n_contents(judged: Verdicts | None) -> int:
    return len(set(judged.content)) if judged is not None else 0


def _refuse_none(rows: Sequence[int], report: Report, known: NDArray[np.bool_]) -> None:
    if not rows:
        raise InputError(
            f"{report.dataset.name}: no item is left to judge; of {report.dataset.n_items:,} "
            f"items, {len(known):,} have a label and can be opened, and {int(known.sum()):,} of "
            "these were judged",
            hint="scan the dataset to see what the verdicts say",
        )
