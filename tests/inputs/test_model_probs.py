from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pytest

from labelaudit.dataset import Dataset, Source
from labelaudit.embeddings import Embeddings
from labelaudit.embeddings.models.model import Model
from labelaudit.errors import InputError
from labelaudit.inputs.model_probs import CAVEAT, check_from_model, split_scores

LABELS = np.array([0, 1, -1, 1], dtype=np.int32)
PRESENT = np.array([True, True, True, False])
SCORES = np.array([[0.5, 0.25, 0.25], [0.25, 0.25, 0.5], [1, 1e-6, 1e-6], [1, 1e-6, 1e-6]])
MODEL = cast(
    "Model",
    SimpleNamespace(
        name="m.onnx",
        n_scores=3,
        preprocessing=SimpleNamespace(scores="logits", scores_output="head"),
    ),
)


def kept() -> Embeddings:
    vectors = np.concatenate([np.arange(8).reshape(4, 2), np.log(SCORES)], axis=1)
    return Embeddings(
        vectors=vectors.astype(np.float16),
        present=PRESENT,
        model="m.onnx",
        model_sha256="0" * 64,
        preprocessing="none",
    )


def test_embeddings_and_probabilities_are_taken_apart() -> None:
    embeddings, probs = split_scores(kept(), MODEL, np.array([0, 1, 1]), LABELS)
    assert embeddings.vectors.tolist() == [[0, 1], [2, 3], [4, 5], [6, 7]]
    ((items, logs),) = probs.blocks()
    assert items.tolist() == [0, 1]
    assert np.allclose(np.exp(logs), [[0.5, 0.5], [0.25, 0.75]], atol=1e-3)
    assert probs.caveat == CAVEAT
    assert probs.source == ("m.onnx's own (logits 'head'; 3 of its 3 classes are the dataset's)")


def dataset(**changes: object) -> Dataset:
    whole = Dataset(
        name="d",
        task="multiclass",
        class_names=("cat", "dog"),
        paths=pa.array(["a", "b", "c", "d"], type=pa.large_string()),
        labels=LABELS,
        splits=np.full(4, -1, dtype=np.int32),
        media=cast("Any", object()),
        source=Source(format="table", why=(), found=4),
    )
    return replace(whole, **cast("Any", changes))


def test_images_of_one_label_each_can_have_them() -> None:
    check_from_model(dataset(), own_arrays=False)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"own_arrays": True}, "take the place"),
        ({"media": None}, "there are no images"),
        ({"modality": "text"}, "there are no images"),
        ({"task": "multilabel"}, "several labels"),
    ],
)
def test_what_cannot_have_them_is_refused(changes: dict[str, object], words: str) -> None:
    own_arrays = bool(changes.pop("own_arrays", False))
    with pytest.raises(InputError, match=words) as raised:
        check_from_model(dataset(**changes), own_arrays=own_arrays)
    assert raised.value.hint
