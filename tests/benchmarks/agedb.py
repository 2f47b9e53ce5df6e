"""What labelaudit says of the ages of AgeDB-DIR, beside what is known of them.

Run ``python tests/benchmarks/agedb.py CSV`` with ``agedb-dir/data/agedb.csv`` of the repository
YyzHarry/imbalanced-regression: 16,488 rows of age, path and split, of which 12,208 are for
training. Exit code 1 when a number is off, 2 without the file.
"""

import sys
from pathlib import Path

import numpy as np
import pyarrow.csv as pv

from labelaudit.inputs.columns import Splits
from labelaudit.measures.class_imbalance.target_distribution import target_distribution
from labelaudit.statistics.imbalance import imbalance_statistics, shots
from labelaudit.statistics.label_distribution_smoothing import lds_density

KNOWN = {
    "items for training": 12_208,
    "ages with items": 100,
    "youngest": 1,
    "oldest": 101,
    "most items of an age": 353,
    "which is": 35,
    "fewest items of an age": 1,
    "many-shot ages": 51,
    "medium-shot ages": 16,
    "few-shot ages": 33,
    "highest LDS density": 1449.65,
    "lowest LDS density of an age with items": 3.75,
    "evenness over ages with items": 0.895277,
}


def ages_for_training(file: Path) -> np.ndarray:
    """Return the ages of the split ``train``."""
    table = pv.read_csv(file)
    ages = table["age"].to_numpy().astype(np.float64)
    training = table["split"].to_numpy() == "train"
    return np.asarray(ages[training])


def found(ages: np.ndarray) -> dict[str, float]:
    """Return the same numbers of these ages."""
    measured = target_distribution(ages, Splits((), np.full(len(ages), -1, dtype=np.int32)))
    values = {value.name: value.value or 0 for value in measured.values}
    counts = np.bincount(ages.astype(int), minlength=121)  # one bin a year, from 0 to 120
    held = counts > 0
    many, medium, few = np.bincount(shots(counts[held]), minlength=3)[::-1].tolist()
    density = lds_density(counts)[held]
    return {
        "items for training": len(ages),
        "ages with items": int(held.sum()),
        "youngest": values["lowest_target"],
        "oldest": values["highest_target"],
        "most items of an age": int(counts.max()),
        "which is": int(counts.argmax()),
        "fewest items of an age": int(counts[held].min()),
        "many-shot ages": many,
        "medium-shot ages": medium,
        "few-shot ages": few,
        "highest LDS density": density.max(),
        "lowest LDS density of an age with items": density.min(),
        "evenness over ages with items": imbalance_statistics(counts[held])["evenness"] or 0,
    }


def main(arguments: list[str]) -> int:
    """Print each number beside what is known."""
    if len(arguments) != 1 or not Path(arguments[0]).is_file():
        print("agedb.py needs one file: agedb-dir/data/agedb.csv of YyzHarry/imbalanced-regression")
        return 2
    off = 0
    for name, number in found(ages_for_training(Path(arguments[0]))).items():
        apart = abs(number - KNOWN[name]) > (0.005 if "density" in name else 1e-6)
        off += apart
        print(f"{name:42} {number:14.6f} {KNOWN[name]:14.6f} {'OFF' if apart else 'equal'}")
    print(f"{len(KNOWN) - off} of {len(KNOWN)} equal")
    return int(off > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
