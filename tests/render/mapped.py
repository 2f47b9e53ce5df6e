"""A made-up map of the embeddings: two hills, one of them of two classes that overlap."""

import math
from typing import Final

from labelaudit.report import EXACT, Column, MeasureResult, Scalar, Table, Value

# class, items, and where it lies: across, down, both deviations, correlation
CLASSES: Final[tuple[tuple[str, int, float, float, float, float, float], ...]] = (
    ("antelope", 2400, 4.0, 3.5, 1.8, 1.2, 0.3),
    ("badger", 1310, 4.8, 4.4, 1.5, 1.4, -0.2),
    ("cougar", 920, 15.0, 7.5, 2.2, 1.6, 0.6),
)
N_COLUMNS: Final = 20
N_ROWS: Final = 12


def mapped() -> MeasureResult:
    """Return what the measure of the map finds of some classes."""
    shares = {"map_variance": 0.112, "map_spread": 0.64, "map_told": 0.58, "map_largest_class": 0.5}
    return MeasureResult(
        name="embedding_map",
        family="label_sharpness",
        title="Map of the embeddings",
        summary="Count the items on a map of the two directions along which the classes lie apart.",
        status="measured",
        values=tuple(
            Value(name=f"{name}_share", title=name, value=value, unit="share", no_interval=EXACT)
            for name, value in shares.items()
        ),
        tables=(_cells(), _classes()),
        parameters={"columns": N_COLUMNS, "rows": N_ROWS, "cell_side": 0.05},
    )


def _cells() -> Table:
    rows: list[tuple[Scalar, ...]] = []
    for row in range(N_ROWS):
        for column in range(N_COLUMNS):
            counts = {each[0]: _count(each, column + 0.5, row + 0.5) for each in CLASSES}
            n = sum(counts.values())
            if n:
                name = max(counts, key=lambda each: counts[each])
                rows.append((column, row, n, name, round(counts[name] / n, 4), n // 40))
    return Table(
        name="cells",
        title="Cells of the map",
        columns=(
            Column(name="column"),
            Column(name="row"),
            Column(name="count", unit="count"),
            Column(name="class"),
            Column(name="class_share", unit="share"),
            Column(name="suspected", unit="count"),
        ),
        rows=tuple(rows),
    )


def _count(of: tuple[str, int, float, float, float, float, float], x: float, y: float) -> int:
    _, n, across, down, across_sd, down_sd, _ = of
    distance = ((x - across) / across_sd) ** 2 + ((y - down) / down_sd) ** 2
    return int(n * math.exp(-distance / 2) / (2 * math.pi * across_sd * down_sd))


def _classes() -> Table:
    names = ("across", "down", "across_sd", "down_sd", "correlation")
    return Table(
        name="classes",
        title="Where the classes lie",
        columns=(
            Column(name="class"),
            Column(name="count", unit="count"),
            *(Column(name=name) for name in names),
        ),
        rows=CLASSES,
    )
