"""Shingles and their Jaccard index against the definition, and two cases worked by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelaudit.statistics.shingles import MOST_CHARACTERS, jaccard, shingles

TEXT = st.text(alphabet="ab \n", max_size=20)


def by_definition(text: str) -> set[str]:
    plain = " ".join(text.lower().split())
    if 0 < len(plain) < 5:
        return {plain}
    return {plain[at : at + 5] for at in range(len(plain) - 4)}


@given(TEXT, TEXT)
def test_the_index_is_that_of_the_definition(one: str, other: str) -> None:
    first, second = by_definition(one), by_definition(other)
    wanted = len(first & second) / len(first | second) if first and second else 0
    assert jaccard(shingles(one), shingles(other)) == pytest.approx(wanted, abs=1e-12)
    assert len(shingles(one)) == len(first)


def test_a_word_changed_in_a_sentence_by_hand() -> None:
    # 19 and 19 characters: 15 shingles each, of which those with the changed letter differ.
    one, other = "a cat sat on a mat.", "a cat sat on a hat."
    assert jaccard(shingles(one), shingles(other)) == pytest.approx(11 / 19)


def test_case_and_white_space_do_not_count() -> None:
    assert jaccard(shingles("The  Cat\nsat"), shingles(" the cat sat ")) == 1


def test_of_a_long_text_the_beginning_counts() -> None:
    text = "".join(f"{number} " for number in range(MOST_CHARACTERS))[:MOST_CHARACTERS]
    assert jaccard(shingles(text + "x"), shingles(text + "y" * 9)) == 1


def test_hostile_characters_are_characters() -> None:
    assert jaccard(shingles("\x00\u202e\U0001f408ab"), shingles("\x00\u202e\U0001f408ab")) == 1
