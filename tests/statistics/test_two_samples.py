import math

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import t
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import roc_auc_score

from labelaudit.statistics.two_samples import (
    accuracy_test,
    auc_interval,
    classifier_test,
    cross_scores,
    main_components,
)


def test_numbers_of_the_reference() -> None:
    z, normal, exact = accuracy_test(540, 1000)
    assert z == pytest.approx(2.529822, abs=1e-6)
    assert normal == pytest.approx(0.005706, abs=1e-6)
    assert exact == pytest.approx(0.006222, abs=1e-6)


def test_the_area_is_the_share_of_pairs_in_order_and_ties_count_half() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.integers(0, 8, 40).astype(float), rng.integers(2, 10, 30).astype(float)
    wins = sum((b > a) + (a == b) / 2 for a in one for b in other) / (40 * 30)
    auc, low, high = auc_interval(one, other)
    assert auc == pytest.approx(wins)
    assert low < auc < high
    everything = np.append(one, other)
    assert auc == pytest.approx(roc_auc_score(np.repeat([0, 1], [40, 30]), everything))


def test_the_interval_of_the_area_is_delongs() -> None:
    # Placements of three against two scores, by hand: other 3, 1 against one 0, 2, 4.
    one, other = np.array([0.0, 2, 4]), np.array([3.0, 1])
    auc, low, high = auc_interval(one, other)
    assert auc == pytest.approx(3 / 6)
    # other: 2/3 and 1/3, one: 2/2, 1/2, 0/2 of the others above it
    variance = np.var([2 / 3, 1 / 3], ddof=1) / 2 + np.var([1, 0.5, 0], ddof=1) / 3
    half = 1.959963984540054 * np.sqrt(variance)
    assert (low, high) == pytest.approx((max(0.5 - half, 0), min(0.5 + half, 1)))


def test_the_interval_of_the_area_covers() -> None:
    rng = np.random.default_rng(1)
    truth = 0.7602499389065233  # of unit normals one apart
    held = []
    for _ in range(600):
        _, low, high = auc_interval(rng.normal(size=60), rng.normal(1, size=80))
        held.append(low <= truth <= high)
    assert np.mean(held) > 0.92


def test_a_score_of_zero_is_a_mistake_for_both() -> None:
    found = classifier_test(np.zeros(10), np.zeros(10))
    assert (found.accuracy, found.auc, found.n) == (0, 0.5, 20)
    assert found.p_value == pytest.approx(1)


def test_scores_are_those_of_a_discriminant_of_the_other_fold() -> None:
    rng = np.random.default_rng(2)
    is_other = np.arange(4000) % 2 == 1
    vectors = rng.normal(size=(4000, 5)) + 0.4 * is_other[:, None]
    fold = np.arange(4000) % 4 < 2
    found = cross_scores(vectors, is_other, fold)
    theirs = LinearDiscriminantAnalysis().fit(vectors[~fold], is_other[~fold])
    expected = theirs.decision_function(vectors[fold])
    assert np.corrcoef(found[fold], expected)[0, 1] > 0.999
    assert expit(found).mean() == pytest.approx(0.5, abs=0.05)


def test_an_item_has_no_part_in_its_own_score() -> None:
    rng = np.random.default_rng(3)
    is_other = rng.random(400) < 0.5
    vectors = rng.normal(size=(400, 30))
    fold = rng.random(400) < 0.5
    before = cross_scores(vectors, is_other, fold)
    changed = is_other ^ fold
    after = cross_scores(vectors, changed, fold)
    assert np.array_equal(before[fold], after[fold])
    assert not np.array_equal(before[~fold], after[~fold])


def test_equal_samples_are_told_apart_once_in_twenty() -> None:
    rng = np.random.default_rng(4)
    rejected = []
    for _ in range(200):
        vectors, fold = rng.normal(size=(200, 10)), np.arange(200) % 4 < 2
        is_other = np.arange(200) % 2 == 1
        scores = cross_scores(vectors, is_other, fold)
        found = classifier_test(scores[fold & ~is_other], scores[fold & is_other])
        rejected.append(found.p_value < 0.05)
    assert np.mean(rejected) < 0.09


def test_main_components_are_the_directions_of_most_variance() -> None:
    rng = np.random.default_rng(5)
    vectors = rng.normal(size=(500, 4)) * [1, 5, 3, 0.1] + 7
    center, axes = main_components(vectors, 2)
    assert center == pytest.approx(vectors.mean(axis=0))
    assert np.abs(axes).argmax(axis=0).tolist() == [1, 2]


def test_errors_of_groups_are_their_definition() -> None:
    rng = np.random.default_rng(5)
    one, other = np.round(rng.normal(-0.3, 1, 12), 1), np.round(rng.normal(0.3, 1, 12), 1)
    units = rng.integers(0, 5, 12), rng.integers(3, 9, 12)
    found = classifier_test(one, other, units)
    wins = [[(a < b) + (a == b) / 2 for b in other] for a in one]
    auc = sum(map(sum, wins)) / 144
    right = [float(a < 0) for a in one] + [float(b > 0) for b in other]
    accuracy = sum(right) / 24
    names = sorted({*units[0].tolist(), *units[1].tolist()})
    of_auc = of_accuracy = 0.0
    for name in names:
        mine = [at for at in range(12) if units[0][at] == name]
        theirs = [at for at in range(12) if units[1][at] == name]
        part = sum(sum(wins[at]) / 12 - auc for at in mine) / 12
        part += sum(sum(row[at] for row in wins) / 12 - auc for at in theirs) / 12
        of_auc += part**2
        hits = [right[at] for at in mine] + [right[12 + at] for at in theirs]
        of_accuracy += sum(hit - accuracy for hit in hits) ** 2 / 24**2
    scale = len(names) / (len(names) - 1)
    reach = t.isf(0.025, len(names) - 1)
    assert found.auc == pytest.approx(auc)
    assert found.auc_low == pytest.approx(max(auc - reach * math.sqrt(scale * of_auc), 0))
    z = (accuracy - 0.5) / math.sqrt(scale * of_accuracy)
    assert found.z == pytest.approx(z)
    assert found.p_value == pytest.approx(t.sf(z, len(names) - 1))
    assert found.low <= accuracy <= found.high


def test_groups_that_are_alike_inside_are_not_taken_for_a_shift() -> None:
    rng = np.random.default_rng(6)
    tests = []
    for _ in range(400):
        scores = (rng.normal(size=(2, 15, 1)) + rng.normal(size=(2, 15, 8))).reshape(2, -1)
        units = np.repeat(np.arange(30), 8).reshape(2, -1)
        tests.append(
            (classifier_test(*scores), classifier_test(scores[0], scores[1], (units[0], units[1])))
        )
    assert np.mean([items.p_value < 0.05 for items, _ in tests]) > 0.15
    assert 0.02 < np.mean([groups.p_value < 0.05 for _, groups in tests]) < 0.08
    assert np.mean([groups.auc_low <= 0.5 <= groups.auc_high for _, groups in tests]) > 0.92


def test_what_is_always_right_is_told_apart_with_finite_numbers() -> None:
    units = np.repeat(np.arange(6), 5), np.repeat(np.arange(6, 12), 5)
    found = classifier_test(np.full(30, -1.0), np.full(30, 1.0), units)
    assert math.isfinite(found.z)
    assert found.p_value < 0.01
    assert found.low < 1 == found.high
