import numpy as np
import pytest
from numpy.typing import NDArray

from labelaudit import blocks
from labelaudit.dataset import LabelStates, State
from labelaudit.embeddings import Embeddings
from labelaudit.errors import MissingInputError
from labelaudit.inputs import cell_odds as module
from labelaudit.inputs.cell_odds import CellOdds, cell_odds
from labelaudit.inputs.copies import embedding_hashes
from labelaudit.inputs.neighbors import Neighbors, neighbors
from labelaudit.progress import silent

N, NAMES = 200, ("a", "b", "c", "rare")


def states_of(cells: NDArray[np.int64], labelled: NDArray[np.bool_]) -> LabelStates:
    rows, columns = np.nonzero(cells)
    return LabelStates(
        indptr=np.searchsorted(rows, np.arange(len(cells) + 1)).astype(np.int64),
        indices=columns.astype(np.int32),
        states=cells[rows, columns].astype(np.int8),
        labelled=labelled,
    )


def embedded(vectors: NDArray[np.float32]) -> Embeddings:
    return Embeddings(
        vectors=vectors,
        present=np.ones(len(vectors), dtype=bool),
        model="test",
        model_sha256="",
        preprocessing="",
    )


def made() -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(N, 6)).astype(np.float32)
    cells = np.zeros((N, 4), dtype=np.int64)
    cells[:, :3] = vectors[:, :3] + 0.4 * rng.normal(size=(N, 3)) > 0.5
    cells[:3, 3] = 1
    return cells, vectors


def computed(
    cells: NDArray[np.int64],
    vectors: NDArray[np.float32],
    *,
    labelled: NDArray[np.bool_] | None = None,
    near: Neighbors | None = None,
) -> CellOdds:
    known = np.ones(len(cells), dtype=bool) if labelled is None else labelled
    copies = np.unique(vectors, axis=0, return_inverse=True)[1].astype(np.int64)
    embeddings = embedded(vectors)
    hashes = embedding_hashes(embeddings)
    return cell_odds(states_of(cells, known), NAMES, embeddings, copies, hashes, near)


def joined(odds: CellOdds) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.int8]]:
    items, found, states = zip(*odds.blocks(), strict=True)
    return np.concatenate(items), np.concatenate(found), np.concatenate(states)


def test_labels_of_fewer_than_five_items_are_not_judged() -> None:
    odds = computed(*made())
    assert odds.labels.tolist() == [0, 1, 2]
    assert joined(odds)[1].shape == (N, 3)
    with pytest.raises(MissingInputError, match="no label has 5 items with it and 5 without"):
        computed(np.ones((N, 4), dtype=np.int64), made()[1])


def test_log_odds_are_high_where_the_label_is() -> None:
    cells, vectors = made()
    for near in (None, neighbors(embedded(vectors), 1, silent)):
        found = joined(computed(cells, vectors, near=near))[1]
        for label in range(3):
            given = cells[:, label] == State.POSITIVE
            above = found[given, label][:, None] > found[~given, label]
            assert above.mean() > 0.9


def said(cells: NDArray[np.int64], vectors: NDArray[np.float32], item: int) -> dict[str, float]:
    """Return what the views say of one cell."""
    near = neighbors(embedded(vectors), 1, silent)
    odds = computed(cells, vectors, near=near)
    views = odds.views(np.array([item]), np.array([0]))
    return {name: float(values[0]) for name, values in views.items()}


def test_no_view_knows_the_cell_itself() -> None:
    cells, vectors = made()
    for item in (20, 50, 90):
        flipped = cells.copy()
        flipped[item, 0] = 1 - flipped[item, 0]
        before, after = said(cells, vectors, item), said(flipped, vectors, item)
        assert after["ridge regression"] == pytest.approx(before["ridge regression"], abs=1e-5)
        # Of 200 items, one moves the mean that leans on the votes, and the labels' relations.
        assert after["votes of neighbors"] == pytest.approx(before["votes of neighbors"], abs=0.002)
        assert after["other labels"] == pytest.approx(before["other labels"], abs=0.01)


def test_copies_do_not_vouch_for_each_other() -> None:
    cells, vectors = made()
    vectors[:3] = vectors[0]
    cells[:3] = 0
    wrong = cells.copy()
    wrong[:3, 0] = 1
    before, after = said(cells, vectors, 0), said(wrong, vectors, 0)
    assert after["ridge regression"] == pytest.approx(before["ridge regression"], abs=1e-5)
    assert after["votes of neighbors"] == pytest.approx(before["votes of neighbors"], abs=0.005)


def test_open_cells_are_neither_positive_nor_negative() -> None:
    cells, vectors = made()
    cells[10:40, 0] = State.UNCERTAIN
    cells[40:60, 1] = State.UNKNOWN
    near = neighbors(embedded(vectors), 1, silent)
    found, states = joined(computed(cells, vectors, near=near))[1:]
    assert np.array_equal(states, cells[:, :3])
    swapped = cells.copy()
    swapped[10:40, 0] = State.UNKNOWN
    again = joined(computed(swapped, vectors, near=near))[1]
    assert np.array_equal(found, again)


def test_unlabelled_items_and_those_without_embedding_are_left_out() -> None:
    cells, vectors = made()
    labelled = np.arange(N) % 4 != 0
    odds = computed(cells, vectors, labelled=labelled)
    assert joined(odds)[0].tolist() == np.flatnonzero(labelled).tolist()
    assert (odds.n_items, odds.n_samples) == (labelled.sum(), N)


def test_views_are_named_and_belong_to_the_cells_asked_for() -> None:
    cells, vectors = made()
    near = neighbors(embedded(vectors), 1, silent)
    odds = computed(cells, vectors, near=near)
    items, columns = np.array([7, 3, 7]), np.array([2, 0, 0])
    views = odds.views(items, columns)
    assert list(views) == ["ridge regression", "votes of neighbors", "other labels"]
    for at, (item, column) in enumerate(zip(items, columns, strict=True)):
        alone = odds.views(np.array([item]), np.array([column]))
        for name, values in views.items():
            assert values[at] == pytest.approx(alone[name][0], abs=1e-5)
    assert "votes" not in computed(cells, vectors).source


def test_votes_are_shares_of_the_neighbors_of_known_state() -> None:
    cells, vectors = made()
    vectors[100:130] = vectors[70:100]
    cells[5:80, 1] = State.UNKNOWN
    labelled = np.arange(N) % 7 != 0
    copies = np.unique(vectors, axis=0, return_inverse=True)[1].astype(np.int64)
    near = neighbors(embedded(vectors), 1, silent, copies)
    items = np.flatnonzero(labelled)[60:80]
    odds = computed(cells, vectors, labelled=labelled, near=near)
    known = cells[labelled][:, 1] != State.UNKNOWN
    mean = (cells[labelled][:, 1] == State.POSITIVE).sum() / known.sum()
    votes = odds.views(items, np.ones(20, dtype=np.int64))["votes of neighbors"]
    for at, item in enumerate(items):
        piles = [
            [other for other in range(N) if labelled[other] and copies[other] == copies[neighbor]]
            for neighbor in near.indices[item]
        ]
        voting = [
            (similarity, pile)
            for similarity, pile in zip(near.similarities[item], piles, strict=True)
            if pile and copies[pile[0]] != copies[item]
        ]
        nearest = max(similarity for similarity, _ in voting)
        total = having = 0.0
        for similarity, pile in voting:
            strength = float(np.exp((similarity - nearest) / 0.05))
            states = cells[pile, 1]
            total += strength * (states != State.UNKNOWN).mean()
            having += strength * (states == State.POSITIVE).mean()
        assert votes[at] == pytest.approx((having + 0.1 * mean) / (total + 0.1), abs=1e-4)


def test_blocks_of_rows_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    cells, vectors = made()
    near = neighbors(embedded(vectors), 1, silent)
    whole = joined(computed(cells, vectors, near=near))[1]
    monkeypatch.setattr(blocks, "BLOCK", 33)
    monkeypatch.setattr(module, "MOST_KEPT_CELLS", 10)
    assert joined(computed(cells, vectors, near=near))[1] == pytest.approx(whole, abs=1e-3)
