"""Which planted faults of images are found, beside CleanVision.

Run ``python tests/benchmarks/image_faults.py DATA [--images 400]``; DATA is any dataset of sharp
photographs in color of one size, such as Tiny-ImageNet, with one label an item. A tenth of the
images is copied, a kind of fault is planted in the copies, and both tools look at all of them.
Recall is the share of the planted that are found as that kind; false is the share of the images as
they are that are (some of them rightly). Half of the images are to choose thresholds by, half to
report on; the thresholds are those of the scan and CleanVision's own.
"""

import argparse
import io
import tempfile
from collections.abc import Callable
from contextlib import redirect_stderr
from pathlib import Path

import numpy as np
import pyarrow as pa
from cleanvision import Imagelab
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from labelaudit.dataset import Dataset, Source
from labelaudit.embeddings.content import read_content, store_for
from labelaudit.embeddings.images.decode import decode
from labelaudit.manifests import open_dataset
from labelaudit.measures.integrity.image_faults import image_faults
from labelaudit.progress import silent
from labelaudit.reading.media import Files

THEIRS = {"blurred": "blurry"}
Plant = Callable[[Image.Image], Image.Image]


def level(low: float, high: float) -> Plant:
    """Return what brings 0 and 255 to other levels, and all between."""
    table = [round(low + (high - low) * value / 255) for value in range(256)] * 3
    return lambda image: image.point(table)


def blur(radius: float) -> Plant:
    """Return what blurs."""
    return lambda image: image.filter(ImageFilter.GaussianBlur(radius))


def moved(image: Image.Image) -> Image.Image:
    """Return the mean of an image at seven places from left to right."""
    steps = [np.roll(np.asarray(image).astype(float), step, axis=1) for step in range(7)]
    return Image.fromarray(np.mean(steps, axis=0).astype(np.uint8))


def enlarged(image: Image.Image) -> Image.Image:
    """Return an image that was made four times smaller, then as large as it was."""
    small = image.resize((image.width // 4, image.height // 4), Image.Resampling.BILINEAR)
    return small.resize(image.size, Image.Resampling.BICUBIC)


def scaled(x: float, y: float) -> Plant:
    """Return what changes width and height."""
    return lambda image: image.resize((round(image.width * x), round(image.height * y)))


KINDS: dict[str, tuple[str, Plant]] = {
    "dark, 0 to 0.3": ("dark", level(0, 76)),
    "dark, 0 to 0.2": ("dark", level(0, 51)),
    "dark, 0 to 0.1": ("dark", level(0, 25)),
    "light, 0.7 to 1": ("light", level(179, 255)),
    "light, 0.85 to 1": ("light", level(217, 255)),
    "light, 0.95 to 1": ("light", level(242, 255)),
    "blurred by 1 pixel": ("blurred", blur(1)),
    "blurred by 1.5": ("blurred", blur(1.5)),
    "blurred by 2": ("blurred", blur(2)),
    "blurred by 4": ("blurred", blur(4)),
    "moved by 7 pixels": ("blurred", moved),
    "enlarged 4 times": ("blurred", enlarged),
    "16 levels of gray": ("low_information", level(120, 135)),
    "4 levels of gray": ("low_information", level(126, 129)),
    "one color": ("low_information", lambda image: Image.new("RGB", image.size, "teal")),
    "3 times the size": ("odd_size", scaled(3, 3)),
    "a third of the size": ("odd_size", scaled(1 / 3, 1 / 3)),
    "1.2 times the size": ("odd_size", scaled(1.2, 1.2)),
    "2.5 times as long": ("odd_aspect_ratio", scaled(2.5, 1)),
    "4 times as long": ("odd_aspect_ratio", scaled(2, 0.5)),
    "gray, one channel": ("grayscale", lambda image: image.convert("L")),
    "gray, three channels": ("grayscale", lambda image: image.convert("L").convert("RGB")),
}


def ours(folder: Path, names: list[str], kind: str) -> NDArray[np.bool_]:
    """Return which files labelaudit finds of a kind."""
    n = len(names)
    paths = pa.array(names, pa.large_string())
    dataset = Dataset(
        name="planted",
        task="multiclass",
        class_names=("one",),
        paths=paths,
        labels=np.zeros(n, dtype=np.int32),
        splits=np.full(n, -1, dtype=np.int32),
        media=Files(folder, paths),
        source=Source(format="made", why=(), found=n),
    )
    store = store_for(None, None)
    content, _, _ = read_content(dataset, None, store, n_threads=1, progress=silent)
    return image_faults(content).columns[f"is_{kind}"].astype(bool)


def theirs(folder: Path, names: list[str], kind: str) -> NDArray[np.bool_]:
    """Return which files CleanVision finds of a kind."""
    kind = THEIRS.get(kind, kind)
    lab = Imagelab(data_path=str(folder), verbose=False)
    with redirect_stderr(io.StringIO()):  # its bars of progress
        lab.find_issues({kind: {}}, n_jobs=1, verbose=False)
    found = {
        Path(str(path)).name: bool(is_) for path, is_ in lab.issues[f"is_{kind}_issue"].items()
    }
    return np.array([found[name] for name in names])


def main() -> None:
    """Print a row a kind of fault, for each half."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--images", type=int, default=400, help="In each half.")
    said = parser.parse_args()
    dataset = open_dataset(said.data)
    assert dataset.media is not None
    drawn = np.random.default_rng(0).permutation(dataset.n_samples)[: 2 * said.images]
    images = [decode(dataset.media.read(int(item))).image for item in drawn]
    for title, half in (("to choose by", images[::2]), ("to report on", images[1::2])):
        print(f"\n{len(half):,} images {title}")
        print(f"{'':22}{'labelaudit':>20}{'CleanVision':>20}")
        print(f"{'':22}" + f"{'recall':>10}{'false':>10}" * 2)
        for name, (kind, plant) in KINDS.items():
            print(f"{name:22}" + "".join(f"{share:10.1%}" for share in shares(half, kind, plant)))


def shares(images: list[Image.Image], kind: str, plant: Plant) -> list[float]:
    """Return recall and false share of ours, then of theirs."""
    planted = [plant(image) for image in images[::10]]
    with tempfile.TemporaryDirectory() as made:
        names = []
        for number, image in enumerate([*planted, *images]):
            names.append(f"{number:05}.png")
            out = io.BytesIO()
            image.save(out, "PNG")
            Path(made, names[-1]).write_bytes(out.getvalue())
        both = [tool(Path(made), names, kind) for tool in (ours, theirs)]
    cut = len(planted)
    return [share for found in both for share in (found[:cut].mean(), found[cut:].mean())]


if __name__ == "__main__":
    main()
