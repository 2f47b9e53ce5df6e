"""Whether one label an item is enough."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.blocks import row_blocks
from labelaudit.embeddings.content import Content
from labelaudit.errors import MissingInputError, some
from labelaudit.inputs.label_judgement import Judgement, check_informed
from labelaudit.inputs.neighbors import Neighbors
from labelaudit.inputs.pred_probs import PredProbs
from labelaudit.inputs.verdicts import JudgedLabels
from labelaudit.measures import Findings, measure
from labelaudit.measures.label_noise.audited_rates import RATES, of_usable_samples, rates
from labelaudit.measures.multi_label.plausible_tables import (
    MOST_LISTED,
    MOSTLY,
    ByClass,
    by_class,
    class_table,
    likely_several,
    pair_table,
)
from labelaudit.report import Value
from labelaudit.statistics.neighbor_entropy import label_entropy
from labelaudit.statistics.plausible_classes import FEWEST, PART, Plausible, plausible_classes
from labelaudit.tabulate import Specification, exact_values

PROXIES: Final[tuple[Specification, ...]] = (
    ("plausible_classes", "Proxy: plausible classes of an item, mean", "", "neither"),
    (
        "several_plausible_share",
        "Proxy: items with two or more plausible classes",
        "share",
        "neither",
    ),
    (
        "mostly_several_count",
        "Proxy: classes of which half the items have two or more",
        "count",
        "neither",
    ),
    ("neighbor_entropy", "Proxy: entropy of the neighbors' labels, mean", "nats", "neither"),
)
NO_INTERVAL: Final = (
    "a proxy, for screening: how far a model's doubt is from what an item shows, only people can "
    "tell"
)
NOT_AUDITED: Final = "not audited: no person judged any label of a drawn sample"


@measure(family="multi_label", title="Single-label assumption")
def single_label_assumption(
    labels: NDArray[np.int32],
    class_names: tuple[str, ...],
    pred_probs: PredProbs | None = None,
    neighbors: Neighbors | None = None,
    copies: NDArray[np.int64] | None = None,
    verdicts: JudgedLabels | None = None,
    content: Content | None = None,
    label_judgement: Judgement | None = None,
) -> Findings:
    """Tell how far one label an item is enough, from what people judged; and screen for more.

    Only people can tell whether another label is right beside the given one. Of a drawn sample
    that they judged, four shares are estimated, those of *Audited labels*: the given label is
    right alone; right, and so is another; wrong, and another is right; none fits. The second is no
    error, and is never added to the errors. Nobody asked about every class, so it is a floor.

    Without people there are proxies, to find items to look at. A class is *plausible* for an item
    when it is at least a quarter as probable as it is on average for items that were given it. An
    item with two plausible classes may show both, or be hard to tell, or the model is weak: the
    weaker it is, the more classes are plausible; one that prefers the given classes no more often
    than by chance is not asked. The averages are taken over the given labels of this dataset,
    errors and all.

    Formula
    -------
    - plausible: P(k) of the item, out of sample, is 1/4 or more of the mean of P(k) over items
      given k. The mean itself, the threshold of confident learning, is hardly ever passed by two
      classes at once, as an item that shows both divides its probability between them
    - score of an item with two plausible classes or more, a and b the most probable of them:
      P(b) over the mean of P(b) among items given a, or of P(a) among items given b, where that
      is higher. So classes that look alike, as cats and dogs do, come last
    - several: a class with a share of 0.5 or more of items with two plausible classes or more
    - entropy of neighbors: - sum q ln q over the classes among the labelled nearest neighbors of
      an item that are no copies of it, averaged over items

    Range
    -----
    Shares 0 to 1, scores 0 or more, entropy 0 to the logarithm of the number of neighbors or
    classes. Of what people judged, a higher share of labels that are right alone is better;
    proxies have no direction.

    Undefined
    ---------
    The four shares, without judgements of a drawn sample. Plausible classes, without
    probabilities, or where these are as good as chance; a class with fewer than 20 items is never
    plausible. The entropy, without labelled neighbors that are no copies.

    Not comparable
    --------------
    Proxies across embedding models, or datasets of different difficulty. The four shares between
    reviewers with other instructions.

    Parameters
    ----------
    labels
        Class of each item, ``-1`` when unlabelled, shape ``(n_samples,)``.
    class_names
        Names of all declared classes.
    pred_probs
        Out-of-sample class probabilities.
    neighbors, copies
        Nearest items of each, and which items are the same.
    verdicts, content
        What people judged, and which items can be opened.
    label_judgement
        Which classes the probabilities prefer.

    Returns
    -------
    The four shares, proxies, tables of classes and of pairs of classes that are plausible
    together, and the items that are likeliest to have several labels.

    Raises
    ------
    MissingInputError
        With several labels an item, or without judgements, probabilities that tell of the labels,
        and neighbors.

    References
    ----------
    Beyer et al., Are we done with ImageNet?, 2020: of 50,000 images 71.4 % have one label and it
    is the given one. Shankar et al., Evaluating machine accuracy on ImageNet, ICML 2020. Northcutt,
    Jiang and Chuang, Confident learning, JAIR 70, 2021.
    """
    if pred_probs is None and neighbors is None and verdicts is None:
        raise MissingInputError(
            "no person judged a label, and there are neither probabilities nor embeddings"
        )
    plausible = entropy = None
    uninformed = _uninformed(labels, label_judgement)
    if pred_probs is not None and not uninformed:
        plausible = plausible_classes(pred_probs.blocks, labels, len(class_names))
    if neighbors is not None:
        entropy = _entropy(labels, neighbors, copies)
        entropy = None if np.isnan(entropy).all() else entropy
    if uninformed and entropy is None and verdicts is None:
        raise MissingInputError(uninformed)
    classes = by_class(labels, len(class_names), plausible, entropy)
    judged = _judged(verdicts, labels, content)
    n_items = 0 if plausible is None else len(plausible.items)
    tables, rankings = [class_table(classes, class_names, n_items)], []
    if plausible is not None:
        tables.insert(0, pair_table(plausible, class_names))
        rankings.append(likely_several(plausible, labels, class_names))
    return Findings(
        values=(*judged, *_proxies(plausible, entropy, classes, uninformed)),
        tables=tuple(tables),
        rankings=tuple(rankings),
        notes=(*_weak(label_judgement, plausible), *_notes(plausible, class_names)),
        parameters={
            "part_of_usual_probability": 1 / PART,
            "min_items_of_class": FEWEST,
            "calibrated_on": _calibrated_on(n_items),
            "probabilities": "none" if pred_probs is None else pred_probs.source,
        },
    )


def _judged(
    verdicts: JudgedLabels | None, labels: NDArray[np.int32], content: Content | None
) -> tuple[Value, ...]:
    """Return the four shares that people judged, as *Audited labels* has them."""
    if verdicts is None or content is None:
        return tuple(
            Value(name=name, title=title, value=None, unit=unit, better=better, note=NOT_AUDITED)
            for (name, title, unit, better), _ in RATES[1:]
        )
    n_items = int(((labels >= 0) & content.readable).sum())
    usable, reason = of_usable_samples(verdicts, n_items)
    return tuple(rates(usable, n_items, reason and f"not audited: {reason}")[1:])


def _uninformed(labels: NDArray[np.int32], judgement: Judgement | None) -> str:
    """Say why the probabilities tell nothing of the labels; nothing where they do."""
    if judgement is not None:
        try:
            check_informed(labels, judgement)
        except MissingInputError as error:
            return str(error)
    return ""


def _proxies(
    plausible: Plausible | None,
    entropy: NDArray[np.float64] | None,
    classes: ByClass,
    uninformed: str,
) -> tuple[Value, ...]:
    """Return what stands for several labels where nobody judged."""
    numbers: dict[str, float | None] = dict.fromkeys(name for name, *_ in PROXIES)
    why = uninformed or "there are no class probabilities"
    notes = dict.fromkeys(numbers, f"undefined: {why}")
    notes["neighbor_entropy"] = "undefined: there are no nearest neighbors with labels"
    if plausible is not None:
        screened = f"calibrated on the {_calibrated_on(len(plausible.items))}"
        notes |= dict.fromkeys([name for name, *_ in PROXIES[:3]], screened)
        numbers |= {
            "plausible_classes": float(plausible.counts.mean()),
            "several_plausible_share": float((plausible.counts > 1).mean()),
            "mostly_several_count": int((classes.several >= MOSTLY).sum()),
        }
    if entropy is not None:
        notes["neighbor_entropy"] = ""
        numbers["neighbor_entropy"] = float(np.nanmean(entropy))
    return exact_values(PROXIES, numbers, notes, NO_INTERVAL)


def _calibrated_on(n_items: int) -> str:
    return f"given labels of {n_items:,} items of this dataset" if n_items else "none"


def _entropy(
    labels: NDArray[np.int32], neighbors: Neighbors, copies: NDArray[np.int64] | None
) -> NDArray[np.float64]:
    """Return the entropy of the labels around each labelled item, NaN for the others."""
    found = np.full(len(labels), np.nan)
    items = np.flatnonzero(labels >= 0)
    for block in row_blocks(len(items)):
        around = neighbors.indices[items[block]]
        counted = around >= 0
        if copies is not None:
            counted &= copies[around] != copies[items[block], None]
        found[items[block]] = label_entropy(np.where(counted, labels[around], -1))
    return found


def _weak(judgement: Judgement | None, plausible: Plausible | None) -> tuple[str, ...]:
    """Say where the model's own mistakes outnumber what items may show."""
    if judgement is None or plausible is None or judgement.tells_errors:
        return ()
    preferred = (judgement.margin > 0).sum() / judgement.judged.sum()
    said = (
        f"the model prefers the given class for {preferred:.0%} of the items only: that several "
        "classes are plausible says more of the model than of the items"
    )
    return (said,)


def _notes(plausible: Plausible | None, class_names: tuple[str, ...]) -> tuple[str, ...]:
    """Return which classes the screening leaves out, and which items the list does."""
    notes: list[str] = []
    if plausible is None:
        return ()
    small = np.flatnonzero(~plausible.screened)
    if len(small):
        names = some(class_names[label] for label in small[:6])
        notes.append(
            f"{len(small):,} of {len(class_names):,} classes have fewer than {FEWEST} items with "
            f"probabilities and are never called plausible: {names}"
        )
    several = int((plausible.counts > 1).sum())
    if several > MOST_LISTED:
        notes.append(
            f"of {several:,} items with several plausible classes the {MOST_LISTED:,} likeliest to "
            "have them are listed"
        )
    return tuple(notes)
