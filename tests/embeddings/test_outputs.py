import numpy as np
import pytest

from labelaudit.embeddings.images.preprocessing import Pooling, Scores
from labelaudit.embeddings.models.class_map import log_probs_of_classes
from labelaudit.embeddings.models.outputs import log_probabilities, pooled
from labelaudit.errors import ModelError

RNG = np.random.default_rng(0)


def by_definition(output: np.ndarray, pooling: str) -> np.ndarray:
    vectors = []
    for image in output.astype(np.float64):
        if pooling == "cls":
            vectors.append(image[0])
        elif image.ndim == 2:
            vectors.append(sum(image) / len(image))
        elif pooling == "mean":
            vectors.append(np.array([channel.sum() / channel.size for channel in image]))
        else:
            places = [place for row in image for place in row]
            vectors.append(sum(places) / len(places))
    return np.array(vectors)


@pytest.mark.parametrize(
    ("shape", "pooling"),
    [
        ((5, 7, 3), "cls"),
        ((5, 7, 3), "mean"),
        ((5, 1, 1), "mean"),
        ((5, 3, 4, 6), "mean"),
        ((5, 3, 1, 1), "mean"),
        ((5, 4, 6, 3), "mean_nhwc"),
    ],
)
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_pooling_is_as_defined_and_the_same_for_one_image_alone(
    shape: tuple[int, ...], pooling: Pooling, dtype: type
) -> None:
    output: np.ndarray = RNG.normal(size=shape).astype(dtype)
    vectors = pooled(output, pooling, "x")
    assert vectors.shape == (5, 3 if 3 in shape else 1)
    assert np.allclose(vectors, by_definition(output, pooling), atol=1e-6)
    alone = np.concatenate([pooled(output[at : at + 1], pooling, "x") for at in range(5)])
    assert np.array_equal(alone, vectors)


@pytest.mark.parametrize(
    ("shape", "pooling", "hint"),
    [
        ((2, 4, 3), "none", "cls"),
        ((2, 3, 4, 4), "none", "mean_nhwc"),
        ((2, 3, 4, 4), "cls", "mean_nhwc"),
        ((2, 4, 3), "mean_nhwc", "cls"),
        ((2, 3), "mean", "none"),
        ((2,), "none", "one vector an image"),
        ((2, 0), "none", "empty"),
        ((2, 0, 3), "cls", "empty"),
        ((2, 3, 0, 4), "mean", "empty"),
        ((2, 1, 1, 1, 1), "mean", "one vector an image"),
    ],
)
def test_pooling_of_another_rank_is_refused_with_what_would_do(
    shape: tuple[int, ...], pooling: Pooling, hint: str
) -> None:
    with pytest.raises(ModelError) as raised:
        pooled(np.zeros(shape, np.float32), pooling, "x")
    assert str(shape) in raised.value.message
    assert hint in raised.value.hint


def test_logits_become_log_probabilities() -> None:
    logits = np.array([[0, np.log(3)], [1000, 0], [-5, -5]], dtype=np.float32)
    found = np.exp(log_probabilities(logits, "logits", "x"))
    assert np.allclose(found, [[0.25, 0.75], [1.0, 0.0], [0.5, 0.5]], atol=1e-6)


@pytest.mark.parametrize("scores", ["logits", "probabilities"])
def test_classes_that_are_unlikely_beside_others_are_still_told_apart(scores: Scores) -> None:
    logits = np.array([[40, 11, 5], [90, 33, 31]], dtype=np.float32)
    given = logits
    if scores == "probabilities":
        given = np.exp(logits - logits.max(axis=1, keepdims=True))
    logs = log_probabilities(given, scores, "x").astype(np.float16)
    found = np.exp(log_probs_of_classes(logs, np.array([-1, 0, 1])))
    expected = 1 / (1 + np.exp([6, 2]))
    assert np.allclose(found[:, 1], expected, rtol=0.04)
    assert np.allclose(found.sum(axis=1), 1)


def test_a_class_that_is_ruled_out_has_a_logarithm_that_half_precision_holds() -> None:
    logits = np.array([[0, -np.inf], [0, -1e6]], dtype=np.float32)
    cases: list[tuple[np.ndarray, Scores]] = [
        (logits, "logits"),
        (np.exp(logits), "probabilities"),
    ]
    for given, scores in cases:
        logs = log_probabilities(given, scores, "x").astype(np.float16)
        assert np.isfinite(logs).all()
        assert np.allclose(np.exp(logs.astype(float)), [[1, 0], [1, 0]])


def test_probabilities_stay_what_they_are() -> None:
    given = np.array([[0.25, 0.75], [1, 0]], dtype=np.float16)
    found = np.exp(log_probabilities(given, "probabilities", "x"))
    assert np.allclose(found, [[0.25, 0.75], [1.0, 0.0]], atol=1e-7)


def test_no_number_stays_no_number() -> None:
    for row in ([np.nan, 1], [np.inf, 1]):
        assert np.isnan(log_probabilities(np.array([row], dtype=np.float32), "logits", "x")).any()


@pytest.mark.parametrize("row", [[0.5, 0.6], [1.5, -0.5], [3, -1], [0, 0]])
def test_what_is_no_probability_is_refused(row: list[float]) -> None:
    with pytest.raises(ModelError, match="declared as probabilities") as raised:
        log_probabilities(np.array([[0.5, 0.5], row], dtype=np.float32), "probabilities", "x")
    assert "logits" in raised.value.hint


@pytest.mark.parametrize("shape", [(2,), (2, 1), (2, 3, 4), (2, 0)])
def test_scores_have_two_axes(shape: tuple[int, ...]) -> None:
    with pytest.raises(ModelError, match="one score a class"):
        log_probabilities(np.zeros(shape, np.float32), "logits", "x")
