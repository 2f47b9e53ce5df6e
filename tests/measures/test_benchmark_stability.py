import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest
from made import numbers, rows
from numpy.typing import NDArray

from labelaudit.dataset import Dataset, Source
from labelaudit.embeddings.content import Content
from labelaudit.errors import MissingInputError
from labelaudit.inputs import Inputs
from labelaudit.inputs.pred_probs import user_probs
from labelaudit.inputs.predictions import Predictions
from labelaudit.inputs.screening import Screening
from labelaudit.measures import Findings
from labelaudit.measures.benchmark_stability import benchmark_stability
from labelaudit.verdicts import Verdicts, from_rows

CLASSES = ("ant", "bee", "cow", "dog")


@dataclass(frozen=True, kw_only=True, eq=False)
class Made:
    """A test set whose right labels are known, and what two models or more predict of it."""

    truth: NDArray[np.int32]
    given: NDArray[np.int32]
    predicted: NDArray[np.int32]
    strata: NDArray[np.int64]

    @property
    def wrong(self) -> NDArray[np.bool_]:
        return self.truth != self.given


def made(n: int, seed: int, accuracies: Sequence[tuple[float, float]], error_rate: float) -> Made:
    """Return models of some accuracy on right labels, that follow some of the wrong ones.

    Where a model does not follow a wrong label, it predicts the right class.
    """
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 4, n).astype(np.int32)
    wrong = rng.random(n) < error_rate
    given = np.where(wrong, (truth + rng.integers(1, 4, n)) % 4, truth).astype(np.int32)
    predicted = []
    for on_clean, on_wrong in accuracies:
        follows = rng.random(n) < np.where(wrong, on_wrong, on_clean)
        other = np.where(wrong, truth, (truth + rng.integers(1, 4, n)) % 4)
        predicted.append(np.where(follows, given, other))
    score = wrong * 0.6 + rng.random(n)
    strata = (np.argsort(np.argsort(-score)) >= n // 5).astype(np.int64)
    return Made(truth=truth, given=given, predicted=np.int32(predicted), strata=strata)


def verdicts_on(test: Made, items: NDArray[np.int64], audit: str = "drawn") -> Verdicts:
    """Return what a person who knows the right labels says of some items."""
    sizes = np.bincount(test.strata, minlength=2)
    drawn = np.bincount(test.strata[items], minlength=2)
    lines = []
    for item in items.tolist():
        given, truth = CLASSES[test.given[item]], CLASSES[test.truth[item]]
        other = CLASSES[(test.given[item] + 1) % 4]
        stratum = int(test.strata[item])
        lines.append(
            {
                "content": hashlib.sha256(str(item).encode()).hexdigest(),
                "path": str(item),
                "given_label": given,
                "suggested_label": truth if truth != given else other,
                "verdict": "suggested" if truth != given else "given",
                "reviewer": "ann",
                "audit": audit,
                "stratum": str(stratum) if audit else "-1",
                "stratum_size": str(sizes[stratum]) if audit else "0",
                "stratum_drawn": str(drawn[stratum]) if audit else "0",
                "judged_before": "0",
            }
        )
    return from_rows(lines)


def measured(test: Made, **others: object) -> Findings:
    n = len(test.given)
    dataset = Dataset(
        name="test",
        task="multiclass",
        class_names=CLASSES,
        paths=pa.array(map(str, range(n)), pa.large_string()),
        labels=test.given,
        splits=np.full(n, -1, dtype=np.int32),
        media=None,
        source=Source(format="test", why=(), found=n),
    )
    digests = [hashlib.sha256(str(item).encode()).digest() for item in range(n)]
    content = Content(
        digests=np.frombuffer(b"".join(digests), dtype=np.uint8).reshape(n, 32),
        status=np.zeros(n, dtype=np.uint8),
        oddities=np.zeros(n, dtype=np.uint16),
        sizes=np.ones((n, 2), dtype=np.int32),
        signatures=np.zeros((n, 0), dtype=np.uint8),
        reasons={},
    )
    names = tuple("ABCDEF"[: len(test.predicted)])
    predictions = Predictions(models=names, classes=test.predicted, sources=names)
    inputs = Inputs(
        {"dataset": dataset, "content": content, "predictions": predictions}
        | {"embeddings": MissingInputError("none"), **others}
    )
    found = inputs.call(benchmark_stability)
    assert isinstance(found, Findings)
    return found


def exact_flip() -> Made:
    """Return the published flip: accuracies .95 and .94 on right labels, .30 and .45 on wrong."""
    given = np.zeros(1100, dtype=np.int32)
    truth = np.repeat([0, 1], [1000, 100]).astype(np.int32)
    first = np.where(np.arange(1000) < 950, 0, 2).tolist() + np.repeat([0, 1], [30, 70]).tolist()
    second = np.where(np.arange(1000) < 940, 0, 2).tolist() + np.repeat([0, 1], [45, 55]).tolist()
    strata = np.zeros(1100, dtype=np.int64)
    strata[0] = 1
    return Made(
        truth=truth, given=given, predicted=np.array([first, second], dtype=np.int32), strata=strata
    )


def test_the_published_flip_where_every_label_was_judged() -> None:
    test = exact_flip()
    found = measured(test, verdict_file=verdicts_on(test, np.arange(1100)))
    values = {value.name: value for value in found.values}
    assert values["leaders_swap_share"].value == pytest.approx(0.0625)
    assert values["label_error_rate"].value == pytest.approx(100 / 1100)
    assert values["label_error_rate"].low == values["label_error_rate"].high
    subsets = {row["model"]: row for row in rows(found, "subsets")}
    assert subsets["A"]["on_right_labels"] == pytest.approx(0.95)
    assert subsets["A"]["on_wrong_labels"] == pytest.approx(0.30)
    assert subsets["B"]["on_right_labels"] == pytest.approx(0.94)
    assert subsets["B"]["on_wrong_labels"] == pytest.approx(0.45)
    (pair,) = rows(found, "gaps")
    # The given labels put B first; the right ones, of which it follows fewer, put A first.
    assert (pair["first"], pair["second"]) == ("B", "A")
    assert pair["gap"] == pytest.approx((940 + 45 - 950 - 30) / 1100)
    assert pair["corrected_gap"] == pytest.approx((940 + 55 - 950 - 70) / 1100)
    (swap,) = rows(found, "swaps")
    assert swap["swap"] == pytest.approx(0.0625)
    assert swap["within_error_range"] == "yes"
    # By corrected labels A is ahead on both, so nothing swaps.
    assert "swap_if_corrected" not in swap
    scores = {(row["scoring"], row["model"]): row for row in rows(found, "accuracies")}
    assert scores["corrected labels", "A"]["accuracy"] == pytest.approx(1020 / 1100)
    assert scores["corrected labels", "A"]["rank"] == 1
    assert scores["given labels", "A"]["rank"] == 2


def test_a_label_that_is_right_beside_another_counts_for_both_when_several_may_be_right() -> None:
    test = exact_flip()
    said = verdicts_on(test, np.arange(1100))
    both = from_rows(
        line | ({"verdict": "both", "suggested_label": "cow"} if int(line["path"]) >= 940 else {})
        for line in said.rows()
        if int(line["path"]) < 1000
    )
    found = measured(test, verdict_file=from_rows([*both.rows(), *list(said.rows())[1000:]]))
    scores = {(row["scoring"], row["model"]): row["accuracy"] for row in rows(found, "accuracies")}
    assert scores["corrected labels", "A"] == pytest.approx(1020 / 1100)
    # Where A or B say cow, cow is right beside ant.
    assert scores["multi-label-aware", "A"] == pytest.approx(1070 / 1100)
    assert scores["multi-label-aware", "B"] == pytest.approx(1055 / 1100)


def test_a_sample_that_covers_a_part_estimates_all_of_it() -> None:
    test = made(4000, 0, [(0.95, 0.3), (0.94, 0.5)], 0.1)
    rng = np.random.default_rng(0)
    items = np.concatenate(
        [rng.choice(np.flatnonzero(test.strata == h), 150, replace=False) for h in (0, 1)]
    )
    found = measured(test, verdict_file=verdicts_on(test, items))
    sizes = np.bincount(test.strata)
    weights = (sizes / 150)[test.strata[items]]
    wrong = test.wrong[items]
    values = {value.name: value for value in found.values}
    assert values["label_error_rate"].value == pytest.approx(float(weights @ wrong) / 4000)
    subsets = {row["model"]: row for row in rows(found, "subsets")}
    scores = {(row["scoring"], row["model"]): row for row in rows(found, "accuracies")}
    for name, predicted in zip("AB", test.predicted, strict=True):
        # By hand: the mean of all given scores, and what it changes on the weighted sample.
        follows = predicted[items] == test.given[items]
        on_wrong = float(weights @ (wrong & follows)) / float(weights @ wrong)
        assert subsets[name]["on_wrong_labels"] == pytest.approx(on_wrong)
        change = (predicted[items] == test.truth[items]).astype(int) - follows
        expected = (predicted == test.given).mean() + float(weights @ change) / 4000
        assert scores["corrected labels", name]["accuracy"] == pytest.approx(expected)
        true = float((predicted == test.truth).mean())
        row = scores["corrected labels", name]
        assert row["low"] < true < row["high"]


def test_a_list_of_fixes_corrects_labels_and_tells_no_rate() -> None:
    test = made(2000, 1, [(0.95, 0.3), (0.9, 0.5), (0.8, 0.9)], 0.1)
    fixed = np.flatnonzero(test.wrong)[:60]
    found = measured(test, verdict_file=verdicts_on(test, fixed, audit=""))
    values = numbers(found)
    assert values["label_error_rate"] is None
    assert values["resolution_share"] is None
    assert values["undecided_pairs_count"] == 3
    assert found.parameters["wrong_labels"] == "proven"
    mended = test.given.copy()
    mended[fixed] = test.truth[fixed]
    scores = {(row["scoring"], row["model"]): row for row in rows(found, "accuracies")}
    for name, predicted in zip("ABC", test.predicted, strict=True):
        share = scores["corrected labels", name]["accuracy"]
        assert share == pytest.approx(float((predicted == mended).mean()))
    (ranking,) = found.rankings
    right = test.predicted[:, fixed] == test.given[fixed]
    assert set(ranking.items) == set(fixed[right.any(axis=0) & ~right.all(axis=0)])


def test_without_verdicts_suspects_stand_for_wrong_labels_and_are_called_so() -> None:
    test = made(2000, 2, [(0.95, 0.3), (0.94, 0.5)], 0.1)
    rng = np.random.default_rng(2)
    suspected = test.wrong & (rng.random(2000) < 0.8)
    screening = Screening(
        suspected=suspected,
        suggested=test.truth,
        margin=np.where(suspected, -1.0, 1.0),
        error_probability=np.where(suspected, 0.9, 0.01),
        source="made",
    )
    found = measured(test, screening=screening)
    assert found.parameters["wrong_labels"] == "suspected"
    values = {value.name: value for value in found.values}
    expected = (0.9 * suspected.sum() + 0.01 * (~suspected).sum()) / 2000
    assert values["label_error_rate"].value == pytest.approx(min(expected, suspected.mean()))
    assert values["label_error_rate"].high == values["resolution_share"].value
    assert values["resolution_share"].value == pytest.approx(suspected.mean())
    assert "no confidence interval" in values["label_error_rate"].interval
    subsets = {row["model"]: row for row in rows(found, "subsets")}
    follows = test.predicted[0] == test.given
    assert subsets["A"]["on_wrong_labels"] == pytest.approx(float(follows[suspected].mean()))
    assert subsets["A"]["on_right_labels"] == pytest.approx(float(follows[~suspected].mean()))


def test_without_a_report_the_scan_suspects_labels_itself() -> None:
    test = made(600, 3, [(0.95, 0.3), (0.94, 0.5)], 0.1)
    probs = np.full((600, 4), 0.02)
    probs[np.arange(600), test.truth] = 0.94
    found = measured(test, pred_probs=user_probs(probs, test.given, "mine"))
    assert found.parameters["wrong_labels"] == "suspected"
    assert found.parameters["screening"] == "this scan"


def test_models_that_never_swap_are_said_not_to() -> None:
    test = made(2000, 4, [(0.95, 0.6), (0.85, 0.3)], 0.1)
    found = measured(test, verdict_file=verdicts_on(test, np.arange(2000)))
    values = {value.name: value for value in found.values}
    assert values["leaders_swap_share"].value is None
    assert "no swap at any prevalence, A is ahead" in values["leaders_swap_share"].note
    (pair,) = rows(found, "gaps")
    assert pair["decided"] == "no: labels"


def test_without_any_judgement_nothing_is_decided_and_it_is_said_what_to_run() -> None:
    test = made(2000, 5, [(0.95, 0.3), (0.9, 0.5)], 0.1)
    found = measured(test)
    assert [table.name for table in found.tables] == ["accuracies", "gaps"]
    (pair,) = rows(found, "gaps")
    assert pair["decided"] == "unknown"
    assert any("labelaudit review" in note for note in found.notes)


def test_items_without_a_label_or_a_prediction_are_not_scored() -> None:
    test = made(300, 6, [(0.95, 0.3), (0.9, 0.5)], 0.1)
    predicted, given = test.predicted.copy(), test.given.copy()
    predicted[:, :50] = -1
    given[50:80] = -1
    some_items = Made(truth=test.truth, given=given, predicted=predicted, strata=test.strata)
    found = measured(some_items)
    assert numbers(found)["scored_items_count"] == 220
    share = rows(found, "accuracies")[0]["accuracy"]
    assert share == pytest.approx(float((predicted[0, 80:] == given[80:]).mean()))
    predicted[:] = -1
    with pytest.raises(MissingInputError, match="no item that has a label has predictions"):
        measured(some_items)


@pytest.mark.slow
def test_intervals_hold_what_is_true_of_all_test_sets_about_95_times_in_100() -> None:
    # 300 test sets drawn alike, 100 judged of each of two strata. Of the swap: where a lead of
    # .02 on right labels meets one of .4 on wrong ones.
    accuracies = [(0.96, 0.2), (0.94, 0.6)]
    true = {"A": 0.9 * 0.96 + 0.1 * 0.8, "B": 0.9 * 0.94 + 0.1 * 0.4}
    covered = dict.fromkeys(("A", "B", "gap", "swap", "rate"), 0)
    for seed in range(300):
        test = made(3000, seed, accuracies, 0.1)
        rng = np.random.default_rng(seed)
        strata = [np.flatnonzero(test.strata == h) for h in (0, 1)]
        items = np.concatenate([rng.choice(each, 100, replace=False) for each in strata])
        found = measured(test, verdict_file=verdicts_on(test, items))
        scores = {(row["scoring"], row["model"]): row for row in rows(found, "accuracies")}
        for name, share in true.items():
            row = scores["corrected labels", name]
            covered[name] += row["low"] <= share <= row["high"]
        (pair,) = rows(found, "gaps")
        lead = (true["A"] - true["B"]) * (1 if pair["first"] == "A" else -1)
        covered["gap"] += pair["corrected_gap_low"] <= lead <= pair["corrected_gap_high"]
        (swap,) = rows(found, "swaps")
        covered["swap"] += swap["swap_low"] <= 0.02 / 0.42 <= swap["swap_high"]
        rate = next(value for value in found.values if value.name == "label_error_rate")
        assert rate.low is not None
        assert rate.high is not None
        covered["rate"] += rate.low <= test.wrong.mean() <= rate.high
    assert all(count / 300 > 0.93 for count in covered.values()), covered
