"""Intrinsic dimension and label sharpness of CIFAR-10 pixels, beside what was published of them.

Run ``python tests/benchmarks/dimension.py DATA`` where ``DATA`` has ``cifar10-train.tar`` (50,000
images in class folders) or else ``cifar10-test.tar`` (10,000). The published numbers are of the
training images: of the test images, dimensions must come out lower, as there are fewer, and
sharpness at equal M the same but for chance. All images are 32 x 32 JPEG copies.
"""

import argparse
import io
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np
from embeddings import unpacked
from numpy.typing import NDArray
from PIL import Image

from labelaudit.dataset import Dataset
from labelaudit.embeddings.content import read_content, store_for
from labelaudit.inputs.konz2024 import konz2024
from labelaudit.progress import silent
from labelaudit.statistics.anchors import nearest_distances
from labelaudit.statistics.intrinsic_dimension import mle, two_nn
from labelaudit.statistics.label_steepness import draw_sharpness
from labelaudit.statistics.nearest_enemy import pairwise_distances

KS = (3, 5, 10, 20)
TWO = ("airplane", "automobile")
# Published or measured on the 50,000 training images, with k - 2; on 10,000 of two classes.
ALL_CLASSES = {3: 12.63, 5: 20.42, 10: 24.89, 20: 25.95}
TWO_CLASSES = {20: 19.73}
TWO_NN = {"all": 22.73, "two": 18.37}
BY_M = {100: 0.109, 250: 0.115, 500: 0.132, 1000: 0.138, 2000: 0.149}
N_ANCHORS = 10_000


def pixels_of(dataset: Dataset) -> NDArray[np.float32]:
    """Return all images as rows of numbers in [0, 1]."""
    assert dataset.media is not None
    rows = [
        np.asarray(Image.open(io.BytesIO(dataset.media.read(item))).convert("RGB")).ravel()
        for item in range(dataset.n_samples)
    ]
    return np.array(rows, dtype=np.float32) / np.float32(255)


def print_dimensions(
    name: str, values: NDArray[np.float32], published: dict[int, float], ratio: float
) -> None:
    """Print the dimension of some images by k, and by two neighbors."""
    rows = np.sort(np.unique(values, axis=0, return_index=True)[1])
    anchors = np.sort(np.random.default_rng(0).permutation(rows)[:N_ANCHORS])
    started = perf_counter()
    near = nearest_distances(values, rows, anchors, max(KS))
    seconds = perf_counter() - started
    print(f"\n{name}: {len(rows):,} different images, {len(anchors):,} anchors ({seconds:.1f} s)\n")
    print("| k | k - 1 | k - 2 | published, k - 2 |\n| --- | --- | --- | --- |")
    for k in KS:
        found = mle(near, k)
        beside = published.get(k, "")
        print(f"| {k} | {found:.2f} | {found * (k - 2) / (k - 1):.2f} | {beside} |")
    print(f"| TwoNN | {two_nn(near):.2f} | | {ratio} (k - 1) |", flush=True)


def print_sharpness(values: NDArray[np.float32], labels: NDArray[np.int32]) -> None:
    """Print K_F of two classes by M."""
    kept = np.sort(np.random.default_rng(0).permutation(len(labels))[:4000])
    distances = pairwise_distances(values[kept])
    differences = (labels[kept][:, None] != labels[kept]).astype(np.float32)
    print(f"\nK_F of two classes, {len(kept):,} images, [0, 1]\n")
    print("| M | K_F | published | at the 5 % quantile | shuffled | ratio |")
    print("| --- | --- | --- | --- | --- | --- |")
    for size, published in BY_M.items():
        found = draw_sharpness(distances, differences, labels[kept], 0, size=size)
        steepest, shuffled = found.steepest.mean(), found.shuffled.mean()
        print(
            f"| {size} | {steepest:.3f} ± {found.steepest.std():.3f} | {published} | "
            f"{found.quantile.mean():.3f} | {shuffled:.3f} | {steepest / shuffled:.2f} |",
            flush=True,
        )


def print_as_published(dataset: Dataset) -> None:
    """Print what the paper's own protocol gives on five pairs of classes."""
    content, _, _ = read_content(dataset, None, store_for(None, None), n_threads=2, progress=silent)
    started = perf_counter()
    found = konz2024(dataset, content, "konz2024", 0, 2, silent)
    seconds = perf_counter() - started
    sharp = np.array([pair.sharpness for pair in found.pairs])
    paired = np.array([pair.paired_sharpness for pair in found.pairs])
    means = np.array([np.mean(list(pair.dimensions.values())) for pair in found.pairs])
    print(f"\nAs published: {len(found.pairs)} pairs of classes at 224 x 224 ({seconds:.0f} s)\n")
    print("| quantity | here | published |\n| --- | --- | --- |")
    print(f"| K_F, 1e-5 / gray level | {1e5 * sharp.mean():.2f} ± {1e5 * sharp.std():.2f} | 6.4 |")
    print(f"| K_F of 2,000 pairs | {1e5 * paired.mean():.2f} ± {1e5 * paired.std():.2f} | 6.4 |")
    print(f"| dimension | {means.mean():.2f} ± {means.std():.2f} | 16.3 |", flush=True)
    by_size = {
        size: float(np.mean([pair.dimensions[size] for pair in found.pairs]))
        for size in found.pairs[0].dimensions
    }
    print("dimension by images:", ", ".join(f"{n:,}: {d:.1f}" for n, d in by_size.items()))


def main() -> int:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    archives = [data / f"cifar10-{part}.tar" for part in ("train", "test")]
    archive = next((file for file in archives if file.is_file()), None)
    if archive is None:
        print(f"{data}: needs cifar10-train.tar or cifar10-test.tar, class folders of images")
        return 2
    if archive.stem.endswith("test"):
        print("cifar10-train.tar is not there: these are the test images, the published are not")
    with tempfile.TemporaryDirectory() as made:
        dataset = unpacked(archive, Path(made))
        values = pixels_of(dataset)
        names = [dataset.class_names.index(name) for name in TWO]
        two = np.flatnonzero(np.isin(dataset.labels, names))
        print_dimensions("All classes", values, ALL_CLASSES, TWO_NN["all"])
        print_dimensions(" and ".join(TWO), values[two], TWO_CLASSES, TWO_NN["two"])
        print_sharpness(values[two], dataset.labels[two])
        print_as_published(dataset)
    return 0


if __name__ == "__main__":
    sys.exit(main())
