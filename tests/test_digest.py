import hashlib
import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelaudit import dataset as dataset_module
from labelaudit.dataset import Dataset, LabelStates, Source, State, digest

NAMES = ("cat", 'a "quoted"\\ name', "名前\n")
Item = tuple[str, int, int, int]


def made(items: list[Item], **columns: object) -> Dataset:
    return Dataset(
        name="made",
        task=columns.pop("task", "multiclass"),  # type: ignore[arg-type]
        class_names=NAMES,
        paths=pa.array([path for path, *_ in items], type=pa.large_string()),
        labels=np.array([label for _, _, label, _ in items], dtype=np.int32),
        split_names=("test", "train\u2028"),
        splits=np.array([split for *_, split in items], dtype=np.int32),
        media=None,
        source=Source(format="made", why=(), found=len(items)),
        **columns,  # type: ignore[arg-type]
    )


def hashes(items: list[Item]) -> np.ndarray:
    return np.array([[content] * 32 for _, content, _, _ in items], dtype=np.uint8).reshape(-1, 32)


def as_defined(dataset: Dataset, content: np.ndarray) -> str:
    """Return the digest by its definition: lines sorted by the path's UTF-8, then by themselves."""
    rows = [
        [
            dataset.paths[at].as_py(),
            bytes(content[at]).hex(),
            dataset.label_text(at),
            dataset.split(at),
        ]
        for at in range(dataset.n_samples)
    ]
    lines = [(str(row[0]).encode(), json.dumps(row, separators=(",", ":"))) for row in rows]
    return hashlib.sha256("".join(f"{line}\n" for _, line in sorted(lines)).encode()).hexdigest()


ITEMS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b/ä.png", "b/z", '"', "\U0001f600", "\uffee", ""])
        | st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
        st.integers(0, 3),
        st.integers(-1, 2),
        st.integers(-1, 1),
    ),
    max_size=30,
)


@given(ITEMS, st.integers(1, 9))
def test_a_digest_is_as_defined_whatever_is_in_memory_at_once(
    items: list[Item], block: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dataset_module, "BLOCK", block)
        found = made(items)
        assert digest(found, hashes(items)) == as_defined(found, hashes(items))


@given(ITEMS, st.randoms(use_true_random=False))
def test_no_order_of_rows_changes_a_digest(items: list[Item], random: object) -> None:
    other = list(items)
    random.shuffle(other)  # type: ignore[attr-defined]
    assert digest(made(items), hashes(items)) == digest(made(other), hashes(other))


@given(ITEMS)
def test_labels_that_are_sets_or_numbers_are_as_defined(items: list[Item]) -> None:
    n = len(items)
    numbers = np.array([content / 3 if content else np.nan for _, content, _, _ in items])
    aged = made(items, task="regression", targets=numbers)
    assert digest(aged, hashes(items)) == as_defined(aged, hashes(items))
    labelled = np.array([label >= 0 for _, _, label, _ in items], dtype=bool)
    states = LabelStates(
        indptr=np.arange(n + 1) * 2,
        indices=np.array([0, 2] * n, dtype=np.int32),
        states=np.array(
            [[State.POSITIVE, [State.UNCERTAIN, State.UNKNOWN][at % 2]] for at in range(n)],
            dtype=np.int8,
        ).ravel(),
        labelled=labelled,
    )
    several = made(items, task="multilabel", label_states=states)
    assert digest(several, hashes(items)) == as_defined(several, hashes(items))
