import numpy as np
import pytest
from dimensions import gauss, of_embeddings, of_pixels
from made import numbers, rows

from labelaudit.errors import MissingInputError


def test_embeddings_have_the_dimension_of_equal_pixels() -> None:
    points = gauss(np.random.default_rng(0), 800, 5).astype(np.float32)
    of_pixel, of_embedding = numbers(of_pixels(points)), numbers(of_embeddings(points))
    for name in ("intrinsic_dimension", "twonn_dimension", "twonn_line_dimension"):
        assert of_embedding[name] == pytest.approx(of_pixel[name], rel=1e-5)


def test_half_precision_changes_little() -> None:
    points = gauss(np.random.default_rng(0), 1000, 10)
    single = numbers(of_embeddings(points.astype(np.float32)))["intrinsic_dimension"]
    half = numbers(of_embeddings(points.astype(np.float16)))["intrinsic_dimension"]
    assert half == pytest.approx(single, rel=2e-3)


def test_anchors_keep_the_scale_of_all_points() -> None:
    # Published: 10 normal dimensions read 8.84 at 1,000 points; more points read more.
    found = of_embeddings(gauss(np.random.default_rng(0), 6000, 10).astype(np.float32))
    assert found.parameters["anchors"] == 4000
    assert found.parameters["points"] == 6000
    values = numbers(found)
    assert values["dimension_at_1000"] == pytest.approx(8.84, abs=0.25)
    assert values["intrinsic_dimension"] is not None
    assert values["intrinsic_dimension"] > 9.2
    share = next(value for value in found.values if value.name == "too_near_share")
    assert share.interval.startswith("95 % Wilson")


def test_only_what_is_embedded_counts() -> None:
    points = gauss(np.random.default_rng(0), 500, 4).astype(np.float32)
    present = np.ones(500, dtype=bool)
    present[:100] = False
    found = of_embeddings(points, present=present)
    assert found.parameters["points"] == 400
    assert any("400 embeddings are few" in note for note in found.notes)


def test_the_order_of_items_changes_nothing() -> None:
    rng = np.random.default_rng(0)
    points = gauss(rng, 1500, 6).astype(np.float32)
    labels = np.repeat(np.arange(2, dtype=np.int32), 750)
    order = rng.permutation(1500)
    one, other = of_embeddings(points, labels), of_embeddings(points[order], labels[order])
    assert one.values == other.values
    assert one.tables == other.tables


def test_unit_length_is_said() -> None:
    points = gauss(np.random.default_rng(0), 300, 6)
    unit = points / np.linalg.norm(points, axis=1, keepdims=True)
    assert of_embeddings(unit).parameters["equal_lengths"] is True
    assert of_embeddings(points).parameters["equal_lengths"] is False
    assert "unit length" in of_embeddings(unit).values[0].note
    assert "unit length" not in of_embeddings(points).values[0].note


def test_each_class_is_measured_among_its_own() -> None:
    rng = np.random.default_rng(0)
    points = np.zeros((1200, 8))
    points[:600, :2] = gauss(rng, 600, 2)
    points[600:, :] = 50 + gauss(rng, 600, 8)
    labels = np.repeat(np.arange(2, dtype=np.int32), 600)
    by_class = {
        row["class"]: row["dimension"] for row in rows(of_embeddings(points, labels), "classes")
    }
    assert by_class["class 0"] == pytest.approx(2, abs=0.15)
    assert by_class["class 1"] == pytest.approx(7.2, abs=0.5)


def test_equal_embeddings_are_not_measured() -> None:
    with pytest.raises(MissingInputError, match="all 300 embeddings are equal"):
        of_embeddings(np.ones((300, 4), dtype=np.float16))
