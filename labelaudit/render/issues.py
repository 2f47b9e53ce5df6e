"""One row an item: all of them as Parquet, those with an issue as CSV."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

FORMULA = r"^([=+\-@\t\r])"


def issue_files(items: pa.Table) -> dict[str, bytes]:
    """Return ``issues.parquet``, every item, and ``issues.csv``, the items with an issue.

    In the CSV file, a text that a spreadsheet would run as a formula has a quote before it.

    Parameters
    ----------
    items
        One row an item; boolean columns named ``is_*`` are issues.
    """
    out = io.BytesIO()
    pq.write_table(items, out, compression="zstd")
    flags = [name for name in items.column_names if name.startswith("is_")]
    found = pa.array(np.zeros(items.num_rows, dtype=bool))
    for name in flags:
        found = pc.or_(found, items[name].combine_chunks())
    text = _plain(items.filter(found)).to_pandas().to_csv(index=False, lineterminator="\n")
    return {"issues.parquet": out.getvalue(), "issues.csv": text.encode()}


def _plain(items: pa.Table) -> pa.Table:
    """Return a table of which no text cell begins as a formula; lists become text."""
    columns = {}
    for name, column in zip(items.column_names, items.columns, strict=True):
        if pa.types.is_list(column.type):
            joined = pc.binary_join(column.combine_chunks().cast(pa.list_(pa.string())), ", ")
            columns[name] = pc.replace_substring_regex(joined, FORMULA, r"'\1")
        elif pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            columns[name] = pc.replace_substring_regex(column, FORMULA, r"'\1")
        else:
            columns[name] = column
    return pa.table(columns)
