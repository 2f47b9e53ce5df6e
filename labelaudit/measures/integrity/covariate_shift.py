"""Whether the items of one split look like those of another."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings import Embeddings
from labelaudit.errors import MissingInputError, some
from labelaudit.inputs.columns import Splits
from labelaudit.measures import Findings, Ranking, measure
from labelaudit.measures.integrity.split_tests import (
    FEWEST_GROUPS,
    FEWEST_OF_FOLD,
    MOST_OF_CLASS,
    MOST_OF_SPLIT,
    N_COMPONENTS,
    SplitTest,
    candidates_of,
    class_tests,
    pair_test,
)
from labelaudit.report import Table, Value
from labelaudit.statistics.distributions import compared_pairs
from labelaudit.statistics.proportions import adjusted
from labelaudit.tabulate import Specification, bounded, exact_values, ranked_table

FEWEST: Final = 200
SIGNIFICANT: Final = 0.05
N_SHOWN: Final = 100
ACCURACY: Final[tuple[Specification, ...]] = (
    ("split_auc", "AUC of a classifier that tells the splits apart", "", "lower"),
    ("split_accuracy", "Its accuracy; 50 % is chance", "share", "lower"),
)
TESTS: Final[tuple[Specification, ...]] = (
    ("covariate_shift_p_value", "p-value of chance, adjusted for all pairs", "", "neither"),
    ("tested_class_count", "Classes tested within", "count", "neither"),
    (
        "shifted_class_count",
        "Classes that look different (5 % false discoveries)",
        "count",
        "lower",
    ),
)
ONE_FIT: Final = "95 % over held-out items, the classifier and the draw being what they are"


@measure(family="integrity", title="Covariate shift between splits")
def covariate_shift(
    embeddings: Embeddings,
    embedding_hashes: NDArray[np.uint64],
    splits: Splits,
    random_state: int,
    class_names: tuple[str, ...] = (),
    labels: NDArray[np.int32] | None = None,
    item_groups: NDArray[np.int32] | None = None,
    near_copies: NDArray[np.int64] | None = None,
) -> Findings:
    """Test whether a classifier can tell the splits apart by the embeddings of their items.

    A linear discriminant is fitted on half of the items of two splits and tested on the other
    half: were the two splits drawn from one distribution, it would do no better than a coin. All
    pairs of up to five splits are tested, of more each split with the largest; at most 5,000
    items of a split, chosen by their content. Items of equal embedding are counted once a split;
    they share a half, as do near copies and items of one group, so that the classifier recognizes
    no item that it has seen. Of embeddings with more than 512 features it sees the 512 main
    components.

    With many items the smallest difference is significant: look at the AUC. Where splits differ,
    the test is repeated **within each class**. If classes are merely more or less frequent (label
    shift), nothing is left within them; a rejection there means that the same class looks
    different, and that estimates which assume label shift must not be used.

    The items that are most unlike the other split are listed where a shift was found.

    Formula
    -------
    - accuracy a on n held-out items, half of each split: z = (a - 1/2) / sqrt(1 / 4n), and the
      exact one-sided p-value P(X >= a n) of a binomial X with n tries of 1/2, adjusted by
      Benjamini and Hochberg over the pairs, and over all classes of all pairs;
    - AUC: the probability that the classifier ranks one item of each split right;
    - where the manifest names groups, these were drawn and not their items: p-value and intervals
      are by t, with the groups' variances (Obuchowski's of the AUC), and z is over that error.

    Range
    -----
    AUC and accuracy 0 to 1, where 0.5 is chance and lower is better down to there. Below it is what
    splits reach that were made alike on purpose, by class or otherwise: what one half has more
    of in a split, the other half has less of.

    Undefined
    ---------
    Without embeddings; with fewer than 200 embedded items in splits, or no two splits of which
    both halves hold 15 different items, of 5 groups where there are groups. Within a class,
    with fewer than that in both halves.

    Not comparable
    --------------
    Across embedding models, which see different things; p-values between datasets of different
    size.

    Parameters
    ----------
    embeddings
        Embeddings of the items.
    embedding_hashes
        A hash of each embedding, by which items are drawn and halved.
    splits
        Split of each item.
    random_state
        Seed of the halves.
    class_names
        Names of all declared classes.
    labels
        Class of each item, ``-1`` when unlabelled; None where an item has not one class.
    item_groups
        Group of each item, ``-1`` for none; None without groups.
    near_copies
        A number an item that exact and near copies share; None where none are known.

    Returns
    -------
    Values of the pair that is told apart best, tables by pair and by class, and the items that
    are most unlike the other split.

    Raises
    ------
    MissingInputError
        Without embeddings or splits, and with too few items.

    References
    ----------
    Lopez-Paz and Oquab, Revisiting classifier two-sample tests, ICLR 2017. Rabanser, Guennemann
    and Lipton, Failing loudly, NeurIPS 2019. DeLong et al., Biometrics 44, 1988. Obuchowski,
    Biometrics 53, 1997.
    """
    inside = embeddings.present & (splits.codes >= 0)
    sizes = np.bincount(splits.codes[inside], minlength=len(splits.names)).tolist()
    pairs = compared_pairs(sizes)
    if not pairs:
        n = sum(size > 0 for size in sizes)
        raise MissingInputError(f"splits with embeddings: {n}, and two are needed to compare")
    if sum(sizes) < FEWEST:
        raise MissingInputError(
            f"items of the splits that have an embedding: {sum(sizes):,}, and {FEWEST} are needed"
        )
    together = [codes for codes in (item_groups, near_copies) if codes is not None]
    candidates = candidates_of(
        embeddings, embedding_hashes, splits.codes, together, random_state, item_groups
    )
    found = [test for one, other in pairs if (test := pair_test(candidates, one, other))]
    if not found:
        raise MissingInputError(
            f"no two splits have {FEWEST_OF_FOLD} different items in each of two halves, whose "
            f"copies and groups stay together, or {FEWEST_GROUPS} groups, where there are any"
        )
    found.sort(key=lambda each: -each.test.auc_low)
    within: list[SplitTest] = []
    if labels is not None:
        for one, other in [(each.one, each.other) for each in found]:
            within += class_tests(candidates, one, other, labels)
    return Findings(
        values=_values(found, within, splits.names),
        tables=(
            _pair_table(found, splits.names),
            *([_class_table(within, splits.names, class_names)] if within else []),
        ),
        rankings=_rankings(found[0], splits.names) if _p_values(found)[0] < SIGNIFICANT else (),
        notes=tuple(_notes(found, within, splits.names, class_names)),
        parameters={
            "most_of_split": MOST_OF_SPLIT,
            "most_of_class": MOST_OF_CLASS,
            "components_within_classes": N_COMPONENTS,
            "pairs": len(found),
            "pairs_too_small": len(pairs) - len(found),
            "halved_by": "item" if item_groups is None else "group",
            "significant_below": SIGNIFICANT,
        },
    )


def _p_values(tests: list[SplitTest]) -> NDArray[np.float64]:
    return adjusted(np.array([each.test.p_value for each in tests], dtype=np.float64))


def _values(
    found: list[SplitTest], within: list[SplitTest], names: tuple[str, ...]
) -> tuple[Value, ...]:
    """Return what the classifier reached on the pair that it tells apart best."""
    first = found[0].test
    pair = f"{names[found[0].one]!r} and {names[found[0].other]!r}"
    more = f", told apart best of {len(found):,} pairs" if len(found) > 1 else ""
    numbers: dict[str, float | None] = {
        "split_auc": first.auc,
        "split_accuracy": first.accuracy,
    }
    auc, accuracy = exact_values(ACCURACY, numbers, {"split_auc": f"Of {pair}{more}."})
    numbers = {
        "covariate_shift_p_value": float(_p_values(found)[0]),
        "tested_class_count": len({each.label for each in within}),
        "shifted_class_count": len(_shifted(within)) if within else None,
    }
    why = "undefined: no class has enough items in both halves of two splits"
    return (
        bounded(auc, first.auc_low, first.auc_high, ONE_FIT),
        bounded(accuracy, first.low, first.high, ONE_FIT),
        *exact_values(TESTS, numbers, {} if within else {"shifted_class_count": why}),
    )


def _shifted(within: list[SplitTest]) -> list[int]:
    """Return the classes that look different in two splits, the surest first."""
    p_values = _p_values(within)
    order = np.argsort(p_values, kind="stable")
    return list(dict.fromkeys(within[at].label for at in order if p_values[at] < SIGNIFICANT))


def _columns(
    tests: list[SplitTest], names: tuple[str, ...]
) -> list[tuple[str, str, list[str] | NDArray[np.generic]]]:
    """Return the columns that the tables of both kinds of tests have."""
    found = [each.test for each in tests]
    return [
        ("split", "", [names[each.one] for each in tests]),
        ("other_split", "", [names[each.other] for each in tests]),
        ("held_out", "count", np.array([test.n for test in found], dtype=np.int64)),
        ("auc", "", np.array([test.auc for test in found])),
        ("low", "", np.array([test.auc_low for test in found])),
        ("high", "", np.array([test.auc_high for test in found])),
        ("accuracy", "share", np.array([test.accuracy for test in found])),
        ("z", "", np.array([test.z for test in found])),
        ("p_value", "", np.array([test.p_value for test in found])),
        ("adjusted_p_value", "", _p_values(tests)),
    ]


def _pair_table(found: list[SplitTest], names: tuple[str, ...]) -> Table:
    title = "How well a classifier tells the splits apart"
    return ranked_table("pairs", title, _columns(found, names), np.arange(len(found)))


def _class_table(
    within: list[SplitTest], names: tuple[str, ...], class_names: tuple[str, ...]
) -> Table:
    """Return one row a class and pair, the surest differences first."""
    columns = _columns(within, names)
    columns.insert(0, ("class", "", [class_names[each.label] for each in within]))
    order = np.lexsort(
        ([-each.test.auc for each in within], [each.test.p_value for each in within])
    )
    return ranked_table("within_classes", "The same within a class", columns, order)


def _rankings(found: SplitTest, names: tuple[str, ...]) -> tuple[Ranking, ...]:
    """Return the items that are most unlike the other split, where there are any."""
    order = np.argsort(-found.scores, kind="stable")[:N_SHOWN]
    order = order[found.scores[order] > 0]
    ranking = Ranking(
        name="unlike_other_split",
        title=f"Most unlike the other split, of {names[found.one]} and {names[found.other]}",
        items=found.items[order],
        scores=found.scores[order],
    )
    return (ranking,) if len(order) else ()


def _notes(
    found: list[SplitTest],
    within: list[SplitTest],
    names: tuple[str, ...],
    class_names: tuple[str, ...],
) -> list[str]:
    """Say which splits differ, and whether the frequency of the classes can be all of it."""
    notes = []
    if found[0].test.auc_high < 0.5:  # noqa: PLR2004 - chance
        notes.append(
            "The classifier does worse than chance, as it does where splits were made alike on "
            "purpose: what one half of a split has more of, the other has less of."
        )
    sure = [each for each, p in zip(found, _p_values(found), strict=True) if p < SIGNIFICANT]
    if sure:
        pairs = some(f"{names[each.one]!r} and {names[each.other]!r}" for each in sure)
        notes.append(
            f"Splits that can be told apart by their items: {pairs}; at best with an AUC of "
            f"{sure[0].test.auc:.2f}."
        )
    shifted = _shifted(within)
    if shifted:
        notes.append(
            f"{len(shifted):,} of {len({each.label for each in within}):,} classes look different "
            f"in two splits: {some(class_names[label] for label in shifted)}. So the splits differ "
            "by more than how frequent the classes are: use no estimate that assumes label shift."
        )
    return notes
