import re

import pytest

from labelaudit.render.charts.association import STRONGEST, association
from labelaudit.render.charts.ranges import ranges
from labelaudit.report import Column, Scalar, Table

HOSTILE = '<script>"&\u202e'


def table(names: tuple[str, ...], *rows: tuple[Scalar, ...]) -> Table:
    columns = tuple(Column(name=name) for name in names)
    return Table(name="any", title="Any", columns=columns, rows=rows)


def pairs(*rows: tuple[Scalar, ...]) -> Table:
    return table(("label", "other_label", "together", "npmi", "adjusted_p_value"), *rows)


def test_more_and_less_than_chance_have_shades_of_their_own() -> None:
    drawn = association(
        pairs(("a", "b", 9, 0.5, 0.001), ("a", "c", 0, -1.0, 0.001), ("b", "c", 1, 0.9, None))
    )
    assert drawn.count(">+50<") == 2
    assert drawn.count(">\N{MINUS SIGN}100<") == 2
    cells = re.findall(r'class="cell (\w+)"[^>]*height="26" fill-opacity="([\d.]+)"', drawn)
    shades = sorted(cell for cell in cells if cell[1] != "0.00")
    assert shades == [
        *[("less", f"{STRONGEST:.2f}")] * 2,
        *[("more", f"{STRONGEST / 2:.2f}")] * 2,
    ]
    assert drawn.count(">+90<") == 2  # untested: the number, and no shade
    assert "most together: a and b" in drawn or "most together: b and a" in drawn


def test_pairs_without_a_row_are_dots_and_the_diagonal_is_empty() -> None:
    drawn = association(pairs(("a", "b", 9, 0.004, 0.5), ("b", "c", 1, 0.2, None)))
    assert drawn.count(">·<") == 2
    assert drawn.count(">0<") == 2
    assert len(re.findall(r">(?:·|\+?\d+)<", drawn)) == 6


def test_twelve_labels_at_most_are_drawn_and_their_numbers_fit() -> None:
    rows = [
        (f"label {one:02}", f"label {other:02}", 40 - one - other, -1.0, 0.001)
        for one in range(14)
        for other in range(one)
    ]
    drawn = association(pairs(*rows))
    assert drawn.count('height="26"') == 144 - 12
    assert "the 12 of 14 labels with the most items" in drawn
    assert "label 13" not in drawn
    width = float(re.findall(r'width="([\d.]+)" height="26"', drawn)[0])
    assert width > 4 * 6.7  # four characters of 12 px


def test_charts_escape_what_labels_are_called() -> None:
    for drawn in (
        association(pairs((HOSTILE, "b", 9, 0.5, 0.001))),
        ranges(table(("label", "low", "high"), (HOSTILE, 0.1, 0.2)), "low", "high"),
    ):
        assert "<script" not in drawn
        assert "\u202e" not in drawn
        assert "[U+202E]" in drawn
        assert 'role="img"' in drawn


@pytest.mark.parametrize("rows", [(), (("a", "b", 1, 0.5, 0.1),)])
def test_a_table_without_what_is_drawn_draws_nothing(rows: tuple[tuple[Scalar, ...], ...]) -> None:
    other = table(("x", "y", "z", "u", "v"), *rows)
    assert association(other) == ""
    assert ranges(other, "low", "high") == ""


def test_ranges_start_and_end_where_their_numbers_are() -> None:
    drawn = ranges(
        table(("label", "low", "high"), ("a", 0.0, 0.5), ("b", 0.25, 1.0), ("c", None, 0.3)),
        "low",
        "high",
    )
    bars = [
        (float(x), float(width))
        for x, width in re.findall(r'class="cell" x="([\d.]+)" y="\d+" width="([\d.]+)"', drawn)
    ]
    assert len(bars) == 2
    left, room = bars[0][0], 2 * bars[0][1]
    assert bars[1] == pytest.approx((left + 0.25 * room, 0.75 * room), abs=0.2)
    assert "widest is that of b, 25% to 100%" in drawn


def test_a_range_without_width_is_still_seen() -> None:
    drawn = ranges(table(("label", "low", "high"), ("a", 0.2, 0.2)), "low", "high")
    assert 'width="2.0" height="12"' in drawn
