import re

import pytest

from labelaudit.render.charts.strip import strip
from labelaudit.render.fit import estimated_width
from labelaudit.report import Column, Scalar, Table, Value

HOSTILE = '</text><script>alert("1")</script>\u202e'


def others(*rows: tuple[Scalar, ...]) -> Table:
    columns = (Column(name="dataset"), Column(name="dimension"))
    return Table(name="published", title="", columns=columns, rows=rows)


def own(value: float | None) -> Value:
    return Value(name="a", title="A", value=value, no_interval="" if value is None else "exact")


def test_dots_lie_in_proportion_and_the_value_among_them() -> None:
    drawn = str(strip(others(("near", 5.0), ("far", 10.0)), own(7.5)))
    assert (
        'aria-label="2 others, from near with 5 to far with 10; this dataset has 7.5, more than '
        '1 of them"'
    ) in drawn
    assert re.findall('class="other" cx="([^"]+)"', drawn) == ["240.0", "472.0"]
    assert 'class="own" d="M356.0 29' in drawn
    assert "this dataset</text>" in drawn


@pytest.mark.parametrize("value", [None, own(None)])
def test_nothing_is_placed_that_is_not_known(value: Value | None) -> None:
    drawn = strip(others(("near", 5.0), ("far", 10.0)), value)
    assert "this dataset" not in drawn
    assert 'class="own"' not in drawn


def test_a_value_beyond_all_others_stretches_the_line() -> None:
    drawn = str(strip(others(("near", 5.0), ("far", 10.0)), own(20.0)))
    assert 'class="own" d="M472.0' in drawn
    assert re.findall('class="other" cx="([^"]+)"', drawn) == ["124.0", "240.0"]


def test_names_that_are_close_do_not_collide() -> None:
    rows = [(f"dataset number {at}", 5 + at / 100) for at in range(6)]
    drawn = str(strip(others(*rows)))
    texts = re.findall('class="over" x="([^"]+)" y="([^"]+)">([^<]+)<', drawn)
    assert len(texts) == 6
    ends: dict[str, float] = {}
    for x, y, words in sorted(texts, key=lambda each: float(each[0])):
        assert float(x) >= ends.get(y, 0)
        ends[y] = float(x) + estimated_width(words, 12)
        assert ends[y] <= 480


def test_one_other_is_nothing_to_be_among() -> None:
    assert strip(others(("near", 5.0)), own(3.0)) == ""
    assert strip(others(("near", None), ("far", 3.0))) == ""


def test_names_cannot_break_out() -> None:
    drawn = strip(others((HOSTILE, 5.0), ("far", 10.0)), own(7.5))
    assert "<script" not in drawn
    assert "\u202e" not in drawn
