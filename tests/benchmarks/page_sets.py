"""Datasets whose pages are looked at and measured: made here, each with faults to be found."""

import csv
import tarfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from page_pictures import looks, pictures, save

ROOT = Path(__file__).parents[2]
ANIMALS = ("antelope", "badger", "cougar", "dingo", "egret", "ferret", "gecko", "heron")
ARABIC = ("ظبي", "غرير", "أسد الجبال", "كلب بري", "مالك الحزين", "ابن مقرض")
CHINESE = ("羚羊", "獾", "美洲狮", "澳洲野犬", "白鹭", "雪貂")
PLACES = ("northern", "southern", "eastern", "western", "coastal", "alpine", "desert", "island")
COLORS = ("black", "brown", "crested", "golden", "grey", "long-tailed", "red", "spotted", "white")
BEASTS = (*ANIMALS, "ibex", "jackal", "kestrel", "lynx", "marten", "newt", "otter")
WORDS = ("plot", "cast", "score", "light", "pace", "script", "camera", "ending", "cut", "sound")

Arguments = list[str | Path]


@dataclass(frozen=True)
class PageSet:
    """A dataset: how it is called, and what makes it and says how to scan it."""

    name: str
    make: Callable[[Path, Generator], Arguments]


@dataclass(frozen=True)
class Drawn:
    """Items of classes of uneven size, some with a wrong label."""

    true: NDArray[np.int64]
    given: NDArray[np.int64]
    splits: list[str]


def draw(rng: Generator, n_items: int, n_classes: int, *, wrong: float = 0.05) -> Drawn:
    """Draw labels with a long tail, a share of them wrong, and a split for each item."""
    sizes = np.arange(1, n_classes + 1) ** -0.6
    true = rng.choice(n_classes, n_items, p=sizes / sizes.sum())
    true[:n_classes] = np.arange(n_classes)
    other = (true + rng.integers(1, min(n_classes, 4), n_items)) % n_classes
    given = np.where(rng.random(n_items) < wrong, other, true)
    splits = np.where(rng.random(n_items) < 0.8, "train", "test")
    return Drawn(true, given, splits.tolist())


def table(file: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    """Write a CSV file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(head)
        writer.writerows(rows)
    return file


def clusters(folder: Path, rng: Generator, labels: NDArray[np.int64]) -> Path:
    """Write embeddings that scatter around one point a class."""
    centers = rng.normal(size=(labels.max() + 1, 64))
    found = centers[labels] + rng.normal(scale=0.9, size=(len(labels), 64))
    np.save(folder / "embeddings.npy", found.astype(np.float32))
    return folder / "embeddings.npy"


def thousand_names() -> list[str]:
    """Return the names of a thousand classes, as long as those of a real list of species."""
    return [" ".join(words) for words in product(PLACES, COLORS, BEASTS)][:1000]


def sample(_: Path, __: Generator) -> Arguments:
    """Return the sample data."""
    return [ROOT / "sample_data"]


def cifar10(data: Path, folder: Path, _: Generator) -> Arguments:
    """Unpack the 10,000 test images of CIFAR-10."""
    with tarfile.open(data / "cifar10-test.tar") as tar:
        tar.extractall(folder, filter="data")
    return [folder / "test"]


def thousand(folder: Path, rng: Generator, *, n_items: int, pictured: bool) -> Arguments:
    """Make 1,000 classes as a table with embeddings, with or without pictures."""
    drawn, names = draw(rng, n_items, 1000), thousand_names()
    again = np.flatnonzero(rng.random(n_items) < 0.02)  # copies of the item before
    again = again[again % 1000 > 0]
    for column in (drawn.true, drawn.given):
        column[again] = column[again - 1]
    files = [f"images/{at // 1000:03}/{at:06}.jpg" for at in range(n_items)]
    if pictured:
        looked = looks(rng, 1000)
        for start in range(0, n_items, 1000):
            made = pictures(rng, looked, drawn.true[start : start + 1000], side=64)
            copied = again[again // 1000 == start // 1000] - start
            made[copied] = made[copied - 1]
            write_all([folder / file for file in files[start : start + 1000]], made)
    columns = zip(files, [names[at] for at in drawn.given], drawn.splits, strict=True)
    items = table(folder / "species.csv", ["path" if pictured else "id", "label", "split"], columns)
    return [items, "--embeddings", clusters(folder, rng, drawn.true)]


def write_all(files: Sequence[Path], made: NDArray[np.uint8]) -> None:
    """Write pictures, several at a time."""
    for parent in {file.parent for file in files}:
        parent.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor() as pool:
        list(pool.map(save, files, made))


def class_folders(
    names: Sequence[str], title: str, folder: Path, rng: Generator, *, n_items: int = 600
) -> Arguments:
    """Make pictures in class folders below the name of the dataset."""
    drawn = draw(rng, n_items, len(names))
    made = pictures(rng, looks(rng, len(names)), drawn.true, side=64)
    made[1:n_items:40] = made[0 : n_items - 1 : 40]  # some twice
    files = [folder / title / names[label] / f"{at:05}.jpg" for at, label in enumerate(drawn.given)]
    write_all(files, made)
    return [folder / title]


def few(folder: Path, rng: Generator) -> Arguments:
    """Make 150 items with labels and nothing else."""
    drawn = draw(rng, 150, 5)
    rows = ((f"item-{at}", ANIMALS[label]) for at, label in enumerate(drawn.given))
    return [table(folder / "field-notes.csv", ["id", "label"], rows)]


def embedded(folder: Path, rng: Generator) -> Arguments:
    """Make items of which only embeddings are known."""
    drawn = draw(rng, 4000, len(ANIMALS))
    names = [ANIMALS[label] for label in drawn.given]
    rows = zip((f"call-{at:05}" for at in range(4000)), names, drawn.splits, strict=True)
    items = table(folder / "bird-calls.csv", ["id", "label", "split"], rows)
    return [items, "--embeddings", clusters(folder, rng, drawn.true)]


def several(folder: Path, rng: Generator) -> Arguments:
    """Make mosaics of four pictures, which have a label for each thing in them."""
    parts = np.stack([draw(rng, 1500, len(ANIMALS)).true for _ in range(4)])
    looked = looks(rng, len(ANIMALS))
    tiles = [pictures(rng, looked, part, side=32) for part in parts]
    halves = [np.concatenate(tiles[at : at + 2], axis=2) for at in (0, 2)]
    files = [f"images/{at:05}.jpg" for at in range(1500)]
    write_all([folder / file for file in files], np.concatenate(halves, axis=1))
    given = [sorted({ANIMALS[label] for label in item}) for item in parts.T]
    kept = [[name for name in names if rng.random() > 0.05] for names in given]
    splits = np.where(rng.random(1500) < 0.8, "train", "test").tolist()
    rows = zip(files, ("|".join(names) for names in kept), splits, strict=True)
    items = table(folder / "watering-hole.csv", ["path", "labels", "split"], rows)
    return [items, "--label-separator", "|", "--label-column", "labels"]


def texts(folder: Path, rng: Generator) -> Arguments:
    """Make a table of reviews with embeddings."""
    drawn = draw(rng, 1200, 4)
    said = [
        f"Reviewer {at}: " + " ".join(rng.choice(WORDS, rng.integers(8, 60)).tolist())
        for at in range(1200)
    ]
    said[1::50] = said[0::50]
    names = [ANIMALS[label] for label in drawn.given]
    items = table(
        folder / "reviews.csv",
        ["text", "label", "split"],
        zip(said, names, drawn.splits, strict=True),
    )
    return [items, "--embeddings", clusters(folder, rng, drawn.true)]


def numbers(folder: Path, rng: Generator) -> Arguments:
    """Make pictures whose label is a number."""
    drawn = draw(rng, 800, 6)
    files = [f"images/{at:05}.jpg" for at in range(800)]
    made = pictures(rng, looks(rng, 6), drawn.true, side=64)
    write_all([folder / file for file in files], made)
    ages = np.round(10 * drawn.given + rng.gamma(2, 6, 800), 1).tolist()
    sites = rng.choice(["Bern", "Chur", "Genf"], 800).tolist()
    rows = zip(files, ages, drawn.splits, sites, strict=True)
    items = table(folder / "ages.csv", ["path", "age", "split", "site"], rows)
    return [items, "--target-column", "age", "--metadata-column", "site"]


def annotated(folder: Path, rng: Generator) -> Arguments:
    """Make pictures that three people labelled."""
    drawn = draw(rng, 900, 6)
    files = [f"images/{at:05}.jpg" for at in range(900)]
    made = pictures(rng, looks(rng, 6), drawn.true, side=64)
    write_all([folder / file for file in files], made)
    said = [
        np.where(rng.random(900) < wrong, rng.integers(0, 6, 900), drawn.true)
        for wrong in (0.05, 0.12, 0.3)
    ]
    columns = [[ANIMALS[label] for label in each] for each in (drawn.given, *said)]
    head = ["path", "label", "annotator_ann", "annotator_bob", "annotator_cid"]
    return [table(folder / "judged.csv", head, zip(files, *columns, strict=True))]


def page_sets(data: Path | None, n_items: int) -> list[PageSet]:
    """Return the datasets; that of CIFAR-10 only where it is at hand."""
    long = "a very long name " * 12
    longest = [f"{long[:190]} {name}"[:200].strip() for name in ANIMALS[:6]]
    found = [PageSet("sample", sample)]
    if data is not None:
        found.append(PageSet("cifar10", partial(cifar10, data)))
    return [
        *found,
        PageSet("thousand", partial(thousand, n_items=n_items, pictured=False)),
        PageSet("thousand-pictured", partial(thousand, n_items=n_items, pictured=True)),
        PageSet("several-labels", several),
        PageSet("embeddings-only", embedded),
        PageSet("half-measured", few),
        PageSet("arabic", partial(class_folders, ARABIC, "حيوانات الصحراء والجبال")),
        PageSet("chinese", partial(class_folders, CHINESE, "野生动物图像数据集")),
        PageSet("long-names", partial(class_folders, longest, long[:200].strip())),
        PageSet("texts", texts),
        PageSet("numbers", numbers),
        PageSet("annotators", annotated),
    ]
