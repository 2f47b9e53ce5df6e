import math
from collections.abc import Sequence
from itertools import permutations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import numbers, rows
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.errors import MissingInputError
from labelaudit.inputs.judgements import judgements as judgements_of
from labelaudit.measures import Findings
from labelaudit.measures.annotators.annotator_agreement import annotator_agreement
from labelaudit.statistics.agreement import (
    agreement_statistics,
    bootstrap,
    vote_counts,
    vote_patterns,
)
from labelaudit.statistics.annotator_bootstrap import Shared, bootstrap_annotators
from labelaudit.statistics.coincidences import class_agreement, coincidence_cells
from labelaudit.statistics.distance_alpha import distance_alpha

# Krippendorff (2011), section C: four observers, twelve units, missing values as None.
KRIPPENDORFF = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)
# The example of the package krippendorff, three coders and fifteen units.
CODERS = (
    (None, None, None, None, None, 3, 4, 1, 2, 1, 1, 3, 3, None, 3),
    (1, None, 2, 1, 3, 3, 4, 3, None, None, None, None, None, None, None),
    (None, None, 2, 1, 3, 4, 4, None, 2, 1, 1, 3, 3, None, 4),
)
BINARY = ((0, 1, 0, 0, 0, 0, 0, 0, 1, 0), (1, 1, 1, 0, 0, 1, 0, 0, 0, 0))
# Fleiss's table of fourteen raters, ten subjects and five categories.
FLEISS = (
    (0, 0, 0, 0, 14),
    (0, 2, 6, 4, 2),
    (0, 0, 3, 5, 6),
    (0, 3, 9, 2, 0),
    (2, 2, 8, 1, 1),
    (7, 7, 0, 0, 0),
    (3, 2, 6, 3, 0),
    (2, 5, 3, 2, 2),
    (6, 5, 2, 1, 0),
    (0, 2, 2, 3, 7),
)


def statistics(
    votes: Sequence[Sequence[int]] | NDArray[np.int64], *, ordered: bool = False
) -> dict[str, float]:
    patterns = vote_patterns(csr_array(np.asarray(votes, dtype=np.int64)))
    return agreement_statistics(patterns, ordered=ordered)


def ratio_alpha(votes: NDArray[np.int64], values: Sequence[float]) -> float:
    """Return alpha for the squared relative differences of some numbers."""
    shared = csr_array(votes[votes.sum(axis=1) > 1])
    cells = np.asarray(coincidence_cells(shared).sum(axis=0)).reshape(len(values), -1)
    one, other = np.meshgrid(values, values)
    return float(distance_alpha(cells, ((one - other) / (one + other)) ** 2))


def measured(
    table: pa.Table, class_names: tuple[str, ...] = ("a", "b"), *, ordered: bool = False
) -> Findings:
    return annotator_agreement(judgements_of(table), class_names, 0, ordered=ordered)


def votes_of(raters: Sequence[Sequence[int | None]], n_classes: int) -> NDArray[np.int64]:
    units = list(zip(*raters, strict=True))
    return np.array([[unit.count(label) for label in range(n_classes)] for unit in units])


def judgements(*columns: Sequence[int]) -> pa.Table:
    """Return the table of annotators who all judge items 0, 1, 2, ..."""
    n_items = len(columns[0])
    return pa.table(
        {
            "item": np.tile(np.arange(n_items, dtype=np.int64), len(columns)),
            "annotator": [f"ann {at}" for at in range(len(columns)) for _ in range(n_items)],
            "label": np.concatenate(columns).astype(np.int32),
        }
    )


def test_the_published_example_of_krippendorff() -> None:
    votes = votes_of(KRIPPENDORFF, 6)
    found = statistics(votes, ordered=True)
    assert found["krippendorff_alpha"] == pytest.approx(0.743421, abs=1e-6)
    assert found["ordinal_alpha"] == pytest.approx(0.815388, abs=1e-6)
    assert found["interval_alpha"] == pytest.approx(0.849107, abs=1e-6)
    assert ratio_alpha(votes[:, 1:], range(1, 6)) == pytest.approx(0.797403, abs=1e-6)
    assert "fleiss_kappa" not in found


def test_the_published_example_of_three_coders() -> None:
    found = statistics(votes_of(CODERS, 5), ordered=True)
    assert found["krippendorff_alpha"] == pytest.approx(0.691358, abs=1e-6)
    assert found["interval_alpha"] == pytest.approx(0.810845, abs=1e-6)


UNITS = st.lists(
    st.lists(st.integers(0, 2), min_size=0, max_size=4), min_size=1, max_size=12
).filter(lambda units: any(len(unit) > 1 for unit in units))


@given(UNITS)
def test_ordered_alphas_match_the_definition(units: list[list[int]]) -> None:
    votes = np.array([[unit.count(label) for label in range(3)] for unit in units])
    paired = [unit for unit in units if len(unit) > 1]
    counts = [sum(unit.count(label) for unit in paired) for label in range(3)]
    pooled = [label for unit in paired for label in unit]

    def rank(one: int, other: int) -> float:
        low, high = sorted((one, other))
        return sum(counts[low : high + 1]) - (counts[low] + counts[high]) / 2

    for name, apart in (("ordinal_alpha", rank), ("interval_alpha", lambda k, m: abs(k - m))):
        within = sum(
            apart(unit[a], unit[b]) ** 2 / (len(unit) - 1)
            for unit in paired
            for a, b in permutations(range(len(unit)), 2)
        )
        between = sum(apart(k, m) ** 2 for k in pooled for m in pooled) / (len(pooled) - 1)
        found = statistics(votes, ordered=True)[name]
        if between:
            assert found == pytest.approx(1 - within / between, abs=1e-9)
        else:
            assert math.isnan(found)


@given(UNITS)
def test_the_agreement_on_a_class_matches_the_definition(units: list[list[int]]) -> None:
    votes = np.array([[unit.count(label) for label in range(3)] for unit in units])
    paired = votes[votes.sum(axis=1) > 1]
    found = class_agreement(csr_array(paired), np.ones(len(paired), dtype=np.int64))
    for label in range(3):
        total = same = 0.0
        for unit in paired.tolist():
            total += unit[label]
            same += unit[label] * (unit[label] - 1) / (sum(unit) - 1)
        rest = np.stack([paired[:, label], paired.sum(axis=1) - paired[:, label]], axis=1)
        assert found.judgements[label] == total
        if total:
            assert found.agreement[label] == pytest.approx(same / total, abs=1e-9)
        one_class = statistics(rest)["krippendorff_alpha"]
        assert found.alpha[label] == pytest.approx(one_class, abs=1e-9, nan_ok=True)


def test_the_published_binary_example() -> None:
    found = statistics(votes_of(BINARY, 2))
    assert found["krippendorff_alpha"] == pytest.approx(0.095238, abs=1e-6)
    assert found["raw_agreement"] == 0.6


def test_the_published_example_of_fleiss() -> None:
    found = statistics(FLEISS)
    assert found["fleiss_kappa"] == pytest.approx(0.209931, abs=1e-6)
    assert found["krippendorff_alpha"] == pytest.approx(0.215574, abs=1e-6)
    assert found["gwet_ac1"] == pytest.approx(0.225614, abs=1e-6)


@given(UNITS)
def test_alpha_and_raw_agreement_match_the_coincidences_of_pairs(units: list[list[int]]) -> None:
    votes = np.array([[unit.count(label) for label in range(3)] for unit in units])
    paired = [unit for unit in units if len(unit) > 1]
    coincidences = np.zeros((3, 3))
    for unit in paired:
        for one, other in permutations(range(len(unit)), 2):
            coincidences[unit[one], unit[other]] += 1 / (len(unit) - 1)
    margins = coincidences.sum(axis=0)
    total = margins.sum()
    chance = total**2 - (margins**2).sum()
    observed = total - np.trace(coincidences)
    found = statistics(votes)
    raw = np.mean([np.mean([a == b for a, b in permutations(unit, 2)]) for unit in paired])
    assert found["raw_agreement"] == pytest.approx(raw)
    if chance:
        alpha = 1 - (total - 1) * observed / chance
        assert found["krippendorff_alpha"] == pytest.approx(alpha, abs=1e-9)
    else:
        assert math.isnan(found["krippendorff_alpha"])
        assert math.isnan(found["gwet_ac1"])


def test_items_judged_alike_share_a_pattern() -> None:
    patterns = vote_patterns(csr_array(np.array([[2, 1], [1, 0], [2, 1], [0, 3], [1, 2]])))
    found = dict(zip(map(tuple, patterns.votes.toarray().tolist()), patterns.items, strict=True))
    assert found == {(2, 1): 2, (0, 3): 1, (1, 2): 1}


def test_votes_are_counted_by_item_and_class() -> None:
    rows, labels = np.array([1, 0, 1, 1]), np.array([1, 0, 1, 0], dtype=np.int32)
    assert vote_counts(rows, labels, 2, 2).toarray().tolist() == [[1, 0], [1, 2]]


def test_values_have_intervals_around_them() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 200)
    table = judgements(*(np.where(rng.random(200) < 0.2, 0, truth).tolist() for _ in range(3)))
    found = measured(table, ("a", "b", "c"))
    for value in found.values[:5]:
        assert value.value is not None
        assert value.low is not None
        assert value.high is not None
        assert value.low < value.value < value.high
        assert "items" in value.interval
    assert found.notes == ()


def test_the_interval_is_as_wide_as_sampling_items_makes_it() -> None:
    # Of 400 items 300 agree: the standard error of the raw agreement is sqrt(.75 * .25 / 400).
    first = np.tile([0, 1], 200)
    second = np.where(np.arange(400) < 100, 1 - first, first)
    found = measured(judgements(first.tolist(), second.tolist()), ("a", "b"))
    raw = next(value for value in found.values if value.name == "raw_agreement")
    assert (raw.value, raw.low is None, raw.high is None) == (0.75, False, False)
    width = (raw.high or 0) - (raw.low or 0)
    assert width == pytest.approx(2 * 1.96 * math.sqrt(0.75 * 0.25 / 400), rel=0.1)


def test_a_single_category_leaves_alpha_undefined() -> None:
    found = measured(judgements([0] * 60, [0] * 60), ("a", "b"))
    values = numbers(found)
    assert values["krippendorff_alpha"] is values["gwet_ac1"] is values["fleiss_kappa"] is None
    assert values["raw_agreement"] == values["full_agreement_share"] == 1
    assert "same class" in found.values[0].note
    assert rows(found, "disputed") == []


def test_unequal_numbers_of_judgements_leave_fleiss_undefined() -> None:
    labels = [0, 1] * 30
    table = judgements(labels, labels, labels).slice(0, 170)
    found = measured(table, ("a", "b"))
    kappa = next(value for value in found.values if value.name == "fleiss_kappa")
    assert kappa.value is None
    assert "differ" in kappa.note


def test_disputed_classes_come_first_with_their_rivals() -> None:
    first = [0] * 30 + [1] * 30 + [2] * 30
    second = [0] * 30 + [1] * 20 + [2] * 40
    found = measured(judgements(first, second), ("ant", "bee", "cow"))
    classes = rows(found, "classes")
    assert [(row["class"], row["rival"]) for row in classes] == [
        ("bee", "cow"),
        ("cow", "bee"),
        ("ant", ""),
    ]
    # Of 50 judgements of "bee", 40 stand beside another of it; of 70 of "cow", 60 do.
    assert [row["agreement"] for row in classes] == pytest.approx([40 / 50, 60 / 70, 1])
    assert rows(found, "disputed") == [{"class": "bee", "other": "cow", "items": 10}]


def test_ordered_classes_are_read_by_how_far_apart_they_are() -> None:
    first = [0, 1, 2] * 30
    near = [1 if at % 10 == 0 else label for at, label in enumerate(first)]
    names = ("no", "maybe", "yes")
    found = measured(judgements(first, near), names, ordered=True)
    values = numbers(found)
    assert list(values)[:2] == ["ordinal_alpha", "interval_alpha"]
    assert values["ordinal_alpha"] > values["krippendorff_alpha"]  # type: ignore[operator]
    assert found.values[0].low is not None
    assert "ordinal_alpha" not in numbers(measured(judgements(first, near), names))
    two = [0, 1] * 30
    assert "ordinal_alpha" not in numbers(measured(judgements(two, two), ordered=True))


@pytest.mark.parametrize(
    ("n_wrong", "reading"), [(5, "the former"), (13, "the latter"), (30, "neither")]
)
def test_alpha_is_read_as_krippendorff_does(n_wrong: int, reading: str) -> None:
    first = [0, 1] * 50
    second = [1 - label if at < n_wrong else label for at, label in enumerate(first)]
    found = measured(judgements(first, second))
    assert found.values[0].name == "krippendorff_alpha"
    assert found.values[0].note.endswith(f"conclusions: this is {reading}.")


def some_annotators(n_annotators: int, n_items: int = 80) -> pa.Table:
    """Return annotators of different care who judge a third of the items each."""
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 3, n_items)
    wrong = rng.random((n_items, n_annotators)) < np.linspace(0.05, 0.6, n_annotators)
    said = np.where(wrong, rng.integers(0, 3, wrong.shape), truth[:, None])
    items, who = np.nonzero(rng.random(said.shape) < 0.3)
    return pa.table(
        {
            "item": items.astype(np.int64),
            "annotator": [f"ann {at:02}" for at in who],
            "label": said[items, who].astype(np.int32),
        }
    )


def test_twenty_annotators_have_intervals_over_annotators_too() -> None:
    names = ("no", "maybe", "yes")
    found = measured(some_annotators(20), names, ordered=True)
    table = rows(found, "intervals")
    drawn = [row["drawn"] for row in table if row["statistic"] == "Krippendorff's alpha"]
    assert drawn == ["items", "annotators"]
    assert {row["drawn"] for row in table if "all agree" in row["statistic"]} == {"items"}
    for row in table:
        assert row["low"] < row["value"] < row["high"]
    few = measured(some_annotators(19), names)
    assert [table.name for table in few.tables] == ["classes", "disputed"]
    assert "fewer than 20" in str(few.parameters["intervals_over"])


def test_replicates_of_annotators_match_the_definition() -> None:
    table = judgements_of(some_annotators(22, 60))
    shared = table.n_an_item[table.rows] > 1
    drawn_from = Shared(table.rows[shared], table.annotators[shared], table.labels[shared])
    found = bootstrap_annotators(drawn_from, table.names, 3, 5, ordered=True)
    columns = (drawn_from.rows, drawn_from.annotators, drawn_from.labels)
    judged = list(zip(*(each.tolist() for each in columns), strict=True))
    counts = np.bincount(drawn_from.labels, minlength=3)
    ranks = np.cumsum(counts) - counts / 2
    draws = np.random.default_rng(5).multinomial(22, np.full(22, 1 / 22), size=1000)
    for replicate in range(3):
        times = draws[replicate].tolist()
        pairs = agree = mass = differ = apart = 0.0
        for (item, one, label), (other_item, other, other_label) in permutations(judged, 2):
            if item != other_item:
                continue
            weight, n = times[one] * times[other], sum(row[0] == item for row in judged)
            pairs += weight / (n * (n - 1))
            agree += weight / (n * (n - 1)) * (label == other_label)
            mass += weight / (n - 1)
            differ += weight / (n - 1) * (label != other_label)
            apart += weight / (n - 1) * (ranks[label] - ranks[other_label]) ** 2
        named = [sum(times[who] for _, who, said in judged if said == k) for k in range(3)]
        total = sum(named)
        chance = total**2 - sum(each**2 for each in named)
        between = sum(
            named[k] * named[m] * (ranks[k] - ranks[m]) ** 2 for k in range(3) for m in range(3)
        )
        fit = total * (total - 1) / mass
        assert found["raw_agreement"][replicate] == pytest.approx(agree / pairs)
        assert found["krippendorff_alpha"][replicate] == pytest.approx(1 - differ * fit / chance)
        assert found["ordinal_alpha"][replicate] == pytest.approx(1 - apart * fit / between)


def test_many_annotators_are_drawn_in_groups_and_many_patterns_in_others() -> None:
    rng = np.random.default_rng(2)
    items = np.repeat(np.arange(3000), 3)
    truth = rng.integers(0, 200, 3000)
    labels = np.where(rng.random(9000) < 0.5, rng.integers(0, 200, 9000), truth[items])
    who = rng.integers(0, 700, 9000)
    names = [f"ann {at}" for at in range(700)]
    patterns = vote_patterns(vote_counts(items, labels.astype(np.int32), 3000, 200))
    assert len(patterns.items) > 2000
    raw = agreement_statistics(patterns)["raw_agreement"]
    of_items = bootstrap(patterns, 0)["raw_agreement"]
    assert of_items.mean() == pytest.approx(raw, abs=0.001)
    agreeing = (patterns.votes.multiply(patterns.votes - patterns.votes.sign())).sum(axis=1) / 6
    spread = np.repeat(agreeing, patterns.items).std() / math.sqrt(3000)
    assert of_items.std() == pytest.approx(spread, rel=0.15)
    drawn = bootstrap_annotators(Shared(items, who, labels.astype(np.int32)), names, 200, 0)
    assert drawn["raw_agreement"].mean() == pytest.approx(raw, abs=0.003)


def test_anonymous_judgements_count_for_agreement() -> None:
    table = judgements([0, 1] * 30, [0, 1] * 20 + [1, 0] * 10)
    nameless = table.set_column(1, "annotator", pa.nulls(table.num_rows, pa.string()))
    found, named = measured(nameless), measured(table)
    assert numbers(found) == numbers(named) | {"annotator_count": None}
    assert found.notes == ("120 judgements are anonymous: each counts as of another annotator",)
    assert "anonymous" in str(found.parameters["intervals_over"])


def test_judgements_without_a_class_and_repeated_ones_are_noted() -> None:
    truth = [0, 1] * 30
    table = pa.concat_tables([judgements(truth, truth), judgements([0, -1])])
    found = measured(table, ("a", "b"))
    assert numbers(found)["judgement_count"] == 121
    assert [note.split()[0] for note in found.notes] == ["1", "1"]
    assert "no class" in found.notes[0]
    assert "repeat" in found.notes[1]


def test_judgements_of_no_class_are_not_measured() -> None:
    with pytest.raises(MissingInputError, match="none of 80 judgements names a class"):
        measured(judgements([-1] * 80))


@pytest.mark.parametrize("columns", [([0, 1] * 20, [0, 1] * 20), ([0, 1] * 40, [-1] * 80)])
def test_too_little_overlap_is_not_measured(columns: tuple[list[int], ...]) -> None:
    with pytest.raises(MissingInputError, match="two or more"):
        measured(judgements(*columns))


def test_annotators_without_an_item_in_common_are_not_measured() -> None:
    table = judgements([0, 1] * 30 + [-1] * 60, [-1] * 60 + [0, 1] * 30)
    with pytest.raises(MissingInputError, match="the 2 annotators judged 120 items, none"):
        measured(table)


def test_agreeing_with_oneself_is_not_measured() -> None:
    table = pa.concat_tables([judgements([0, 1] * 30)] * 2)
    with pytest.raises(MissingInputError, match="one annotator gave all judgements"):
        measured(table)
