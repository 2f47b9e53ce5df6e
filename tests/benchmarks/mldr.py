"""Published statistics of ten datasets with several labels an item, beside ours.

Run ``python tests/benchmarks/mldr.py FOLDER``. ``FOLDER`` holds, of any of the datasets below,

- ``NAME.arff`` (dense or sparse) or ``NAME.csv`` (a first line of names): features and labels;
- ``NAME.xml``, which names the labels: ``<label name="..."/>``, as MULAN writes it.

So they come from the sites of MULAN and Cometa, or from R: ``write_arff(emotions, "emotions",
write.xml = TRUE)`` of the package mldr. The published numbers are the ``measures`` stored in the
packages mldr and mldr.datasets, which average labels without items into MeanIR as 0 (slashdot);
CVIR is not stored there. Exit code 1 when one is off, 2 when nothing is there.
"""

import csv
import html
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy.sparse import csr_array

from labelaudit.dataset import LabelStates
from labelaudit.embeddings import Embeddings
from labelaudit.measures.multi_label.multi_label import multi_label

TOLERANCE = 1e-6
NAMES = (
    "n_items", "n_labels", "cardinality", "density", "labelset_count", "single_labelset_count",
    "pmax_count", "mean_ir", "cvir", "scumble", "scumble_cv", "tcs",
)  # fmt: skip
PUBLISHED = """
emotions 593 6 1.868465 .311411 27 4 81 1.478068 .179571 .010952 1.264560 9.364262
birds 645 19 1.013953 .053366 133 73 294 5.406996 .816877 .033028 2.298296 13.395470
genbase 662 27 1.252266 .046380 32 10 170 37.314581 1.449416 .028759 3.614486 13.839914
flags 194 7 3.391753 .484536 54 24 27 2.254709 .764775 .060586 1.103306 8.879333
cal500 502 174 26.043825 .149677 502 502 1 20.577783 1.087128 .337222 .372184 15.597163
medical 978 45 1.245399 .027676 94 33 155 89.501361 1.147574 .047056 3.043226 15.628586
langlog 1460 75 1.180137 .015735 304 189 207 39.266885 1.310645 .051048 2.519293 16.946263
slashdot 3782 22 1.180857 .053675 156 56 525 19.462409 2.287773 .013111 4.396491 15.124688
stackex_chess 1675 227 2.411343 .010623 1078 890 48 85.789795 .816679 .262497 .984279 18.779425
ng20 19300 20 1.028860 .051443 55 17 997 1.007271 .008582 .000000 22.00266 13.916803
"""
LABEL = re.compile(r"<label\s+name=(['\"])(.*?)\1")
ATTRIBUTE = re.compile(r"@attribute\s+('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\S+)", re.IGNORECASE)


def read_arff(file: Path) -> tuple[list[str], Iterator[dict[int, str]]]:
    """Return the names of the attributes, and each row's values by position; zeros may lack."""
    lines = (
        line.strip() for line in file.read_text(encoding="utf-8", errors="replace").split("\n")
    )
    names = []
    for line in lines:
        if found := ATTRIBUTE.match(line):
            names.append(bare(found[1]))
        elif line.lower() == "@data":
            break
    return names, rows_of(line for line in lines if line and not line.startswith("%"))


def rows_of(lines: Iterable[str]) -> Iterator[dict[int, str]]:
    """Yield the values of rows, of which sparse ones are in braces."""
    for line in lines:
        if not line.startswith("{"):
            yield dict(enumerate(next(csv.reader([line], quotechar="'", skipinitialspace=True))))
            continue
        pairs = (entry.split(maxsplit=1) for entry in line.strip("{}").split(",") if entry.strip())
        yield {int(position): value for position, value in pairs}


def read_csv(file: Path) -> tuple[list[str], Iterator[dict[int, str]]]:
    """Return the names of the columns, and each row's values by position."""
    rows = csv.reader(file.read_text(encoding="utf-8").splitlines())
    return next(rows), (dict(enumerate(row)) for row in rows)


def bare(name: str) -> str:
    """Return a name without its quotes."""
    if name[:1] in {"'", '"'}:
        return re.sub(r"\\(.)", r"\1", name[1:-1])
    return name


def read(folder: Path, name: str) -> tuple[NDArray[np.bool_], int] | None:
    """Return the labels and the number of features of a dataset; None when it is not there."""
    declared = folder / f"{name}.xml"
    data = next(
        (file for file in (folder / f"{name}.arff", folder / f"{name}.csv") if file.is_file()), None
    )
    if data is None or not declared.is_file():
        return None
    text = declared.read_text(encoding="utf-8")
    labels = [html.unescape(name) for _, name in LABEL.findall(text)]
    names, rows = (read_arff if data.suffix == ".arff" else read_csv)(data)
    places = [names.index(label) for label in labels]
    dense = [[float(row.get(place, 0)) > 0 for place in places] for row in rows]
    return np.array(dense), len(names) - len(labels)


def ours(dense: NDArray[np.bool_], n_features: int) -> dict[str, float]:
    """Return what labelaudit says of some labels."""
    matrix = csr_array(dense)
    states = LabelStates(
        indptr=matrix.indptr.astype(np.int64),
        indices=matrix.indices.astype(np.int32),
        states=np.ones(matrix.nnz, dtype=np.int8),
        labelled=np.ones(len(dense), dtype=bool),
    )
    features = Embeddings(
        vectors=np.broadcast_to(np.float32(0), (len(dense), n_features)),
        present=np.ones(len(dense), dtype=bool),
        model="the features of the dataset",
        model_sha256="",
        preprocessing="",
    )
    names = tuple(map(str, range(dense.shape[1])))
    values = multi_label(matrix, states, names, features).values
    found = {value.name: float("nan") if value.value is None else value.value for value in values}
    n_items, n_labels = dense.shape
    return found | {
        "n_items": n_items,
        "n_labels": n_labels,
        "pmax_count": found["pmax_share"] * n_items,
    }


def main(folder: Path) -> int:
    """Print every dataset that is there; return 1 when a number is off."""
    table = Table("dataset", "quantity", "ours", "published", "")
    n_read = n_off = 0
    for line in PUBLISHED.split("\n")[1:-1]:
        name, *published = line.split()
        found = read(folder, name)
        if found is None:
            print(f"{name}: not there ({name}.arff or .csv, and {name}.xml)")
            continue
        n_read += 1
        numbers = ours(*found)
        for quantity, expected in zip(NAMES, map(float, published), strict=True):
            off = not abs(numbers[quantity] - expected) <= max(TOLERANCE, 1e-6 * abs(expected))
            row = (f"{numbers[quantity]:.9g}", f"{expected:.9g}", "OFF" if off else "equal")
            table.add_row(name, quantity, *row)
            n_off += off
    if not n_read:
        print(f"{folder}: holds none of the datasets; the top of {Path(__file__).name} says which")
        return 2
    Console(width=100).print(table)
    return int(n_off > 0)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print(__doc__)
        sys.exit(2)
    sys.exit(main(Path(sys.argv[1])))
