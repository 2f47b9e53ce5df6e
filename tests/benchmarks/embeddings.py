"""Compare embeddings: how well they tell classes apart, and find wrong labels that people made.

Run ``python tests/benchmarks/embeddings.py DATA [--model FILE.onnx ...]`` where ``DATA`` has
``cifar10-test.tar``, ``cifar10n-dev.tar`` and ``cifar10n-dev-truth.parquet``. The built-in model
and raw pixels are always among the rows. Each model's file has its declaration beside it.

Accuracies are of the clean labels of CIFAR-10 test: 20 neighbors by cosine with the item itself
left out, and a logistic regression in five folds, its C the one that is best on CIFAR-10N's images.
AP is the average precision with which the label margin of a scan ranks the labels of CIFAR-10N that
differ from the clean ones, of their aggregate (9.2 % wrong) and their worst annotator (about 40 %).
"""

import argparse
import tarfile
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import cross_val_score
from threadpoolctl import threadpool_limits

from labelaudit.dataset import Dataset
from labelaudit.embeddings.builtin import BUILTIN
from labelaudit.embeddings.content import read_content, store_for
from labelaudit.embeddings.images.decode import decode
from labelaudit.embeddings.models.model import load_model
from labelaudit.manifests import open_dataset
from labelaudit.progress import silent
from labelaudit.scan import ScanOptions, scan
from labelaudit.statistics.nearest_neighbors import nearest, unit_vectors

N_NEIGHBORS = 20
STRENGTHS = (1e-3, 3e-3, 1e-2)
N_THREADS = 2

Vectors = NDArray[np.floating]


def embed(dataset: Dataset, model: Path) -> tuple[Vectors, float]:
    """Return a model's embeddings of a dataset, and images a second, decoding included."""
    loaded = load_model(model, "cpu")
    started = perf_counter()
    with threadpool_limits(1):
        _, embedded, _ = read_content(
            dataset, loaded, store_for(None, loaded), n_threads=N_THREADS, progress=silent
        )
    assert embedded is not None
    return embedded.vectors, dataset.n_samples / (perf_counter() - started)


def raw_pixels(dataset: Dataset) -> Vectors:
    """Return the pixels of 32 x 32 images, the mean image taken away."""
    assert dataset.media is not None
    images = [decode(dataset.media.read(item)).image for item in range(dataset.n_samples)]
    pixels = np.stack([np.asarray(image, dtype=np.float32).reshape(-1) for image in images]) / 255
    centered: Vectors = pixels - pixels.mean(axis=0)
    return centered


def neighbor_accuracy(vectors: Vectors, labels: NDArray[np.int32]) -> float:
    """Return the share of items whose class most of their neighbors have, nearer ones first."""
    units = unit_vectors(vectors, np.arange(len(vectors)))
    indices, similarities = nearest(units, N_NEIGHBORS, n_threads=N_THREADS, progress=silent)
    votes = np.zeros((len(labels), labels.max() + 1))
    rows = np.arange(len(labels))[:, None]
    np.add.at(votes, (rows, labels[indices]), np.exp(similarities / 0.07))
    return float((votes.argmax(axis=1) == labels).mean())


def probe_accuracy(vectors: Vectors, labels: NDArray[np.int32], strength: float) -> float:
    """Return the accuracy of a logistic regression in five folds."""
    scaled = vectors.astype(np.float32) - vectors.mean(axis=0, dtype=np.float32)
    scaled /= np.sqrt((scaled**2).mean())
    probe = LogisticRegression(C=strength, max_iter=100)
    return float(cross_val_score(probe, scaled, labels, cv=5).mean())


def noise_precision(
    dataset: Dataset, vectors: Vectors, noisy: NDArray[np.int32], folder: Path
) -> float:
    """Return the average precision of a scan's ranking of labels that are wrong."""
    given = folder / "embeddings.npy"
    np.save(given, vectors)
    found = scan(
        replace(dataset, labels=noisy, media=None),
        ScanOptions(embeddings=given, n_threads=N_THREADS),
    )
    margin = found.items["label_margin"].to_numpy(zero_copy_only=False)
    wrong = noisy != dataset.labels
    return float(average_precision_score(wrong, -np.nan_to_num(margin, nan=np.inf)))


def noisy_labels(dataset: Dataset, truth: Path, column: str) -> NDArray[np.int32]:
    """Return what people said of each image, in the dataset's order."""
    table = pq.read_table(truth, columns=["path", column]).to_pydict()
    said = {Path(path).parts[-2:]: label for path, label in zip(*table.values(), strict=True)}
    names = [said[Path(path).parts[-2:]] for path in dataset.paths.to_pylist()]
    return np.array([dataset.class_names.index(name) for name in names], dtype=np.int32)


def unpacked(archive: Path, folder: Path) -> Dataset:
    """Return an archive's images as a dataset of class folders."""
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    (only,) = folder.iterdir()
    return open_dataset(only)


def main() -> None:
    """Print a row a model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", type=Path, action="append", default=[])
    parser.add_argument("--dev-only", action="store_true", help="all of it on CIFAR-10N")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        dev = unpacked(said.data / "cifar10n-dev.tar", folder / "dev")
        test = dev if said.dev_only else unpacked(said.data / "cifar10-test.tar", folder / "test")
        truth = said.data / "cifar10n-dev-truth.parquet"
        columns = ("aggregate_label", "worst_label")
        noisy = [noisy_labels(dev, truth, column) for column in columns]
        print(
            "| embedding | length | MB | images/s | 20 neighbors | linear probe | AP | AP worst |"
        )
        print("| --- " * 8 + "|")
        for path in (BUILTIN, *said.model, None):
            if path is None:
                vectors, speed, size = raw_pixels(test), 0.0, 0.0
                of_dev = raw_pixels(dev)
            else:
                (vectors, speed), size = embed(test, path), path.stat().st_size / 1e6
                of_dev, _ = embed(dev, path)
            best = max(STRENGTHS, key=partial(probe_accuracy, of_dev, dev.labels))
            aps = [noise_precision(dev, of_dev, labels, folder) for labels in noisy]
            near = neighbor_accuracy(vectors, test.labels)
            probe = probe_accuracy(vectors, test.labels, best)
            name = f"{path.stem if path else 'raw pixels'} | {vectors.shape[1]} | {size:.1f}"
            figures = f"{near:.3f} | {probe:.3f} (C {best:g}) | {aps[0]:.3f} | {aps[1]:.3f}"
            print(f"| {name} | {speed:.0f} | {figures} |", flush=True)


if __name__ == "__main__":
    main()
