import re

import pytest

from labelaudit.render.charts.curve import curve
from labelaudit.report import Column, Scalar, Table

HOSTILE = '</text><script>alert("1")</script>\u202e'


def scales(*rows: tuple[Scalar, ...], name: str = "neighbor_rank") -> Table:
    columns = tuple(Column(name=each) for each in (name, "dimension", "low", "high"))
    return Table(name="scales", title="", columns=columns, rows=rows)


def test_a_line_in_its_band() -> None:
    drawn = str(curve(scales((1, 4.0, 3.0, 5.0), (2, 5.0, 4.0, 6.0), (4, 6.0, 5.0, 8.0))))
    assert 'role="img"' in drawn
    assert 'aria-label="dimension from 4 at neighbor rank 1 to 6 at 4"' in drawn
    (line,) = re.findall('class="line" d="M([^"]+)"', drawn)
    points = [tuple(map(float, point.split())) for point in line.split("L")]
    start, middle, end = (x for x, _ in points)
    assert middle - start == pytest.approx(end - middle, abs=0.1)  # equal steps of a doubling
    assert [y for _, y in points] == [92, 72.5, 53]  # from 170 at 0 to 14 at 8
    assert drawn.count("<circle") == 3
    (band,) = re.findall('class="band" d="M([^"]+)Z"', drawn)
    assert band.split("L")[0] == f"{start} 72.5"
    assert band.split("L")[-1] == f"{start} 111.5"


def test_points_come_in_order_and_those_that_are_undefined_not_at_all() -> None:
    one = curve(scales((4, 6.0, None, None), (1, 4.0, 3.0, 5.0), (2, None, None, None)))
    assert one == curve(scales((1, 4.0, 3.0, 5.0), (4, 6.0, None, None)))


def test_the_band_has_a_gap_where_a_point_has_none() -> None:
    banded = [(2**at, 5.0, 3.0, 7.0) for at in (0, 1, 3, 4)]
    drawn = str(curve(scales(*banded, (4, 5.0, None, None))))
    bands = re.findall('class="band" d="M([^"]+)Z"', drawn)
    assert [len(band.split("L")) for band in bands] == [4, 4]
    assert drawn.count("<circle") == 5


@pytest.mark.parametrize("rows", [(), ((1, 2.0, 1.0, 3.0),), ((1, None, None, None),) * 2])
def test_less_than_two_points_are_no_line(rows: tuple[tuple[Scalar, ...], ...]) -> None:
    assert curve(scales(*rows)) == ""


def test_names_cannot_break_out() -> None:
    drawn = curve(scales((1, 4.0, 3.0, 5.0), (2, 5.0, 4.0, 6.0), name=HOSTILE))
    assert "<script" not in drawn
    assert "\u202e" not in drawn
