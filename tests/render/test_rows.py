import re

import html5lib
import pytest

from labelaudit.render.charts.along import along
from labelaudit.render.charts.rows import MOST_ROWS, dumbbell, forest, one_pair
from labelaudit.report import Column, Scalar, Table

HOSTILE = '</svg><script>alert("1")</script>\u202e'


def well_formed(drawn: str) -> None:
    """Fail on a fragment that a strict parser refuses."""
    html5lib.HTMLParser(strict=True).parseFragment(drawn)


def table(names: tuple[str, ...], rows: list[tuple[Scalar, ...]], unit: str = "") -> Table:
    columns = tuple(Column(name=name, unit=unit) for name in names)
    return Table(name="t", title="T", columns=columns, rows=tuple(rows))


def estimates(rows: list[tuple[Scalar, ...]]) -> Table:
    return table(("by", "slice", "difference", "low", "high"), rows)


def places(drawn: str, kind: str) -> list[float]:
    return [float(x) for x in re.findall(rf'class="{kind}" cx="([\d.]+)"', drawn)]


def test_estimates_lie_in_order_and_a_reference_between() -> None:
    drawn = str(
        forest(estimates([("a", "x", 0.5, 0.4, 0.6), ("b", "y", -0.2, -0.4, 0.1)]), "difference", 0)
    )
    first, second = places(drawn, "dot")
    (line,) = (float(x) for x in re.findall(r'class="parting" d="M([\d.]+)', drawn))
    assert second < line < first
    assert "a / x" in drawn
    well_formed(drawn)


def test_a_text_that_all_rows_share_names_none() -> None:
    rows: list[tuple[Scalar, ...]] = [("a", "x", 1, 0, 2), ("a", "y", 2, 1, 3)]
    drawn = str(forest(estimates(rows), "difference", 0))
    assert ">x<" in drawn
    assert "a / x" not in drawn


def test_undefined_rows_are_left_out_and_only_the_first_are_drawn() -> None:
    rows: list[tuple[Scalar, ...]] = [("a", "none", None, None, None)]
    rows += [("a", f"row {at}", at, at - 1, at + 1) for at in range(30)]
    drawn = str(forest(estimates(rows), "difference", 0))
    assert len(places(drawn, "dot")) == MOST_ROWS
    assert "none" not in drawn
    assert forest(estimates(rows[:1]), "difference", 0) == ""
    assert forest(estimates([]), "difference", 0) == ""


def test_equal_ends_have_an_axis() -> None:
    assert "dot" in str(forest(estimates([("a", "x", 0, 0, 0)]), "difference", 0))


def shares(rows: list[tuple[Scalar, ...]]) -> Table:
    return table(("split", "other_split", "class", "share", "other_share"), rows)


def test_two_shares_of_a_row_stand_where_they_are() -> None:
    rows: list[tuple[Scalar, ...]] = [("a", "b", "cat", 0.5, 0.25), ("a", "b", "dog", 0.0, 1.0)]
    drawn = str(dumbbell(shares(rows), "share", "other_share", ("a", "b")))
    one = places(drawn, "dot")[1:]
    other = [float(x) + 4 for x in re.findall(r'class="other" x="([\d.]+)"', drawn)][1:]
    assert one[1] < other[0] < one[0] < other[1]
    assert (one[0] - one[1]) == pytest.approx(2 * (other[0] - one[1]), abs=0.3)
    well_formed(drawn)


def test_the_rows_of_one_pair_are_those_of_the_first() -> None:
    rows: list[tuple[Scalar, ...]] = [
        ("a", "b", "cat", 0.5, 0.2),
        ("a", "c", "cat", 0.5, 0.2),
        ("a", "b", "dog", 0.5, 0.2),
    ]
    assert [row[2] for row in one_pair(shares(rows)).rows] == ["cat", "dog"]


def test_hostile_names_stay_text() -> None:
    rows: list[tuple[Scalar, ...]] = [("a", HOSTILE, 1, 0, 2), ("b", "y", 2, 1, 3)]
    two: list[tuple[Scalar, ...]] = [("a", "b", HOSTILE, 0.5, 0.2), ("a", "b", "y", 0.5, 0.2)]
    for drawn in (
        forest(estimates(rows), "difference", 0),
        dumbbell(shares(two), "share", "other_share", (HOSTILE, "b")),
    ):
        assert "<script" not in str(drawn)
        assert "\u202e" not in str(drawn)
        well_formed(str(drawn))


def parts(rows: list[tuple[Scalar, ...]]) -> Table:
    names = ("from_item", "to_item", "same_label_share", "nearby_share")
    columns = tuple(
        Column(name=name, unit="share" if name.endswith("share") else "count") for name in names
    )
    return Table(name="along", title="T", columns=columns, rows=tuple(rows))


def test_lines_along_a_file_break_where_nothing_is_known() -> None:
    drawn = str(along(parts([(1, 10, 0.5, 0.1), (11, 20, 0.6, None), (21, 30, 0.7, 0.2)])))
    paths = re.findall(r'class="(line|model)" stroke-dasharray="[^"]*" d="(M[^h"]+)"', drawn)
    assert [path.count("M") for _, path in paths] == [1, 2]
    assert [path.count("L") for _, path in paths] == [2, 0]
    assert "item 30" in drawn
    well_formed(drawn)


def test_one_part_is_no_line() -> None:
    assert along(parts([(1, 10, 0.5, 0.1)])) == ""
    assert along(parts([(1, 10, None, None), (11, 20, None, None)])) == ""
    assert along(parts([(0, 0, 0.5, 0.1), (0, 0, 0.4, 0.1)])) == ""
