"""Near duplicates of texts: small edits are found, other texts are not."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from made import no_splits, numbers
from test_integrity import content_of

from labelaudit.embeddings.images.decode import Status
from labelaudit.inputs.near_copies import near_copies
from labelaudit.inputs.neighbors import Neighbors
from labelaudit.measures import Findings
from labelaudit.measures.integrity.near_duplicates import near_duplicates
from labelaudit.statistics.groups import Groups

TEXT = "The quick brown fox jumps over the lazy dog while the sleepy cat watches from the wall."


def found_among(texts: list[str], labels: list[int], unreadable: int | None = None) -> Findings:
    """Measure texts, each of which has all others as its neighbors."""
    n = len(texts)
    content = content_of([text.encode() for text in texts])
    content = replace(content, signatures=np.zeros((n, 0), dtype=np.uint8))
    if unreadable is not None:
        content.status[unreadable] = Status.EMPTY
    indices = np.stack([np.delete(np.arange(n), at) for at in range(n)]).astype(np.int32)
    neighbors = Neighbors(indices=indices, similarities=np.ones(indices.shape, dtype=np.float32))
    codes = np.array([texts.index(text) for text in texts])
    differ = partial(Groups.disagree, values=np.array(labels))
    near = near_copies(content, neighbors, codes, texts.__getitem__)
    return near_duplicates(near, codes, differ, no_splits(n), texts=texts.__getitem__)


@pytest.mark.parametrize(
    "edited",
    [
        TEXT.upper(),
        TEXT.replace(" ", "  \n"),
        TEXT.replace("wall.", "wall"),
        TEXT + " ok",
        TEXT.replace("lazy", "hazy"),
    ],
)
def test_an_edited_text_is_found(edited: str) -> None:
    found = found_among(
        [TEXT, "Something else was written here, of the same length or so.", edited], [0, 0, 1]
    )
    assert numbers(found)["near_duplicates_count"] == 2
    assert numbers(found)["contradictory_near_duplicates_count"] == 2
    assert found.columns["is_near_duplicate"].tolist() == [True, False, True]
    assert found.parameters["min_jaccard"] == 0.8


@pytest.mark.parametrize(
    "other", ["", "The", TEXT[::-1], TEXT[:40], "the film is good", TEXT + TEXT[::-1]]
)
def test_another_text_is_not(other: str) -> None:
    assert numbers(found_among([TEXT, other], [0, 1]))["near_duplicates_count"] == 0


def test_exact_copies_are_left_to_integrity() -> None:
    assert numbers(found_among([TEXT, TEXT], [0, 1]))["near_duplicates_count"] == 0


def test_texts_that_cannot_be_read_are_left_out() -> None:
    found = found_among([TEXT, TEXT + "!", TEXT + "?"], [0, 0, 0], unreadable=1)
    assert found.columns["is_near_duplicate"].tolist() == [True, False, True]
