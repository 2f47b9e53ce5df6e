import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelaudit.render import text
from labelaudit.report import Sample, Scalar, Value


@pytest.mark.parametrize(
    ("value", "unit", "printed"),
    [
        (None, "share", "undefined"),
        (True, "", "yes"),
        (False, "", "no"),
        ("name\n", "", "name[U+000A]"),
        (0.0234567, "share", "2.35%"),
        (0.0, "share", "0%"),
        (1.0, "share", "100%"),
        (0.99996, "share", ">99.9%"),
        (0.000001, "share", "<0.001%"),
        (1.5, "share", "150%"),
        (1_234_567, "count", "1,234,567"),
        (1234.567, "count", "1,235"),
        (999.6, "", "1,000"),
        (77.419, "ratio", "77.4"),
        (0.00001234, "", "1.23e-5"),
        (1.2345, "nats", "1.23 nats"),
        (12, "", "12"),
    ],
)
def test_numbers_are_printed_for_people(value: Scalar, unit: str, printed: str) -> None:
    assert text.number(value, unit) == printed


@given(st.floats(min_value=0, max_value=1, exclude_min=True, exclude_max=True))
def test_a_share_is_never_printed_as_none_or_all_unless_it_is(share: float) -> None:
    assert text.number(share, "share") not in ("0%", "100%")


@given(st.floats(min_value=1e-4, max_value=1e9) | st.integers(0, 10**12))
def test_a_printed_number_is_within_half_a_percent(value: float) -> None:
    printed = float(text.number(value).replace(",", ""))
    assert printed == pytest.approx(value, rel=5e-3)


@given(st.text())
def test_no_control_or_reordering_character_is_left(words: str) -> None:
    left = text.visible(words)
    assert all(
        unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp") for character in left
    )
    assert not {unicodedata.bidirectional(character) for character in left} & {
        "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI",
    }  # fmt: skip


@pytest.mark.parametrize("words", ["क्‍ष", "می‌خواهم", "👩‍🔬", "naïve", "名前", "مرحبا"])
def test_words_of_any_script_are_left_alone(words: str) -> None:
    assert text.visible(words) == words


def test_an_interval_has_its_unit_where_it_is_a_share() -> None:
    value = Value(name="r", title="R", value=0.04, unit="share", low=0.031, high=0.052)
    assert text.interval(value) == "3.1% to 5.2%"
    assert text.interval(Value(name="r", title="R", value=0.04, unit="share", low=0.031)) == ""


def test_a_thumbnail_is_described_by_what_it_is_suspected_of() -> None:
    sample = Sample(path="a/b.jpg", given_label="cat", suggested_label="dog")
    assert text.alternative(sample) == "a/b.jpg: given cat, suggested dog"
    assert text.alternative(Sample(path="a/b.jpg")) == "a/b.jpg: no label given"


@pytest.mark.parametrize(
    ("written", "apart"),
    [
        ("cat/7.jpg (cat)", []),
        ("أسد الجبال/00040.jpg (غرير)", ["أسد الجبال", "غرير"]),
        ("of 6: ظبي, غرير", ["ظبي", "غرير"]),
    ],
)
def test_words_from_right_to_left_are_set_apart_and_nothing_is_lost(
    written: str, apart: list[str]
) -> None:
    parts = text.set_apart(written)
    assert "".join(part for part, _ in parts) == written
    assert [part for part, is_apart in parts if is_apart] == apart
