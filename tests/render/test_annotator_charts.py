import re

import pytest

from labelaudit.render.charts.pair_agreement import pair_agreement
from labelaudit.render.charts.risks import risks
from labelaudit.report import Column, Scalar, Table

HOSTILE = '<script>"&\u202e'


def table(names: tuple[str, ...], *rows: tuple[Scalar, ...]) -> Table:
    columns = tuple(Column(name=name) for name in names)
    return Table(name="any", title="Any", columns=columns, rows=rows)


def pairs(*rows: tuple[Scalar, ...]) -> Table:
    return table(("annotator", "other", "shared_items", "agreement"), *rows)


def shades(drawn: str) -> list[float]:
    return [float(shade) for shade in re.findall(r'fill-opacity="([\d.]+)"', drawn)]


def test_each_pair_has_its_percent_both_ways_and_the_best_is_darkest() -> None:
    drawn = pair_agreement(pairs(("ann", "bob", 60, 0.7), ("bob", "cid", 50, 0.904)))
    assert drawn.count(">70<") == drawn.count(">90<") == 2
    assert drawn.count(">·<") == 2  # ann and cid share too few
    assert sorted(shades(drawn)) == [0.06, 0.06, 0.55, 0.55]
    assert 'aria-label="Agreement of pairs, from ann and bob with 70% to' in drawn


def test_equal_pairs_have_one_shade() -> None:
    assert set(shades(pair_agreement(pairs(("ann", "bob", 60, 0.7))))) == {0.06}


def test_twelve_annotators_at_most_are_drawn() -> None:
    rows = [
        (f"annotator {one:02}", f"annotator {other:02}", 100 - one - other, 0.5)
        for one in range(14)
        for other in range(one)
    ]
    drawn = pair_agreement(pairs(*rows))
    assert len(shades(drawn)) == 144 - 12  # nobody is paired with oneself
    assert "the 12 of 14 annotators with the most shared items" in drawn
    assert "annotator 13" not in drawn


def test_a_risk_of_none_stands_apart() -> None:
    drawn = risks(table(("risk", "items"), ("none", 50), ("0 to 0.1", 0), ("0.1 to 0.2", 7)))
    assert re.findall(r">(none|[\d.]+ to [\d.]+|\d+)<", drawn) == [
        *("0", "10", "20", "30", "40", "50"),
        "none",
        "50",
        "0 to 0.1",
        "0.1 to 0.2",
        "7",
    ]
    assert 'aria-label="Items by risk: none 50, 0 to 0.1 0, 0.1 to 0.2 7"' in drawn


def test_nothing_is_drawn_of_other_tables() -> None:
    other = table(("name", "count"), ("a", 1))
    assert pair_agreement(other) == risks(other) == pair_agreement(pairs()) == ""
    assert risks(table(("risk", "items"), ("none", 0))) == ""


def test_charts_escape_what_annotators_are_called() -> None:
    drawn = pair_agreement(pairs((HOSTILE, "bob", 60, 0.7)))
    assert "<script" not in drawn
    assert "\u202e" not in drawn


def test_pairs_that_hardly_differ_look_alike() -> None:
    two = pairs(("ann", "bob", 60, 0.70), ("bob", "cid", 50, 0.72))
    assert max(shades(pair_agreement(two))) == pytest.approx(0.11, abs=0.01)  # of 0.55 at most
