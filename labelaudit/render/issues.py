"""What a scan found, item by item and finding by finding, as Parquet and CSV."""

import io
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from labelaudit.render import text

# What a spreadsheet takes for a formula, the full width of East Asian keyboards too.
FORMULA: Final = re.compile(r"^([=+\-@\uff1d\uff0b\uff0d\uff20])")
NONE: Final[Mapping[str, pa.Table]] = MappingProxyType({})


def issue_files(
    items: pa.Table, issues: pa.Table, exports: Mapping[str, pa.Table] = NONE
) -> dict[str, bytes]:
    """Return ``items.parquet``, one row an item, the findings as Parquet and CSV, and exports.

    In the CSV file, a text that a spreadsheet would run as a formula has a quote before it, and
    what would not show, or move a terminal's cursor, is written as its code point; the Parquet
    files hold every text as it is.

    Parameters
    ----------
    items
        One row an item.
    issues
        One row a finding.
    exports
        Other tables, by the name of their Parquet file.
    """
    written = _plain(issues).to_pandas().to_csv(index=False, lineterminator="\n")
    return {
        "items.parquet": _parquet(items),
        "issues.parquet": _parquet(issues),
        "issues.csv": written.encode(),
        **{name: _parquet(table) for name, table in exports.items()},
    }


def _parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def _plain(table: pa.Table) -> pa.Table:
    """Return a table of texts that a spreadsheet and a terminal show; lists become text."""
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_list(column.type):
            lists = column.combine_chunks().cast(pa.list_(pa.string()))
            columns[name] = _texts(pc.binary_join(lists, ", "))
        elif pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            columns[name] = _texts(column)
        else:
            columns[name] = column
    return pa.table(columns)


def _texts(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return a column without controls, of which no cell begins as a formula."""
    chunks = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    encoded = chunks.dictionary_encode()
    shown = [FORMULA.sub(r"'\1", text.visible(each)) for each in encoded.dictionary.to_pylist()]
    return pa.array(shown, pa.string()).take(encoded.indices)
