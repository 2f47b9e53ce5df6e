"""How fast a model runs here: the session alone, on inputs that are already decoded."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np

from labelaudit.embeddings.models.model import Model, load_model, run_model
from labelaudit.embeddings.onnx_file.sidecar import sidecar_path
from labelaudit.embeddings.runtime.session import Device
from labelaudit.embeddings.texts.declaration import declares_text
from labelaudit.embeddings.texts.model import TextModel, embed_tokens, load_text_model

RANDOM_STATE = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What was measured.

    Attributes
    ----------
    model, provider
        What ran, and on which execution provider.
    n_threads, batch_size, n_features
        Threads that call the session, inputs that each gives it at once, length of an embedding.
    unit
        What is counted: images, or texts of the greatest length that the model takes.
    per_second
        So many.
    """

    model: str
    provider: str
    n_threads: int
    batch_size: int
    n_features: int
    unit: str
    per_second: float


def bench(path: Path, device: Device, *, n_threads: int, seconds: float) -> Bench:
    """Run a model for some seconds on random inputs, and count.

    Parameters
    ----------
    path
        Its ONNX file.
    device
        Where it has to run.
    n_threads
        Threads that call the session, as in a scan.
    seconds
        How long, after the first run of each thread.

    Raises
    ------
    ModelError
        As `load_model`.
    """
    rng = np.random.default_rng(RANDOM_STATE)
    sidecar = sidecar_path(path)
    model: Model | TextModel
    if sidecar.is_file() and declares_text(sidecar):
        model = text = load_text_model(path, device)
        tokens = [np.zeros(text.preprocessing.max_length, dtype=np.int64)]
        inputs = tokens * text.runner.batch_size
        rate = _rate(lambda: len(embed_tokens(text, inputs)), n_threads, seconds)
    else:
        model = images = load_model(path, device)
        shape = (images.runner.batch_size, *images.preprocessing.shape)
        values = rng.integers(0, 256, shape).astype(images.preprocessing.dtype)
        rate = _rate(lambda: len(run_model(images, values)), n_threads, seconds)
    return Bench(
        model=model.name,
        provider=model.provider,
        n_threads=n_threads,
        batch_size=model.runner.batch_size,
        n_features=model.n_features,
        unit="texts" if isinstance(model, TextModel) else "images",
        per_second=rate,
    )


def _rate(run: Callable[[], int], n_threads: int, seconds: float) -> float:
    """Return how many inputs a second are run by calls from several threads."""

    def work(until: float) -> int:
        n = run()
        while perf_counter() < until:
            n += run()
        return n

    with ThreadPoolExecutor(n_threads) as threads:
        list(threads.map(lambda _thread: run(), range(n_threads)))
        start = perf_counter()
        n = sum(threads.map(work, [start + seconds] * n_threads))
        return n / (perf_counter() - start)
