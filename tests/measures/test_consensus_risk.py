"""The risk of one label, ambiguous items, and soft labels."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import numbers, rows
from numpy.typing import NDArray
from panels import NAMES, consensus_of

from labelaudit.measures import Findings
from labelaudit.measures.annotators.consensus_risk import consensus_risk
from labelaudit.statistics import consensus_risk as statistics
from labelaudit.statistics.votes import count_votes


def found_in(table: NDArray[np.int64], *, named: bool = False) -> Findings:
    return consensus_risk(consensus_of(table, named=named), NAMES, np.zeros(len(table), dtype=bool))


def five() -> NDArray[np.int64]:
    """Return 60 items with five judgements each: the first few are disputed."""
    table = np.repeat(np.arange(60)[:, None] % 3, 5, axis=1)
    table[0] = 0, 0, 0, 1, 1
    table[1] = 0, 1, 2, 2, 1
    table[2] = 2, 2, 2, 2, 0
    table[3] = 0, 1, -1, -1, -1
    table[4] = 1, -1, -1, -1, -1
    table[5] = 2, 2, 0, -1, -1
    return table


def test_a_case_by_hand() -> None:
    found = found_in(five())
    risk = found.columns["consensus_risk"]
    assert risk[:6] == pytest.approx([0.4, 0.6, 0.2, 0.5, np.nan, 1 / 3], nan_ok=True)
    assert set(risk[6:]) == {0}
    assert numbers(found) == {
        "mean_risk_share": pytest.approx((0.4 + 0.6 + 0.2 + 0.5 + 1 / 3) / 59),
        "risky_item_share": pytest.approx(3 / 59),
        "ambiguous_item_count": 2,
        "few_judgements_item_count": 2,
    }
    (ranking,) = found.rankings
    assert ranking.items.tolist() == [1, 0]
    assert ranking.details == ("2 dog, 2 emu, 1 cat; risk 0.60", "3 cat, 2 dog; risk 0.40")
    assert np.flatnonzero(found.columns["is_ambiguous"]).tolist() == [0, 1]


def test_the_distribution_keeps_agreement_apart() -> None:
    found = found_in(five())
    table = rows(found, "risks")
    assert [row["items"] for row in table] == [54, 0, 1, 0, 2, 1, 1]
    assert [row["risk"] for row in table][::4] == ["none", "0.3 to 0.4"]
    assert sum(row["share"] for row in table) == pytest.approx(1)
    by_number = rows(found, "by_judgements")
    assert [(row["judgements"], row["items"]) for row in by_number] == [
        (1, 1),
        (2, 1),
        (3, 1),
        (5, 57),
    ]
    assert by_number[0]["mean_risk"] is None
    assert by_number[1]["mean_risk"] == 0.5


def test_one_dissent_is_no_ambiguity_whatever_it_weighs() -> None:
    # The only annotator who never errs is outvoted once, by two who err often.
    rng = np.random.default_rng(0)
    table = np.repeat(np.arange(300)[:, None] % 3, 3, axis=1)
    table[:, 1:] = np.where(rng.random((300, 2)) < 0.2, rng.integers(0, 3, (300, 2)), table[:, 1:])
    table[0] = 0, 1, 1
    found = found_in(table, named=True)
    assert found.columns["consensus_risk"][0] > 0.34
    assert not found.columns["is_ambiguous"][0]
    assert found.parameters["weights"] == "votes weighted by accuracy"
    risky = found.values[1]
    assert risky.name == "risky_item_share"
    assert "one dissent of three" in risky.note


def test_intervals_are_as_wide_as_sampling_items_makes_them() -> None:
    table = np.repeat(np.arange(400)[:, None] % 2, 4, axis=1)
    table[:100, 2:] = 1 - table[:100, 2:]
    mean, risky = found_in(table).values[:2]
    assert (mean.value, risky.value) == (0.125, 0.25)
    half = 1.96 * 0.5 * np.sqrt(0.25 * 0.75 / 400)
    assert (mean.low, mean.high) == pytest.approx((0.125 - half, 0.125 + half), abs=1e-3)
    assert (risky.low, risky.high) == pytest.approx((0.21, 0.295), abs=2e-3)


def test_soft_labels_are_exported() -> None:
    found = found_in(five())
    (table,) = found.exports.values()
    assert list(found.exports) == ["soft_labels.parquet"]
    assert table.column_names == [
        "item",
        "n_judgements",
        "classes",
        "votes",
        "distribution",
        "method",
    ]
    assert table["item"].to_pylist() == list(range(60))
    first, last = table.slice(0, 1).to_pylist()[0], table.slice(4, 1).to_pylist()[0]
    assert first == {
        "item": 0,
        "n_judgements": 5,
        "classes": ["cat", "dog"],
        "votes": [3, 2],
        "distribution": pytest.approx([0.6, 0.4]),
        "method": "votes, all of the same weight",
    }
    assert (last["classes"], last["distribution"]) == (["dog"], [1])
    assert table["classes"].type == pa.large_list(pa.string())


def test_weighted_soft_labels_add_up_to_one() -> None:
    rng = np.random.default_rng(3)
    table = np.repeat(np.arange(200)[:, None] % 3, 4, axis=1)
    table = np.where(rng.random(table.shape) < [0.05, 0.1, 0.3, 0.5], (table + 1) % 3, table)
    soft = found_in(table, named=True).exports["soft_labels.parquet"]
    sums = [sum(row) for row in soft["distribution"].to_pylist()]
    assert sums == pytest.approx([1] * 200)
    assert soft["method"][0].as_py() == "votes weighted by accuracy"


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=1, max_size=6),
        min_size=1,
        max_size=8,
    ),
    st.lists(st.floats(0, 1), min_size=3, max_size=3),
)
def test_it_matches_the_definition(
    units: list[list[tuple[int, int]]], weights: list[float]
) -> None:
    judged = np.array([(item, *vote) for item, unit in enumerate(units) for vote in unit])
    items, who, labels = judged.T
    votes = count_votes(items, who, labels.astype(np.int32), len(units), 4)
    found = statistics.consensus_risk(votes, np.array(weights))
    for item, unit in enumerate(units):
        weighed = [0.0] * 4
        for annotator, label in unit:
            weighed[label] += max(weights[annotator], 1e-6)
        shares = [each / sum(weighed) for each in weighed]
        assert found.shares[[item]].toarray()[0] == pytest.approx(shares)
        assert found.risk[item] == pytest.approx(1 - max(shares), abs=1e-9)
        assert found.n_judgements[item] == len(unit)
        against = {
            sum(label != k for _, label in unit)
            for k in range(4)
            if np.isclose(shares[k], max(shares))
        }
        assert found.n_against[item] in against


def test_items_of_one_risk_have_no_interval_of_no_width() -> None:
    table = np.repeat(np.arange(60)[:, None] % 3, 3, axis=1)
    mean = found_in(table).values[0]
    assert (mean.value, mean.low, mean.high) == (0, None, None)
    assert "same risk" in mean.no_interval
    table[:, 1:] = (table[:, :1] + [[1, 2]]) % 3
    table[0] = 0
    mean = found_in(table).values[0]
    assert mean.high == pytest.approx(2 / 3)
