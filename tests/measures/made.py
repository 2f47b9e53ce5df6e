"""Hand-made inputs of measures, and short ways to look at what they find."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from labelaudit.dataset import LabelStates
from labelaudit.embeddings import Embeddings
from labelaudit.inputs.columns import Splits
from labelaudit.measures import Findings, load_measures


def compute(name: str, **inputs: object) -> Findings:
    """Run one registered measure."""
    return load_measures()[name](**inputs)


def numbers(findings: Findings) -> dict[str, float | None]:
    """Return the values by name."""
    return {value.name: value.value for value in findings.values}


def rows(findings: Findings, name: str) -> list[dict[str, Any]]:
    """Return the rows of a table, each by column."""
    table = next(table for table in findings.tables if table.name == name)
    columns = [column.name for column in table.columns]
    return [dict(zip(columns, row, strict=True)) for row in table.rows]


def labels_of(counts: Sequence[int]) -> NDArray[np.int32]:
    """Return labels with so many items a class."""
    return np.repeat(np.arange(len(counts), dtype=np.int32), counts)


def no_splits(n_samples: int) -> Splits:
    """Return the splits of a dataset without splits."""
    return Splits((), np.full(n_samples, -1, dtype=np.int32))


def states_of(cells: NDArray[np.int64], labelled: NDArray[np.bool_] | None = None) -> LabelStates:
    """Return the label states of a table of state numbers."""
    stored = csr_array(cells)
    return LabelStates(
        indptr=stored.indptr.astype(np.int64),
        indices=stored.indices.astype(np.int32),
        states=stored.data.astype(np.int8),
        labelled=np.ones(len(cells), dtype=bool) if labelled is None else labelled,
    )


def embedded(vectors: NDArray[np.floating], present: NDArray[np.bool_] | None = None) -> Embeddings:
    """Return vectors as the embeddings of a model."""
    return Embeddings(
        vectors=vectors,
        present=np.ones(len(vectors), dtype=bool) if present is None else present,
        model="test",
        model_sha256="0" * 64,
        preprocessing="none",
    )
