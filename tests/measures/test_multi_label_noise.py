from functools import cache

import numpy as np
import pytest
from made import embedded, numbers, rows, states_of
from numpy.typing import NDArray
from tiny import inputs_of, multi_label, run_measure, single_label

from labelaudit.dataset import State
from labelaudit.errors import MissingInputError
from labelaudit.inputs import Inputs
from labelaudit.measures import Findings, Ranking
from labelaudit.measures.multi_label import doubtful_cells
from labelaudit.measures.multi_label.multi_label_noise import multi_label_noise
from labelaudit.progress import silent

N, N_LABELS = 3000, 6
Cells = NDArray[np.int64]


@cache
def truth() -> tuple[Cells, NDArray[np.float32]]:
    """Return the labels that items have, and embeddings that tell them well."""
    rng = np.random.default_rng(0)
    cells = (rng.random((N, N_LABELS)) < [0.3, 0.2, 0.15, 0.1, 0.1, 0.05]).astype(np.int64)
    vectors = cells @ rng.normal(size=(N_LABELS, 24)) + 0.3 * rng.normal(size=(N, 24))
    return cells, vectors.astype(np.float32)


@cache
def corrupted() -> Cells:
    """Return the labels with a tenth of the positives dropped and some made up."""
    drawn = np.random.default_rng(1).random((N, N_LABELS))
    cells = truth()[0]
    return np.where(cells == 1, drawn >= 0.1, drawn < 0.005).astype(np.int64)


def scan(
    cells: Cells,
    labelled: NDArray[np.bool_] | None = None,
    vectors: NDArray[np.float32] | None = None,
) -> Findings:
    inputs = Inputs(
        {
            "label_states": states_of(cells, labelled),
            "class_names": tuple(f"label {at}" for at in range(cells.shape[1])),
            "embeddings": embedded(truth()[1][: len(cells)] if vectors is None else vectors),
            "n_threads": 1,
            "progress": silent,
        }
    )
    found: Findings = inputs.call(multi_label_noise)
    return found


def cells_of(ranking: Ranking) -> set[tuple[int, int]]:
    assert ranking.classes is not None
    return set(zip(ranking.items.tolist(), ranking.classes.tolist(), strict=True))


def wrong(given: int) -> set[tuple[int, int]]:
    return {
        (item, label)
        for item, label in zip(*np.nonzero(truth()[0] != corrupted()), strict=True)
        if corrupted()[item, label] == given
    }


def test_labels_that_were_dropped_and_made_up_are_found() -> None:
    found = scan(corrupted())
    missing, spurious = found.rankings
    assert (missing.name, spurious.name) == ("missing_labels", "spurious_labels")
    for ranking, given in ((missing, 0), (spurious, 1)):
        right = cells_of(ranking) & wrong(given)
        assert len(right) > 0.9 * len(ranking.items)
        assert len(right) > 0.8 * len(wrong(given))
    assert missing.suggested is not None
    assert missing.classes is not None
    assert np.array_equal(missing.suggested, missing.classes)
    assert spurious.suggested is None


def test_hardly_a_clean_cell_is_suspected() -> None:
    found = scan(truth()[0])
    assert sum(len(ranking.items) for ranking in found.rankings) <= 0.002 * truth()[0].sum()
    assert numbers(found)["spurious_share"] == pytest.approx(0, abs=0.002)


def test_the_range_of_missing_positives_has_the_truth_in_it() -> None:
    values = numbers(scan(corrupted()))
    low, high = values["missing_low_share"], values["missing_high_share"]
    dropped = len(wrong(0))
    assert low is not None
    assert high is not None
    assert low <= dropped / (dropped + corrupted().sum()) <= high
    for row in rows(scan(corrupted()), "label_noise_by_label"):
        assert row["missing_low_share"] <= row["missing_high_share"]


def test_rankings_are_sorted_and_explained() -> None:
    for ranking in scan(corrupted()).rankings:
        assert ranking.scores is not None
        assert (np.diff(ranking.scores) <= 0).all()
        assert (ranking.scores > 0.5).all()
        assert ranking.classes is not None
        for label, text in zip(ranking.classes, ranking.details, strict=True):
            assert text.startswith(f"label {label}: likely")
            assert "votes of neighbors" in text


def test_uncertain_and_unknown_cells_are_counted_and_never_suspected() -> None:
    cells = corrupted().copy()
    open_cells = sorted(wrong(0))[:60]
    for at, cell in enumerate(open_cells):
        cells[cell] = State.UNCERTAIN if at % 3 else State.UNKNOWN
    found = scan(cells)
    assert not set(open_cells) & set().union(*(cells_of(ranking) for ranking in found.rankings))
    values = numbers(found)
    assert (values["uncertain_cell_count"], values["unknown_cell_count"]) == (40, 20)
    assert values["judged_cell_count"] == N * N_LABELS - 60


def test_counts_of_values_table_and_columns_agree() -> None:
    found = scan(corrupted())
    missing, spurious = found.rankings
    values = numbers(found)
    assert values["suspected_missing_count"] == len(missing.items)
    assert values["suspected_spurious_count"] == len(spurious.items)
    by_item = found.columns["suspected_cells"].astype(np.int64)
    both = np.concatenate([missing.items, spurious.items])
    assert np.array_equal(by_item, np.bincount(both, minlength=N))
    assert values["doubtful_item_share"] == (by_item > 0).mean()
    for row in rows(found, "label_noise_by_label"):
        label = int(str(row["label"]).removeprefix("label "))
        lacking, extra = row["suspected_missing"], row["suspected_spurious"]
        assert missing.classes is not None
        assert lacking == (missing.classes == label).sum()
        assert row["given"] == corrupted()[:, label].sum()
        right = row["given"] - extra
        # F1 by its definition, from precision and recall.
        precision, recall = right / row["given"], right / (right + lacking)
        expected = 2 * precision * recall / (precision + recall)
        assert row["label_quality"] == pytest.approx(expected)


def test_only_the_likeliest_errors_are_kept_and_the_others_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = scan(corrupted())
    monkeypatch.setattr(doubtful_cells, "MOST_KEPT", 30)
    cut = scan(corrupted())
    for short, long in zip(cut.rankings, whole.rankings, strict=True):
        assert np.array_equal(short.items, long.items[:30])
    assert numbers(cut) == numbers(whole)
    n_missing = numbers(whole)["suspected_missing_count"]
    assert (
        f"Of {n_missing:,} labels suspected missing the 30 likeliest errors are listed."
        in cut.notes
    )


def test_labels_that_cannot_be_judged_are_named() -> None:
    cells = corrupted().copy()
    cells[:, 5] = 0
    cells[:3, 5] = 1
    found = scan(cells)
    assert any("1 of 6 labels were not judged" in note for note in found.notes)
    assert len(rows(found, "label_noise_by_label")) == 5


def test_unlabelled_items_are_not_judged() -> None:
    labelled = np.arange(N) % 2 == 0
    found = scan(corrupted() * labelled[:, None], labelled)
    assert numbers(found)["judged_cell_count"] == N // 2 * N_LABELS
    assert not found.columns["suspected_cells"][~labelled].any()


def test_one_label_an_item_or_no_embeddings_is_not_measured() -> None:
    reason = run_measure("multi_label_noise", inputs_of(single_label()))
    assert isinstance(reason, MissingInputError)
    assert str(reason.message) == "an item of this dataset has one label"
    inputs = Inputs(
        {
            "label_states": states_of(corrupted()),
            "class_names": ("a",),
            "embeddings": MissingInputError("no model was named"),
        }
    )
    with pytest.raises(MissingInputError, match="no model was named"):
        inputs.call(multi_label_noise)


def test_a_small_dataset_is_measured() -> None:
    assert isinstance(run_measure("multi_label_noise", inputs_of(multi_label())), Findings)


def test_labels_that_the_model_cannot_tell_have_no_range() -> None:
    rng = np.random.default_rng(0)
    cells = (rng.random((400, 3)) < [0.5, 0.3, 0.1]).astype(np.int64)
    vectors = rng.normal(size=(400, 4)).astype(np.float32)
    told = vectors + 4 * cells[:, :1] * np.eye(4, dtype=np.float32)[0]
    found = scan(cells, vectors=told)
    table = {row["label"]: row for row in rows(found, "label_noise_by_label")}
    assert table["label 0"]["missing_high_share"] is not None
    assert [table[f"label {at}"]["missing_low_share"] for at in (1, 2)] == [None, None]
    assert "no higher where they are given than by chance: label 1, label 2" in found.notes[0]
    assert numbers(found)["missing_high_share"] == table["label 0"]["missing_high_share"]
    values = {value.name: value for value in scan(cells, vectors=vectors).values}
    assert values["missing_low_share"].value is None
    assert values["missing_low_share"].note.startswith("undefined")


@pytest.mark.parametrize("noise", [0.3, 3, 10])
def test_the_range_has_the_truth_in_it_however_weak_the_model_is(noise: float) -> None:
    rng = np.random.default_rng(0)
    cells, vectors = truth()
    vectors = (vectors + noise * rng.normal(size=vectors.shape)).astype(np.float32)
    for dropped in (0, 0.15, 0.5):
        given = cells * (rng.random(cells.shape) >= dropped)
        found = numbers(scan(given, vectors=vectors))
        low, high = found["missing_low_share"], found["missing_high_share"]
        assert low is not None
        assert high is not None
        assert low <= max(1 - given.sum() / cells.sum(), 0.05)
        assert high >= 1 - given.sum() / cells.sum()
