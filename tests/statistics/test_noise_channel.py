"""The noise channel against its definition, and on labels whose errors are known."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from labelaudit.statistics.noise_channel import (
    PSEUDO_COUNT,
    Candidates,
    fit_noise_channel,
    likely_errors,
)


def candidates_of(probs: NDArray[np.float64], labels: NDArray[np.int32]) -> Candidates:
    """Return all classes as candidates, the given one first."""
    n, n_classes = probs.shape
    classes = np.array(
        [[label, *(k for k in range(n_classes) if k != label)] for label in labels.tolist()]
    )
    logs = np.log(probs[np.arange(n)[:, None], classes]).astype(np.float32)
    return Candidates(classes=classes.astype(np.int32), log_probs=logs)


def made(
    n: int, *, noise: float, certain: float, seed: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.bool_]]:
    """Draw calibrated probabilities of true classes, and labels of which a share is flipped."""
    rng = np.random.default_rng(seed)
    n_classes = 4
    probs = rng.dirichlet(np.full(n_classes, certain), n)
    true = np.array([rng.choice(n_classes, p=row) for row in probs])
    flipped = rng.random(n) < noise
    shift = np.where(flipped, rng.integers(1, n_classes, n), 0)
    return np.maximum(probs, 1e-9), ((true + shift) % n_classes).astype(np.int32), flipped


def test_posterior_and_likelihood_are_their_definition() -> None:
    probs, labels, _ = made(400, noise=0.2, certain=0.1)
    candidates = candidates_of(probs, labels)
    channel = fit_noise_channel(candidates, 4)
    counts = dict(zip(channel.pairs.tolist(), channel.counts.tolist(), strict=True))
    found = channel.error_probs(candidates)
    total = 0.0
    for item, label in enumerate(labels.tolist()):
        sharp = [float(np.float32(np.log(p))) * channel.sharpness for p in probs[item]]
        weights = [np.exp(each - max(sharp)) for each in sharp]
        joint = []
        for true in range(4):
            prior = 1 - channel.error_rate if true == label else channel.error_rate / 3
            noise = counts.get(true * 4 + label, 0) + PSEUDO_COUNT * prior
            noise /= channel.totals[true] + PSEUDO_COUNT
            joint.append(weights[true] / sum(weights) * noise)
        total += np.log(sum(joint))
        assert found[item] == pytest.approx(1 - joint[label] / sum(joint), abs=1e-6)
    assert channel.log_likelihood == pytest.approx(total / 400, abs=1e-4)


@pytest.mark.parametrize("noise", [0.05, 0.1, 0.3])
def test_planted_noise_is_recovered_from_calibrated_probabilities(noise: float) -> None:
    probs, labels, flipped = made(20_000, noise=noise, certain=0.05)
    candidates = candidates_of(probs, labels)
    channel = fit_noise_channel(candidates, 4)
    errors = channel.error_probs(candidates)
    assert errors.mean() == pytest.approx(flipped.mean(), rel=0.12)
    for low, high in pairwise([0, 0.1, 0.5, 0.9, 1.001]):
        inside = (errors >= low) & (errors < high)
        if inside.sum() > 200:
            assert flipped[inside].mean() == pytest.approx(errors[inside].mean(), abs=0.08)


def test_hard_items_without_noise_are_not_taken_for_errors() -> None:
    probs, labels, _ = made(20_000, noise=0, certain=0.3)
    candidates = candidates_of(probs, labels)
    disagreeing = (probs.argmax(axis=1) != labels).mean()
    errors = fit_noise_channel(candidates, 4).error_probs(candidates)
    assert disagreeing > 0.2
    assert errors.mean() < 0.02


def test_the_same_margin_counts_for_more_where_noise_is_high() -> None:
    means = []
    for noise in (0.01, 0.3):
        probs, labels, _ = made(20_000, noise=noise, certain=0.1)
        candidates = candidates_of(probs, labels)
        errors = fit_noise_channel(candidates, 4).error_probs(candidates)
        margin = candidates.log_probs[:, 0] - candidates.log_probs[:, 1:].max(axis=1)
        means.append(errors[(margin < -2) & (margin > -4)].mean())
    assert means[1] > 2 * means[0]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=9))
def test_likely_errors_have_the_best_expected_f1_of_all_cuts(chances: list[float]) -> None:
    errors = np.array(chances)
    flagged = likely_errors(errors)
    best = max(
        2 * sum(sorted(chances, reverse=True)[:n]) / (n + errors.sum())
        for n in range(1, len(chances) + 1)
    )
    n = int(flagged.sum())
    assert 2 * errors[flagged].sum() / (n + errors.sum()) == pytest.approx(best)
    assert errors[flagged].min() >= errors[~flagged].max(initial=0)


def test_nothing_is_flagged_where_nothing_can_be_wrong() -> None:
    assert not likely_errors(np.zeros(3)).any()
    assert not likely_errors(np.empty(0)).any()
