"""The drawing of a change ends where its numbers do."""

import re

import pytest

from labelaudit.render.charts.change import Ends, change


@pytest.mark.parametrize(
    ("old", "new", "unit", "ends"),
    [
        ((17, 17, 17), (20, 20, 20), "count", ("0", "20")),
        ((0.95, 0.76, 0.99), (1.0, 0.84, 1.0), "share", ("76%", "100%")),
        ((-1, -2, 0), (1, 0.5, 2), "", ("-2", "2")),
    ],
)
def test_the_axis_ends_at_the_outermost_numbers(
    old: Ends, new: Ends, unit: str, ends: tuple[str, str]
) -> None:
    drawn = str(change(old, new, unit, "moved"))
    assert tuple(re.findall(r">([^<]+)</text>", drawn)) == ends
    assert "230.0" in drawn


def test_what_did_not_change_is_not_drawn() -> None:
    assert not change((1, 1, 1), (1, 1, 1), "", "moved")
