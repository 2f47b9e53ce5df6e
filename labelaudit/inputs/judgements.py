"""Who said what of which item: the judgements that name a class."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from labelaudit.errors import MissingInputError
from labelaudit.inputs import provider

ANONYMOUS = -1


@dataclass(frozen=True, slots=True, eq=False)
class Judgements:
    """The judgements that name a class, one entry each unless said otherwise.

    Attributes
    ----------
    items
        Rows of the dataset that were judged, ascending.
    rows
        Position of the judged item among ``items``.
    annotators
        Number of the annotator; ``-1`` where nobody is named.
    labels
        Class that was named.
    names
        Name of each annotator, ascending.
    n_without_class
        Judgements that name no class, and are left out.
    """

    items: NDArray[np.int64]
    rows: NDArray[np.int64]
    annotators: NDArray[np.int64]
    labels: NDArray[np.int32]
    names: tuple[str, ...]
    n_without_class: int

    @property
    def n_anonymous(self) -> int:
        """Judgements of nobody in particular."""
        return int((self.annotators == ANONYMOUS).sum())

    @property
    def n_an_item(self) -> NDArray[np.int64]:
        """Judgements of each judged item, shape ``(len(items),)``."""
        return np.bincount(self.rows, minlength=len(self.items))

    @property
    def n_repeated(self) -> int:
        """Judgements that repeat a named annotator's own of the same item."""
        named = self.annotators != ANONYMOUS
        pairs = np.sort(self.rows[named] * len(self.names) + self.annotators[named])
        return int((pairs[1:] == pairs[:-1]).sum())


@provider
def judgements(annotations: pa.Table) -> Judgements:
    """Return the judgements that name a class, by item and annotator."""
    judged = annotations.filter(pc.greater_equal(annotations["label"], 0))
    if not judged.num_rows:
        raise MissingInputError(f"none of {annotations.num_rows:,} judgements names a class")
    items: NDArray[np.int64] = judged["item"].to_numpy()
    present = np.bincount(items) > 0
    encoded = judged["annotator"].combine_chunks().dictionary_encode()
    order = pc.sort_indices(encoded.dictionary).to_numpy(zero_copy_only=False)
    numbers = np.empty(len(order) + 1, dtype=np.int64)
    numbers[order], numbers[-1] = np.arange(len(order)), ANONYMOUS
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return Judgements(
        items=np.flatnonzero(present),
        rows=(np.cumsum(present) - 1)[items],
        annotators=numbers[codes],
        labels=judged["label"].to_numpy(),
        names=tuple(encoded.dictionary.take(pa.array(order)).to_pylist()),
        n_without_class=annotations.num_rows - len(items),
    )
