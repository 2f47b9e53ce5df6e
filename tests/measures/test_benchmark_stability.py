from dataclasses import replace

import numpy as np
import pytest
from made import numbers, rows
from scored import Made, coverage, made, measured, verdicts_on

from labelaudit.errors import MissingInputError
from labelaudit.inputs.pred_probs import user_probs
from labelaudit.inputs.screening import Screening
from labelaudit.measures.benchmark_stability.model_pairs import decided
from labelaudit.statistics.paired_accuracy import paired_gap
from labelaudit.verdicts import from_rows


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
    assert scores["multi-label aware", "A"] == pytest.approx(1070 / 1100)
    assert scores["multi-label aware", "B"] == pytest.approx(1055 / 1100)


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


def test_a_sample_of_the_whole_dataset_estimates_the_part_that_is_predicted() -> None:
    test = made(4000, 7, [(0.95, 0.3), (0.94, 0.5)], 0.1)
    predicted = test.predicted.copy()
    predicted[:, ::3] = -1
    part = Made(truth=test.truth, given=test.given, predicted=predicted, strata=test.strata)
    rng = np.random.default_rng(7)
    items = np.concatenate(
        [rng.choice(np.flatnonzero(test.strata == h), 150, replace=False) for h in (0, 1)]
    )
    found = measured(part, verdict_file=verdicts_on(part, items))
    scored = np.arange(4000) % 3 > 0
    weights = (np.bincount(test.strata) / 150)[test.strata[items]]
    rate = next(value for value in found.values if value.name == "label_error_rate")
    expected = float(weights @ (test.wrong & scored)[items]) / scored.sum()
    assert rate.value == pytest.approx(expected)
    assert rate.low is not None
    assert rate.high is not None
    assert rate.low < test.wrong[scored].mean() < rate.high


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
    held = coverage(300)
    assert all(share > 0.93 for share in held.values()), held


@pytest.mark.parametrize(
    ("resolution", "said"),
    [(None, "unknown"), (0.006, "yes"), (0.008, "likely"), (0.011, "likely"), (0.02, "no: labels")],
)
def test_a_gap_is_decided_where_no_wrong_labels_could_turn_it(
    resolution: float | None, said: str
) -> None:
    gap = paired_gap(30, 5, 1000)
    assert gap.low == pytest.approx(0.0131, abs=1e-3)
    assert decided(gap, resolution, is_audited=True) == said
    assert decided(paired_gap(12, 9, 1000), resolution, is_audited=True) == "no: noise"


def test_what_no_person_audited_decides_no_gap_for_sure() -> None:
    assert decided(paired_gap(30, 5, 1000), 0.0, is_audited=False) == "likely"


def test_wrong_labels_can_turn_a_gap_of_twice_their_share_and_no_more() -> None:
    truth, given = np.zeros(1000, dtype=int), np.zeros(1000, dtype=int)
    given[:50] = 1
    first, second = given.copy(), truth.copy()  # one follows every wrong label, one none
    second[500:599] = 2  # and makes mistakes of its own
    gap = (first == given).mean() - (second == given).mean()
    corrected = (first == truth).mean() - (second == truth).mean()
    assert gap - corrected == pytest.approx(2 * 0.05)


def test_groups_that_spread_the_gap_are_said_to() -> None:
    test = made(600, 6, [(0.95, 0.3), (0.85, 0.5)], 0.0)
    predicted = np.repeat(test.predicted[:, ::10], 10, axis=1)
    given = np.repeat(test.given[::10], 10)
    grouped = replace(test, predicted=predicted, given=given)
    found = measured(grouped, item_groups=np.repeat(np.arange(60), 10).astype(np.int32))
    assert any("of A and B is 3.2 times as wide" in note for note in found.notes)
    apart = measured(grouped, item_groups=np.arange(600, dtype=np.int32))
    assert not any("groups" in note for note in apart.notes)
