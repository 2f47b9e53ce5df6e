"""What the files beside a report hold: one row an item, and one row a finding."""

from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labelaudit.dataset import Dataset
from labelaudit.embeddings.content import Content
from labelaudit.measures import Ranking

EXCERPT = 240  # characters of a text


def item_table(
    dataset: Dataset,
    content: Content | None,
    columns: Mapping[str, NDArray[np.generic]],
    *,
    excerpts: bool = True,
) -> pa.Table:
    """Return one row an item: path, split, label, and what the measures say of it.

    With ``excerpts``, a text has how it begins, too.
    """
    names = np.array([None, *dataset.class_names], dtype=object)
    table = _about(dataset, content, np.arange(dataset.n_samples))
    if dataset.targets is not None:
        table["target"] = pa.array(dataset.targets, type=pa.float64(), from_pandas=True)
    if dataset.modality == "text" and excerpts:
        begun = [excerpt(dataset, item) for item in range(dataset.n_samples)]
        table["excerpt"] = pa.array(begun, type=pa.string())
    for name, values in columns.items():
        if name.endswith("_label") and not name.startswith("is_"):
            table[name] = pa.array(names[values.astype(np.int64) + 1], type=pa.string())
        else:
            table[name] = pa.array(values, from_pandas=True)
    return pa.table(table)


def issue_table(dataset: Dataset, content: Content | None, rankings: Iterable[Ranking]) -> pa.Table:
    """Return one row a finding: of which item, by which rule, what is suggested, and why.

    The column ``item`` is the row of the table of items, counted from 0.
    """
    none = Ranking(name="", title="", items=np.empty(0, dtype=np.int64))
    tables = [_findings(dataset, content, ranking) for ranking in (none, *rankings)]
    return pa.concat_tables(tables, promote_options="permissive")


def export_table(dataset: Dataset, content: Content | None, table: pa.Table) -> pa.Table:
    """Return a table with path and content hash in place of its column ``item``."""
    about = _about(dataset, content, table["item"].to_numpy())
    rest = table.drop_columns(["item"])
    named = {"path": about["path"], "content_sha256": about["content_sha256"]}
    return pa.table(named | dict(zip(rest.column_names, rest.columns, strict=True)))


def excerpt(dataset: Dataset, item: int) -> str | None:
    """Return how a text begins, its white space as single spaces; None when there is none."""
    text = dataset.text(item)
    if text is None or not text.strip():
        return None
    words = " ".join(text[: 4 * EXCERPT].split())
    cut = len(words) > EXCERPT or len(text) > 4 * EXCERPT
    return words[:EXCERPT].rstrip() + "…" * cut


def _findings(dataset: Dataset, content: Content | None, ranking: Ranking) -> pa.Table:
    n = len(ranking.items)
    table = _about(dataset, content, ranking.items)
    names = np.array([None, *dataset.class_names], dtype=object)
    for name, codes in (("suggested_label", ranking.suggested), ("class", ranking.classes)):
        known = np.full(n, -1) if codes is None else codes
        table[name] = pa.array(names[known.astype(np.int64) + 1], type=pa.string())
    table["score"] = (
        pa.array(ranking.scores, type=pa.float64())
        if ranking.scores is not None
        else pa.nulls(n, pa.float64())
    )
    table["group"] = (
        pa.array(ranking.groups, type=pa.int64())
        if ranking.groups is not None
        else pa.nulls(n, pa.int64())
    )
    table["evidence"] = pa.array(ranking.details or [""] * n, type=pa.string())
    columns = {
        name: pa.array(values, from_pandas=True) for name, values in ranking.evidence.items()
    }
    rule = pa.array([ranking.name] * n, type=pa.string())
    item = pa.array(ranking.items, type=pa.int64())
    return pa.table({"rule": rule, "item": item, **table, **columns})


def _about(
    dataset: Dataset, content: Content | None, items: NDArray[np.int64]
) -> dict[str, pa.Array]:
    """Return what the manifest says of some items, and the hashes of their content."""
    split = np.array([None, *dataset.split_names], dtype=object)[dataset.splits[items] + 1]
    if dataset.task == "multiclass":
        names = np.array([None, *dataset.class_names], dtype=object)
        label = pa.array(names[dataset.labels[items] + 1], type=pa.string())
    else:
        texts = [dataset.label_text(item) for item in items.tolist()]
        kind = pa.string() if dataset.task == "regression" else pa.list_(pa.string())
        label = pa.array(texts, type=kind)
    lines = pa.nulls(len(items), pa.int64())
    if dataset.lines is not None:
        lines = pa.array(dataset.lines[items], type=pa.int64())
    return {
        "path": dataset.paths.take(pa.array(items)),
        "line": lines,
        "split": pa.array(split, type=pa.string()),
        "content_sha256": _in_hex(None if content is None else content.digests, items),
        "decoded_sha256": _in_hex(None if content is None else content.decoded, items),
        "given_label": label,
    }


def _in_hex(hashes: NDArray[np.uint8] | None, items: NDArray[np.int64]) -> pa.Array:
    """Return the hashes of some items as text; null where there are none."""
    n = len(items)
    if hashes is None or not n:
        return pa.nulls(n, pa.string())
    text = hashes[items].tobytes().hex().encode()
    starts = np.arange(n + 1, dtype=np.int64) * (len(text) // n)
    whole = pa.LargeStringArray.from_buffers(n, pa.py_buffer(starts), pa.py_buffer(text))
    return whole.cast(pa.string())
