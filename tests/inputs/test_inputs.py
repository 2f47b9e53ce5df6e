import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PIL import Image

from labelaudit.dataset import Dataset, LabelStates, Media, Source
from labelaudit.embeddings import Embeddings
from labelaudit.embeddings.content import Content, read_content, store_for
from labelaudit.embeddings.images.decode import Status
from labelaudit.errors import MissingInputError
from labelaudit.inputs import Inputs, load_providers, pixels
from labelaudit.inputs.copies import copies, embedding_hashes, file_copies
from labelaudit.inputs.pixels import by_content
from labelaudit.progress import silent
from labelaudit.statistics.groups import Groups


class Drawn:
    """Four gray levels as PNG, an empty file, and no file at all."""

    def read(self, item: int) -> bytes:
        """Return the bytes of one image."""
        if item == 5:
            raise FileNotFoundError(2, "No such file or directory")
        out = io.BytesIO()
        Image.new("L", (40, 20), 60 * (item % 3)).save(out, "PNG")
        return out.getvalue() if item < 4 else b""


def dataset_of(
    labels: list[int], *, media: Media | None = None, label_states: LabelStates | None = None
) -> Dataset:
    n = len(labels)
    return Dataset(
        name="items",
        task="multilabel" if label_states else "multiclass",
        class_names=("ant", "bee"),
        paths=pa.array([f"{at}.png" for at in range(n)], pa.large_string()),
        labels=np.array(labels, dtype=np.int32),
        label_states=label_states,
        split_names=("train",),
        splits=np.zeros(n, dtype=np.int32),
        media=media,
        source=Source(format="test", why=(), found=n),
    )


def states() -> LabelStates:
    """Return ``ant``; ``ant`` uncertain and ``bee``; no labels; unlabelled; ``ant``."""
    return LabelStates(
        indptr=np.array([0, 1, 3, 3, 3, 4]),
        indices=np.array([0, 0, 1, 0], dtype=np.int32),
        states=np.array([1, 2, 1, 1], dtype=np.int8),
        labelled=np.array([True, True, True, False, True]),
    )


def contents(media: Media, n: int) -> Content:
    dataset = dataset_of([0] * n, media=media)
    return read_content(dataset, None, store_for(None, None), n_threads=1, progress=silent)[0]


def test_input_is_made_once_and_timed() -> None:
    inputs = Inputs({"dataset": dataset_of([0, 1])})
    assert inputs.get("labels") is inputs.get("labels")
    assert set(inputs.seconds) == {"labels"}
    assert inputs.seconds["labels"] >= 0


def test_given_input_takes_the_place_of_its_provider() -> None:
    inputs = Inputs({"labels": "mine"})
    assert inputs.get("labels") == "mine"
    assert inputs.seconds == {}


def test_what_is_missing_is_missing_each_time_for_the_same_reason() -> None:
    inputs = Inputs({"dataset": dataset_of([-1, -1])})
    for _ in range(2):
        with pytest.raises(MissingInputError, match="no item of this dataset has a label"):
            inputs.get("labels")
    assert set(inputs.seconds) == {"labels"}


def test_reason_of_an_input_is_passed_on_to_what_needs_it() -> None:
    reason = MissingInputError("there are no images")
    inputs = Inputs(
        {"dataset": dataset_of([0, 1]), "embeddings": reason, "progress": silent, "n_threads": 1}
    )
    with pytest.raises(MissingInputError, match="there are no images"):
        inputs.get("pred_probs")


def test_unknown_input_is_a_mistake_of_the_program() -> None:
    with pytest.raises(KeyError, match="no input is called 'lables'"):
        Inputs({}).get("lables")

    def optional(lables: object = None) -> object:
        return lables

    with pytest.raises(KeyError, match="no input is called 'lables'"):
        Inputs({}).call(optional)


def test_parameter_with_a_default_keeps_it_when_the_input_is_missing() -> None:
    def measure(dataset: Dataset, content: object = "none") -> tuple[str, object]:
        return dataset.name, content

    dataset = dataset_of([0])
    without = Inputs({"dataset": dataset, "content": MissingInputError("no images")})
    assert without.call(measure) == ("items", "none")
    assert Inputs({"dataset": dataset, "content": 3}).call(measure) == ("items", 3)


def test_seconds_of_inputs_are_not_those_of_what_asked_for_them() -> None:
    inputs = Inputs({"dataset": dataset_of([0, 1])})

    def measure(labels: object, class_names: object) -> float:
        assert labels is not None
        assert class_names is not None
        return sum(inputs.seconds.values())

    made = inputs.timed("measure", lambda: inputs.call(measure))
    assert set(inputs.seconds) == {"measure", "labels", "class_names"}
    assert made == inputs.seconds["labels"] + inputs.seconds["class_names"]
    assert min(inputs.seconds.values()) >= 0


def test_time_of_an_input_that_fails_is_noted() -> None:
    inputs = Inputs({"dataset": None})
    with pytest.raises(AttributeError):
        inputs.get("labels")
    assert set(inputs.seconds) == {"labels"}


def test_every_provider_asks_only_for_what_there_is() -> None:
    given = {
        "dataset",
        "content",
        "embeddings",
        "random_state",
        "n_threads",
        "progress",
    }
    providers = load_providers()
    asked = {name for made in providers.values() for name in made.__annotations__} - {"return"}
    assert asked <= given | set(providers)


def test_labels_of_one_task_are_missing_in_the_other() -> None:
    one, several = dataset_of([0, 1]), dataset_of([-1] * 5, label_states=states())
    for dataset, name, reason in (
        (one, "label_states", "has one label"),
        (one, "label_matrix", "has one label"),
        (several, "labels", "has several labels"),
        (one, "annotations", "names no annotators"),
    ):
        with pytest.raises(MissingInputError, match=reason):
            Inputs({"dataset": dataset}).get(name)


def test_label_matrix_holds_the_positive_cells_of_labelled_items() -> None:
    inputs = Inputs({"dataset": dataset_of([-1] * 5, label_states=states())})
    matrix = inputs.get("label_matrix").toarray()  # type: ignore[attr-defined]
    assert matrix.astype(int).tolist() == [[1, 0], [0, 1], [0, 0], [1, 0]]


@settings(max_examples=60, deadline=None)
@given(cells=arrays(np.int64, (9, 3), elements=st.integers(0, 3)), known=arrays(bool, 9))
def test_labels_conflict_where_one_has_what_another_has_not(
    cells: NDArray[np.int64], known: NDArray[np.bool_]
) -> None:
    stored = cells * known[:, None]
    rows, columns = np.nonzero(stored)
    states_ = LabelStates(
        indptr=np.searchsorted(rows, np.arange(10)).astype(np.int64),
        indices=columns.astype(np.int32),
        states=stored[rows, columns].astype(np.int8),
        labelled=known,
    )
    dataset = replace(
        dataset_of([-1] * 9, label_states=states_), class_names=("a", "b", "c"), task="multilabel"
    )
    conflicts = Inputs({"dataset": dataset}).get("label_conflicts")
    groups = Groups(np.arange(9), np.array([0, 4, 6]))
    expected = []
    for members in (range(4), range(4, 6), range(6, 9)):
        inside = [at for at in members if known[at]]
        expected.append(
            any({0, 1} <= {int(cells[at, column]) for at in inside} for column in range(3))
        )
    assert conflicts(groups).tolist() == expected  # type: ignore[operator]


def test_single_labels_conflict_where_they_differ() -> None:
    conflicts = Inputs({"dataset": dataset_of([1, 0, 1, -1])}).get("label_conflicts")
    groups = Groups(np.arange(4), np.array([0, 2]))
    assert conflicts(groups).tolist() == [True, False]  # type: ignore[operator]


def test_splits_are_the_datasets_own() -> None:
    found = Inputs({"dataset": dataset_of([0, 1])}).get("splits")
    assert found.names == ("train",)  # type: ignore[attr-defined]


def test_file_copies_are_equal_files_that_hold_something() -> None:
    codes = file_copies(contents(Drawn(), 6)).tolist()
    assert codes[0] == codes[3]
    assert len(set(codes[:3])) == 3
    assert codes[4:] == [-1, -1]


def test_copies_are_equal_vectors() -> None:
    vectors = np.array([[1, 2], [1, 3], [1, 2], [1, 2]], dtype=np.float16)
    present = np.array([True, True, True, False])
    embeddings = Embeddings(
        vectors=vectors, present=present, model="", model_sha256="", preprocessing=""
    )
    codes = copies(embeddings, embedding_hashes(embeddings)).tolist()
    assert codes[0] == codes[2] != codes[1]
    assert codes[3] == -1


def test_pixels_are_of_readable_and_labelled_images_in_the_order_of_their_hashes() -> None:
    media = Drawn()
    content = contents(media, 6)
    labels = np.array([0, 1, 0, -1, 0, 0], dtype=np.int32)
    found = pixels.pixels(dataset_of(labels.tolist(), media=media), content)
    assert sorted(found.items.tolist()) == [0, 1, 2]
    assert found.values.shape == (3, 32 * 32 * 3)
    levels = found.values[np.argsort(found.items)]
    assert np.allclose(levels, np.array([[0], [60 / 255], [120 / 255]]), atol=1e-6)
    hashes = [content.digests[item].tobytes() for item in found.items]
    assert hashes == sorted(hashes)
    assert "3 of 3 images" in found.space


def test_pixels_are_of_all_readable_images_where_none_is_labelled() -> None:
    media = Drawn()
    found = pixels.pixels(dataset_of([-1] * 6, media=media), contents(media, 6))
    assert sorted(found.items.tolist()) == [0, 1, 2, 3]


def test_sample_of_pixels_does_not_depend_on_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pixels, "N_PIXEL_SAMPLES", 2)
    content = contents(Drawn(), 3)
    found = pixels.pixels(dataset_of([0] * 3, media=Drawn()), content)
    items = np.arange(3)
    assert len(found.items) == 2
    back = items[::-1][by_content(content, items[::-1])]
    assert np.array_equal(found.items, back[:2])
    assert "2 of 3 images" in found.space


def test_no_readable_image_has_no_pixels(tmp_path: Path) -> None:
    class Nothing:
        def read(self, item: int) -> bytes:
            return (tmp_path / str(item)).read_bytes()

    content = contents(Nothing(), 3)
    assert (content.status == Status.MISSING).all()
    dataset = dataset_of([0] * 3, media=Nothing())
    with pytest.raises(MissingInputError, match="no labelled image can be read"):
        pixels.pixels(dataset, content)
