from collections.abc import Callable

import numpy as np
import pytest
from pictures import picture
from small_scans import Memory, dataset_of

from labelaudit.dataset import Dataset
from labelaudit.embeddings.content import Content, read_content, store_for
from labelaudit.embeddings.images.decode import Status, UnreadableError
from labelaudit.errors import InputError
from labelaudit.galleries import thumbnails_of
from labelaudit.inputs.pixels import pixels
from labelaudit.progress import silent

Look = Callable[[Dataset, Content], object]


def thumbnails(dataset: Dataset, content: Content) -> object:
    return thumbnails_of(dataset, content, [np.arange(2)], silent)


def sample(dataset: Dataset, content: Content) -> object:
    return pixels(dataset, content)


def scanned() -> tuple[Memory, Dataset, Content]:
    """Return two images, as a dataset, and what they said when they were read."""
    memory = Memory([picture(), picture(size=(30, 20))])
    dataset = dataset_of(memory, 2)
    content, _, _ = read_content(dataset, None, store_for(None, None), n_threads=1, progress=silent)
    return memory, dataset, content


@pytest.mark.parametrize("look", [thumbnails, sample])
@pytest.mark.parametrize(
    ("now", "said"),
    [
        (picture(size=(40, 20)), "0001.png: the image changed during the scan"),
        (None, "0001.png: the image was read before and cannot be read now: No such file"),
    ],
)
def test_an_image_that_is_not_what_it_was_is_an_error_of_the_input(
    look: Look, now: bytes | None, said: str
) -> None:
    memory, dataset, content = scanned()
    assert look(dataset, content)
    memory.images[1] = now  # type: ignore[assignment]
    with pytest.raises(InputError, match=said):
        look(dataset, content)


@pytest.mark.parametrize("look", [thumbnails, sample])
def test_an_image_that_can_no_longer_be_decoded_is_too(
    look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, dataset, content = scanned()

    def refuse(_data: bytes, *, at_least: int) -> None:
        raise UnreadableError(Status.NOT_AN_IMAGE, f"no decoder for {at_least}")

    monkeypatch.setattr("labelaudit.embeddings.images.again.decode", refuse)
    with pytest.raises(InputError, match="cannot be read now: no decoder for"):
        look(dataset, content)
