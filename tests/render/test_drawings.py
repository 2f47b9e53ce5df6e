import re
from itertools import pairwise, product
from xml.etree import ElementTree as ET

import pytest
from drawings import DRAWN, ODD, Odd
from hypothesis import given
from hypothesis import strategies as st

from labelaudit.render.charts import DRAWINGS
from labelaudit.render.charts.axis import (
    axis_to,
    compact,
    fitting,
    marks_between,
    tail_axis,
    ticks,
    words,
)
from labelaudit.render.charts.names import said, shortened, width_of

WIDTH = 480
OF_OTHER_TESTS = {"bar", "bar_chart", "embedding_map"}  # with a cell, with the data of a map
SAME = {"interval_chart": "interval", "matrix_chart": "matrix"}
CASES = list(product(DRAWN, ODD))
POSITIVE = st.floats(1e-300, 1e300)


def tree(drawn: str) -> ET.Element:
    return ET.fromstring(drawn)  # noqa: S314 - our own output


def texts(drawn: str) -> list[str]:
    return ["".join(node.itertext()) for node in tree(drawn).iter("text")]


def test_every_drawing_is_drawn_of_odd_data() -> None:
    assert {SAME.get(name, name) for name in DRAWINGS} - OF_OTHER_TESTS <= set(DRAWN)


@pytest.mark.parametrize(("name", "odd"), CASES)
def test_odd_data_is_drawn_within_its_frame_or_not_at_all(name: str, odd: str) -> None:
    drawn = str(DRAWN[name](ODD[odd]))
    if not drawn:
        return
    top = tree(drawn)
    height = float(top.attrib["viewBox"].split()[3])
    assert not re.search(r"\b(nan|inf)\b", drawn)
    for node in top.iter():
        for key, end in (("x", WIDTH), ("cx", WIDTH), ("y", height), ("cy", height)):
            assert -1 <= float(node.get(key, "0")) <= end + 1, ET.tostring(node)
        assert float(node.get("width", "0").rstrip("%")) <= WIDTH
    for number in re.findall(r'd="M([-\d.]+) ', drawn):
        assert -1 <= float(number) <= WIDTH + 1


@pytest.mark.parametrize("name", DRAWN)
def test_nothing_is_drawn_of_nothing(name: str) -> None:
    assert DRAWN[name](ODD["none"]) == ""


@pytest.mark.parametrize("name", sorted(set(DRAWN) - {"interval"}))
def test_plain_data_is_drawn_with_words_that_say_what_is_seen(name: str) -> None:
    top = tree(DRAWN[name](ODD["plain"]))
    assert top.attrib["role"] == "img"
    assert re.search(r"\d", top.attrib["aria-label"])
    assert len(top.attrib["aria-label"]) >= 30


@pytest.mark.parametrize(("name", "odd"), CASES)
def test_a_drawing_is_described_in_a_sentence_however_long_names_are(name: str, odd: str) -> None:
    drawn = str(DRAWN[name](ODD[odd]))
    if drawn and name != "interval":
        assert len(tree(drawn).attrib["aria-label"]) <= 500


@pytest.mark.parametrize("name", DRAWN)
def test_a_thousand_names_stay_small(name: str) -> None:
    assert len(DRAWN[name](ODD["thousand"]).encode()) < 20_000


@pytest.mark.parametrize("name", ["dumbbell", "forest", "ranges", "matrix", "pair_agreement"])
def test_a_drawing_of_some_of_the_names_says_so(name: str) -> None:
    assert any(
        re.search(r"the (first )?\d+ of [\d,]+", each)
        for each in texts(DRAWN[name](ODD["thousand"]))
    )
    assert not any(" of 8 " in each for each in texts(DRAWN[name](ODD["plain"])))


def test_names_that_begin_alike_are_told_apart() -> None:
    names = [f"{'a long beginning ' * 9}{end}" for end in ("one", "two", "three")]
    assert len(set(shortened(names, 90))) == 3
    assert shortened(["short", *names], 90)[0] == "short"


@given(st.lists(st.text(max_size=60), max_size=6), st.floats(20, 200))
def test_shortened_names_fit(names: list[str], room: float) -> None:
    for name in shortened(names, room):
        assert width_of(name) <= room + 1e-6 or len(name) <= 2


def test_a_long_name_keeps_its_ends_in_a_sentence() -> None:
    name = "begin " + "x" * 300 + " end"
    assert said(name).startswith("begin ")
    assert said(name).endswith(" end")
    assert len(said(name)) <= 60
    assert said("short") == "short"


@given(POSITIVE, st.sampled_from([False, True]))
def test_marks_run_from_0_in_equal_steps_to_no_less_than_the_highest(
    highest: float,
    whole: bool,  # noqa: FBT001 - of hypothesis
) -> None:
    marks = ticks(highest, whole=whole)
    assert marks[0] == 0
    assert marks[-1] >= highest * (1 - 1e-6)
    assert 2 <= len(marks) <= 6
    steps = [second - first for first, second in pairwise(marks)]
    assert steps == pytest.approx([steps[0]] * len(steps), rel=1e-6)
    assert len(marks) == 2 or marks[-2] < highest
    if whole and highest < 1e15:
        assert all(mark == round(mark) for mark in marks)


@given(st.floats(0, 1))
def test_an_axis_of_shares_ends_at_the_whole(highest: float) -> None:
    assert ticks(highest)[-1] <= 1


@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e9))
def test_marks_between_two_numbers_lie_there(low: float, span: float) -> None:
    marks = marks_between(low, low + span)
    assert all(low - span * 1e-6 <= mark <= low + span * (1 + 1e-6) for mark in marks)
    assert 1 <= len(marks) <= 6


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=40))
def test_a_larger_class_is_never_lower(counts: list[int]) -> None:
    axis = tail_axis(counts, 10, 170, "count")
    heights = [axis.y(count) for count in sorted(counts)]
    assert heights == sorted(heights, reverse=True)
    assert 10 - 1e-6 <= min(heights) <= max(heights) <= 170
    assert axis.y(0) == 170


def test_a_long_tail_is_logarithmic_where_a_linear_one_would_hide_it() -> None:
    flat, steep = [40, 30, 20], [100_000, *[20] * 50]
    assert tail_axis(flat, 0, 100, "count").least == 0
    axis = tail_axis(steep, 0, 100, "count")
    assert axis.y(20) < 90  # a tenth of the height at least
    step = axis.y(10) - axis.y(100)
    assert axis.y(100) - axis.y(1000) == pytest.approx(step)
    assert "logarithmic" in texts(DRAWN["long_tail"](ODD["thousand"]))
    assert "logarithmic" not in texts(DRAWN["long_tail"](ODD["plain"]))


@given(st.integers(1, 10**15))
def test_a_short_number_is_near_its_number(number: int) -> None:
    said_as = compact(number)
    scale = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}.get(said_as[-1], 1)
    assert float(said_as.rstrip("KMBT").replace(",", "")) * scale == pytest.approx(number, rel=0.06)
    assert len(said_as) <= 5


def test_a_number_is_left_out_where_it_does_not_fit() -> None:
    assert fitting(2400, 100) == "2,400"
    assert fitting(2400, 32) == "2.4K"
    assert fitting(2400, 5) == ""


def test_the_words_of_an_axis_stand_beside_it() -> None:
    for highest, unit in ((9.87e14, "count"), (1e-9, "share"), (3e-7, ""), (2400, "count")):
        axis = axis_to(highest, 10, 170, unit)
        assert all(width_of(words(mark, unit)) <= axis.left - 6 for mark in axis.marks)
        assert len({words(mark, unit) for mark in axis.marks}) == len(axis.marks)


def test_two_shares_differ_by_shape() -> None:
    drawn = tree(DRAWN["dumbbell"](Odd(("cat", "dog"))))
    kinds = {
        (node.tag, node.get("class")) for node in drawn.iter() if node.tag in {"circle", "rect"}
    }
    assert kinds == {("circle", "dot"), ("rect", "other")}


def test_neighbors_of_a_long_profile_are_drawn_as_their_mean() -> None:
    drawn = DRAWN["profiles"](ODD["thousand"])
    (line,) = re.findall(r'class="profile p0" d="M([^"h]+)"', drawn)
    assert line.count("L") + 1 == 1000 / 5
    assert "1,000 classes, means of 5" in texts(drawn)
