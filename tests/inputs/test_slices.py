import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from labelaudit.dataset import Dataset, Source
from labelaudit.embeddings import Embeddings
from labelaudit.errors import MissingInputError
from labelaudit.inputs.clusters import clusters
from labelaudit.inputs.columns import Splits
from labelaudit.inputs.copies import embedding_hashes
from labelaudit.inputs.slices import Slicing, _numbers, slices


def embedded(vectors: NDArray[np.floating]) -> Embeddings:
    present = np.isfinite(vectors).all(axis=1)
    return Embeddings(
        vectors=np.nan_to_num(vectors).astype(np.float32),
        present=present,
        model="test",
        model_sha256="0" * 64,
        preprocessing="none",
    )


def clusters_of(vectors: NDArray[np.floating]) -> NDArray[np.int32]:
    embeddings = embedded(vectors)
    return clusters(embeddings, embedding_hashes(embeddings), 0)


def cut(
    table: pa.Table | None = None,
    groups: list[int] | None = None,
    found: list[int] | None = None,
) -> list[Slicing]:
    labels = np.array([0, 0, 1, 1, -1, 1], dtype=np.int32)
    dataset = Dataset(
        name="six",
        task="multiclass",
        class_names=("a", "b"),
        paths=pa.array([f"{name}.png" for name in "fedcba"], pa.large_string()),
        labels=labels,
        splits=np.full(6, -1, dtype=np.int32),
        media=None,
        source=Source(format="test", why=(), found=6),
    )
    ways = slices(
        dataset,
        labels,
        ("a", "b"),
        Splits((), dataset.splits),
        None if groups is None else np.array(groups, dtype=np.int32),
        table,
        None if found is None else np.array(found, dtype=np.int32),
    )
    return list(ways)


def test_classes_are_always_slices() -> None:
    (only,) = cut()
    assert (only.by, only.names) == ("class", ("a", "b"))
    assert only.codes.tolist() == [0, 0, 1, 1, -1, 1]


def test_groups_are_named_by_their_first_path() -> None:
    _, by_group = cut(groups=[7, 2, 7, -1, 2, 2])
    assert by_group.names == ("group of a.png", "group of d.png")
    assert by_group.codes.tolist() == [1, 0, 1, -1, 0, 0]


def test_text_columns_are_cut_by_value_and_blank_cells_are_a_slice() -> None:
    table = pa.table({"site": ["x", None, "w", "x", "w", "x"]})
    _, by_site = cut(table)
    assert by_site.by == "column site"
    assert by_site.names == ("w", "x", "(blank)")
    assert by_site.codes.tolist() == [1, 2, 0, 1, 0, 1]


def test_few_numbers_are_values_and_many_are_cut_at_quartiles() -> None:
    _, few = cut(pa.table({"age": [30.0, 20.0, None, 30.0, 20.0, 20.0]}))
    assert few.names == ("20", "30", "(blank)")
    assert few.codes.tolist() == [1, 0, 2, 1, 0, 0]
    labels = np.zeros(100, dtype=np.int32)
    dataset = Dataset(
        name="hundred",
        task="multiclass",
        class_names=("a",),
        paths=pa.array(map(str, range(100)), pa.large_string()),
        labels=labels,
        splits=np.full(100, -1, dtype=np.int32),
        media=None,
        source=Source(format="test", why=(), found=100),
    )
    table = pa.table({"age": np.arange(100.0)})
    *_, many = slices(dataset, labels, ("a",), Splits((), dataset.splits), None, table)
    assert np.bincount(many.codes).tolist() == [25, 25, 25, 25]
    assert many.names[0] == "below 25"
    assert many.names[-1] == "75 and above"


def test_a_cluster_is_named_by_its_commonest_class() -> None:
    _, by_cluster = cut(found=[0, 0, 0, 1, 1, -1])
    assert by_cluster.names == ("1 (67% a)", "2 (100% b)")


def test_clusters_are_found_numbered_by_size_and_follow_no_order() -> None:
    rng = np.random.default_rng(0)
    truth = np.repeat([0, 1, 2], [100, 200, 500])
    vectors = 10 * np.eye(3, 6)[truth] + rng.normal(size=(800, 6))
    vectors[5] = np.nan
    found = clusters_of(vectors)
    assert found[5] == -1
    assert np.bincount(found[found >= 0]).tolist() == [500, 200, 99]
    assert len(set(zip(found[found >= 0], truth[found >= 0], strict=True))) == 3
    order = rng.permutation(800)
    assert np.array_equal(clusters_of(vectors[order]), found[order])


def test_copies_of_one_item_have_no_clusters() -> None:
    with pytest.raises(MissingInputError, match="the same"):
        clusters_of(np.ones((100, 3)))
    with pytest.raises(MissingInputError, match="59, and 60"):
        clusters_of(np.ones((59, 3)))


def test_infinite_numbers_leave_no_edge_undefined() -> None:
    numbers = np.concatenate([np.arange(20.0), np.full(12, np.inf), [-np.inf, np.nan]])
    names, codes = _numbers(numbers)
    assert not any("nan" in name for name in names)
    assert codes[-1] == -1
    assert (codes[:-1] >= 0).all()
