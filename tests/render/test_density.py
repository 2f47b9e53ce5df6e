import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import HOSTILE

from labelaudit.render.charts.density import density
from labelaudit.render.charts.long_tail import long_tail
from labelaudit.report import Column, Scalar, Table

Number = st.floats(-1e300, 1e300)


def bins(rows: list[tuple[Scalar, ...]]) -> Table:
    names = ("from", "to", "count", "smoothed_count", "sparse")
    columns = tuple(Column(name=name) for name in names)
    return Table(name="bins", title="Bins", columns=columns, rows=tuple(rows))


def classes(
    counts: list[int], shots: Sequence[str | None], names: tuple[str, ...] = (), omitted: int = 0
) -> Table:
    found = names or tuple(f"class {at}" for at in range(len(counts)))
    return Table(
        name="classes",
        title="Classes",
        columns=(Column(name="class"), Column(name="count", unit="count"), Column(name="shots")),
        rows=tuple(zip(found, counts, shots, strict=True)),
        omitted=omitted,
    )


def drawn(svg: str, kind: str) -> list[str]:
    """Return the paths of a class."""
    return [
        node.get("d", "")
        for node in ET.fromstring(svg).iter("path")  # noqa: S314 - our own output
        if node.get("class") == kind
    ]


def words(svg: str) -> list[str]:
    return ["".join(node.itertext()) for node in ET.fromstring(svg).iter("text")]  # noqa: S314 - our own output


def test_columns_a_line_and_a_mark_where_it_is_sparse() -> None:
    ages: list[tuple[Scalar, ...]] = [
        (30.0, 30.0, 80, 70.0, False),
        (31.0, 31.0, 60, 65.0, False),
        (32.0, 32.0, 4, 9.5, True),
    ]
    svg = density(bins(ages))
    assert "most at 30, 80; 1 of 3 bins sparse" in ET.fromstring(svg).get("aria-label", "")  # noqa: S314
    [columns], [line], [marks] = (drawn(svg, kind) for kind in ("columns", "smoothed", "sparse"))
    assert columns.count("M") == 3
    assert len(re.findall(r"[ML]", line)) == 3
    assert marks.count("M") == 1
    assert [word for word in words(svg) if word in ("30", "31", "32")] == ["30", "31", "32"]


def test_the_line_stands_over_the_middle_of_its_column() -> None:
    svg = density(bins([(0.0, 2.0, 10, 10.0, False), (2.0, 4.0, 10, 10.0, False)]))
    [columns], [line] = (drawn(svg, kind) for kind in ("columns", "smoothed"))
    starts = [float(x) for x in re.findall(r"M(\S+) ", columns)]
    widths = [float(x) for x in re.findall(r"h(\S+)V", columns)]
    middles = [float(x) for x in re.findall(r"[ML](\S+) ", line)]
    assert middles == pytest.approx(
        [start + width / 2 for start, width in zip(starts, widths, strict=True)], abs=0.2
    )


def test_without_a_sparse_bin_there_is_no_mark() -> None:
    assert not drawn(
        density(bins([(0.0, 1.0, 90, 90.0, False), (1.0, 2.0, 90, 90.0, False)])), "sparse"
    )


@pytest.mark.parametrize(
    "table",
    [
        bins([]),
        bins([(1.0, 1.0, 9, 9.0, False)]),
        bins([(1.0, 1.0, 0, 0.0, True), (2.0, 2.0, 0, 0.0, True)]),
        Table(name="bins", title="Bins", columns=(Column(name="from"),), rows=((1.0,), (2.0,))),
    ],
    ids=["empty", "one bin", "no items", "other columns"],
)
def test_what_cannot_be_drawn_is_left_out(table: Table) -> None:
    assert density(table) == ""


@given(
    st.lists(st.tuples(Number, Number, st.integers(0, 10**9), Number, st.booleans()), max_size=9)
)
def test_any_table_gives_a_valid_drawing_or_none(rows: list[tuple[Scalar, ...]]) -> None:
    svg = density(bins(rows))
    if svg:
        assert "nan" not in svg
        assert ET.fromstring(svg).get("role") == "img"  # noqa: S314 - our own output


def test_the_long_tail_is_parted_into_shots() -> None:
    svg = long_tail(classes([500, 300, 50, 7], ["many", "many", "medium", "few"]))
    assert [word for word in words(svg) if "shot" in word] == [
        "2 many-shot",
        "1 medium-shot",
        "1 few-shot",
    ]
    partings = [float(re.findall(r"M(\S+) ", path)[0]) for path in drawn(svg, "parting")]
    left = float(re.findall(r"M(\S+) ", drawn(svg, "grid")[0])[0])
    assert partings == pytest.approx([left + (480 - left) * at for at in (0.5, 0.75)], abs=0.1)


def test_classes_of_no_one_kind_are_not_called_none() -> None:
    svg = long_tail(classes([90, 80, 17], ["many", "many", None]))
    assert [word for word in words(svg) if "shot" in word] == ["2 many-shot"]


def test_a_tail_without_shots_is_not_parted() -> None:
    assert not drawn(long_tail(classes([5, 3], ["", ""])), "parting")


def test_a_tail_that_was_cut_says_of_how_many_classes_it_is() -> None:
    svg = long_tail(classes([200] * 30, ["many"] * 30, omitted=70))
    assert "the largest 30 classes of 100" in words(svg)


def test_hostile_names_stay_words() -> None:
    names = HOSTILE
    svg = long_tail(classes([9] * len(names), [names[0]] * len(names), names))
    assert ET.fromstring(svg) is not None  # noqa: S314 - our own output
    assert "<script" not in svg


def test_targets_next_to_each_other_still_have_an_axis() -> None:
    svg = density(bins([(1e-9, 2e-9, 5, 5.0, True), (2e-9, 3e-9, 5, 5.0, True)]))
    assert any("e-9" in word for word in words(svg))
