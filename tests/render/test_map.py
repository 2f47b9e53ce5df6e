import math
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from reports import HOSTILE, full

from labelaudit.render.charts.map import embedding_map
from labelaudit.render.charts.parts import WIDTH
from labelaudit.render.fit import estimated_width
from labelaudit.render.html import to_html
from labelaudit.report import Column, MeasureResult, Scalar, Table, Value

Row = tuple[Scalar, ...]
OF_CELLS = ("column", "row", "count", "class", "class_share", "suspected")
OF_CLASSES = ("class", "count", "across", "down", "across_sd", "down_sd", "correlation")


def table(names: Sequence[str], rows: Sequence[Row]) -> Table:
    columns = tuple(Column(name=name) for name in names)
    return Table(name="cells", title="Cells", columns=columns, rows=tuple(rows))


CELLS = table(OF_CELLS, [(0, 0, 16, "a", 1.0, 0), (1, 0, 4, "a", 0.5, 1), (3, 2, 1, "b", 1.0, 0)])
CLASSES = table(OF_CLASSES, [("a", 18, 0.7, 0.5, 0.5, 0.2, 0.0), ("b", 3, 2.5, 2.0, 1.0, 1.0, 1.0)])


def nodes(svg: str, kind: str) -> list[ET.Element]:
    return [node for node in ET.fromstring(svg).iter() if node.get("class") == kind]  # noqa: S314 - our own output


def words(svg: str) -> list[tuple[float, float, str]]:
    return [
        (float(node.get("x", "")), float(node.get("y", "")), "".join(node.itertext()))
        for node in ET.fromstring(svg).iter("text")  # noqa: S314 - our own output
        if node.get("class") == "over named"
    ]


def test_cells_are_squares_shaded_by_the_root_of_their_count() -> None:
    svg = embedding_map(CELLS, CLASSES)
    paths = [node for node in nodes(svg, "columns") if node.tag == "path"]
    squares = {float(node.get("fill-opacity", "")): node.get("d", "") for node in paths}
    assert [squares[opacity].count("M") for opacity in sorted(squares)] == [1, 1, 1]
    assert squares[max(squares)].startswith("M0.0 0.0h120.00v120.00")
    assert squares[min(squares)].startswith("M360.0 240.0h120.00")


def test_suspects_are_diamonds_in_the_middle_of_their_cell() -> None:
    marks = list(nodes(embedding_map(CELLS), "swap"))
    middle, legend = (re.findall(r"M(\S+) (\S+)l(\S+) ", node.get("d", "")) for node in marks)
    assert len(middle) == len(legend) == 1
    x, y, half = map(float, middle[0])
    assert (x, y + half) == pytest.approx((180, 60), abs=0.2)


def test_without_suspects_no_diamond_is_explained() -> None:
    none = table(OF_CELLS, [(0, 0, 1, "a", 1.0, 0), (1, 0, 1, "a", 1.0, 0)])
    assert not nodes(embedding_map(none), "swap")


def test_an_outline_is_one_standard_deviation_around_the_mean() -> None:
    first, second = (
        node
        for node in ET.fromstring(embedding_map(CELLS, CLASSES)).iter()  # noqa: S314 - our own output
        if node.tag == "ellipse"
    )
    assert [float(first.get(name, "")) for name in ("cx", "cy", "rx", "ry")] == pytest.approx(
        [84, 60, 60, 24], abs=0.1
    )
    # of correlation 1 and equal deviations: along the diagonal, as long as both together
    assert float(second.get("rx", "")) == pytest.approx(120 * math.sqrt(2), abs=0.1)
    assert float(second.get("ry", "")) == pytest.approx(0, abs=0.1)
    assert second.get("transform", "").startswith("rotate(45.0 ")


def test_numbers_are_shaded_and_their_items_sized() -> None:
    rows = [(0, 0, 100, 1.0), (1, 0, 25, 9.0), (2, 1, 1, None)]
    svg = embedding_map(table(("column", "row", "count", "mean_target"), rows))
    paths = [node for node in nodes(svg, "columns") if node.tag == "path"]
    by_opacity = {float(node.get("fill-opacity", "")): node.get("d", "") for node in paths}
    unknown, low, high = (by_opacity[opacity] for opacity in sorted(by_opacity))
    sides = [float(re.findall(r"h(\S+?)v", path)[0]) for path in (low, high)]
    assert sides == pytest.approx([160, 80])
    assert unknown.startswith("M")
    assert min(by_opacity) == 0


@pytest.mark.parametrize(
    "names",
    [
        tuple(f"class {at}" for at in range(1000)),
        HOSTILE,
        ("قطة صغيرة جدا", "名" * 60, "a" * 200),
    ],
    ids=["many", "hostile", "wide"],
)
def test_names_stay_words_that_lie_inside_and_on_no_others(names: tuple[str, ...]) -> None:
    rows = [(name, 9, 2 + 0.01 * at, 1.2, 0.3, 0.3, 0.1) for at, name in enumerate(names)]
    svg = embedding_map(CELLS, table(OF_CLASSES, rows))
    assert "<script" not in svg
    height = float(ET.fromstring(svg).get("viewBox", "").split()[3])  # noqa: S314 - our own output
    boxes = []
    for x, y, said in words(svg):
        half = estimated_width(said, 12) / 2
        boxes.append((x - half, y - 11, x + half, y + 4))
        assert x - half >= -1
        assert x + half <= WIDTH + 1
        assert 0 < y < height
    assert 2 <= len(boxes) <= 20
    for one, other in combinations(boxes, 2):
        apart = one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3]
        assert apart, (one, other)


def test_it_says_what_it_shows() -> None:
    said = ET.fromstring(embedding_map(CELLS, CLASSES)).get("aria-label", "")  # noqa: S314 - our own output
    assert "21 items" in said
    assert "; 1 label is suspected;" in said
    assert "named are a, b" in said


@pytest.mark.parametrize(
    "cells",
    [
        table(OF_CELLS, []),
        table(("column", "row"), [(0, 0)]),
        table(OF_CELLS, [(-1, 0, 3, "a", 1.0, 0)]),
    ],
    ids=["empty", "other columns", "outside"],
)
def test_what_cannot_be_drawn_is_left_out(cells: Table) -> None:
    assert embedding_map(cells) == ""


Amount = st.one_of(st.none(), st.text(max_size=3), st.integers(-3, 10**9), st.floats(-1e300, 1e300))


@given(
    st.lists(st.tuples(Amount, Amount, Amount, Amount, Amount), max_size=6),
    st.lists(st.tuples(st.text(max_size=9), Amount, Amount, Amount, Amount, Amount), max_size=4),
)
@example([(0, 0, 1, 1e300, 1e300)], [("a", 1e300, -1e300, 1e300, 1e300, 1e300)])
def test_any_table_gives_a_valid_drawing_or_none(cells: list[Row], classes: list[Row]) -> None:
    svg = embedding_map(
        table(("column", "row", "count", "mean_target", "suspected"), cells),
        table(("class", "across", "down", "across_sd", "down_sd", "correlation"), classes),
    )
    if svg:
        assert not re.search(
            r"\bnan\b|\binf\b",
            re.sub(r"<text.*?</text>|aria-label=\".*?\"", "", svg, flags=re.DOTALL),
        )
        assert ET.fromstring(svg).get("role") == "img"  # noqa: S314 - our own output


def page_of(tables: tuple[Table, ...], values: dict[str, float | None]) -> str:
    """Return the section of a measured map."""
    found = tuple(
        Value(name=name, title=name, value=value, unit="share", note="" if value else "why")
        for name, value in values.items()
    )
    result = MeasureResult(
        name="embedding_map",
        family="label_sharpness",
        title="Map",
        summary="Map.",
        status="measured",
        values=found,
        tables=tables,
    )
    page = to_html(replace(full(), measures=(*full().measures, result)))
    section = re.search(r'<article id="embedding_map".*?</article>', page, flags=re.DOTALL)
    assert section
    return section[0]


def test_the_section_has_the_map_its_tables_and_what_it_cannot_show() -> None:
    shares = {"map_told_share": 0.31, "map_largest_class_share": 0.1, "map_variance_share": 0.04}
    page = page_of((CELLS, replace(CLASSES, name="classes")), {**shares, "map_spread_share": 0.5})
    assert page.count('<svg class="chart"') == 1
    assert 'data-table="cells"' in page
    assert 'data-table="classes"' in page
    assert '<b data-value="map_told_share">31%</b>' in page
    assert "may be far apart in a direction that it does not show" in page


@pytest.mark.parametrize("tables", [(), (CELLS,)])
def test_the_section_does_with_what_there_is(tables: tuple[Table, ...]) -> None:
    page = page_of(tables, {"map_variance_share": 0.04, "map_spread_share": None})
    assert page.count('<svg class="chart"') == len(tables)
    assert "of what sets the means" not in page
