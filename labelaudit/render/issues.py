"""What a scan found, item by item and finding by finding, as Parquet and CSV."""

import io
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

FORMULA = r"^([=+\-@\t\r])"
NONE: Final[Mapping[str, pa.Table]] = MappingProxyType({})


def issue_files(
    items: pa.Table, issues: pa.Table, exports: Mapping[str, pa.Table] = NONE
) -> dict[str, bytes]:
    """Return ``items.parquet``, one row an item, the findings as Parquet and CSV, and exports.

    In the CSV file, a text that a spreadsheet would run as a formula has a quote before it.

    Parameters
    ----------
    items
        One row an item.
    issues
        One row a finding.
    exports
        Other tables, by the name of their Parquet file.
    """
    text = _plain(issues).to_pandas().to_csv(index=False, lineterminator="\n")
    return {
        "items.parquet": _parquet(items),
        "issues.parquet": _parquet(issues),
        "issues.csv": text.encode(),
        **{name: _parquet(table) for name, table in exports.items()},
    }


def _parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def _plain(table: pa.Table) -> pa.Table:
    """Return a table of which no text cell begins as a formula; lists become text."""
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_list(column.type):
            joined = pc.binary_join(column.combine_chunks().cast(pa.list_(pa.string())), ", ")
            columns[name] = pc.replace_substring_regex(joined, FORMULA, r"'\1")
        elif pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            columns[name] = pc.replace_substring_regex(column, FORMULA, r"'\1")
        else:
            columns[name] = column
    return pa.table(columns)
