from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import embedded
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.errors import MissingInputError
from labelaudit.measures import Findings
from labelaudit.measures.label_sharpness.embedding_map import embedding_map
from labelaudit.measures.label_sharpness.map_cells import (
    MOST_COLUMNS,
    MOST_ROWS,
    cells_of,
    ground_of,
)
from labelaudit.report import Table

CORNERS = np.array([[4, 0, 0, 0], [-4, 0, 0, 0], [0, 4, 0, 0]], dtype=np.float64)


def hashes(n: int) -> NDArray[np.uint64]:
    return np.random.default_rng(9).integers(0, 2**63, n).astype(np.uint64)


def found_for(
    vectors: NDArray[np.floating],
    labels: NDArray[np.int32],
    names: tuple[str, ...] = ("a", "b", "c"),
) -> Findings:
    return embedding_map(
        embedded(vectors.astype(np.float32)), hashes(len(vectors)), names, labels=labels
    )


def apart(n: int = 300, width: float = 0.3) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Return three clouds that a map tells apart."""
    rng = np.random.default_rng(0)
    labels = (np.arange(n) % 3).astype(np.int32)
    return CORNERS[labels] + rng.normal(scale=width, size=(n, 4)), labels


def value(found: Findings, name: str) -> float | None:
    return next(each.value for each in found.values if each.name == name)


def column(table: Table, name: str) -> list[object]:
    at = [each.name for each in table.columns].index(name)
    return [row[at] for row in table.rows]


def counts(table: Table, name: str = "count") -> list[int]:
    return [int(str(cell)) for cell in column(table, name)]


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 200), st.integers(1, 5), st.integers(0, 999))
def test_told_items_are_those_whose_cell_would_guess_them(n: int, n_cells: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    cells, labels = rng.integers(0, n_cells, n), rng.integers(-1, 3, n)
    rows = np.flatnonzero(labels >= 0)
    members = csr_array((np.ones(len(rows)), (rows, labels[rows])), shape=(n, 3))
    found = ground_of(cells, n_cells, members)
    told = np.zeros(3, dtype=np.int64)
    for item in rows:
        others = Counter(labels[at] for at in rows if at != item and cells[at] == cells[item])
        own = others.pop(labels[item], 0)
        told[labels[item]] += own > max(others.values(), default=0)
    assert found.told.tolist() == told.tolist()
    assert found.sizes.tolist() == [int((labels == label).sum()) for label in range(3)]
    for cell in range(n_cells):
        inside = Counter(labels[(cells == cell) & (labels >= 0)].tolist())
        assert found.labelled[cell] == sum(inside.values())
        assert found.most[cell] == max(inside.values(), default=0)
        assert inside.get(found.label[cell], 0) == found.most[cell]


@settings(max_examples=40, deadline=None)
@given(st.integers(30, 5000), st.floats(0, 100), st.integers(0, 999))
def test_cells_are_squares_that_hold_all_items(n: int, stretch: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    at = rng.normal(size=(n, 2)) * [1, stretch] + 7
    cells = cells_of(at)
    assert 1 <= cells.n_columns <= MOST_COLUMNS
    assert 1 <= cells.n_rows <= MOST_ROWS
    column, row = cells.of_item % cells.n_columns, cells.of_item // cells.n_columns
    for axis, number, start in ((0, column, cells.left), (1, row, cells.low)):
        inside = at[:, axis] - start - number * cells.side
        assert inside.min() >= -1e-9
        assert inside.max() <= cells.side * (1 + 1e-9)


def test_worked_case_of_a_cell() -> None:
    # Five items of a cell: three a, two b. Without itself, each a has two others of its class
    # against two b: not told. A sixth item, an a, makes it three against two.
    for labels, told in (([0, 0, 0, 1, 1], 0), ([0, 0, 0, 0, 1, 1], 4)):
        n = len(labels)
        members = csr_array((np.ones(n), (np.arange(n), labels)), shape=(n, 2))
        assert ground_of(np.zeros(n, dtype=np.int64), 1, members).told.tolist() == [told, 0]


def test_classes_that_lie_apart_are_told_and_where_they_lie_is_said() -> None:
    found = found_for(*apart())
    assert (value(found, "map_told_share") or 0) > 0.9
    assert value(found, "map_largest_class_share") == pytest.approx(1 / 3)
    assert value(found, "map_spread_share") == pytest.approx(1, abs=1e-3)
    cells, classes = found.tables
    assert sum(counts(cells)) == sum(counts(classes)) == 300
    assert set(column(cells, "class_share")) == {1.0}
    x, y = found.columns["map_x"], found.columns["map_y"]
    _, labels = apart()
    for name, across, down in zip(
        column(classes, "class"), column(classes, "across"), column(classes, "down"), strict=True
    ):
        inside = labels == "abc".index(str(name))
        side = found.parameters["cell_side"]
        assert isinstance(side, float)
        assert across == pytest.approx((x[inside].mean() - x.min()) / side, abs=1e-3)
        assert down == pytest.approx((y[inside].mean() - y.min()) / side, abs=1e-3)


def test_labels_that_say_nothing_are_told_no_better_than_by_chance() -> None:
    rng = np.random.default_rng(4)
    vectors = rng.normal(size=(4000, 16))
    found = found_for(vectors, rng.integers(0, 3, 4000).astype(np.int32))
    assert (value(found, "map_told_share") or 0) < 0.37


def test_the_map_tells_of_a_class_that_is_spread_over_another() -> None:
    vectors, labels = apart(600)
    labels = np.where(labels == 2, np.arange(600) % 2, labels).astype(np.int32)
    found = found_for(vectors, labels)
    told = value(found, "map_told_share")
    assert told is not None
    assert 0.5 < told < 0.85
    assert value(found, "map_spread_share") == pytest.approx(1, abs=1e-6)


def test_unlabelled_items_are_counted_and_have_no_class() -> None:
    vectors, labels = apart()
    labels[:60] = -1
    found = found_for(vectors, labels)
    cells, classes = found.tables
    assert sum(counts(cells)) == 300
    assert sum(counts(classes)) == 240


def test_items_without_embedding_are_nowhere() -> None:
    vectors, labels = apart()
    vectors[:7] = np.nan
    given = embedded(np.nan_to_num(vectors).astype(np.float32))
    given.present[:7] = False
    found = embedding_map(given, hashes(300), ("a", "b", "c"), labels=labels)
    assert np.isnan(found.columns["map_x"][:7]).all()
    assert np.isfinite(found.columns["map_x"][7:]).all()
    assert sum(counts(found.tables[0])) == 293


def test_numbers_are_mapped_by_where_they_change() -> None:
    rng = np.random.default_rng(5)
    angle = rng.uniform(0, np.pi, 500)
    vectors = np.stack(
        [np.cos(angle), np.sin(angle), *rng.normal(scale=0.1, size=(3, 500))], axis=1
    )
    angle[:20] = np.nan
    found = embedding_map(embedded(vectors.astype(np.float32)), hashes(500), targets=angle)
    (cells,) = found.tables
    assert sum(counts(cells)) == 500
    assert (value(found, "map_spread_share") or 0) > 0.95
    x = found.columns["map_x"][20:]
    assert abs(np.corrcoef(x, np.cos(angle[20:]))[0, 1]) > 0.95
    means = [cell for cell in column(cells, "mean_target") if isinstance(cell, float)]
    assert min(means) < 0.5
    assert max(means) > 2.6


def test_items_with_several_labels_count_for_each() -> None:
    vectors, labels = apart()
    labels[:3] = -1
    cells = np.zeros((300, 3))
    cells[np.arange(300)[labels >= 0], labels[labels >= 0]] = 1
    cells[3:30, 0] = 1
    matrix = csr_array(cells[labels >= 0])
    found = embedding_map(
        embedded(vectors.astype(np.float32)),
        hashes(300),
        ("a", "b", "c"),
        label_matrix=matrix,
        labelled=labels >= 0,
    )
    assert sum(counts(found.tables[1])) == cells.sum()
    assert [each.name for each in found.values] == ["map_variance_share", "map_spread_share"]


@pytest.mark.parametrize(
    ("vectors", "said"),
    [(np.eye(29), "items with an embedding: 29"), (np.ones((40, 3)), "all embeddings are equal")],
)
def test_too_little_to_map_is_said(vectors: NDArray[np.float64], said: str) -> None:
    with pytest.raises(MissingInputError, match=said):
        found_for(vectors, np.zeros(len(vectors), dtype=np.int32))


def test_of_many_classes_the_largest_are_listed() -> None:
    rng = np.random.default_rng(6)
    labels = rng.integers(0, 1500, 6000).astype(np.int32)
    labels[:1500] = np.arange(1500)
    names = tuple(f"class {at}" for at in range(1500))
    found = found_for(rng.normal(size=(6000, 8)), labels, names)
    classes = found.tables[1]
    assert len(classes.rows) == 1000
    assert classes.omitted == 500
    assert counts(classes) == sorted(counts(classes), reverse=True)


@pytest.mark.filterwarnings("error")
def test_a_class_of_copies_has_no_correlation() -> None:
    rng = np.random.default_rng(3)
    labels = np.repeat(np.arange(3), 20).astype(np.int32)
    vectors = rng.normal(size=(3, 8))[labels]
    _, classes = found_for(vectors, labels).tables
    assert column(classes, "correlation") == [None, None, None]
