"""Each two annotators beside each other."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import numbers, rows
from numpy.typing import NDArray
from panels import judgements

from labelaudit.errors import MissingInputError
from labelaudit.inputs.judgements import judgements as judgements_of
from labelaudit.measures import Findings
from labelaudit.measures.annotators import annotator_pairs as module
from labelaudit.measures.annotators.annotator_pairs import annotator_pairs
from labelaudit.statistics.annotator_pairs import annotator_pairs as compared_pairs

NAMES = ("cat", "dog")


def found_in(table: NDArray[np.int64]) -> Findings:
    return annotator_pairs(judgements_of(judgements(table)), NAMES)


def three(n_items: int = 100) -> NDArray[np.int64]:
    """Return three annotators, the last of whom says dog of a tenth of the cats."""
    table = np.repeat(np.arange(n_items)[:, None] % 2, 3, axis=1)
    table[: n_items // 10 : 2, 2] = 1
    return table


def test_a_case_by_hand() -> None:
    # Of 100 items, 50 of each; the last calls 5 of the 50 cats a dog: A = .95,
    # e = .5 * .45 + .5 * .55 = .5.
    found = found_in(three())
    assert numbers(found) == {
        "median_kappa": pytest.approx(0.9),
        "lowest_kappa": pytest.approx(0.9),
        "highest_kappa": 1,
        "pair_count": 3,
    }
    first = rows(found, "pairs")[0]
    assert (first["annotator"], first["other"], first["shared_items"]) == ("ann 0", "ann 2", 100)
    assert first["agreement"] == pytest.approx(0.95)
    assert first["low"] < 0.95 < first["high"]
    assert rows(found, "pairs")[-1]["kappa"] == 1


def test_a_pair_that_says_one_class_only_has_no_kappa() -> None:
    found = found_in(np.zeros((60, 2), dtype=np.int64))
    assert numbers(found)["median_kappa"] is None
    assert "same one class" in found.values[0].note
    assert rows(found, "pairs")[0]["agreement"] == 1


def test_pairs_need_fifty_shared_items() -> None:
    table = three()
    table[50:, 0], table[49:, 1] = -1, -1
    found = rows(found_in(table), "pairs")
    assert [(row["annotator"], row["other"]) for row in found] == [("ann 0", "ann 2")]
    table[49:, 0] = -1
    with pytest.raises(MissingInputError, match=r"no two annotators share 50 items; .* most, 49"):
        found_in(table)


def test_annotators_without_overlap_are_not_measured() -> None:
    table = np.full((120, 2), -1)
    table[:60, 0], table[60:, 1] = 0, 1
    with pytest.raises(MissingInputError, match="no two of the 2 annotators judged the same item"):
        found_in(table)
    with pytest.raises(MissingInputError, match="one annotator"):
        found_in(table[:, :1])


def test_the_anonymous_are_not_compared() -> None:
    nameless = judgements_of(judgements(three(), named=False))
    with pytest.raises(MissingInputError, match="anonymous"):
        annotator_pairs(nameless, NAMES)
    both = pa.concat_tables([judgements(three()), judgements(three(), named=False)])
    assert annotator_pairs(judgements_of(both), NAMES).tables == found_in(three()).tables


def test_items_that_somebody_judged_twice_are_left_out_for_that_one() -> None:
    again = judgements(three()[:30, :1])
    found = annotator_pairs(judgements_of(pa.concat_tables([judgements(three()), again])), NAMES)
    shared = {(row["annotator"], row["other"]): row["shared_items"] for row in rows(found, "pairs")}
    assert shared == {("ann 0", "ann 1"): 70, ("ann 0", "ann 2"): 70, ("ann 1", "ann 2"): 100}


def test_those_with_the_most_judgements_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ANNOTATORS", 2)
    table = three()
    table[:10, 0] = -1
    found = found_in(table)
    assert [row["annotator"] for row in rows(found, "pairs")] == ["ann 1"]
    assert found.notes == ("Annotators with fewer judgements, who are not compared: 1.",)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.integers(-1, 2)] * 4), min_size=1, max_size=12))
def test_it_matches_the_definition(table: list[tuple[int, ...]]) -> None:
    said = np.array(table)
    items, who = np.nonzero(said >= 0)
    found = compared_pairs(items, who, said[items, who].astype(np.int32), 3, 2)
    at = 0
    for one in range(4):
        for other in range(one + 1, 4):
            both = [(row[one], row[other]) for row in table if row[one] >= 0 and row[other] >= 0]
            if len(both) < 2:
                continue
            n = len(both)
            agreement = sum(a == b for a, b in both) / n
            chance = sum(
                sum(a == k for a, _ in both) * sum(b == k for _, b in both) / n**2 for k in range(3)
            )
            assert (found.first[at], found.second[at], found.shared[at]) == (one, other, n)
            assert found.same[at] / n == pytest.approx(agreement)
            kappa = (agreement - chance) / (1 - chance) if chance < 1 else np.nan
            assert found.kappa[at] == pytest.approx(kappa, nan_ok=True)
            at += 1
    assert at == len(found.first)
