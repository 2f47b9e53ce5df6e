import xml.etree.ElementTree as ET

import pytest
from reports import HOSTILE

from labelaudit.render.charts.crossing import crossing
from labelaudit.report import Column, Table, Value

COLUMNS = ("model", "on_right_labels", "on_wrong_labels")


def table(*rows: tuple[str, float, float]) -> Table:
    columns = tuple(Column(name=name) for name in COLUMNS)
    return Table(name="subsets", title="Subsets", columns=columns, rows=rows)


def rate(low: float, high: float) -> Value:
    return Value(
        name="rate", title="Rate", value=(low + high) / 2, low=low, high=high, interval="made"
    )


def circles(drawn: str) -> list[ET.Element]:
    return [each for each in ET.fromstring(drawn) if each.tag == "circle"]  # noqa: S314 - our own


def test_lines_cross_where_the_models_swap() -> None:
    drawn = crossing(table(("A", 0.95, 0.30), ("B", 0.94, 0.45)), rate(0.02, 0.09))
    (swap,) = circles(drawn)
    # The axis runs from 52 to 364 pixels for 0 to 20 %.
    assert float(swap.attrib["cx"]) == pytest.approx(52 + 312 * 0.0625 / 0.2, abs=0.1)
    assert "A and B swap at 6.25%" in drawn
    assert 'role="img"' in drawn


def test_the_axis_reaches_the_end_of_the_band() -> None:
    drawn = crossing(table(("A", 0.95, 0.30), ("B", 0.94, 0.45)), rate(0.0, 0.37))
    band = next(each for each in ET.fromstring(drawn) if each.tag == "rect")  # noqa: S314 - our own
    assert float(band.attrib["x"]) + float(band.attrib["width"]) <= 364
    assert "0% to 40%" in drawn


def test_models_that_keep_their_order_have_no_mark() -> None:
    drawn = crossing(table(("A", 0.95, 0.50), ("B", 0.94, 0.45)), None)
    assert not circles(drawn)
    assert "none of them swap" in drawn


def test_equal_models_and_many_are_drawn() -> None:
    assert crossing(table(("A", 0.9, 0.9), ("B", 0.9, 0.9)), None)
    many = crossing(table(*((f"m{at}", 0.9, 0.01 * at) for at in range(30))), None)
    assert many.count('<path class="model') == 8


def test_without_two_models_nothing_is_drawn() -> None:
    assert not crossing(table(("A", 0.9, 0.5)), None)
    assert not crossing(Table(name="x", title="X", columns=(Column(name="model"),), rows=()), None)


def test_hostile_names_stay_text() -> None:
    drawn = crossing(table(*((name, 0.9, 0.02 * at) for at, name in enumerate(HOSTILE))), None)
    tree = ET.fromstring(drawn)  # noqa: S314 - our own
    assert {each.tag for each in tree} <= {"path", "text", "rect", "circle"}
    assert "\u202e" not in drawn
    assert "<script" not in drawn
