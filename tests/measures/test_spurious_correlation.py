"""Spurious correlation: against its definition in loops, scipy, planted properties and none."""

from dataclasses import replace

import numpy as np
import pytest
from made import labels_of, numbers, rows, states_of
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import chi2_contingency, mannwhitneyu, spearmanr
from test_integrity import content_of

from labelaudit.embeddings.content import Content
from labelaudit.embeddings.images.looks import LOOKS
from labelaudit.errors import MissingInputError
from labelaudit.measures import Findings
from labelaudit.measures.integrity.spurious_correlation import spurious_correlation
from labelaudit.statistics.class_separation import separation

NAMES = ("cat", "dog", "fox")


def content_with(n: int, seed: int = 0) -> Content:
    """Return images whose looks are noise."""
    rng = np.random.default_rng(seed)
    looks = np.zeros(n, dtype=LOOKS)
    for name in LOOKS.names or ():
        looks[name] = rng.random(looks[name].shape)
    content = content_of([f"{seed} {at}".encode() for at in range(n)])
    return replace(content, looks=looks, n_bytes=rng.integers(100, 200, n))


def measured(labels: NDArray[np.int32], brightness: NDArray[np.float64]) -> Findings:
    content = content_with(len(labels))
    assert content.looks is not None
    content.looks["brightness"] = brightness
    return spurious_correlation(content, NAMES, labels)


def test_separation_is_its_definition() -> None:
    rng = np.random.default_rng(1)
    n = 400
    values = np.round(rng.normal(size=n), 1)
    inside = rng.random(n) < 0.2 + 0.3 * (np.abs(values) < 0.5)
    first = rng.random(n) < 0.5
    found = separation(values[:, None], csr_array(inside[:, None].astype(int)), first)
    ranks = [
        sum(other < value for other in values) + (sum(other == value for other in values) + 1) / 2
        for value in values
    ]
    bins = np.array([int((rank - 0.5) * 8 / n) for rank in ranks])
    hits = misses = 0
    for half in (first, ~first):
        for number in range(8):
            here = (bins == number) & half
            share_in = (here & inside).sum() / (half & inside).sum()
            share_out = (here & ~inside).sum() / (half & ~inside).sum()
            if share_in > share_out:
                tried = (bins == number) & ~half
                hits += (tried & inside).sum()
                misses += (tried & ~inside).sum()
    expected = hits / inside.sum() - misses / (~inside).sum()
    assert found.held_out[0, 0] == pytest.approx(expected)
    assert expected > 0.1  # a class in the middle is told from the rest
    statistic = mannwhitneyu(values[inside], values[~inside]).statistic
    assert found.auc[0, 0] == pytest.approx(statistic / (inside.sum() * (~inside).sum()))
    table = [[int(((bins == b) & (inside == side)).sum()) for b in range(8)] for side in (0, 1)]
    assert found.p_value[0, 0] == pytest.approx(chi2_contingency(table, correction=False).pvalue)


def test_a_case_worked_by_hand() -> None:
    """Eight bins of ten; the class is the upper three of them, in both halves."""
    values = np.arange(80.0)
    inside = values >= 50
    found = separation(values[:, None], csr_array(inside[:, None].astype(int)), values % 2 == 0)
    assert found.held_out[0, 0] == 1
    assert found.error[0, 0] == 0
    assert found.auc[0, 0] == 1


def test_a_planted_property_is_named() -> None:
    labels = labels_of([100, 100, 100])
    rng = np.random.default_rng(2)
    found = measured(labels, 0.2 * rng.random(300) + 0.5 * (labels == 1))
    value = found.values[0]
    assert value.note == "by brightness"
    assert value.value is not None
    assert value.low is not None
    assert value.value > value.low > 0.3
    assert numbers(found)["telling_properties_count"] == 1
    first = rows(found, "properties_by_class")[0]
    assert (first["property"], first["class"], first["told"]) == ("brightness", "dog", True)
    assert first["separation"] > 0.9  # the class fills two bins and two thirds of one
    assert first["auc"] == 1
    assert found.notes


def test_noise_tells_nothing_where_classes_are_unbalanced() -> None:
    """Datalab's baseline calls a property of noise spurious at 90 of 100 items of one class."""
    for counts in ([900, 100, 0], [100, 900, 0]):
        labels = labels_of(counts)
        found = measured(labels, np.random.default_rng(3).random(1000))
        assert numbers(found)["told_pairs_count"] == 0
        assert found.values[0].low == 0
        assert "too few images to be looked at: 1 of 3" in found.notes[0]


def test_the_background_is_a_property() -> None:
    labels = labels_of([60, 60, 60])
    content = content_with(180)
    assert content.looks is not None
    content.looks["border_rgb"][labels == 2] *= 0.2
    found = spurious_correlation(content, NAMES, labels)
    assert found.values[0].note.startswith("by background")


def test_several_labels_an_item() -> None:
    rng = np.random.default_rng(4)
    cells = (rng.random((300, 3)) < 0.4).astype(np.int64)
    content = content_with(300)
    assert content.looks is not None
    content.looks["contrast"] = 0.1 * rng.random(300) + cells[:, 2]
    found = spurious_correlation(content, NAMES, label_states=states_of(cells))
    first = rows(found, "properties_by_class")[0]
    assert (first["property"], first["class"]) == ("contrast", "fox")


def test_numbers_are_correlated() -> None:
    rng = np.random.default_rng(5)
    content = content_with(200)
    assert content.looks is not None
    targets = content.looks["sharpness"] + 0.3 * rng.random(200)
    targets[3] = np.nan
    found = spurious_correlation(content, (), targets=targets)
    known = ~np.isnan(targets)
    wanted = spearmanr(content.looks["sharpness"][known], targets[known]).statistic
    assert found.values[0].value == pytest.approx(wanted)
    assert found.values[0].note == "by sharpness"
    assert found.values[0].low is not None
    assert found.values[0].low < wanted
    assert numbers(found)["telling_properties_count"] == 1


@pytest.mark.parametrize("n", [30, 60])
def test_too_few_images_are_refused(n: int) -> None:
    with pytest.raises(MissingInputError, match=r"fewer than 40|no class has 40"):
        spurious_correlation(content_with(n), NAMES, labels_of([n // 3] * 3))


def test_false_discoveries_are_rare() -> None:
    told = [
        numbers(spurious_correlation(content_with(200, seed), NAMES, labels_of([80, 60, 60])))
        for seed in range(20)
    ]
    assert sum(bool(each["told_pairs_count"]) for each in told) <= 2


@pytest.mark.parametrize("signal", [0, 1])
def test_error_of_a_separation_is_no_less_than_it_varies(signal: int) -> None:
    """Binomial errors alone were too small by a factor of 1.2 to 1.4."""
    rng = np.random.default_rng(4)
    found, errors = [], []
    for _ in range(300):
        labels = rng.choice(2, 400, p=[0.7, 0.3])
        values = rng.normal(size=400) + signal * labels
        each = separation(values[:, None], csr_array(np.eye(2)[labels]), rng.random(400) < 0.5)
        found.append(each.held_out[0, 1])
        errors.append(each.error[0, 1])
    assert 0.9 < np.mean(errors) / np.std(found) < 1.4
