"""Write the sample dataset and plant its faults; run ``python sample_data/make.py``.

The images are the handwritten digits that scikit-learn bundles (see README.md for their source
and licence), enlarged from 8 x 8 to 32 x 32. Every draw is seeded.
"""

import csv
import io
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

HERE = Path(__file__).parent
NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
N_COMMON, N_RARE, RARE = 44, 6, "nine"
N_WRONG = 12
LOOKS_LIKE = {
    "zero": "six", "one": "seven", "two": "three", "three": "eight", "four": "nine",
    "five": "six", "six": "zero", "seven": "one", "eight": "three", "nine": "four",
}  # fmt: skip
PROPERTIES = {
    "even": {"zero", "two", "four", "six", "eight"},
    "odd": {"one", "three", "five", "seven", "nine"},
    "prime": {"two", "three", "five", "seven"},
    "closed loop": {"zero", "six", "eight", "nine"},
}


def png(pixels: np.ndarray) -> bytes:
    """Return a digit as a PNG file of 32 x 32."""
    small = Image.fromarray((255 - pixels * 255 / 16).astype(np.uint8))
    out = io.BytesIO()
    small.resize((32, 32), Image.Resampling.BICUBIC).save(out, "PNG", optimize=True)
    return out.getvalue()


def write_table(name: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Write a CSV file."""
    with (HERE / name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def draw() -> tuple[dict[str, bytes], dict[str, str], dict[str, str]]:
    """Return the images, their true labels and their splits, by file name."""
    digits = load_digits()
    images, labels, splits = {}, {}, {}
    for code, name in enumerate(NAMES):
        of_class = np.flatnonzero(digits.target == code)
        for row in of_class[: N_RARE if name == RARE else N_COMMON]:
            path = f"images/{row:04d}.png"
            images[path] = png(digits.images[row])
            labels[path] = name
            splits[path] = "test" if len(splits) % 4 == 3 else "train"  # noqa: PLR2004
    return images, labels, splits


def plant(
    images: dict[str, bytes], labels: dict[str, str], splits: dict[str, str]
) -> list[tuple[str, str, str]]:
    """Plant the faults, in place; return file, fault and detail of each."""
    rng = np.random.default_rng(7)
    common = [path for path in sorted(images) if labels[path] != RARE]
    drawn = [str(path) for path in rng.choice(common, N_WRONG + 6, replace=False)]
    faults = []
    for path in drawn[:N_WRONG]:
        true, labels[path] = labels[path], LOOKS_LIKE[labels[path]]
        faults.append((path, "wrong label", f"{true} is labelled {labels[path]}"))
    contradicted, near, repeated, cut, *unlabelled = drawn[N_WRONG:]
    copy = "images/copy-contradictory.png"
    images[copy], splits[copy] = images[contradicted], splits[contradicted]
    labels[copy] = LOOKS_LIKE[labels[contradicted]]
    faults.append((copy, "contradictory duplicate", f"the bytes of {contradicted}"))
    copy = "images/copy-near.jpg"
    out = io.BytesIO()
    again = Image.open(io.BytesIO(images[near])).point(lambda level: level * 0.9)
    again.save(out, "JPEG", quality=80)
    images[copy], labels[copy], splits[copy] = out.getvalue(), labels[near], splits[near]
    faults.append((copy, "near duplicate", f"{near}, darker, as JPEG"))
    copy = "images/copy-leaked.png"
    images[copy], labels[copy] = images[repeated], labels[repeated]
    splits[copy] = "test" if splits[repeated] == "train" else "train"
    faults.append((copy, "duplicate across splits", f"the bytes of {repeated}"))
    images[cut] = images[cut][: len(images[cut]) // 2]
    faults.append((cut, "truncated file", "the first half of it"))
    for path in unlabelled:
        labels[path] = ""
        faults.append((path, "unlabelled row", "its label is blank"))
    faults.append(("", "rare class", f"{RARE}: {N_RARE} images, the others about {N_COMMON}"))
    return faults


def annotate(rng: np.random.Generator, label: str) -> tuple[str, str, str]:
    """Return three simulated judgements: two careful, one that errs on every fifth."""
    errs = rng.random(3) < (0.03, 0.03, 0.2)
    first, second, third = (LOOKS_LIKE[label] if wrong else label for wrong in errs)
    return first, second, third


def main() -> None:
    """Write images, manifests and the list of faults."""
    images, labels, splits = draw()
    true = dict(labels)
    faults = plant(images, labels, splits)
    (HERE / "images").mkdir(exist_ok=True)
    for path, content in images.items():
        (HERE / path).write_bytes(content)
    rows = [(path, labels[path], splits[path]) for path in sorted(images)]
    write_table("metadata.csv", ("file_name", "label", "split"), rows)
    write_table("faults.csv", ("file", "fault", "detail"), faults)
    properties = [
        (path, "|".join(each for each, names in PROPERTIES.items() if true[path] in names))
        for path in sorted(true)
    ]
    write_table("multi_label.csv", ("file_name", "labels"), properties)
    rng = np.random.default_rng(11)
    judged = [(path, true[path], *annotate(rng, true[path])) for path in sorted(true)]
    header = ("file_name", "label", "annotator_1", "annotator_2", "annotator_3")
    write_table("annotators.csv", header, judged)
    print(f"{len(images)} images, {len(faults)} faults")


if __name__ == "__main__":
    main()
