"""What a difference of two numbers is worth."""

import inspect
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from versions import full, with_results, with_value

from labelaudit.inputs import load_providers
from labelaudit.measures import load_measures
from labelaudit.release.diff.comparable import MODEL_FREE, OF_MODEL
from labelaudit.release.diff.compare import compared
from labelaudit.release.diff.parts import Change
from labelaudit.report import MeasureResult, Report, Scalar, Value
from labelaudit.statistics.differences import Ends, mover_difference, range_difference

EXACT = "exact: all that is known was counted"
NINETY_FIVE = "95 % Wilson interval"

shares = st.floats(0, 1)


def wilson(found: int, n: int) -> Ends:
    """Return Wilson's score interval, from its formula."""
    z, p = 1.959964, found / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Ends(p, middle - half, middle + half)


@pytest.mark.parametrize(
    ("old", "new", "published"),
    [
        ((48, 80), (56, 70), (0.0524, 0.3339)),  # Newcombe (1998), method 10
        ((3, 10), (9, 10), (0.1705, 0.8090)),
        ((2, 7), (6, 7), (0.0582, 0.8062)),
        ((0, 29), (5, 56), (-0.0381, 0.1926)),
    ],
)
def test_the_interval_of_two_shares_is_newcombes(
    old: tuple[int, int], new: tuple[int, int], published: tuple[float, float]
) -> None:
    found = mover_difference(wilson(*old), wilson(*new))
    assert (found.low, found.high) == pytest.approx(published, abs=2e-4)


@given(st.lists(shares, min_size=3, max_size=3), st.lists(shares, min_size=3, max_size=3))
def test_differences_are_mirrored_and_within_the_range(one: list[float], two: list[float]) -> None:
    low, value, high = sorted(one)
    old = Ends(value, low, high)
    low, value, high = sorted(two)
    new = Ends(value, low, high)
    there, back = mover_difference(old, new), mover_difference(new, old)
    assert there == pytest.approx((-back.value, -back.high, -back.low))
    widest = range_difference(old, new)
    assert widest.low - 1e-12 <= there.low <= there.value <= there.high <= widest.high + 1e-12
    many = mover_difference(old, new, n_compared=20)
    assert many.low <= there.low
    assert many.high >= there.high
    assert many.value == there.value


def made(value: float | None, **parts: Any) -> Value:  # noqa: ANN401 - fields of a value
    return Value(name="made_share", title="Made", value=value, **parts)


def change_of(old: Value | None, new: Value | None, **facts: int) -> Change:
    """Return the change of a number of a measure that is nobody's."""

    def report_of(value: Value | None, n_items: int) -> Report:
        result = MeasureResult(
            name="integrity",
            family="integrity",
            title="Made",
            summary="",
            status="measured",
            values=() if value is None else (value,),
        )
        report = with_results(full(), result)
        return replace(report, dataset=replace(report.dataset, n_items=n_items))

    first = report_of(old, facts.get("old_items", 100))
    second = report_of(new, facts.get("new_items", 100))
    return next(each for each in compared(first, second).changes if each.measure == "integrity")


def estimate(value: float, low: float, high: float, better: str = "lower") -> Value:
    return made(value, low=low, high=high, interval=NINETY_FIVE, better=better, unit="share")


@pytest.mark.parametrize(
    ("old", "new", "standing", "direction"),
    [
        (estimate(0.1, 0.09, 0.11), estimate(0.2, 0.19, 0.21), "beyond", "worse"),
        (estimate(0.2, 0.19, 0.21), estimate(0.1, 0.09, 0.11), "beyond", "improved"),
        (estimate(0.1, 0.09, 0.11, "higher"), estimate(0.2, 0.19, 0.21), "beyond", "worse"),
        (estimate(0.1, 0.0, 0.2), estimate(0.2, 0.1, 0.3), "within", ""),
        (estimate(0.1, 0.0, 0.2), estimate(0.1, 0.0, 0.2), "same", ""),
        (estimate(0.1, 0.09, 0.11), made(0.2, no_interval=EXACT, unit="share"), "beyond", "moved"),
        (made(3, no_interval=EXACT), made(4, no_interval=EXACT), "exact", "moved"),
        (made(3, no_interval=EXACT), made(3, no_interval=EXACT), "same", ""),
        (made(3, no_interval="a proxy"), made(9, no_interval="a proxy"), "no interval", ""),
        (made(3), made(9), "no interval", ""),
        (
            made(3, no_interval="exact of these splits"),
            made(9, no_interval=EXACT),
            "no interval",
            "",
        ),
        (made(0.1), estimate(0.9, 0.89, 0.91), "not comparable", ""),  # of another unit
        (made(0.1, unit="share"), estimate(0.9, 0.89, 0.91), "no interval", ""),
        (made(None), made(9, no_interval=EXACT), "one side", ""),
        (None, made(9, no_interval=EXACT), "one side", ""),
        (made(None), made(None), "undefined", ""),
        (estimate(0.1, 0.2, 0.0), estimate(0.9, 1.0, 0.8), "no interval", ""),  # ends exchanged
    ],
)
def test_a_difference_is_worth_what_its_intervals_say(
    old: Value | None, new: Value | None, standing: str, direction: str
) -> None:
    found = change_of(old, new)
    assert (found.standing, found.direction) == (standing, direction)
    assert (found.low is not None) == (standing in {"beyond", "within"} or bool(found.interval))


def test_a_range_is_no_interval_of_95_percent() -> None:
    """Ranges that hardly overlap: a difference of intervals would be sure, this one is not."""
    words = {"interval": "from the least to the most", "unit": "share"}
    old = made(0.1, low=0.0, high=0.3, **words)
    new = made(0.4, low=0.25, high=0.45, **words)
    found = change_of(old, new)
    assert found.standing == "within"
    assert (found.low, found.high) == pytest.approx((-0.05, 0.45))
    sure = change_of(replace(old, interval=NINETY_FIVE), replace(new, interval=NINETY_FIVE))
    assert sure.standing == "beyond"


def test_a_number_without_a_value_has_its_range() -> None:
    words = {"interval": "a range", "unit": "share"}
    found = change_of(made(None, low=0.0, high=0.1, **words), made(0.5, low=0.4, high=0.6, **words))
    assert found.standing == "beyond"
    assert found.difference is None
    assert (found.low, found.high) == pytest.approx((0.3, 0.6))


@pytest.mark.parametrize(
    ("old_items", "new_items", "direction"),
    [(100, 100, "worse"), (100, 200, "moved"), (100, 150, "worse"), (100, 50, "worse")],
)
def test_a_count_that_only_grew_with_the_items_moved(
    old_items: int, new_items: int, direction: str
) -> None:
    old, new = (made(count, unit="count", better="lower", no_interval=EXACT) for count in (10, 18))
    found = change_of(old, new, old_items=old_items, new_items=new_items)
    assert (found.standing, found.direction) == ("exact", direction)


def test_numbers_beyond_all_bounds_are_told_and_not_compared() -> None:
    ends = {"low": -1.7e308, "high": 1.7e308, "interval": NINETY_FIVE}
    found = change_of(made(1.6e308, **ends), made(-1.6e308, **ends))
    assert (found.standing, found.difference, found.low) == ("no interval", None, None)


def other_model(report: Report) -> Report:
    assert report.embedding is not None
    return replace(
        report, embedding=replace(report.embedding, model="other", model_sha256="f" * 64)
    )


def test_what_another_model_says_is_not_comparable() -> None:
    diff = compared(full(), other_model(full()))
    for each in diff.changes:
        free = each.measure in MODEL_FREE
        known = each.old is not None or each.new is not None
        assert (each.standing == "not comparable") == (known and not free), each
        assert not each.direction
    assert any("not comparable" in caution and "other" in caution for caution in diff.cautions)
    suspects = next(each for each in diff.findings if each.rule == "suspects")
    assert suspects.reason
    assert {bool(column.reason) for column in diff.classes.columns} == {True, False}


def test_no_embeddings_are_not_those_of_a_model() -> None:
    diff = compared(replace(full(), embedding=None), full())
    assert "not comparable" in {each.standing for each in diff.changes}
    both = replace(full(), embedding=None)
    assert "not comparable" not in {each.standing for each in compared(both, both).changes}


@pytest.mark.parametrize(
    ("parameters", "comparable"),
    [
        ({"label_filter": "fixed"}, False),
        ({"n_neighbors": 10}, False),
        ({"n_judged": 17, "channel_sharpness": 3.0}, True),
        ({"probabilities": "probe (temperature 0.5)"}, True),
        ({"probabilities": "the user's file"}, False),
    ],
)
def test_other_settings_are_not_comparable_and_what_came_out_of_the_data_is(
    parameters: dict[str, str | float], *, comparable: bool
) -> None:
    def with_parameters(**changed: str | float) -> Report:
        result = full().measure("label_noise")
        assert result is not None
        usual: dict[str, Scalar] = {
            "label_filter": "adaptive",
            "n_neighbors": 50,
            "n_judged": 6000,
            "probabilities": "probe (temperature 0.05)",
        }
        return with_results(full(), replace(result, parameters=usual | changed))

    diff = compared(with_parameters(), with_parameters(**parameters))
    found = [each for each in diff.changes if each.measure == "label_noise"]
    assert found
    assert all((each.standing != "not comparable") == comparable for each in found)


def test_the_measures_that_need_no_model_are_those_that_ask_for_no_embeddings() -> None:
    providers = load_providers()

    def inputs(function: Callable[..., object], seen: set[str]) -> set[str]:
        for name in inspect.signature(function).parameters:
            if name not in seen:
                seen.add(name)
                if name in providers:
                    inputs(providers[name], seen)
        return seen

    free = {
        name
        for name, measure in load_measures().items()
        if "embeddings" not in inputs(measure, set())
    }
    assert free == MODEL_FREE - OF_MODEL.keys()


def test_swapped_reports_give_mirrored_differences() -> None:
    old = with_value(full(), "integrity", made(3, no_interval=EXACT, better="lower"))
    new = with_value(full(), "integrity", made(7, no_interval=EXACT, better="lower"))
    turned = {"improved": "worse", "worse": "improved", "moved": "moved", "": ""}
    there, back = compared(old, new), compared(new, old)
    pairs = {(each.measure, each.value): each for each in back.changes}
    assert len(pairs) == len(there.changes)
    for each in there.changes:
        other = pairs[each.measure, each.value]
        assert (each.old, each.new) == (other.new, other.old)
        assert each.standing == other.standing
        assert each.direction == turned[other.direction]
        if each.difference is not None:
            assert other.difference == pytest.approx(-each.difference)
