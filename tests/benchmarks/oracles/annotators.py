"""Judgements of several annotators: agreement, consensus, and weights.

Closed formulas are equal to 1e-9, which leaves room for sums in another order. The model of Dawid
and Skene is compared after the same number of steps, to 1e-6: crowd-kit keeps rates of errors above
1e-10, ours may be 0, and steps carry the difference on. Its shares of the classes are a step
further, and compared to 1e-5.
"""

from collections.abc import Iterator
from typing import Literal

import krippendorff
import numpy as np
import pandas as pd
from cleanlab.multiannotator import get_label_quality_multiannotator
from crowdkit.aggregation import DawidSkene, MajorityVote, Wawa
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa

from labelaudit.statistics.agreement import agreement_statistics, vote_counts, vote_patterns
from labelaudit.statistics.annotator_pairs import annotator_pairs
from labelaudit.statistics.confusions import confusions
from labelaudit.statistics.crowdlab import crowdlab
from labelaudit.statistics.dawid_skene import dawid_skene
from labelaudit.statistics.votes import Votes, count_votes, majority

Row = tuple[str, str, float, float, float]
EXACT, STEPS = 1e-9, 1e-6
LEVELS: tuple[tuple[str, Literal["nominal", "ordinal", "interval"]], ...] = (
    ("krippendorff_alpha", "nominal"),
    ("ordinal_alpha", "ordinal"),
    ("interval_alpha", "interval"),
)
N_ITEMS, N_ANNOTATORS, N_CLASSES = 600, 7, 4


def rows() -> Iterator[Row]:
    """Yield our numbers beside theirs, of generated judgements of which some are missing."""
    table, truth = generated()
    items, who = np.nonzero(table >= 0)
    labels = table[items, who].astype(np.int32)
    votes = count_votes(items, who, labels, N_ITEMS, N_CLASSES)
    yield from agreement(table, items, labels)
    yield from pairs(table, items, who, labels)
    yield from consensus(votes, pd.DataFrame({"task": items, "worker": who, "label": labels}))
    yield from with_classifier(table, votes, truth)


def generated() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return one column an annotator, negative where one did not judge, and the true classes."""
    rng = np.random.default_rng(0)
    truth = rng.choice(N_CLASSES, N_ITEMS, p=(0.4, 0.3, 0.2, 0.1))
    wrong = rng.random((N_ITEMS, N_ANNOTATORS)) < np.linspace(0.05, 0.5, N_ANNOTATORS)
    table = np.where(wrong, rng.integers(0, N_CLASSES, wrong.shape), truth[:, None])
    table[rng.random(table.shape) < 0.4] = -1
    table[np.arange(N_ITEMS), rng.integers(0, N_ANNOTATORS, N_ITEMS)] = truth
    return table, truth


def agreement(
    table: NDArray[np.int64], items: NDArray[np.int64], labels: NDArray[np.int32]
) -> Iterator[Row]:
    """Yield alphas with judgements missing, and kappa of the items with an equal number."""
    votes = vote_counts(items, labels, N_ITEMS, N_CLASSES)
    ours = agreement_statistics(vote_patterns(votes), ordered=True)
    data = np.where(table < 0, np.nan, table).T
    for name, level in LEVELS:
        theirs = krippendorff.alpha(reliability_data=data, level_of_measurement=level)
        yield f"alpha, {level}", "krippendorff", ours[name], theirs, EXACT
    four = votes[np.flatnonzero(votes.sum(axis=1) == 4)]
    kappa = agreement_statistics(vote_patterns(four))["fleiss_kappa"]
    yield "Fleiss' kappa", "statsmodels", kappa, fleiss_kappa(four.toarray()), EXACT


def pairs(
    table: NDArray[np.int64],
    items: NDArray[np.int64],
    who: NDArray[np.int64],
    labels: NDArray[np.int32],
) -> Iterator[Row]:
    """Yield Cohen's kappa of the best and the worst two, by two packages."""
    found = annotator_pairs(items, who, labels, N_CLASSES, 50)
    for name, at in (("highest", int(found.kappa.argmax())), ("lowest", int(found.kappa.argmin()))):
        one, other = table[:, found.first[at]], table[:, found.second[at]]
        both = (one >= 0) & (other >= 0)
        named, ours = f"Cohen's kappa, {name} of {len(found.kappa)}", float(found.kappa[at])
        counted = np.zeros((N_CLASSES, N_CLASSES))
        np.add.at(counted, (one[both], other[both]), 1)
        yield named, "scikit-learn", ours, cohen_kappa_score(one[both], other[both]), EXACT
        yield named, "statsmodels", ours, cohens_kappa(counted).kappa, EXACT


def consensus(votes: Votes, judged: pd.DataFrame) -> Iterator[Row]:
    """Yield the majority, the model of Dawid and Skene, and the skills of Wawa.

    Of Wawa only the skills: what they are applied with does not run beside today's scikit-learn.
    """
    majorities = majority(votes.by_class)
    theirs = MajorityVote().fit_predict(judged).to_numpy()
    untied = majorities >= 0
    same = float((majorities[untied] == theirs[untied]).mean())
    yield f"majorities of {untied.sum()} without a tie that are equal", "crowd-kit", same, 1, 0
    model = dawid_skene(votes)
    other = DawidSkene(n_iter=model.n_iterations, tol=0).fit(judged)
    ours = np.concatenate([block for _, block in model.posteriors(votes)])
    assert other.probas_ is not None
    assert other.priors_ is not None
    posteriors = other.probas_.sort_index().sort_index(axis=1).to_numpy()
    apart = float(np.abs(ours - posteriors).max())
    yield "Dawid-Skene, largest distance of a posterior", "crowd-kit", apart, 0, STEPS
    for label in range(N_CLASSES):
        yield (
            f"Dawid-Skene, share of class {label}",
            "crowd-kit",
            float(model.shares[label]),
            float(other.priors_[label]),
            1e-5,
        )
    skills = Wawa().fit(judged[untied[judged["task"]]]).skills_
    assert skills is not None
    said = votes.take(np.flatnonzero(untied))
    for who in (0, N_ANNOTATORS - 1):
        wrong = confusions(said, majorities[untied].astype(np.int64), who).judgements.sum()
        total = said.by_annotator(np.asarray(said.counts.sum(axis=0)).ravel())[who]
        name = f"Wawa, judgements of annotator {who} that are the majority's"
        yield name, "crowd-kit", float(1 - wrong / total), float(skills[who]), EXACT


def with_classifier(
    table: NDArray[np.int64], votes: Votes, truth: NDArray[np.int64]
) -> Iterator[Row]:
    """Yield CROWDLAB's consensus, qualities and weights."""
    rng = np.random.default_rng(1)
    raw = rng.random((N_ITEMS, N_CLASSES)) + np.eye(N_CLASSES)[truth]
    probs = raw / raw.sum(axis=1, keepdims=True)
    none = np.full(N_ITEMS, -1, dtype=np.int32)
    ours = crowdlab(votes, lambda: iter([(np.arange(N_ITEMS), probs)]), none)
    theirs = get_label_quality_multiannotator(
        np.where(table < 0, np.nan, table), probs, return_weights=True, verbose=False
    )
    label, quality = (
        theirs["label_quality"][name].to_numpy()
        for name in ("consensus_label", "consensus_quality_score")
    )
    of_annotators = theirs["annotator_stats"]["annotator_quality"].sort_index().to_numpy()
    same, weight = float((ours.consensus == label).mean()), float(theirs["model_weight"])
    yield "CROWDLAB, consensus labels that are equal", "cleanlab", same, 1, 0
    for name, mine, other in (
        ("quality of a consensus", ours.quality, quality),
        ("quality of an annotator", ours.annotator_quality, of_annotators),
        ("weight of an annotator", ours.annotator_weights, theirs["annotator_weight"]),
    ):
        apart = float(np.abs(mine - other).max())
        yield f"CROWDLAB, largest distance of a {name}", "cleanlab", apart, 0, EXACT
    yield "CROWDLAB, weight of the classifier", "cleanlab", ours.model_weight, weight, EXACT
