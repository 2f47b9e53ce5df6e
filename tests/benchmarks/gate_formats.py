"""Measure how long each file of a gate is, and how long it takes, with ever more findings.

Run ``python tests/benchmarks/gate_formats.py [N ...]``; 1,000, 10,000 and 100,000 findings when not
given. The outcome is made up (``tests/gate/formats/outcomes.py``): two rules, three in four of the
findings new, paths of 30 characters, copies with up to 7 others. *zipped* is the size by gzip, as
code scanning takes SARIF; *shown* is how many of the findings the file names; seconds are the best
of three runs on this machine, of the format alone, and of making the outcome ready for all.
"""

import argparse
import gzip
import re
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Final, TypeVar

sys.path.append(str(Path(__file__).parents[1] / "gate" / "formats"))
from outcomes import gated

from labelaudit.gate.files import FORMATS
from labelaudit.gate.formats.github import to_commands
from labelaudit.gate.outcome import Outcome
from labelaudit.gate.published import as_written

HEADS: Final = ("findings", "file", "bytes", "zipped", "shown", "seconds")
WIDTHS: Final = (9, 28, 11, 10, 8, 8)
N_RUNS: Final = 3
SIZES: Final = (1_000, 10_000, 100_000)

Made = TypeVar("Made")


def timed(make: Callable[[], Made]) -> tuple[Made, float]:
    """Return what is made, and the least time that it took."""
    made, seconds = make(), []
    for _ in range(N_RUNS):
        before = perf_counter()
        make()
        seconds.append(perf_counter() - before)
    return made, min(seconds)


def rows(outcome: Outcome) -> list[tuple[str, ...]]:
    """Return a row of the table for each file."""
    count = f"{len(outcome.findings):,}"
    written, seconds = timed(lambda: as_written(outcome))
    found: list[tuple[str, ...]] = [(count, "(made ready)", "", "", "", f"{seconds:.2f}")]
    writers = {name: write for files in FORMATS.values() for name, write in files.items()}
    for name, write in {**writers, "(workflow commands)": to_commands}.items():
        made, seconds = timed(lambda write=write: write(written).encode())  # type: ignore[misc]
        zipped = len(gzip.compress(made))
        shown = len(set(re.findall(rb"image_\d{6}", made)))
        found.append((count, name, f"{len(made):,}", f"{zipped:,}", f"{shown:,}", f"{seconds:.2f}"))
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    for row in [HEADS, *(row for n in parser.parse_args().sizes for row in rows(gated(n)))]:
        print("  ".join(cell.rjust(width) for cell, width in zip(row, WIDTHS, strict=True)))


if __name__ == "__main__":
    main()
