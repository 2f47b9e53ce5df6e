"""How fast images are decoded and resized: plain Pillow beside ours, one thread and two.

Run ``python tests/benchmarks/decode.py``. Plain is what most loaders do: open, convert to RGB,
resize the shorter side, cut the middle. Ours is `decode` and `fit`: the cut is resized alone, and
a JPEG of which a half, a fourth or an eighth is enough is decoded at that size. A rate is of the
best of all rounds; they take turns in each. The difference is between the pixels of both, in
levels: of the resizing alone (largest), and with the smaller decoding (mean). The last column is
what a scan also notes of an image (its gray copy and how it looks, sixteen at a time, and which
image it is, by all of its pixels), in CPU time added to ours.
"""

import argparse
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter, process_time

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from labelaudit.embeddings.images.decode import decode
from labelaudit.embeddings.images.looks import SmallCopies, looks_of, small_copies
from labelaudit.embeddings.images.preprocessing import Preprocessing, fit
from labelaudit.embeddings.pipeline import CHUNK

Way = Callable[[bytes], NDArray[np.generic]]
EDGE, SIDE = 256, 224
WANTED = Preprocessing(
    input="images",
    output="embeddings",
    size=(SIDE, SIDE),
    resize="shortest_edge",
    resize_to=EDGE,
    interpolation="bilinear",
    color="RGB",
    layout="NHWC",
    dtype="uint8",
    scale=1.0,
    mean=(0.0, 0.0, 0.0),
    std=(1.0, 1.0, 1.0),
)


def jpeg(width: int, height: int, number: int) -> bytes:
    """Return smooth shapes under fine noise, so that JPEG works as on a photograph."""
    rng = np.random.default_rng(number)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    waves = [128 + 90 * np.sin(x / rng.uniform(8, 60) + y / rng.uniform(8, 60)) for _ in range(3)]
    noise = rng.standard_normal((height, width, 1), dtype=np.float32) * 12
    image = Image.fromarray(np.clip(np.stack(waves, axis=-1) + noise, 0, 255).astype(np.uint8))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


def plain(data: bytes) -> NDArray[np.generic]:
    """Decode all of it, resize all of it, cut the middle."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    short = min(image.size)
    small = (int(EDGE * image.width / short), int(EDGE * image.height / short))
    image = image.resize(small, Image.Resampling.BILINEAR)
    left, top = (round((length - SIDE) / 2) for length in small)
    return np.asarray(image.crop((left, top, left + SIDE, top + SIDE)))


def whole(data: bytes) -> NDArray[np.generic]:
    """Decode all of it, resize the cut alone."""
    return fit(decode(data).image, WANTED)


def ours(data: bytes) -> NDArray[np.generic]:
    """Decode as much as is enough, resize the cut alone."""
    return fit(decode(data, at_least=WANTED.shortest_edge).image, WANTED)


def noted(images: list[bytes]) -> None:
    """Do as ours with some images, and note how they look."""
    copies: list[SmallCopies] = []
    for data in images:
        image = decode(data, at_least=WANTED.shortest_edge, identify=True).image
        fit(image, WANTED)
        copies.append(small_copies(image))
    looks_of(copies)


def noting(images: list[bytes]) -> float:
    """Return the CPU time that noting adds to ours, as a share of it; the best of five rounds."""
    groups = [images[start : start + CHUNK] for start in range(0, len(images), CHUNK)]
    without, with_ = [], []
    for _ in range(5):
        started = process_time()
        for data in images:
            ours(data)
        between = process_time()
        for group in groups:
            noted(group)
        without.append(between - started)
        with_.append(process_time() - between)
    return min(with_) / min(without) - 1


def rate(way: Way, images: list[bytes], threads: int) -> float:
    """Return images a second."""
    with ThreadPoolExecutor(threads) as pool:
        started = perf_counter()
        for _ in pool.map(way, images):
            pass
        return len(images) / (perf_counter() - started)


def apart(one: Way, other: Way, images: list[bytes]) -> NDArray[np.int64]:
    """Return the differences of all pixels."""
    pairs = [(one(data).astype(np.int64), other(data).astype(np.int64)) for data in images]
    return np.abs(np.stack([first - second for first, second in pairs]))


def main() -> None:
    """Print a line for each size and number of threads."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2, help="Of plain Pillow, about, a round.")
    parser.add_argument("--rounds", type=int, default=3)
    said = parser.parse_args()
    print(f"{'JPEG':<12}{'threads':>8}{'plain/s':>9}{'ours/s':>9}{'ratio':>7}", end="")
    print(f"{'resized, largest':>18}{'drafted, mean':>15}{'noting':>9}")
    for width, height in ((64, 64), (500, 375), (4000, 3000)):
        made = [jpeg(width, height, number) for number in range(4)]
        n_images = max(4, round(said.seconds * rate(plain, made, 1)))
        images = (made * n_images)[:n_images]
        resized, drafted = apart(plain, whole, made).max(), apart(plain, ours, made).mean()
        for threads in (1, 2):
            rates = [
                tuple(rate(way, images, threads) for way in (plain, ours))
                for _ in range(said.rounds)
            ]
            before, after = (max(each) for each in zip(*rates, strict=True))
            print(f"{width}x{height:<8}{threads:>7}{before:>9.1f}{after:>9.1f}", end="")
            print(f"{after / before:>6.2f}x{resized:>18}{drafted:>15.2f}{noting(images):>9.1%}")


if __name__ == "__main__":
    main()
