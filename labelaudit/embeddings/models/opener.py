"""From the bytes of an image to its facts and a model's input, and on to its embedding."""

import threading
from contextlib import ExitStack

import numpy as np
from numpy.typing import NDArray

from labelaudit.embeddings.images.decode import decode
from labelaudit.embeddings.images.looks import SIDE, small_copies
from labelaudit.embeddings.images.preprocessing import Preprocessing, fit
from labelaudit.embeddings.models.model import Model, run_model
from labelaudit.embeddings.pipeline import Input, Opened, Opener

LARGE = 2**24  # pixels, of which one thread alone takes some 200 MB


def image_opener(model: Model | None) -> Opener:
    """Return what opens images and embeds them; without a model they are decoded alone."""
    one = threading.Lock()
    if model is None:
        return Opener(kind="image", open=lambda data: _opened(data, None, one))

    def embed(inputs: list[Input]) -> NDArray[np.floating]:
        return run_model(model, np.stack(inputs))

    return Opener(
        kind="image",
        model=model.name,
        n_features=model.n_features,
        batch_size=model.runner.batch_size,
        open=lambda data: _opened(data, model.preprocessing, one),
        embed=embed,
    )


def _opened(data: bytes, wanted: Preprocessing | None, one: threading.Lock) -> Opened:
    """Decode an image to its facts, and to what a model wants of it; large ones one at a time."""
    edge = max(wanted.shortest_edge if wanted else 0, SIDE)
    with ExitStack() as held:

        def before_load(n_pixels: int) -> None:
            if n_pixels > LARGE:
                held.enter_context(one)

        decoded = decode(data, at_least=edge, identify=True, before_load=before_load)
        facts = decoded.oddities, decoded.width, decoded.height, len(data)
        image = decoded.image
        return Opened(
            facts, decoded.sha256, fit(image, wanted) if wanted else None, small_copies(image)
        )
