"""Every statistic beside the packages that have it too, in one run.

    pip install '.[bench]' && python tests/benchmarks/oracles [TOPIC ...]

A topic is a module of this folder; each yields rows of a quantity, its oracle, our number, the
oracle's, and how far the two may be apart. Exit code 1 when two are further apart than that.
"""

import importlib
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table


def main(wanted: list[str]) -> int:
    """Print all rows of the topics; return 1 when one is off."""
    folder = Path(__file__).parent
    topics = sorted(file.stem for file in folder.glob("*.py") if not file.stem.startswith("_"))
    unknown = set(wanted) - set(topics)
    if unknown:
        print(f"no topics {', '.join(sorted(unknown))}; there are {', '.join(topics)}")
        return 2
    table = Table("topic", "quantity", "oracle", "ours", "theirs", "tolerance", "")
    n_rows = n_off = 0
    for topic in wanted or topics:
        for quantity, oracle, ours, theirs, tolerance in importlib.import_module(topic).rows():
            off = not abs(ours - theirs) <= tolerance
            numbers = (f"{ours:.9g}", f"{theirs:.9g}", f"{tolerance:g}")
            table.add_row(topic, quantity, oracle, *numbers, "OFF" if off else "equal")
            n_rows, n_off = n_rows + 1, n_off + off
    Console(width=150).print(table)
    print(f"{n_rows - n_off} of {n_rows} equal within the tolerance stated")
    return int(n_off > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
