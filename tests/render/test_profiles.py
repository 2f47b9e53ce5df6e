import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import HOSTILE

from labelaudit.render.charts.profiles import profiles
from labelaudit.report import Column, Scalar, Table


def by_split(splits: tuple[str, ...], rows: list[tuple[Scalar, ...]], *, omitted: int = 0) -> Table:
    named = bool(rows) and isinstance(rows[0][0], str)
    places = (Column(name="class"),) if named else (Column(name="from"), Column(name="to"))
    columns = (*places, *(Column(name=name, unit="count") for name in splits))
    return Table(name="n", title="T", columns=columns, rows=tuple(rows), omitted=omitted)


def lines(svg: str) -> list[list[tuple[float, float]]]:
    """Return the points of each line that is a profile and no key."""
    paths = re.findall(r'class="profile p\d" d="M([^"h]*)"', svg)
    return [
        [(float(x), float(y)) for x, y in (point.split() for point in path.split("L"))]
        for path in paths
    ]


def words(svg: str) -> list[str]:
    return ["".join(node.itertext()) for node in ET.fromstring(svg).iter("text")]  # noqa: S314 - our own output


def test_each_split_is_a_line_of_its_own_shares() -> None:
    svg = profiles(by_split(("train", "test"), [("cat", 60, 5), ("dog", 40, 15)]))
    train, test = lines(svg)
    # The axis ends at 80 %, the highest share rounded up.
    assert [y for _, y in train] == pytest.approx(
        [190 - 156 * 0.6 / 0.8, 190 - 156 * 0.4 / 0.8], abs=0.1
    )
    assert [y for _, y in test] == pytest.approx(
        [190 - 156 * 0.25 / 0.8, 190 - 156 * 0.75 / 0.8], abs=0.1
    )
    left = float(re.findall(r'class="grid" d="M([\d.]+)', svg)[0])
    room = 480 - left
    middles = pytest.approx([left + room / 4, left + 3 * room / 4], abs=0.1)
    assert [x for x, _ in train] == [x for x, _ in test] == middles
    assert {"train", "test", "80%", "cat", "2 classes", "dog"} <= set(words(svg))
    assert "furthest apart, by 35%, at cat" in ET.fromstring(svg).get("aria-label", "")  # noqa: S314


def test_numbers_are_written_along_a_target() -> None:
    svg = profiles(by_split(("a", "b"), [(10.0, 10.0, 1, 2), (11.0, 11.0, 3, 2)]))
    assert {"10", "11"} <= set(words(svg))


def test_only_the_largest_four_splits_with_items_are_drawn() -> None:
    names = ("one", "two", "three", "four", "five", "none")
    rows: list[tuple[Scalar, ...]] = [("cat", 1, 20, 30, 40, 50, 0), ("dog", 1, 2, 3, 4, 5, 0)]
    svg = profiles(by_split(names, rows))
    assert len(lines(svg)) == 4
    assert [word for word in words(svg) if word in names] == ["five", "four", "three", "two"]


@pytest.mark.parametrize(
    "table",
    [
        by_split(("a", "b"), []),
        by_split(("a", "b"), [("cat", 5, 4)]),
        by_split(("a",), [("cat", 5), ("dog", 4)]),
        by_split(("a", "b"), [("cat", 5, 0), ("dog", 4, 0)]),
        by_split(("a", "b"), [("cat", 5, 3), ("dog", 4, 2)], omitted=1),
    ],
    ids=["no rows", "one row", "one split", "an empty split", "cut off"],
)
def test_what_cannot_be_compared_is_left_out(table: Table) -> None:
    assert profiles(table) == ""


@given(st.lists(st.tuples(st.sampled_from(HOSTILE), *[st.integers(0, 10**9)] * 3), max_size=8))
def test_hostile_names_stay_words(rows: list[tuple[Scalar, ...]]) -> None:
    svg = profiles(by_split(HOSTILE[:3], rows))
    if svg:
        assert ET.fromstring(svg).get("role") == "img"  # noqa: S314 - our own output
        assert "<script" not in svg
