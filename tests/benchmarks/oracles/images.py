"""CleanVision's lists of issues beside ours, on the same images.

The images are the sample data's, some that are made here with faults of each kind in every tenth,
and 2,000 of the folder that the variable ``ORACLE_IMAGES`` names, if it does. What is compared is
how alike two lists are: their Jaccard index, or, where the rules differ on purpose, the share of
the one list that the other has (1 where the list is empty):

- light, low information, odd aspect ratio and gray: ours finds more. It calls images light from
  0.8, theirs from 0.95; it takes the entropy of gray levels, theirs of three channels together,
  which adds up to log2(3) bits; a shape is odd beside the dataset's own, theirs from 1 : 2.9; gray
  are also files with three equal channels
- odd size: theirs finds more, as any size is odd there once half of the images have one
- exact duplicates: theirs are equal pixels, ours equal files
- blurred: not compared, as contrast cancels out in ours and theirs takes low contrast for blur;
  ``tests/benchmarks/image_faults.py`` has the recall of both

Kinds that most images have are compared here too, which a scan leaves out. Files that cannot be
read are not, as CleanVision stops at the first of them.
"""

import io
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
from cleanvision import Imagelab
from PIL import Image, ImageFilter

from labelaudit.dataset import Dataset, Source
from labelaudit.embeddings.builtin import BUILTIN
from labelaudit.embeddings.content import read_content, store_for
from labelaudit.embeddings.images.decode import UnreadableError, decode
from labelaudit.embeddings.models.model import load_model
from labelaudit.inputs.copies import copies, embedding_hashes, file_copies
from labelaudit.inputs.near_copies import near_copies
from labelaudit.inputs.neighbors import neighbors
from labelaudit.measures.integrity.fault_kinds import KINDS, Images
from labelaudit.progress import silent
from labelaudit.reading.media import Files
from labelaudit.statistics.groups import groups_of

Row = tuple[str, str, float, float, float]
Lists = dict[str, set[str]]

ORACLE = "CleanVision 0.3.7"
SAMPLE = Path(__file__).parents[3] / "sample_data" / "images"
COMPARED = {  # their name, ours, what is compared, and how far from 1 it may be
    "dark": ("dark", "Jaccard", 0.1),
    "light": ("light", "of theirs in ours", 0),
    "low_information": ("low_information", "of theirs in ours", 0),
    "odd_size": ("odd_size", "of ours in theirs", 0),
    "odd_aspect_ratio": ("odd_aspect_ratio", "of theirs in ours", 0),
    "grayscale": ("grayscale", "of theirs in ours", 0),
    "exact_duplicates": ("exact_duplicates", "of ours in theirs", 0),
    "near_duplicates": ("near_duplicates", "of theirs in ours", 0.1),
}
N_IMAGES = 2000
N_MADE = 300


def rows() -> Iterator[Row]:
    """Yield a row a kind of issue and set of images."""
    with tempfile.TemporaryDirectory() as made:
        make(Path(made))
        yield from compared("made", Path(made))
    folders = [SAMPLE, *map(Path, filter(None, [os.environ.get("ORACLE_IMAGES")]))]
    for folder in folders:
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        with tempfile.TemporaryDirectory() as some:
            for number, path in enumerate(files[:: max(len(files) // N_IMAGES, 1)][:N_IMAGES]):
                data = path.read_bytes()
                with suppress(UnreadableError):
                    decode(data)
                    Path(some, f"{number:05}{path.suffix}").write_bytes(data)
            yield from compared(folder.parent.name, Path(some))


def compared(name: str, folder: Path) -> Iterator[Row]:
    """Yield the rows of one folder of images."""
    our_lists, their_lists = ours(folder), theirs(folder)
    for their_name, (our_name, what, tolerance) in COMPARED.items():
        one, other = our_lists[our_name], their_lists[their_name]
        whole = {"Jaccard": one | other, "of theirs in ours": other, "of ours in theirs": one}[what]
        alike = len(one & other) / len(whole) if whole else 1
        said = f"{name}: {our_name}, {len(one)} and {len(other)}, {what}"
        yield said, ORACLE, alike, 1, tolerance


def ours(folder: Path) -> Lists:
    """Return the names of the files that we list, by kind."""
    names = sorted(path.name for path in folder.iterdir())
    paths = pa.array(names, pa.large_string())
    n = len(names)
    dataset = Dataset(
        name="images",
        task="multiclass",
        class_names=("one",),
        paths=paths,
        labels=np.zeros(n, dtype=np.int32),
        splits=np.full(n, -1, dtype=np.int32),
        media=Files(folder, paths),
        source=Source(format="made", why=(), found=n),
    )
    model = load_model(BUILTIN, "cpu")
    content, embeddings, _ = read_content(
        dataset, model, store_for(None, model), n_threads=1, progress=silent
    )
    assert content.looks is not None
    assert embeddings is not None
    items = np.flatnonzero(content.readable)
    sizes = content.sizes[items].astype(np.float64)
    images = Images(content.looks[items], sizes, content.oddities[items])
    lists = {name: {names[at] for at in items[kind(images).found]} for name, kind in KINDS.items()}
    files = file_copies(content)
    same = copies(embeddings, embedding_hashes(embeddings))
    near = groups_of(near_copies(content, neighbors(embeddings, 1, silent, same), files))
    near = near.only(near.disagree(files))
    return lists | {
        "exact_duplicates": {names[at] for at in groups_of(files).items},
        "near_duplicates": {names[at] for at in near.items},
    }


def theirs(folder: Path) -> Lists:
    """Return the names of the files that CleanVision lists, by kind."""
    with redirect_stderr(io.StringIO()), redirect_stdout(io.StringIO()):
        lab = Imagelab(data_path=str(folder), verbose=False)
        lab.find_issues({kind: {} for kind in COMPARED}, n_jobs=1, verbose=False)
    return {
        kind: {Path(path).name for path in lab.issues.index[lab.issues[f"is_{kind}_issue"]]}
        for kind in COMPARED
    }


def make(folder: Path) -> None:
    """Write images in color, every tenth of them with a fault, and copies of some."""
    rng = np.random.default_rng(0)
    faults = list(FAULTS.values())
    for number in range(N_MADE):
        image = picture(rng)
        if number % 10 == 0:
            image = faults[number // 10 % len(faults)](image)
        data = encoded(image)
        (folder / f"{number:04}.png").write_bytes(data)
        if number % 30 == 1:
            (folder / f"{number:04}-copy.png").write_bytes(data)
        if number % 30 == 2:
            (folder / f"{number:04}-near.jpg").write_bytes(encoded(image, "JPEG"))


def picture(rng: np.random.Generator) -> Image.Image:
    """Return blobs of color of as much contrast at each scale, as photographs have it."""
    whole = np.zeros((96, 128, 3))
    for n in (4, 8, 16, 32, 64, 128):
        blobs = rng.integers(0, 256, (n * 3 // 4, n, 3), dtype=np.uint8)
        whole += np.asarray(Image.fromarray(blobs).resize((128, 96)))
    return Image.fromarray(np.clip((whole / 6 - 128) * 2 + 128, 0, 255).astype(np.uint8))


def encoded(image: Image.Image, kind: str = "PNG") -> bytes:
    """Return an image in a format."""
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def between(low: int, high: int) -> Callable[[Image.Image], Image.Image]:
    """Return what brings all levels between two."""
    table = [round(low + (high - low) * level / 255) for level in range(256)] * 3
    return lambda image: image.point(table)


FAULTS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "dark": between(0, 40),
    "light": between(247, 255),
    "blurred": lambda image: image.filter(ImageFilter.GaussianBlur(6)),
    "one color": lambda image: Image.new("RGB", image.size, "teal"),
    "odd size": lambda image: image.resize((640, 480)),
    "odd shape": lambda image: image.crop((0, 0, 128, 24)),
    "gray": lambda image: image.convert("L"),
}
