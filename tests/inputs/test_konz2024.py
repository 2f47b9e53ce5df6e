import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from PIL import Image

from labelaudit.dataset import Dataset, Source
from labelaudit.embeddings.content import read_content, store_for
from labelaudit.errors import MissingInputError
from labelaudit.inputs import konz2024 as module
from labelaudit.inputs.konz2024 import Konz2024, konz2024, prepared
from labelaudit.progress import silent


class Squares:
    """Images of noise around a level, each with its own."""

    def __init__(self, *, color: bool) -> None:
        self.color = color

    def read(self, item: int) -> bytes:
        rng = np.random.default_rng(item)
        pixels = rng.integers(0, 200, (4, 4, 3 if self.color else 1)).repeat(3 - 2 * self.color, 2)
        stream = io.BytesIO()
        Image.fromarray(pixels.astype(np.uint8)).save(stream, format="PNG")
        return stream.getvalue()


def measured(
    labels: NDArray[np.int32], *, color: bool = True, names: tuple[str, ...] = ("a", "b", "c")
) -> Konz2024:
    """Measure images of these classes as published."""
    dataset = Dataset(
        name="squares",
        task="multiclass",
        class_names=names,
        paths=pa.array([f"{at}.png" for at in range(len(labels))], pa.large_string()),
        labels=labels,
        splits=np.full(len(labels), -1, dtype=np.int32),
        media=Squares(color=color),
        source=Source(format="test", why=(), found=len(labels)),
    )
    content, _, _ = read_content(dataset, None, store_for(None, None), n_threads=1, progress=silent)
    return konz2024(dataset, content, "konz2024", 0, 1, silent)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SIDE", 8)


def test_an_image_is_stretched_to_its_brightest_number_and_enlarged() -> None:
    image = Image.fromarray(np.array([[[50, 25, 0]] * 2] * 2, dtype=np.uint8))
    assert (prepared(image) == [255, 127, 0]).all()
    assert prepared(image).shape == (8, 8, 3)
    black = Image.fromarray(np.zeros((2, 2, 3), dtype=np.uint8))
    assert (prepared(black) == 0).all()


def test_pairs_of_classes_with_a_thousand_images_are_measured() -> None:
    found = measured(np.repeat(np.arange(3, dtype=np.int32), (600, 500, 100)))
    assert len(found.pairs) == 1  # the third class makes no thousand with any other
    assert found.channels == 3
    assert list(found.pairs[0].dimensions) == [500, 750, 1000]
    assert found.pairs[0].sharpness > 0


def test_the_order_of_classes_changes_nothing() -> None:
    labels = np.repeat(np.arange(2, dtype=np.int32), (600, 500))
    one, other = measured(labels), measured(1 - labels, names=("b", "a"))
    assert one.pairs == other.pairs


def test_gray_images_have_one_channel() -> None:
    labels = np.repeat(np.arange(2, dtype=np.int32), 500)
    assert measured(labels, color=False).channels == 1


def test_too_few_images_are_a_reason() -> None:
    found = measured(np.repeat(np.arange(2, dtype=np.int32), 200))
    assert found.pairs == ()
    assert found.reason == "they need two classes of 1,000 images together, 60 of each"


def test_it_is_not_measured_unless_asked_for(tmp_path: Path) -> None:
    from labelaudit.manifests import open_dataset

    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "0.png").write_bytes(Squares(color=True).read(0))
    dataset = open_dataset(tmp_path)
    content, _, _ = read_content(dataset, None, store_for(None, None), n_threads=1, progress=silent)
    with pytest.raises(MissingInputError, match="not asked for"):
        konz2024(dataset, content, "none", 0, 1, silent)
