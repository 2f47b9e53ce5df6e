from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from labelaudit.embeddings import Embeddings
from labelaudit.errors import InputError, MissingInputError
from labelaudit.inputs import Inputs
from labelaudit.inputs.given_probs import Use, provide_given
from labelaudit.inputs.pred_probs import PredProbs, user_probs
from labelaudit.manifests import open_dataset
from labelaudit.progress import silent
from labelaudit.scan import ScanOptions, scan

N = 300
CLASSES = ("ant", "bee", "cow", "one")
ABSENT = 20


def made(
    *, knows: bool, embedded: bool
) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float32]]:
    """Return labels, given probabilities and embeddings that know the classes or do not."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, N).astype(np.int32)
    probs = rng.dirichlet(np.ones(4), N) + (4 * np.eye(4)[labels] if knows else 0)
    vectors = rng.normal(size=(N, 6)) + (2 * np.eye(3, 6)[labels] if embedded else 0)
    return labels, probs / probs.sum(axis=1, keepdims=True), vectors.astype(np.float32)


def inputs_of(
    labels: NDArray[np.int32],
    probs: NDArray[np.float64],
    vectors: NDArray[np.float32] | None,
    use: Use,
) -> Inputs:
    given: dict[str, object] = {
        "pred_probs": provide_given(user_probs(probs, labels, "mine.npy"), use),
        "labels": labels,
        "class_names": CLASSES,
        "n_threads": 1,
        "progress": silent,
        "embeddings": MissingInputError("no embeddings here"),
    }
    if vectors is not None:
        given["embeddings"] = Embeddings(
            vectors=vectors,
            present=np.arange(N) != ABSENT,
            model="test",
            model_sha256="0" * 64,
            preprocessing="none",
        )
    return Inputs(given)


def provided(*args: object) -> PredProbs:
    found = inputs_of(*args).get("pred_probs")  # type: ignore[arg-type]
    assert isinstance(found, PredProbs)
    return found


def gathered(found: PredProbs) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    blocks = list(found.blocks())
    return np.concatenate([items for items, _ in blocks]), np.concatenate([p for _, p in blocks])


def test_those_that_replace_stay_as_they_are_beside_the_votes() -> None:
    labels, probs, vectors = made(knows=True, embedded=True)
    found = provided(labels, probs, vectors, "replace")
    assert found.source == "mine.npy"
    assert np.allclose(np.exp(gathered(found)[1]), probs, atol=1e-6)
    assert list(found.views) == ["your probabilities", "neighbors"]
    items = np.array([3, ABSENT, 7])
    assert np.allclose(np.exp(found.views["your probabilities"](items)), probs[items], atol=1e-6)
    votes = np.exp(found.views["neighbors"](items))
    assert votes[0].argmax() == labels[3]
    # an item without embedding has the frequencies of the classes
    assert np.allclose(votes[1], np.bincount(labels, minlength=4) / N, atol=1e-6)


def test_without_embeddings_those_that_replace_are_the_only_view() -> None:
    labels, probs, _ = made(knows=True, embedded=False)
    assert list(provided(labels, probs, None, "replace").views) == ["your probabilities"]


def test_joining_says_which_view_said_what_with_weights() -> None:
    labels, probs, vectors = made(knows=True, embedded=True)
    found = provided(labels, probs, vectors, "join")
    assert found.source.startswith("joined, 0.")
    assert "linear discriminant" in found.source
    assert found.source.endswith("second mine.npy")
    assert list(found.views) == ["linear probe", "neighbors", "your probabilities"]
    items, logs = gathered(found)
    assert np.array_equal(items, np.arange(N))
    alone = np.log(probs[np.arange(N), labels]).mean()
    assert logs[np.arange(N), labels].mean() > alone + 0.05


@pytest.mark.parametrize(("knows", "embedded"), [(True, False), (False, True)])
def test_a_view_that_knows_nothing_has_little_weight(knows: bool, embedded: bool) -> None:  # noqa: FBT001
    labels, probs, vectors = made(knows=knows, embedded=embedded)
    source = provided(labels, probs, vectors, "join").source
    ours, theirs = source.removeprefix("joined, ").split(",")[0].split(" : ")
    assert float(theirs if knows else ours) >= 0.8


def test_an_item_without_embedding_keeps_what_was_given() -> None:
    labels, probs, vectors = made(knows=True, embedded=True)
    labels[5] = 3  # alone in its class
    found = provided(labels, probs, vectors, "join")
    logs = gathered(found)[1]
    for item in (5, ABSENT):
        assert np.allclose(np.exp(logs[item]), probs[item], atol=1e-6)
        linear = found.views["linear probe"](np.array([0, item]))
        assert np.allclose(np.exp(linear[1]), 0.25)
        assert not np.allclose(np.exp(linear[0]), 0.25)


def test_nothing_is_joined_without_embeddings() -> None:
    labels, probs, _ = made(knows=True, embedded=True)
    with pytest.raises(MissingInputError, match="no embeddings here"):
        inputs_of(labels, probs, None, "join").get("pred_probs")


def test_joining_nothing_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "data.csv"
    table.write_text("text,label\ngood film,yes\nbad film,no\n", encoding="utf-8")
    with pytest.raises(InputError, match="no probabilities are given") as caught:
        scan(open_dataset(table), ScanOptions(pred_probs_use="join"))
    assert "--pred-probs" in caught.value.hint
