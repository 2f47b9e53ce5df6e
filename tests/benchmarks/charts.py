"""Our drawings beside equal ones by matplotlib's SVG writer: bytes, seconds, and what a page needs.

Run it as ``python tests/benchmarks/charts.py``; matplotlib comes with the extra ``bench``.
"""

import argparse
import io
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from time import perf_counter
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table as Grid

from labelaudit.render.charts.long_tail import long_tail
from labelaudit.render.charts.map import embedding_map
from labelaudit.report import Column, Table

N_TIMES = 5
Drawn = tuple[str, float]


def classes(n: int) -> Table:
    """Return a long tail of classes."""
    counts = (5000 / np.arange(1, n + 1) ** 0.7).astype(int).tolist()
    shots = ["many" if count > 100 else "medium" if count > 20 else "few" for count in counts]
    return Table(
        name="classes",
        title="Classes",
        columns=(Column(name="class"), Column(name="count", unit="count"), Column(name="shots")),
        rows=tuple((f"class {at}", *row) for at, row in enumerate(zip(counts, shots, strict=True))),
    )


def cells() -> Table:
    """Return a map of 800 cells."""
    rng = np.random.default_rng(0)
    counts = rng.integers(1, 200, 800).tolist()
    return Table(
        name="cells",
        title="Cells",
        columns=tuple(Column(name=name) for name in ("column", "row", "count")),
        rows=tuple((at % 40, at // 40, count) for at, count in enumerate(counts)),
    )


def by_matplotlib(paint: Callable[[Any], object]) -> str:
    """Return a figure of the same size as ours, with its words as text."""
    matplotlib = import_module("matplotlib")
    matplotlib.use("svg")
    pyplot = import_module("matplotlib.pyplot")
    matplotlib.rcParams["svg.fonttype"] = "none"
    figure, axes = pyplot.subplots(figsize=(4.8, 2.4))
    paint(axes)
    stream = io.StringIO()
    figure.savefig(stream, format="svg", bbox_inches="tight")
    pyplot.close(figure)
    return stream.getvalue()


def timed(draw: Callable[[], str]) -> Drawn:
    """Return a drawing and the least of some times that it took."""
    found, times = draw(), []
    for _ in range(N_TIMES):
        started = perf_counter()
        found = draw()
        times.append(perf_counter() - started)
    return found, min(times)


def import_seconds(module: str) -> float:
    """Return how long a fresh Python takes to import a module, less what it takes to start."""

    def seconds(program: str) -> float:
        times = []
        for _ in range(N_TIMES):
            started = perf_counter()
            subprocess.run([sys.executable, "-c", program], check=True)
            times.append(perf_counter() - started)
        return min(times)

    return seconds(f"import {module}") - seconds("pass")


def main() -> None:
    """Print a row a drawing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--classes", type=int, default=1000)
    tail, grid = classes(parser.parse_args().classes), cells()
    counts = [int(str(row[1])) for row in tail.rows]
    shade = np.array([int(str(row[2])) for row in grid.rows]).reshape(20, 40)
    pairs = {
        f"long tail of {len(counts):,} classes": (
            lambda: str(long_tail(tail)),
            lambda: by_matplotlib(lambda axes: axes.bar(range(len(counts)), counts, width=1)),
        ),
        "map of 800 cells": (
            lambda: str(embedding_map(grid)),
            lambda: by_matplotlib(lambda axes: axes.pcolormesh(shade)),
        ),
    }
    table = Grid("drawing", "bytes", "ms", "style attributes")
    for name, both in pairs.items():
        for whose, draw in zip(("ours", "matplotlib"), both, strict=True):
            drawn, seconds = timed(draw)
            styles = drawn.count("style=") + drawn.count("<style")
            table.add_row(
                f"{name}, {whose}", f"{len(drawn):,}", f"{1000 * seconds:.1f}", f"{styles:,}"
            )
    Console(width=100).print(table)
    for module in ("labelaudit.render.charts", "matplotlib.pyplot"):
        print(f"import {module}: {import_seconds(module):.2f} s")


if __name__ == "__main__":
    main()
