"""Class shares of a thinned half of CIFAR-10's test set, estimated without its labels.

Run ``python tests/benchmarks/label_shift.py DATA``, a folder with ``cifar10-test-truth.parquet``
and ``cifar10-test-pred-probs.npy``: the test labels and the out-of-sample probabilities that
cleanlab/label-errors published. Every other item, from the first, is the labelled source; of the
others, class c keeps its first 500 / 10^(c / 9) items, and their labels are hidden. Printed are
the shares that BBSE and MLLS find, the true ones, and the sum of their absolute differences.
Exit code 1 when BBSE is off the reference by more than 5e-4.
"""

import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from labelaudit.statistics.label_shift import bbse, calibrate, mlls, refusal, shares_from

FILES = ("cifar10-test-truth.parquet", "cifar10-test-pred-probs.npy")
REFERENCE = (0.2516, 0.1889, 0.1434, 0.1152, 0.0877, 0.0675, 0.0542, 0.0401, 0.0249, 0.0265)
TOLERANCE = 5e-4
N_LARGEST, N_TIMES = 500, 10


def main(folder: Path) -> int:
    """Print shares by method; return 1 when BBSE is off, 2 without the data."""
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        print(f"{folder}: needs {' and '.join(missing)}")
        return 2
    given = pq.read_table(folder / FILES[0])["label"].to_pylist()
    names = sorted(set(given))
    labels = np.array([names.index(name) for name in given], dtype=np.int32)
    probs = np.load(folder / FILES[1])
    n_classes = len(names)
    source = np.arange(0, len(labels), 2)
    sizes = [int(N_LARGEST * N_TIMES ** (-c / (n_classes - 1))) for c in range(n_classes)]
    others = np.arange(1, len(labels), 2)
    target = np.concatenate([others[labels[others] == c][:n] for c, n in enumerate(sizes)])
    joint = np.zeros((n_classes, n_classes))
    np.add.at(joint, (probs[source].argmax(axis=1), labels[source]), 1 / len(source))
    soft = np.stack(
        [probs[source[labels[source] == c]].sum(axis=0) for c in range(n_classes)], axis=1
    ) / len(source)
    counted = joint.sum(axis=0)
    predicted = np.bincount(probs[target].argmax(axis=1), minlength=n_classes) / len(target)
    logs = np.log(np.maximum(probs, 1e-12))
    calibrated = calibrate(logs[source], labels[source])
    found = {
        "true": np.bincount(labels[target], minlength=n_classes) / len(target),
        "predicted": predicted,
        "BBSE": shares_from(bbse(joint, predicted), counted),
        "BBSE, soft": shares_from(bbse(soft, probs[target].mean(axis=0)), counted),
        "MLLS": mlls(calibrated(logs[target]), calibrated(logs[source]).mean(axis=0)),
        "MLLS, uncalibrated": mlls(
            probs[target].astype(np.float64), probs[source].mean(axis=0, dtype=np.float64)
        ),
    }
    table = Table("", *names, "L1 error")
    for name, shares in found.items():
        error = np.abs(shares - found["true"]).sum()
        table.add_row(name, *(f"{share:.4f}" for share in shares), f"{error:.4f}")
    Console(width=140).print(table)
    off = float(np.abs(found["BBSE"] - REFERENCE).max())
    print(f"refused: {refusal(joint) or 'no'}; BBSE is {off:.1e} off the reference at most")
    return int(off > TOLERANCE)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print(__doc__)
        sys.exit(2)
    sys.exit(main(Path(sys.argv[1])))
