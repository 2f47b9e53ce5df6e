"""Class probabilities in blocks of rows, from an array, a memory map or logarithms."""

import mmap
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from labelaudit.blocks import row_blocks

BLOCK_VALUES = 2**17
LEAST_BLOCKS = 32  # of small arrays, so that what is worked on is a small part of them
DOUBLE_BYTES = 8

Block = tuple[NDArray[np.int64], NDArray[np.floating]]
Blocks = Callable[[], Iterator[Block]]
"""Call it to go through the probabilities: items, shape ``(n,)``, and a row of class
probabilities for each, shape ``(n, n_classes)``. Every judged item comes once, in ascending order;
its label is known. Whoever reads a block leaves it as it is."""


def array_blocks(probs: NDArray[np.floating], labels: NDArray[np.integer]) -> Blocks:
    """Return the rows of labelled items of an array, in blocks; a memory map stays on disk.

    Parameters
    ----------
    probs
        Class probabilities, shape ``(n_samples, n_classes)``. Single precision stays single, and
        half precision becomes it; all else is read as double precision.
    labels
        Given classes, ``-1`` when unlabelled, shape ``(n_samples,)``.

    Examples
    --------
    >>> blocks = array_blocks(np.array([[0.9, 0.1], [0.5, 0.5]]), np.array([0, -1]))
    >>> [(items.tolist(), rows.tolist()) for items, rows in blocks()]
    [([0], [[0.9, 0.1]])]
    """
    step = max(1, min(BLOCK_VALUES, probs.size // LEAST_BLOCKS) // probs.shape[1])
    is_single = probs.dtype.kind == "f" and probs.dtype.itemsize < DOUBLE_BYTES
    kind = np.float32 if is_single else np.float64
    whole = bool((labels >= 0).all())

    def blocks() -> Iterator[Block]:
        for block in row_blocks(len(probs), step):
            rows: NDArray[np.floating] = np.asarray(probs[block]).astype(kind, copy=False)
            items = np.arange(block.start, block.stop)
            if not whole:
                labelled = labels[block] >= 0
                items, rows = items[labelled], rows[labelled]
            if len(items):
                yield items, rows
            release(probs)

    return blocks


def from_logs(blocks: Blocks) -> Blocks:
    """Return the probabilities of which blocks hold the logarithms."""

    def probabilities() -> Iterator[Block]:
        for items, logs in blocks():
            yield items, np.exp(logs)

    return probabilities


def release(array: NDArray[np.generic]) -> None:
    """Let go of the pages of a memory-mapped file that were read; they are read again when asked.

    Without it, all of a file that was gone through counts as memory in use. A copy-on-write map is
    left alone: what was written into it exists nowhere else.
    """
    base: object = array
    is_shared = False
    while isinstance(base, np.ndarray):
        is_shared = is_shared or getattr(base, "mode", "c") != "c"
        base = base.base
    if is_shared and isinstance(base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        base.madvise(mmap.MADV_DONTNEED)
