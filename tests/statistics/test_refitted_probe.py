import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.metrics import average_precision_score

from labelaudit.blocks import row_blocks
from labelaudit.statistics.linear_probe import fit_linear_probe
from labelaudit.statistics.refitted_probe import RefittedProbe, fit_refitted_probe

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]


def digits(rate: float) -> tuple[F32, I32, NDArray[np.bool_]]:
    """Return pixels, labels of which some are those of the next digit, and which."""
    found = load_digits()
    wrong = np.random.default_rng(3).random(len(found.target)) < rate
    labels = (found.target + wrong) % 10
    return found.data.astype(np.float32), labels.astype(np.int32), wrong


def refitted(vectors: F32, labels: I32) -> RefittedProbe:
    return fit_refitted_probe(vectors, labels, 10, tuning_rows=np.arange(len(labels)))


def average_precision(logs: F32, labels: I32, wrong: NDArray[np.bool_]) -> float:
    rows, others = np.arange(len(labels)), logs.copy()
    others[rows, labels] = -np.inf
    return float(average_precision_score(wrong, others.max(axis=1) - logs[rows, labels]))


def test_weights_are_roots_of_the_first_fits_ratios() -> None:
    vectors, labels, _ = digits(0.1)
    equal, rows = np.ones(len(labels), dtype=np.float32), np.arange(len(labels))
    first = fit_linear_probe(vectors, labels, 10, weights=equal, tuning_rows=rows)
    logs = first.log_probs(vectors, labels, equal, first.squared_lengths(vectors))
    found = refitted(vectors, labels)
    for item in (0, 7, 100, 1000):
        probs = np.exp(logs[item].astype(np.float64))
        ratio = max(probs[labels[item]] / probs.max(), 0.02)
        assert found.weights[item] == pytest.approx(ratio**0.5, rel=1e-3)


def test_labels_that_are_often_mistaken_are_found_better() -> None:
    vectors, labels, wrong = digits(0.1)
    found = refitted(vectors, labels)
    equal, rows = np.ones(len(labels), dtype=np.float32), np.arange(len(labels))
    once = fit_linear_probe(vectors, labels, 10, weights=equal, tuning_rows=rows)
    before = once.log_probs(vectors, labels, equal, once.squared_lengths(vectors))
    after = found.log_probs(slice(0, len(labels)))
    assert found.weights[wrong].mean() < 0.5
    assert found.weights[~wrong].mean() > 0.9
    gain = average_precision(after, labels, wrong) - average_precision(before, labels, wrong)
    assert gain > 0.01


def test_blocks_of_rows_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, labels, _ = digits(0.1)
    whole = refitted(vectors[:300], labels[:300])
    monkeypatch.setattr(row_blocks, "__defaults__", (37,))
    parts = refitted(vectors[:300], labels[:300])
    rows = np.array([3, 150, 7])
    assert np.allclose(whole.log_probs(rows), parts.log_probs(rows), atol=1e-3)
    assert np.allclose(whole.log_probs(slice(0, 300))[rows], whole.log_probs(rows), atol=1e-3)
