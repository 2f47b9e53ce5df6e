"""What it costs to keep embeddings in half precision: the same measures of both, side by side.

Run ``python tests/benchmarks/half_precision.py DATA [--model FILE.onnx]`` where ``DATA`` is as for
``embeddings.py``, whose accuracies and AP these are. Neighbors are the share of each image's 20
that are the same 20.
"""

import argparse
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from embeddings import (
    N_NEIGHBORS,
    N_THREADS,
    Vectors,
    neighbor_accuracy,
    noise_precision,
    noisy_labels,
    unpacked,
)
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from labelaudit.dataset import Dataset
from labelaudit.embeddings.builtin import BUILTIN
from labelaudit.embeddings.images.decode import decode
from labelaudit.embeddings.images.preprocessing import fit
from labelaudit.embeddings.models.model import Model, load_model, run_model
from labelaudit.progress import silent
from labelaudit.statistics.nearest_neighbors import nearest, unit_vectors


def embed(dataset: Dataset, model: Model) -> Vectors:
    """Return the model's own numbers, as they come out of it."""

    def one(item: int) -> Vectors:
        assert dataset.media is not None
        image = decode(dataset.media.read(item), at_least=model.preprocessing.shortest_edge).image
        found: Vectors = run_model(model, fit(image, model.preprocessing)[None])[0]
        return found

    with threadpool_limits(1), ThreadPoolExecutor(N_THREADS) as pool:
        return np.stack(list(pool.map(one, range(dataset.n_samples)))).astype(np.float32)


def neighbors(vectors: Vectors) -> NDArray[np.int64]:
    """Return the rows of each item's neighbors, ascending."""
    units = unit_vectors(vectors, np.arange(len(vectors)))
    found, _ = nearest(units, N_NEIGHBORS, n_threads=N_THREADS, progress=silent)
    return np.sort(found, axis=1)


def main() -> None:
    """Print a row a precision."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", type=Path, default=BUILTIN)
    said = parser.parse_args()
    model = load_model(said.model, "cpu")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        dev = unpacked(said.data / "cifar10n-dev.tar", folder / "dev")
        test = unpacked(said.data / "cifar10-test.tar", folder / "test")
        truth = said.data / "cifar10n-dev-truth.parquet"
        noisy = [noisy_labels(dev, truth, f"{of}_label") for of in ("aggregate", "worst")]
        of_test, of_dev = embed(test, model), embed(dev, model)
        exact = neighbors(of_test)
        print("| precision | same neighbors | 20 neighbors | AP | AP worst |")
        print("| --- " * 5 + "|")
        kinds: tuple[type[np.floating], ...] = (np.float32, np.float16)
        for kind in kinds:
            vectors, same = of_test.astype(kind), 0
            for one, other in zip(exact, neighbors(vectors), strict=True):
                same += len(np.intersect1d(one, other, assume_unique=True))
            aps = [noise_precision(dev, of_dev.astype(kind), labels, folder) for labels in noisy]
            print(
                f"| {kind.__name__} | {same / exact.size:.4%} "
                f"| {neighbor_accuracy(vectors, test.labels):.4f} | {aps[0]:.4f} | {aps[1]:.4f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
