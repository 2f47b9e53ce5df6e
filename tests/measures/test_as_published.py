import numpy as np
import pytest
from sharp import NAMES, of_classes, of_numbers, pixels_of, sharpness

from labelaudit.inputs.konz2024 import Konz2024
from labelaudit.inputs.label_differences import LabelDifferences
from labelaudit.measures import Findings
from labelaudit.measures.label_sharpness.as_published import (
    dimension_as_published,
    published_table,
    sharpness_as_published,
)
from labelaudit.measures.label_sharpness.label_sharpness import label_sharpness
from labelaudit.statistics.konz2024 import PairOfClasses
from labelaudit.statistics.nearest_enemy import pairwise_distances

PAIRS = tuple(
    PairOfClasses(
        sharpness=at * 1e-5, paired_sharpness=at * 9e-6, dimensions={500: at, 750: at + 1}
    )
    for at in (6, 8)
)
LABELS = np.repeat(np.array([0, 1], dtype=np.int32), 40)


def measured(found: Konz2024 | None, labels: LabelDifferences) -> Findings:
    points = pixels_of(np.random.default_rng(0).random((80, 3)))
    return label_sharpness(labels, points, pairwise_distances(points.values), NAMES, 0, found)


def test_nothing_is_printed_unless_asked_for() -> None:
    assert sharpness_as_published(None) == ()
    assert dimension_as_published(None) == ()
    names = [value.name for value in measured(None, of_classes(LABELS)).values]
    assert not any(name.startswith("konz") for name in names)


def test_values_are_means_over_pairs_of_classes() -> None:
    everywhere, paired = sharpness_as_published(Konz2024(pairs=PAIRS, channels=1))
    assert everywhere.value == pytest.approx(7e-5)
    assert paired.value == pytest.approx(6.3e-5)
    assert everywhere.low == 0  # 12.7 half-widths of a mean of two
    assert everywhere.high == pytest.approx(7e-5 + 12.7062 * 1e-5, rel=1e-4)
    assert everywhere.note.endswith("all pairs; gray")
    (dimension,) = dimension_as_published(Konz2024(pairs=PAIRS, channels=3))
    assert dimension.value == 7.5
    assert "2 numbers of images, 500 to 750; the published mean goes to 1,750" in dimension.note


def test_one_pair_has_no_interval() -> None:
    values = sharpness_as_published(Konz2024(pairs=PAIRS[:1], channels=3))
    assert {value.no_interval for value in values} == {"one pair of classes has no spread"}


def test_what_cannot_be_measured_says_why() -> None:
    found = Konz2024(reason="there is but one image")
    for value in (*sharpness_as_published(found), *dimension_as_published(found)):
        assert value.value is None
        assert value.note == "undefined: there is but one image"


def test_the_published_are_listed_from_the_least() -> None:
    table = published_table("sharpness")
    assert table.rows[0] == ("ImageNet", 0.61e-4, 3)
    assert table.rows[-1] == ("OAI", 3.45e-4, 1)
    assert published_table("dimension").rows[0][:2] == ("Prostate-MRI", 5.7)
    assert "published" in [table.name for table in sharpness(of_classes(LABELS), _points()).tables]
    of_targets = sharpness(of_numbers(np.arange(80.0)), _points())
    assert "published" not in [table.name for table in of_targets.tables]


def _points() -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.random.default_rng(0).random((80, 3))
