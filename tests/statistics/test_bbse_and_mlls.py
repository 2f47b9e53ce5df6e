import numpy as np
import pytest

from labelaudit.statistics.label_shift import bbse, calibrate, mlls, refusal, shares_from


def test_bbse_of_the_reference() -> None:
    joint = np.array([[0.4, 0.1], [0.1, 0.4]])
    assert bbse(joint, np.array([0.35, 0.65])) == pytest.approx([0.5, 1.5])
    assert refusal(joint) == ""


def test_mlls_of_the_reference() -> None:
    atoms = np.array([[0.9, 0.1]] * 2 + [[0.5, 0.5]] + [[0.2, 0.8]] * 7)
    found = mlls(atoms, np.array([0.5, 0.5]))
    assert found == pytest.approx([0.199074, 0.800926], abs=1e-6)


def test_mlls_is_where_the_likelihood_is_highest() -> None:
    rng = np.random.default_rng(0)
    probs = rng.dirichlet([1, 1], size=200)
    source = probs.mean(axis=0)[::-1]
    found = mlls(probs, source)
    grid = np.linspace(0.001, 0.999, 999)
    logs = [np.log(probs @ (np.array([q, 1 - q]) / source)).sum() for q in grid]
    assert found[0] == pytest.approx(grid[np.argmax(logs)], abs=2e-3)


def test_negative_weights_are_set_to_nothing() -> None:
    weights = bbse(np.array([[0.4, 0.1], [0.1, 0.4]]), np.array([0.05, 0.95]))
    assert weights[0] == 0
    assert shares_from(weights, np.array([0.5, 0.5])).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("joint", "why"),
    [
        ([[0.5, 0.0], [0.5, 0.0]], "no labelled items"),
        ([[0.5, 0.45], [0.0, 0.05]], "finds 10%"),
        ([[0.2501, 0.25], [0.2499, 0.25]], "condition number"),
    ],
)
def test_a_classifier_that_cannot_tell_is_refused(joint: list[list[float]], why: str) -> None:
    assert why in refusal(np.array(joint))


def test_shares_that_were_drawn_are_found_again() -> None:
    rng = np.random.default_rng(1)
    means = 2 * np.eye(3)
    source, target = (rng.choice(3, 6000, p=p) for p in ([1 / 3] * 3, [0.6, 0.3, 0.1]))
    logs = []
    for classes in (source, target):
        x = means[classes] + rng.normal(size=(6000, 3))
        logs.append((-((x[:, None] - means) ** 2).sum(axis=2) / 2 * 1.7).astype(np.float32))
    probabilities = calibrate(logs[0], source.astype(np.int32))
    assert probabilities.factor == pytest.approx(1 / 1.7, rel=0.1)
    assert probabilities.bias == pytest.approx(probabilities.bias.mean(), abs=0.1)
    joint = np.zeros((3, 3))
    np.add.at(joint, (logs[0].argmax(axis=1), source), 1 / 6000)
    predicted = np.bincount(logs[1].argmax(axis=1)) / 6000
    truth = np.bincount(target) / 6000
    assert shares_from(bbse(joint, predicted), joint.sum(axis=0)) == pytest.approx(truth, abs=0.02)
    found = mlls(probabilities(logs[1]), probabilities(logs[0]).mean(axis=0))
    assert found == pytest.approx(truth, abs=0.02)


def test_a_rare_class_that_is_told_well_is_no_reason_to_refuse() -> None:
    assert refusal(np.diag([0.998, 0.002])) == ""
    rare = np.array([[0.9, 0.1], [0.1, 0.9]]) * [0.995, 0.005]
    assert refusal(rare) == ""
    alike = np.array([[0.501, 0.499], [0.499, 0.501]]) / 2
    assert "condition number" in refusal(alike)
