"""The grid of properties and classes: what it shows of the table, and of hostile names."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from labelaudit.render.charts.grid import MAX_NAMES
from labelaudit.render.charts.property_grid import property_grid
from labelaudit.report import Column, Scalar, Table

COLUMNS = ("property", "class", "separation", "auc")


def table_of(rows: Sequence[tuple[Scalar, ...]], columns: Sequence[str] = COLUMNS) -> Table:
    return Table(
        name="properties_by_class",
        title="Properties",
        columns=tuple(Column(name=name) for name in columns),
        rows=tuple(rows),
    )


def test_cells_have_the_separation_with_the_direction() -> None:
    drawn = str(
        property_grid(
            table_of(
                [
                    ("brightness", "ship", 0.51, 0.8),
                    ("brightness", "frog", 0.3, 0.2),
                    ("size", "ship", -0.1, 0.5),
                    ("size", "frog", 0.001, 0.5),
                ]
            )
        )
    )
    assert ">+51<" in drawn
    assert ">\N{MINUS SIGN}30<" in drawn
    assert drawn.count("<rect") == 2  # those at chance have no shade
    assert drawn.count("\N{MINUS SIGN}") == 1
    assert 'role="img"' in drawn
    assert "best is brightness for ship, separation 0.51" in drawn


def test_hostile_names_are_texts() -> None:
    hostile = '</svg><script>alert("1")</script>\u202e'
    drawn = str(property_grid(table_of([(hostile, hostile, 0.5, 0.9)])))
    assert "<script" not in drawn
    assert "\u202e" not in drawn
    ET.fromstring(drawn)  # noqa: S314 - our own


def test_the_classes_that_are_told_best_are_shown() -> None:
    rows = [("brightness", f"class {at}", at / 100, 0.9) for at in range(40)]
    drawn = str(property_grid(table_of(rows)))
    assert drawn.count("<rect") == MAX_NAMES
    assert ">+39<" in drawn
    assert ">+20<" not in drawn


def test_without_pairs_there_is_no_grid() -> None:
    assert property_grid(table_of([])) == ""
    assert property_grid(table_of([("a", 1)], ("property", "count"))) == ""
