"""From images to vectors: decoding, the model, and the store of what was embedded before."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Embeddings:
    """One vector an item.

    Attributes
    ----------
    vectors
        Shape ``(n_samples, n_features)``, float16 or float32; rows that are not present are 0.
    present
        Whether an item has a vector, shape ``(n_samples,)``.
    model, model_sha256, preprocessing
        What made them.
    """

    vectors: NDArray[np.floating]
    present: NDArray[np.bool_]
    model: str
    model_sha256: str
    preprocessing: str
