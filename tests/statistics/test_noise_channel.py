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


def candidates_of(
    probs: NDArray[np.float64], labels: NDArray[np.int32], width: int = 0
) -> Candidates:
    """Return the given class, and the most probable others, all of them unless a width is given."""
    n, n_classes = probs.shape
    classes = np.array(
        [
            [label, *sorted(set(range(n_classes)) - {label}, key=lambda k: -row[k])]
            for label, row in zip(labels.tolist(), probs.tolist(), strict=True)
        ]
    )[:, : width or n_classes]
    logs = np.log(probs[np.arange(n)[:, None], classes]).astype(np.float32)
    return Candidates(classes=classes.astype(np.int32), log_probs=logs, n_classes=n_classes)


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


@pytest.mark.parametrize("width", [3, 4])
def test_posterior_and_likelihood_are_their_definition(width: int) -> None:
    probs, labels, _ = made(400, noise=0.2, certain=0.1)
    candidates = candidates_of(probs, labels, width)
    channel = fit_noise_channel(candidates)
    counts = dict(zip(channel.pairs.tolist(), channel.counts.tolist(), strict=True))
    found = channel.error_probs(candidates)
    total = 0.0
    for item, label in enumerate(labels.tolist()):
        kept = [int(k) for k in candidates.classes[item]]
        logs = {k: float(np.float32(np.log(probs[item, k]))) for k in kept}
        powers = {k: np.exp(channel.sharpness * log) for k, log in logs.items()}
        rest = 4 - width  # of which each has what is left, but no more than the least that is kept
        left = max(1 - sum(np.exp(log) for log in logs.values()), 1e-12)
        rest_power = min(left, np.exp(logs[kept[-1]])) ** channel.sharpness if rest else 0.0
        scale = sum(powers.values()) + rest * rest_power
        joint = {}
        for true in kept:
            prior = 1 - channel.error_rate if true == label else channel.error_rate / 3
            noise = counts.get(true * 4 + label, 0) + PSEUDO_COUNT * prior
            noise /= channel.totals[true] + PSEUDO_COUNT
            joint[true] = powers[true] / scale * noise
        given_prob = sum(joint.values()) + rest * rest_power / scale * channel.error_rate / 3
        total += np.log(given_prob)
        assert found[item] == pytest.approx(1 - joint[label] / given_prob, abs=1e-5)
    assert channel.log_likelihood == pytest.approx(total / 400, abs=1e-3)


def test_what_is_left_out_of_the_candidates_hardly_changes_the_probabilities() -> None:
    rng = np.random.default_rng(3)
    probs = np.maximum(rng.dirichlet(np.full(12, 0.08), 4000), 1e-6)
    probs /= probs.sum(axis=1, keepdims=True)
    labels = np.array([rng.choice(12, p=row) for row in probs], dtype=np.int32)
    flipped = rng.random(4000) < 0.15
    labels[flipped] = rng.integers(0, 12, flipped.sum())
    rates = []
    for width in (6, 12):
        candidates = candidates_of(probs, labels, width)
        rates.append(fit_noise_channel(candidates).error_probs(candidates).mean())
    assert rates[0] == pytest.approx(rates[1], abs=0.01)
    assert rates[1] == pytest.approx(0.15 * 11 / 12, abs=0.03)


@pytest.mark.parametrize("noise", [0.05, 0.1, 0.3])
def test_planted_noise_is_recovered_from_calibrated_probabilities(noise: float) -> None:
    probs, labels, flipped = made(20_000, noise=noise, certain=0.05)
    candidates = candidates_of(probs, labels)
    channel = fit_noise_channel(candidates)
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
    errors = fit_noise_channel(candidates).error_probs(candidates)
    assert disagreeing > 0.2
    assert errors.mean() < 0.02


def test_the_same_margin_counts_for_more_where_noise_is_high() -> None:
    means = []
    for noise in (0.01, 0.3):
        probs, labels, _ = made(20_000, noise=noise, certain=0.1)
        candidates = candidates_of(probs, labels)
        errors = fit_noise_channel(candidates).error_probs(candidates)
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
