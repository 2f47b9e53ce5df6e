import numpy as np
import pytest
from made import compute, embedded, numbers, rows
from numpy.typing import NDArray

from labelaudit.errors import MissingInputError
from labelaudit.inputs.columns import Splits
from labelaudit.inputs.copies import embedding_hashes
from labelaudit.measures import Findings

NAMES = ("cat", "dog")


def found_of(
    vectors: NDArray[np.floating],
    codes: NDArray[np.int32],
    present: NDArray[np.bool_] | None = None,
    **others: NDArray[np.integer],
) -> Findings:
    embeddings = embedded(vectors.astype(np.float32), present)
    hashes = embedding_hashes(embeddings)
    splits = Splits(("train", "test", "more")[: codes.max() + 1], codes)
    return compute(
        "covariate_shift",
        embeddings=embeddings,
        embedding_hashes=hashes,
        splits=splits,
        random_state=0,
        class_names=NAMES,
        **others,
    )


def cloud(n: int, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 8)), (np.arange(n) % 3 == 0).astype(np.int32)


def test_a_shift_is_found_with_the_items_that_show_it() -> None:
    vectors, codes = cloud(900)
    vectors[:, 2] += 2 * codes
    found = found_of(vectors, codes)
    auc, accuracy, p_value, *_ = found.values
    # Two normals 2 apart: the best accuracy is Phi(1) = 0.841, the best AUC Phi(sqrt 2) = 0.921.
    assert (accuracy.low or 0) < 0.841 < (accuracy.high or 0)
    assert (auc.low or 0) < 0.921 < (auc.high or 0)
    assert p_value.value == pytest.approx(0, abs=1e-9)
    items = found.rankings[0].items
    assert len(items) == 100
    of_test = vectors[items[codes[items] == 1], 2]
    assert of_test.mean() > 3
    assert "0.9" in found.notes[0]


def test_equal_splits_are_not_told_apart_and_no_item_is_shown() -> None:
    found = found_of(*cloud(900))
    assert 0.4 < (numbers(found)["split_auc"] or 0) < 0.6
    assert found.rankings == ()
    assert found.notes == ()


def test_label_shift_leaves_nothing_within_the_classes_and_another_look_does() -> None:
    vectors, codes = cloud(3000)
    rng = np.random.default_rng(1)
    labels = (rng.random(3000) < np.where(codes == 1, 0.8, 0.3)).astype(np.int32)
    vectors[:, 0] += 3 * labels
    found = found_of(vectors, codes, labels=labels)
    assert numbers(found)["covariate_shift_p_value"] == pytest.approx(0, abs=1e-9)
    assert numbers(found)["tested_class_count"] == 2
    assert numbers(found)["shifted_class_count"] == 0
    assert len(found.notes) == 1
    vectors[:, 5] += 2 * (codes == 1) * (labels == 1)
    found = found_of(vectors, codes, labels=labels)
    assert numbers(found)["shifted_class_count"] == 1
    assert rows(found, "within_classes")[0]["class"] == "dog"
    assert "dog" in found.notes[1]
    assert "cat" not in found.notes[1]


def test_copies_count_once_a_split_and_share_a_half() -> None:
    # Twenty different items a split, ten a half, each fifty times.
    vectors, codes = np.random.default_rng(0).normal(size=(40, 8)), np.arange(40) % 2
    with pytest.raises(MissingInputError, match="15 different items"):
        found_of(np.repeat(vectors, 50, axis=0), np.repeat(codes, 50).astype(np.int32))


def test_a_group_is_not_recognized_by_what_its_items_share() -> None:
    # Patients look alike, and each is in one split: only whole patients may be held out.
    rng = np.random.default_rng(2)
    patients = rng.normal(size=(60, 40))
    groups = np.repeat(np.arange(60), 20).astype(np.int32)
    vectors = patients[groups] + 0.05 * rng.normal(size=(1200, 40))
    codes = (groups % 2).astype(np.int32)
    alone = numbers(found_of(vectors, codes))["split_auc"] or 0
    grouped = numbers(found_of(vectors, codes, item_groups=groups))["split_auc"] or 0
    near = numbers(found_of(vectors, codes, near_copies=groups.astype(np.int64)))["split_auc"] or 0
    assert alone > 0.9
    assert grouped < 0.75
    assert near == grouped


@pytest.mark.parametrize(
    ("n", "why"), [(199, "199, and 200 are needed"), (0, "splits with embeddings: 0")]
)
def test_few_items_are_refused(n: int, why: str) -> None:
    vectors, codes = cloud(300)
    present = np.arange(300) < n
    with pytest.raises(MissingInputError, match=why):
        found_of(vectors, codes, present=present)


def test_identical_embeddings_are_refused() -> None:
    _, codes = cloud(300)
    with pytest.raises(MissingInputError, match="different items"):
        found_of(np.ones((300, 8)), codes)


def test_three_splits_are_adjusted_and_the_best_told_apart_comes_first() -> None:
    vectors, _ = cloud(900)
    codes = (np.arange(900) % 3).astype(np.int32)
    vectors[codes == 2] += 1
    found = found_of(vectors, codes)
    table = rows(found, "pairs")
    assert len(table) == 3
    assert "more" in (table[0]["split"], table[0]["other_split"])
    assert [row["auc"] > 0.8 for row in table] == [True, True, False]
    assert table[1]["adjusted_p_value"] >= table[1]["p_value"]
