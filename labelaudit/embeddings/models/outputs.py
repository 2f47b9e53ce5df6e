"""From a model's outputs to what is kept of an image: its embedding, and log probabilities."""

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings.images.preprocessing import Pooling, Scores
from labelaudit.errors import ModelError

AXES: dict[tuple[Pooling, int], tuple[int, ...]] = {  # to average, by pooling and rank
    ("mean", 3): (1,),
    ("mean", 4): (2, 3),
    ("mean_nhwc", 4): (1, 2),
}
SUM_TOLERANCE = 5e-3  # a softmax in half precision
LEAST_LOG = np.float32(np.finfo(np.float16).min)  # the store keeps half precision


def pooled(output: NDArray[np.generic], pooling: Pooling, name: str) -> NDArray[np.floating]:
    """Return one vector an image.

    Parameters
    ----------
    output
        With the images on its first axis.
    pooling
        As `Preprocessing.pooling` has it.
    name
        Of the output, for a message.

    Raises
    ------
    ModelError
        When the output is not of the rank that the pooling is for, or empty.
    """
    vectors: NDArray[np.floating] | None = None
    if pooling == "none" and output.ndim == 2:  # noqa: PLR2004 - images, features
        vectors = output  # type: ignore[assignment]
    elif pooling == "cls" and output.ndim == 3 and output.size:  # noqa: PLR2004 - images, tokens, features
        vectors = output[:, 0]  # type: ignore[assignment]
    elif axes := AXES.get((pooling, output.ndim)):
        vectors = output.mean(axis=axes, dtype=np.float32) if output.size else None
    if vectors is None or not vectors.shape[1]:
        raise ModelError(
            f"output {name!r} is of shape {output.shape}, and pooling {pooling!r} makes no vector "
            "an image of it",
            hint=_pooling_hint(output),
        )
    return vectors


def log_probabilities(
    output: NDArray[np.generic], scores: Scores, name: str
) -> NDArray[np.float32]:
    """Return the logarithms of a classifier's probabilities, shape ``(n, n_scores)``.

    The least are kept apart: they may be all that is left once classes of others are left out.

    Parameters
    ----------
    output
        A score for each image and class.
    scores
        What the scores are.
    name
        Of the output, for a message.

    Raises
    ------
    ModelError
        When it is not of two axes, or probabilities do not sum to 1.
    """
    if output.ndim != 2 or output.shape[1] < 2:  # noqa: PLR2004 - a score a class
        raise ModelError(
            f"output {name!r} is of shape {output.shape}; one score a class is wanted",
            hint="declare as scores_output the output with the logits, or their softmax",
        )
    values = output.astype(np.float32)
    if scores == "logits":
        with np.errstate(invalid="ignore"):  # what is no number is found by who asked
            values = values - values.max(axis=1, keepdims=True)
        logs: NDArray[np.float32] = values - np.log(np.exp(values).sum(axis=1, keepdims=True))
        return np.maximum(logs, LEAST_LOG)
    sums = values.sum(axis=1)
    wrong = np.flatnonzero((np.abs(sums - 1) > SUM_TOLERANCE) | (values.min(axis=1) < 0))
    if len(wrong):
        raise ModelError(
            f"output {name!r} is declared as probabilities, but one row sums to "
            f"{sums[wrong[0]]:.6g}, its least being {values[wrong[0]].min():.3g}",
            hint="declare scores: logits, if the model has no softmax at its end",
        )
    clipped: NDArray[np.float32] = np.log(np.maximum(values, np.finfo(np.float32).tiny))
    return clipped


def _pooling_hint(output: NDArray[np.generic]) -> str:
    if not output.size:
        return "the output is empty: is this the tensor that is meant?"
    hints = {
        2: "declare pooling: none, or leave it out",
        3: "declare pooling: cls (the first token) or mean (over all tokens)",
        4: "declare pooling: mean for (N, C, H, W), mean_nhwc for (N, H, W, C)",
    }
    other = "name a tensor with one vector an image, one a token, or one a place"
    return hints.get(output.ndim, other)
